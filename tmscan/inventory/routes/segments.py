"""A variable in the path of a route in, what comes in under it out: one segment of the path has no slash in it.

Stands apart from reading paths, because what a variable can hold matters to whoever opens files by it only.
"""

from __future__ import annotations

import re

from tmscan.inventory.routes.found import Found
from tmscan.program.data.regexes import promised
from tmscan.program.values import Function, Known, Origin

_PATTERN = re.compile(r"[\\\[]")
_SYNTAXES = frozenset({"flask", "django", "starlette"})
_UNQUOTING = frozenset({"aiohttp", "sanic", "blacksheep", "klein"})  # `%2F` becomes a slash after these have matched


_PLAIN = frozenset({"slug", "alpha", "any"})  # converters that let letters, digits and dashes through, or listed words


def origin_in(found: Found, place: str, name: str, function: Function, kind: str) -> Origin:
    """Where the data of a parameter of a handler comes in, and what is known of it, by its converter or pattern too."""
    origin = Origin(place, name, function.module.path, function.definition.at)
    if place == "path" and (checks := _let_through(kind.strip())):
        return origin._replace(checks=checks)
    if place != "path" or found.syntax not in _SYNTAXES or found.library.name in _UNQUOTING:
        return origin
    one = rf"<(?:(?:string|str|slug|default)(?:\([^)>]*\))?:)?{name}>|\{{{name}\}}"
    return Origin(place, name, origin.file, origin.at, frozenset({"lacks:/"})) if re.search(one, found.path) else origin


def _let_through(kind: str) -> frozenset[str]:
    """What is known of text that a converter lets through, or that a pattern of more than a word of its own matches."""
    if kind in _PLAIN:
        return frozenset({"plain"})
    return (promised(Known(kind), whole=True) or frozenset()) if _PATTERN.search(kind) else frozenset()
