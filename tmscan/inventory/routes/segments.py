"""A variable in the path of a route in, what comes in under it out: one segment of the path has no slash in it.

Stands apart from reading paths, because what a variable can hold matters to whoever opens files by it only.
"""

from __future__ import annotations

import re

from tmscan.inventory.routes.found import Found
from tmscan.program.values import Function, Origin

_SYNTAXES = frozenset({"flask", "django", "starlette"})
_UNQUOTING = frozenset({"aiohttp", "sanic", "blacksheep", "klein"})  # `%2F` becomes a slash after these have matched


def origin_in(found: Found, place: str, name: str, function: Function) -> Origin:
    """Where the data of a parameter of a handler comes in, and what is known of it."""
    origin = Origin(place, name, function.module.path, function.definition.at)
    if place != "path" or found.syntax not in _SYNTAXES or found.library.name in _UNQUOTING:
        return origin
    one = rf"<(?:(?:string|str|slug|default)(?:\([^)>]*\))?:)?{name}>|\{{{name}\}}"
    return Origin(place, name, origin.file, origin.at, frozenset({"lacks:/"})) if re.search(one, found.path) else origin
