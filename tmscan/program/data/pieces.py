"""Pieces of text: what `split` and its kin leave in none of them, and what such a piece can still do behind others.

`name.split(".")[-1]` holds no dot: behind some other text it names neither a folder above nor a path of its own.
"""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.program.checks import INDIRECT, marked
from tmscan.program.lattice import join, origins_of
from tmscan.program.values import (
    APPENDED,
    UNKNOWN,
    Arguments,
    Choice,
    External,
    Known,
    Origins,
    Sequence,
    Text,
    Unknown,
    Value,
)

SPLITTING = frozenset({"split", "rsplit", "partition", "rpartition"})
_TELLING = frozenset({".", "/", "\\", "'", '"', "<", "\n", "*"})
_NAMES = frozenset({"lacks:/", "lacks:..", "lacks:../"})
_FIRST, _LAST = frozenset({0}), frozenset({-1, 1, 2})
# The pieces that a separator is not in, where it is looked for once only.
_ONCE = {"partition": _FIRST, "split": _FIRST, "rpartition": frozenset({-1, 2}), "rsplit": _LAST}


def split_up(method: str, arguments: Arguments, result: Value) -> Value:
    """What `text.split(separator)` gave: the separator is in none of the pieces, if it was looked for to the end."""
    separator = _separator(arguments)
    if not separator or method not in ("split", "rsplit") or len(arguments.positional) > 1 or arguments.keywords:
        return result
    return lacking(result, separator)


def put_together(separator: Value, origins: Origins) -> Origins:
    """Where the data in `separator.join(pieces)` comes from: what the pieces lack may stand between them now."""
    said = separator.value if isinstance(separator, Known) else ""
    return frozenset(
        origin._replace(checks=frozenset(check for check in origin.checks if not _brought(check, str(said))))
        for origin in origins
    )


def _brought(check: str, separator: str) -> bool:
    return check.startswith("lacks:") and any(letter in separator for letter in check.removeprefix("lacks:"))


def piece(node: ir.Subscript, index: Value, found: Value) -> Value:
    """One piece of what was split at one place: `text.rpartition("/")[2]`, `text.split(":", 1)[0]`."""
    call = node.value
    if not isinstance(call, ir.Call) or not isinstance(call.func, ir.Attribute) or not call.arguments:
        return found
    separator = call.arguments[0].value
    places = _ONCE.get(call.func.attr, frozenset())
    if not isinstance(separator, ir.Constant) or not isinstance(index, Known) or index.value not in places:
        return found
    return lacking(found, separator.value) if separator.value in _TELLING else found


def lacking(value: Value, text: object) -> Value:
    """The same value, its data known not to hold a text; of a list none of the members."""
    if isinstance(value, Choice) and text in _TELLING:
        return join([lacking(option, text) for option in value.options])
    if isinstance(value, Sequence) and value.rest is not None:
        return Sequence(value.kind, value.items, lacking(value.rest, text))
    if text in _TELLING and isinstance(value, Unknown | External | Text):
        return marked(value, frozenset({f"lacks:{text}"}))
    return value


def behind(value: Value) -> Value:
    """Text that stands behind other text: without a dot it cannot lead out of the folder that comes before it."""
    origins = origins_of(value, 2) if isinstance(value, Unknown | External) else frozenset()
    if origins and all("lacks:." in origin.checks for origin in origins):
        return marked(value, frozenset({"file"}))
    return value


def below(origins: Origins) -> Origins:
    """Where the data in a path comes from, behind `folder /`: one name stays in the folder."""
    if not any(_NAMES & origin.checks for origin in origins):
        return origins
    return frozenset(
        origin._replace(checks=origin.checks | {"file"}) if _NAMES & origin.checks else origin for origin in origins
    )


def filled_in(callee: Value, arguments: Arguments, result: Value) -> Value:
    """What `template.format(…)` gave of an unknown template: the data stands somewhere behind its start."""
    owner = callee.base if isinstance(callee, External) else None
    if not isinstance(result, External) or not result.origins or owner is None or origins_of(owner):
        return result
    return Unknown(result.origins, APPENDED)


def rest_of(other: Value) -> Value:
    """What a table may hold besides what is known of it, after `table.update(other)`: all of some input, or what is
    not known to be there.
    """
    origins = origins_of(other)
    made = Unknown(origins) if origins else UNKNOWN
    return marked(made, frozenset({INDIRECT})) if isinstance(other, Unknown) else made


def _separator(arguments: Arguments) -> str:
    said = arguments.positional[0] if arguments.positional else None
    return said.value if isinstance(said, Known) and isinstance(said.value, str) else ""
