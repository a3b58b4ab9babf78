"""Who uses what: strands from endpoints and entry points to stores, services, libraries and programs.

A strand exists only where a reach says so, or where the effect stands in the handler itself. Effects that no strand
covers hang on the code that no endpoint reaches (`OTHER`), as an assumption, so that no store and no host goes missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tmscan.dfd.strands import Strand
from tmscan.dfd.targets import PROGRAMS, UNKNOWN, Targets, encrypted, service_id
from tmscan.inventory.types import Inventory, Outbound, Provenance, Reach
from tmscan.sources.types import Location

OTHER = "process:other"


def find_uses(inventory: Inventory, targets: Targets) -> tuple[Strand, ...]:
    """All strands towards (and, for reads, from) what the code uses, the assumed ones last."""
    known = [*_reached(inventory, targets), *_standing_in_handlers(inventory, targets)]
    covered = {_way(strand, targets) for strand in known}
    assumed = [
        replace(strand, provenance="assumed")
        for _, strand in _effects(inventory, targets)
        if _way(strand, targets) not in covered
    ]
    covered |= {_way(strand, targets) for strand in assumed}
    linked = {target for target, _ in covered}
    silent = [
        Strand(OTHER, element.id, evidence=element.evidence, provenance="assumed")
        for element in targets.elements.values()
        if element.id not in linked and element.kind != "store"
    ]
    return (*known, *assumed, *silent)


def _reached(inventory: Inventory, targets: Targets) -> Iterator[Strand]:
    calls: defaultdict[str, list[Outbound]] = defaultdict(list)
    standing: dict[tuple[str, int, bool], str] = {}
    for call in inventory.outbound:
        calls[service_id(call)].append(call)
        standing.setdefault((call.location.file, call.location.line, _nameless(call.target)), service_id(call))
    for reach in inventory.reaches:
        target = targets.of(reach.target)
        if reach.steps and reach.target.startswith("host:"):
            last = reach.steps[-1].location
            nameless = _nameless(reach.target.removeprefix("host:"))
            target = standing.get((last.file, last.line, nameless), target)
        if not target:
            continue
        evidence = (reach.steps[-1].location,) if reach.steps else ()
        if targets.elements[target].kind == "store":
            for operations, entities in _uses(reach):
                yield from _store_strands(reach.source, target, operations, entities, evidence, reach.provenance)
        elif targets.elements[target].kind == "library":
            yield Strand(
                reach.source, target, reach.operations, reach.entities, evidence=evidence, provenance=reach.provenance
            )
            yield Strand(target, reach.source, ("return",), evidence=evidence, provenance=reach.provenance)
        else:
            yield from _service_strands(
                reach.source, target, calls[target], reach.operations, evidence, reach.provenance
            )


def _uses(reach: Reach) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Each verb with what it is used on; all with all where no more is known."""
    if not reach.uses:
        yield reach.operations, reach.entities
        return
    for operation in reach.operations:
        yield (operation,), tuple(entity for verb, entity in reach.uses if verb == operation)


def _nameless(host: str) -> bool:
    """Whether a target says nothing: which service is meant is then told by the call at the end of the reach."""
    return host in UNKNOWN


def _standing_in_handlers(inventory: Inventory, targets: Targets) -> Iterator[Strand]:
    """Effects in the body of a handler (or of a method of a handler class) need no call graph."""
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for endpoint in inventory.endpoints:
        holders[endpoint.handler].append(endpoint.id)
    for entry in inventory.entry_points:
        holders[entry.handler].append(entry.id)
    for function, strand in _effects(inventory, targets):
        for holder in _holding(function, holders):
            yield _from(strand, holder)


def _effects(inventory: Inventory, targets: Targets) -> Iterator[tuple[str, Strand]]:
    """Every effect as a strand of `OTHER`, with the function that it stands in."""
    for access in inventory.accesses:
        target = targets.of(access.store)
        if target:
            data = (access.entity,) if access.entity else ()
            for strand in _store_strands(OTHER, target, (access.operation,), data, (access.location,), "observed"):
                yield access.function, strand
    for call in inventory.outbound:
        for strand in _service_strands(OTHER, service_id(call), [call], (), (call.location,), "observed"):
            yield call.function, strand
    for sink in inventory.sinks:
        if sink.kind == "command":
            strand = Strand(OTHER, PROGRAMS, protocol="commands", evidence=(sink.location,), provenance="observed")
            yield sink.function, strand


def _store_strands(
    source: str,
    target: str,
    operations: Iterable[str],
    data: tuple[str, ...],
    evidence: tuple[Location, ...],
    provenance: Provenance,
) -> Iterator[Strand]:
    """Reading flows out of the store, everything else into it; an access of unknown kind counts as both."""
    verbs = sorted(set(operations)) or ["read", "write"]
    writing = tuple(verb for verb in verbs if verb != "read")
    if "read" in verbs:
        yield Strand(target, source, ("read",), data, evidence=evidence, provenance=provenance)
    if writing:
        yield Strand(source, target, writing, data, evidence=evidence, provenance=provenance)


def _service_strands(
    source: str,
    target: str,
    calls: list[Outbound],
    operations: tuple[str, ...],
    evidence: tuple[Location, ...],
    provenance: Provenance,
) -> Iterator[Strand]:
    """Calls to another system; the protocol comes from the calls themselves where there are any."""
    kinds = sorted({call.kind for call in calls}) or sorted(operations) or [""]
    for kind in kinds:
        answers = {encrypted(call) for call in calls if call.kind == kind}
        safe = False if False in answers else (True if answers == {True} else None)
        yield Strand(source, target, operations, (), kind, safe, evidence, provenance=provenance)


def _holding(function: str, holders: Mapping[str, list[str]]) -> list[str]:
    name = function
    while name:
        if name in holders:
            return sorted(holders[name])
        name = name.rpartition(".")[0]
    return []


def _from(strand: Strand, holder: str) -> Strand:
    """The strand with `OTHER` replaced at whichever end it stands."""
    return replace(strand, source=holder) if strand.source == OTHER else replace(strand, target=holder)


def _way(strand: Strand, targets: Targets) -> tuple[str, str]:
    """The used element and the direction, whoever uses it."""
    return (strand.target, "to") if strand.target in targets.elements else (strand.source, "from")
