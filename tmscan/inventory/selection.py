"""Endpoints and what a person asks for (verbs, a path, only unguarded ones) in; those that fit, in their order, out.

Path patterns mean the same in a filter on the command line and in settings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tmscan.inventory.routes.templates import template_of

if TYPE_CHECKING:
    from tmscan.inventory.types import Endpoint, Inventory, Unknown

# What leaves open which endpoints there are and who guards them: `tmscan inventory --strict` asks for none of these.
# (A host that a call leaves for, say, is unknown too, and changes nothing about the endpoints.)
ENDPOINT_UNKNOWNS = frozenset({"route", "mount", "prefix", "guard", "limit"})


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for: endpoints that answer one of the verbs, at or below one of the paths, `unguarded` or all."""

    methods: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    unguarded: bool = False

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(self.methods or self.paths or self.unguarded)


def select(inventory: Inventory, selection: Selection) -> Inventory:
    """The inventory with the endpoints that fit; everything else in it stays."""
    if not selection.narrows:
        return inventory
    return replace(inventory, endpoints=tuple(each for each in inventory.endpoints if _fits(each, selection)))


def matches_path(pattern: str, path: str, *, below: bool = False) -> bool:
    """Whether a path is the one that a pattern says, in which `*` stands for any text; a last slash says nothing.

    The path may be written as its framework does or with `{name}`; what varies matches what varies, whatever its name.
    With `below` the path may go on after the pattern.
    """
    wanted = _compiled(pattern, below)
    return bool(wanted.fullmatch(_plain(path)) or wanted.fullmatch(template_of(path).shape))


def endpoint_unknowns(inventory: Inventory) -> tuple[Unknown, ...]:
    """What leaves open which endpoints there are, or who guards them."""
    return tuple(unknown for unknown in inventory.unknowns if unknown.kind in ENDPOINT_UNKNOWNS)


def _fits(endpoint: Endpoint, selection: Selection) -> bool:
    """An endpoint whose guard is not known may be unguarded, and is shown as such."""
    if selection.unguarded and endpoint.auth.required is True:
        return False
    verbs = {verb.upper() for verb in selection.methods}
    if verbs and "ANY" not in endpoint.methods and verbs.isdisjoint(endpoint.methods):
        return False
    return not selection.paths or any(matches_path(each, endpoint.path, below=True) for each in selection.paths)


@lru_cache(maxsize=256)
def _compiled(pattern: str, below: bool) -> re.Pattern[str]:
    named = re.sub(r"\{[^{}]*\}", "{}", pattern)
    pieces = [re.escape(piece) for piece in _plain(named if named.startswith(("/", "*")) else f"/{named}").split("*")]
    rest = "" if not below or "*" in pattern else "(?:/.*)?"
    return re.compile(("" if pieces == [re.escape("/")] and rest else ".*".join(pieces)) + rest, re.DOTALL)


def _plain(path: str) -> str:
    return path.rstrip("/") or "/"
