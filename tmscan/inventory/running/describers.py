"""Who puts resources into the table that a framework makes routes of: the program goes in, these functions run.

Such a table is often filled far away: by the constructor of a base class, whose subclasses plug-ins make objects of.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tmscan.inventory.routes.named import shared
from tmscan.inventory.running.fillers import filled_by
from tmscan.inventory.running.offered import offered
from tmscan.inventory.running.waiting import fresh, receiver_of
from tmscan.inventory.vocabulary import COMMON
from tmscan.libraries.index import Index
from tmscan.libraries.paths import last_name
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.values import Class, Event, Function

ROUNDS, MOST = 3, 1_000  # from who fills the table outwards; functions that are run


def run_describers(machine: Machine, index: Index) -> None:
    """Run the functions that nobody called and that lead to an entry of such a table."""
    made = {path for library in index.libraries for row in library.described for path in row.made}
    applications = [event for event in machine.events if event.path in made]
    if not applications:
        return
    tables = {row.setting for library in index.libraries for row in library.described}
    calls = {last_name(path) for path in index.described}
    names = {
        name
        for function in machine.functions
        if not calls.isdisjoint(function.definition.mentions)
        or (not tables.isdisjoint(function.definition.mentions) and not tables.isdisjoint(filled_by(function)))
        for name in _called(function)
    }
    leading: list[Function] = []
    for _ in range(ROUNDS):
        further = [each for each in machine.functions if not (names - COMMON).isdisjoint(each.definition.mentions)]
        names |= {name for function in further if function.definition.name == "__init__" for name in _called(function)}
        leading = further
    wanted = {id(function) for function in leading}
    for function in [each for each in fresh(machine) if id(each) in wanted][:MOST]:
        nearest = max(applications, key=partial(_nearness, function))
        call_by_framework(machine, function, receiver_of(function), offered(nearest.result, function))


def _nearness(function: Function, made: Event) -> int:
    """How near an application stands to a function that is to be handed one."""
    return shared(made.module.name, function.module.name)


def _called(function: Function) -> Iterator[str]:
    """What one calls so that a function runs: its name, or those of its class and the classes on top of that."""
    if function.definition.name != "__init__" or function.owner is None:
        yield function.definition.name
        return
    waiting: list[Class] = [function.owner]
    for cls in waiting:
        yield cls.qualname.rpartition(".")[2]
        waiting.extend(below for below in cls.subclasses if below not in waiting)
