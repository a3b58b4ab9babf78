"""Running a linked program: routes are found, handlers and the rest run, effects read, and who may call is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tmscan.inventory.effects.configured import Declared, declarations_of
from tmscan.inventory.effects.recorded import Effects, effects_of
from tmscan.inventory.effects.stores import Stores, collect_stores
from tmscan.inventory.endpoints import endpoints_of, look_ahead
from tmscan.inventory.entries.points import Started, entry_points_of
from tmscan.inventory.guards.before import run_before
from tmscan.inventory.guards.judges import Judge, apart
from tmscan.inventory.guards.verdict import make_judge
from tmscan.inventory.reading import whole_parameters
from tmscan.inventory.routes.answers import Answer, answers_of
from tmscan.inventory.routes.deployed import deployed_in
from tmscan.inventory.routes.pasted import paste_applications
from tmscan.inventory.routes.roots import walk_routes
from tmscan.inventory.routes.routers import collect_routers
from tmscan.inventory.running.composers import run_composers
from tmscan.inventory.running.describers import run_describers
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
from tmscan.inventory.running.shown import run_shapes
from tmscan.inventory.running.tables import run_table_makers
from tmscan.inventory.running.touched import libraries_touched
from tmscan.inventory.running.unrouted import run_unrouted
from tmscan.inventory.types import Endpoint, Unknown
from tmscan.libraries.index import Index
from tmscan.processes import beside
from tmscan.program.link import Program, deep_recursion
from tmscan.program.machine import Machine
from tmscan.sources.types import Project

# How many ways of calling one function are followed apart: while applications are put together, while requests are
# answered, and in the rest of the program.
FACTORY_CONTEXTS, BODY_CONTEXTS, REST_CONTEXTS = 80, 6, 1
LONGER = 2_500  # steps for each endpoint that rehearsals may take beyond the usual number
LONG = 100_000  # steps after which a program is worth a second process


@dataclass(slots=True)
class Explored:
    """A program that has run: what answers which routes, what else starts something, and the effects of it all.

    `judged` waits for the endpoints, each with the number of its answer; where the program is `copied`, they are worked
    out in a copy of this process, as further work may be.
    """

    machine: Machine
    index: Index
    judge: Judge
    answers: list[Answer]
    judged: Callable[[], list[tuple[Endpoint, int]]]
    entries: list[Started]
    declarations: list[Declared]
    stores: Stores
    effects: Effects
    unknowns: list[Unknown]
    copied: bool


def explore(program: Program, index: Index, project: Project, processes: int = 1) -> Explored:
    """Run everything in a linked program that can expose, store, call or use something, in up to two `processes`."""
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
        run_describers(machine, index)
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
        look_ahead(judge, answers)
        copied = processes > 1 and machine.steps > LONG
        judged = beside(lambda: _judged(apart(judge), answers), copied=copied)
        entries = entry_points_of(judge, deployed.ways)
        run_shapes(machine, index)
        machine.context_limit = REST_CONTEXTS
        run_before(judge, answers)
        run_unrouted(machine, index)
        run_rest(machine, index, touched)
    declarations = declarations_of(machine, index)
    stores = collect_stores(machine, index, declarations)
    effects = effects_of(machine, stores, project.templates)
    return Explored(machine, index, judge, answers, judged, entries, declarations, stores, effects, unknowns, copied)


def _judged(judge: Judge, answers: list[Answer]) -> list[tuple[Endpoint, int]]:
    """The endpoints with all their parameters and the verdict on each, with the number of the answer behind it."""
    number = {id(answer): position for position, answer in enumerate(answers)}
    return [
        (
            replace(endpoint, parameters=whole_parameters(judge, endpoint, answer.handler, answer.found, answer.runs)),
            number[id(answer)],
        )
        for endpoint, answer in endpoints_of(judge, answers)
    ]
