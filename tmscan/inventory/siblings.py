"""Endpoints in; out come those that lack a guard which nearly all their siblings have: the odd ones out.

Siblings answer for one class or its subclasses, hang on one router, or stand in one module. It stands apart because it
only compares finished endpoints, one look at each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tmscan.inventory.strangers import is_for_strangers

if TYPE_CHECKING:
    from tmscan.inventory.types import Endpoint
    from tmscan.libraries.types import GuardKind

Tie = Literal["class", "router", "module"]
KINDS: tuple[GuardKind, ...] = ("authentication", "authorization", "csrf", "rate-limit")
FEWEST_GUARDED = 3  # so many siblings make a custom
RARE = 5  # and one in so many (or a single one) still is an exception from it
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class OddOne:
    """What an endpoint lacks: `having` of its `siblings` (itself not counted) have a guard of this kind.

    `guard` is the name that most of them have; `tie` and `name` say what makes them siblings.
    """

    kind: GuardKind
    guard: str
    tie: Tie
    name: str
    having: int
    siblings: int


@dataclass(slots=True)
class _Family:
    """Endpoints of one class, router or module; apart for each kind of guard: names of guards of those that have it."""

    size: int = 0
    having: Counter[GuardKind] = field(default_factory=Counter)
    names: dict[GuardKind, Counter[str]] = field(default_factory=dict)


def odd_ones(endpoints: Iterable[Endpoint]) -> dict[str, OddOne]:
    """Id of an endpoint → the guard it lacks, the gravest first; endpoints that are open on purpose are none."""
    known = [endpoint for endpoint in endpoints if endpoint.auth.required is not None]
    families: dict[tuple[Tie, str, str], _Family] = {}
    for endpoint in known:
        held = _held(endpoint)
        for tie, name in _ties(endpoint):
            for part in ("all", "reading" if _reads(endpoint) else "writing"):
                _count(families.setdefault((tie, name, part), _Family()), held)
    found: dict[str, OddOne] = {}
    for endpoint in known:
        if not endpoint.public and not is_for_strangers(endpoint):
            odd = _odd(endpoint, families)
            if odd is not None:
                found[endpoint.id] = odd
    return found


def _odd(endpoint: Endpoint, families: dict[tuple[Tie, str, str], _Family]) -> OddOne | None:
    """Reading endpoints are compared with reading ones, the others with all: to let everybody read is no slip."""
    held = _held(endpoint)
    for kind in KINDS:
        if kind in held or (kind == "csrf" and _reads(endpoint)):
            continue
        part = "reading" if _reads(endpoint) else "writing" if kind == "csrf" else "all"
        for tie, name in _ties(endpoint):
            family = families[(tie, name, part)]
            having = family.having[kind]
            if having >= FEWEST_GUARDED and family.size - having <= max(1, family.size // RARE):
                guard = min(family.names[kind].items(), key=lambda item: (-item[1], item[0]))[0]
                return OddOne(kind, guard, tie, name, having, family.size - 1)
    return None


def _ties(endpoint: Endpoint) -> Iterator[tuple[Tie, str]]:
    """The closest first."""
    for name in endpoint.bases:
        yield "class", name
    if endpoint.group:
        yield "router", endpoint.group
    if endpoint.location.file:
        yield "module", endpoint.location.file


def _held(endpoint: Endpoint) -> dict[GuardKind, list[str]]:
    """Kinds of guard that refuse here, with their names; who asks for a role or a signature knows who is calling."""
    held: dict[GuardKind, list[str]] = {}
    if endpoint.auth.required:
        held["authentication"] = [guard.name for guard in endpoint.auth.evidence]
    for guard in (*endpoint.auth.evidence, *endpoint.guards):
        asks = guard.kind in ("authentication", "authorization", "signature")
        if not asks or (endpoint.auth.required and guard.kind != "authentication"):
            held.setdefault(guard.kind, []).append(guard.name)
    return held


def _reads(endpoint: Endpoint) -> bool:
    return _READING.issuperset(endpoint.methods)


def _count(family: _Family, held: dict[GuardKind, list[str]]) -> None:
    family.size += 1
    for kind, names in held.items():
        family.having[kind] += 1
        family.names.setdefault(kind, Counter()).update(dict.fromkeys(names, 1))
