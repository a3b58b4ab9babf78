"""Strands: the single facts that arrows are made of ("this endpoint reads that store"), and the arrows they add up to.

Who calls and what is used come in as atoms (endpoint, entry point, element ids); a mapping from atoms to the elements
of one picture turns them into flows, one per pair and direction. Nothing is drawn that no strand says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tmscan.dfd.labels import flow_label
from tmscan.dfd.types import Boundary, Element, Flow
from tmscan.inventory.types import Endpoint, Provenance
from tmscan.sources.types import Location

_STRENGTH: dict[Provenance, int] = {"observed": 0, "derived": 1, "assumed": 2}


@dataclass(frozen=True, slots=True)
class Strand:
    """One fact: `source` sends something to `target`; either may be an endpoint, an entry point or an element."""

    source: str
    target: str
    operations: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    protocol: str = ""
    encrypted: bool | None = None
    evidence: tuple[Location, ...] = ()
    endpoint: Endpoint | None = None
    provenance: Provenance = "derived"


def build_flows(
    strands: Iterable[Strand],
    place: Mapping[str, str],
    elements: Mapping[str, Element],
    boundaries: Mapping[str, Boundary],
) -> tuple[Flow, ...]:
    """Adds strands up to flows between the elements where `place` puts their ends; loose strands drop out."""
    bundles: defaultdict[tuple[str, str], list[Strand]] = defaultdict(list)
    for strand in strands:
        source, target = place.get(strand.source, strand.source), place.get(strand.target, strand.target)
        if source != target and source in elements and target in elements:
            bundles[source, target].append(strand)
    return tuple(_flow(elements[a], elements[b], bundle, boundaries) for (a, b), bundle in sorted(bundles.items()))


def crossings(source: str, target: str, boundaries: Mapping[str, Boundary]) -> tuple[str, ...]:
    """The boundaries between two places, outermost first, those that are left before those that are entered."""
    out, into = chain(source, boundaries), chain(target, boundaries)
    while out and into and out[0] == into[0]:
        out, into = out[1:], into[1:]
    width = max(len(out), len(into))
    return tuple(side[depth] for depth in range(width) for side in (out, into) if depth < len(side))


def chain(boundary: str, boundaries: Mapping[str, Boundary]) -> tuple[str, ...]:
    """A boundary and those around it, outermost first; a loop or an unknown parent ends the walk."""
    found: list[str] = []
    while boundary in boundaries and boundary not in found:
        found.append(boundary)
        boundary = boundaries[boundary].parent
    return tuple(reversed(found))


def _flow(source: Element, target: Element, bundle: list[Strand], boundaries: Mapping[str, Boundary]) -> Flow:
    endpoints = {strand.endpoint.id: strand.endpoint for strand in bundle if strand.endpoint}
    called = tuple(endpoints[key] for key in sorted(endpoints)) if source.kind == "entity" else ()
    operations = _joined(bundle, lambda strand: strand.operations)
    data = _joined(bundle, lambda strand: strand.data)
    protocols = sorted({strand.protocol for strand in bundle if strand.protocol})
    encrypted = _encrypted(bundle)
    return Flow(
        id=f"{source.id} -> {target.id}",
        source=source.id,
        target=target.id,
        label=flow_label(source, target, operations, data, protocols, called, encrypted),
        operations=operations,
        protocol=", ".join(protocols),
        crosses=crossings(source.boundary, target.boundary, boundaries),
        authenticated=_authenticated(called),
        encrypted=encrypted,
        data=data,
        evidence=tuple(sorted({location for strand in bundle for location in strand.evidence})),
        endpoints=called,
        provenance=min((strand.provenance for strand in bundle), key=lambda name: _STRENGTH[name]),
    )


def _joined(bundle: list[Strand], field: Callable[[Strand], tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({value for strand in bundle for value in field(strand) if value}))


def _authenticated(endpoints: tuple[Endpoint, ...]) -> bool | None:
    """True only if every endpoint asks who is calling; False as soon as one is known not to."""
    answers = {endpoint.auth.required for endpoint in endpoints}
    if False in answers:
        return False
    return True if answers == {True} else None


def _encrypted(bundle: list[Strand]) -> bool | None:
    answers = {strand.encrypted for strand in bundle}
    if False in answers:
        return False
    return True if answers == {True} else None
