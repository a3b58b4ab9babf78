"""Which data in a text decides where it leads as an address: the parts behind a host or a path do not.

A helper that runs once for all its callers sees no texts, only their data; so what each hands over is sorted here.
"""

from __future__ import annotations

import re

from tmscan.program.lattice import origins_of
from tmscan.program.values import APPENDED, CLEAN, Choice, External, Known, Origins, Text, Unknown, Value

# A text that starts so goes to a fixed place, whatever is appended: `https://host/…`, `/path…` but not `//host`.
FIXED = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\\]+[/?#]|/[^/\\]|[?#]|\./")
_BEHIND = frozenset({"url", "redirect"})


def sorted_by_place(value: Value) -> Origins:
    """The origins of the data in a value, harmless for addresses where it does not stand at the start."""
    found = origins_of(value, 3)
    if not found or not isinstance(value, Text | Choice | External | Unknown):
        return found
    leads = _leading(value, 3)
    return found if leads >= found else leads | {each._replace(checks=each.checks | _BEHIND) for each in found - leads}


def _leading(value: Value, depth: int) -> Origins:
    if isinstance(value, Choice) and depth:
        return CLEAN.union(*(_leading(option, depth - 1) for option in value.options))
    if isinstance(value, Unknown) and value.hint == APPENDED:
        return CLEAN
    if isinstance(value, External) and value.event is not None and value.event.path == "urllib.parse.urljoin":
        return CLEAN.union(*(_leading(part, depth - 1) for part in value.event.arguments.positional[:2]))
    if not isinstance(value, Text) or not depth:
        return origins_of(value, 3)
    before = ""
    for part in value.parts:
        if not isinstance(part, Known):
            return CLEAN if stays(before, part) else _leading(part, depth - 1)
        if FIXED.match(str(part.value)):
            break
        before += str(part.value)
    return CLEAN


def stays(before: str, part: Value) -> bool:
    """Whether an address names no host: one slash, and behind it what does not begin with another."""
    return before == "/" and all("bare:/" in origin.checks for origin in origins_of(part))
