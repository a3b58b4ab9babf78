"""What a program did goes in, the inventory comes out: endpoints, stores, reach, libraries, settings, unknowns."""

from __future__ import annotations

from collections.abc import Mapping

from tmscan.facts.types import FileFacts, line_of
from tmscan.inventory.dependencies import dependencies_of
from tmscan.inventory.effects.around import around_handlers
from tmscan.inventory.effects.observations import observations_of
from tmscan.inventory.effects.reach import reaches_of
from tmscan.inventory.effects.settings import settings_of
from tmscan.inventory.entries.points import sockets_of
from tmscan.inventory.explored import Explored
from tmscan.inventory.suppressions import suppressions_of
from tmscan.inventory.types import Dependency, Inventory, Unknown
from tmscan.libraries.index import Index
from tmscan.sources.types import Location, Project, Skipped

# Roles of libraries that handle data and therefore stand in the diagram as elements of their own.
ELEMENTS = frozenset({"document", "image", "parser", "template", "ml", "crypto", "serializer"})


def take_inventory(
    explored: Explored, project: Project, facts: Mapping[str, FileFacts], skipped: tuple[Skipped, ...]
) -> Inventory:
    """Everything the program exposes, stores, calls and uses."""
    machine, index, stores, effects = explored.machine, explored.index, explored.stores, explored.effects
    endpoints = [(endpoint, explored.answers[number]) for endpoint, number in explored.judged()]
    handlers = [answer.runs for _, answer in endpoints]
    entries = sorted([*explored.entries, *sockets_of(endpoints)], key=lambda item: item[0].id)
    classes = {endpoint.id: answer.handler.cls for endpoint, answer in endpoints if answer.handler.cls is not None}
    starts = {endpoint.id: answer.runs for endpoint, answer in endpoints if endpoint.methods != ("WEBSOCKET",)}
    starts |= {entry.id: activations for entry, activations in entries}
    around = around_handlers(explored.judge, stores, [pair for pair in endpoints if pair[0].id in starts])
    tops = frozenset(source.module.partition(".")[0] for source in project.sources)
    libraries = dependencies_of(facts, project.requirements, index, tops)
    unknowns = [
        *explored.unknowns,
        *(Unknown("limit", reason, Location(module.path, line_of(at))) for reason, module, at in machine.cut),
        *(
            Unknown("host", "the host of this call is not known", call.location)
            for call in effects.outbound
            if not call.target
        ),
        *(
            Unknown("guard", endpoint.auth.reason, endpoint.route_location or endpoint.location)
            for endpoint, _ in endpoints
            if endpoint.auth.required is None
        ),
    ]
    return Inventory(
        name=project.name,
        endpoints=tuple(endpoint for endpoint, _ in endpoints),
        entry_points=tuple(entry for entry, _ in entries),
        stores=tuple(stores.found[key] for key in sorted(stores.found)),
        accesses=tuple(effects.accesses),
        outbound=tuple(effects.outbound),
        sinks=tuple(effects.sinks),
        observations=observations_of(machine, stores, effects, handlers),
        libraries=libraries,
        settings=settings_of(machine, index, explored.declarations),
        reaches=reaches_of(starts, effects, _elements(index, libraries), classes, around),
        unknowns=tuple(sorted(set(unknowns), key=lambda unknown: (unknown.location, unknown.kind, unknown.reason))),
        skipped=skipped,
        files=len(facts),
        lines=sum(file.lines for file in facts.values()),
        suppressions=suppressions_of(facts),
    )


def _elements(index: Index, libraries: tuple[Dependency, ...]) -> dict[str, Dependency]:
    """Library file name or import name → dependency, for the libraries that stand in the diagram."""
    by_import = {top: dependency for dependency in libraries for top in dependency.imports}
    return {
        name: by_import[top]
        for library in index.libraries
        if library.role in ELEMENTS
        for top in library.imports
        if top in by_import
        for name in (library.name, top)
    }
