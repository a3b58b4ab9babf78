"""Switches as they are delivered: a setting with several possible values goes in, out comes what it is by default.

A rehearsed request asks how a system stands that nobody has configured: `MODE` is `"server"` if code says so and only a
variable of the environment, a local file or an outer program may say otherwise. A default that switches something off
is not taken for granted, as whoever puts a system into use switches its guards on; but no prefix means no prefix.
"""

from __future__ import annotations

import re

from tmscan.program.machine import Machine
from tmscan.program.values import NOTHING, Choice, External, Known, Scalar, Unknown, Value

_OFF = frozenset({"", "0", "false", "no", "off", "none", "null", "disabled", "anonymous", "noop"})
_PREFIX = re.compile(r"PREFIX|ROOT_PATH|SCRIPT_NAME|BASE_PATH|SUB_?PATH", re.IGNORECASE)


def as_delivered(machine: Machine, name: str, value: Value) -> Value:
    """While rehearsing: the one constant that switches something on among values from outside; else the value."""
    if machine.undo is None or not name.isupper():
        return value
    if isinstance(value, External):
        if value.attributes is not None and "\0unset" in value.attributes:
            return value.attributes["\0unset"]
        given = (value.attributes or {}).get("\0default")
        return given if isinstance(given, Known) and (is_on(given.value) or names_prefix(name)) else value
    if not isinstance(value, Choice):
        return value
    known = [option for option in value.options if isinstance(option, Known) and option.value is not None]
    others = all(isinstance(option, External | Unknown) for option in value.options if not isinstance(option, Known))
    if others and len(known) == 1 and (is_on(known[0].value) or names_prefix(name)):
        return known[0]
    return value


def unset(machine: Machine, holder: Value, value: Value, default: Value) -> Value:
    """`getattr(settings, "LIMIT", 3)` where the project sets no such thing: a value that nobody has to give."""
    if not (isinstance(holder, External) and isinstance(value, External) and value.event is None):
        return value
    if holder.path not in machine.vocabulary.settings or value.path != f"{holder.path}.{value.path.rpartition('.')[2]}":
        return value
    if machine.undo is not None:
        return default
    return External(value.path, value.base, None, value.origins, {"\0default": default, "\0unset": default})


def without_prefix(machine: Machine, name: Value | None, default: Value | None) -> Value | None:
    """While rehearsing: what a variable of the environment with the prefix of all paths gives; else None."""
    if machine.undo is None or not isinstance(name, Known) or not names_prefix(str(name.value)):
        return None
    return default or NOTHING


def names_prefix(name: str) -> bool:
    """Whether a name says that the value stands before all paths."""
    return _PREFIX.search(name) is not None


def is_on(value: Scalar) -> bool:
    """Whether a value switches something on, rather than off."""
    return bool(value) and not (isinstance(value, str) and value.strip().lower() in _OFF)
