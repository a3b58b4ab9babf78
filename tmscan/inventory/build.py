"""The linked program in, the inventory out: routes, guards, effects, stores, reach, libraries, settings, unknowns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tmscan.facts.types import FileFacts, line_of
from tmscan.inventory.dependencies import dependencies_of
from tmscan.inventory.effects.around import around_handlers
from tmscan.inventory.effects.configured import declarations_of
from tmscan.inventory.effects.observations import observations_of
from tmscan.inventory.effects.reach import reaches_of
from tmscan.inventory.effects.recorded import effects_of
from tmscan.inventory.effects.settings import settings_of
from tmscan.inventory.effects.stores import collect_stores
from tmscan.inventory.endpoints import endpoints_of
from tmscan.inventory.entries.points import entry_points_of, sockets_of
from tmscan.inventory.guards.before import run_before
from tmscan.inventory.guards.judges import Judge
from tmscan.inventory.guards.verdict import make_judge
from tmscan.inventory.reading import whole_parameters
from tmscan.inventory.routes.answers import Answer, answers_of
from tmscan.inventory.routes.deployed import deployed_in
from tmscan.inventory.routes.pasted import paste_applications
from tmscan.inventory.routes.roots import walk_routes
from tmscan.inventory.routes.routers import collect_routers
from tmscan.inventory.running.composers import run_composers
from tmscan.inventory.running.extensions import run_extensions
from tmscan.inventory.running.functions import (
    run_factories,
    run_handler,
    run_mount_hooks,
    run_rest,
    run_tables,
)
from tmscan.inventory.running.hooks import run_hooks
from tmscan.inventory.running.registrars import run_registrars
from tmscan.inventory.running.tables import run_table_makers
from tmscan.inventory.running.touched import libraries_touched
from tmscan.inventory.running.unrouted import run_unrouted
from tmscan.inventory.suppressions import suppressions_of
from tmscan.inventory.types import Dependency, Endpoint, Inventory, Parameter, Unknown
from tmscan.libraries.index import Index
from tmscan.program.link import Program, deep_recursion
from tmscan.sources.types import Location, Project, Skipped

# Roles of libraries that handle data and therefore stand in the diagram as elements of their own.
ELEMENTS = frozenset({"document", "image", "parser", "template", "ml", "crypto", "serializer"})

# How many ways of calling one function are followed apart: while applications are put together, while requests are
# answered, and in the rest of the program.
FACTORY_CONTEXTS, BODY_CONTEXTS, REST_CONTEXTS = 80, 6, 1
LONGER = 2_500  # steps for each endpoint that rehearsals may take beyond the usual number


def take_inventory(
    program: Program, index: Index, project: Project, facts: Mapping[str, FileFacts], skipped: tuple[Skipped, ...]
) -> Inventory:
    """Everything the program exposes, stores, calls and uses."""
    machine = program.machine
    machine.request_paths = frozenset(
        path for path in set(machine.vocabulary.aliases.values()) if path.endswith(":Request")
    )
    machine.limit = machine.budget  # what runs from here on sets tighter limits for itself
    with deep_recursion():
        touched = libraries_touched(machine)
        machine.context_limit = FACTORY_CONTEXTS
        pasted = paste_applications(machine, index, project.deployed)
        run_factories(machine, index, touched)
        run_composers(machine, index)
        run_tables(machine, index)
        run_mount_hooks(machine, index)
        run_extensions(machine, index)
        run_registrars(machine, index, touched)
        run_table_makers(machine)
        routers = collect_routers(machine, index)
        routes, unknowns = walk_routes(machine, index, routers, pasted)
        deployed = deployed_in(machine, index, project.deployed)
        routes.extend(deployed.routes)
        unknowns.extend(deployed.unknowns)
        machine.context_limit = BODY_CONTEXTS
        run_hooks(machine, index)
        answers = answers_of(machine, index, routes)
        for answer in answers:
            answer.runs = run_handler(machine, answer)
        judge = make_judge(machine, index)
        judge.spare = max(judge.spare, LONGER * len(answers))
        endpoints = [
            (replace(endpoint, parameters=_parameters(judge, endpoint, answer)), answer)
            for endpoint, answer in endpoints_of(judge, answers)
        ]
        entries = entry_points_of(judge, deployed.ways)
        machine.context_limit = REST_CONTEXTS
        run_before(judge, (answer for _, answer in endpoints))
        run_unrouted(machine, index)
        run_rest(machine, index, touched)
    handlers = [answer.runs for _, answer in endpoints]
    entries = sorted([*entries, *sockets_of(endpoints)], key=lambda item: item[0].id)
    classes = {endpoint.id: answer.handler.cls for endpoint, answer in endpoints if answer.handler.cls is not None}
    starts = {endpoint.id: answer.runs for endpoint, answer in endpoints if endpoint.methods != ("WEBSOCKET",)}
    starts |= {entry.id: activations for entry, activations in entries}
    declarations = declarations_of(machine, index)
    stores = collect_stores(machine, index, declarations)
    effects = effects_of(machine, stores)
    around = around_handlers(judge, stores, [pair for pair in endpoints if pair[0].id in starts])
    tops = frozenset(source.module.partition(".")[0] for source in project.sources)
    libraries = dependencies_of(facts, project.requirements, index, tops)
    unknowns.extend(Unknown("limit", reason, Location(module.path, line_of(at))) for reason, module, at in machine.cut)
    unknowns.extend(
        Unknown("host", "the host of this call is not known", call.location)
        for call in effects.outbound
        if not call.target
    )
    unknowns.extend(
        Unknown("guard", endpoint.auth.reason, endpoint.route_location or endpoint.location)
        for endpoint, _ in endpoints
        if endpoint.auth.required is None
    )
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
        settings=settings_of(machine, index, declarations),
        reaches=reaches_of(starts, effects, _elements(index, libraries), classes, around),
        unknowns=tuple(sorted(set(unknowns), key=lambda unknown: (unknown.location, unknown.kind, unknown.reason))),
        skipped=skipped,
        files=len(facts),
        lines=sum(file.lines for file in facts.values()),
        suppressions=suppressions_of(facts),
    )


def _parameters(judge: Judge, endpoint: Endpoint, answer: Answer) -> tuple[Parameter, ...]:
    return whole_parameters(judge, endpoint, answer.handler, answer.found, answer.runs)


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
