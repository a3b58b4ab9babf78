"""Applications that code puts a guard of a library around: `app = AuthProtocol(app, {})`, `app.wsgi_app = …`.

The program goes in, what stands before everything an application serves comes out, by the application's identity. A
guard that is handed to a class of the project is left out: that class decides for which requests it stands there.
"""

from __future__ import annotations

from tmscan.inventory.calls.arguments import show
from tmscan.inventory.routes.routers import Routers, identity
from tmscan.libraries.index import Index
from tmscan.libraries.types import Scope
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import Event, External, Instance, Table, Value

MOST = 60  # objects that are looked into for what an application is wrapped in

Guards = tuple[tuple[Value, Scope], ...]


def guards_around(machine: Machine, index: Index, routers: Routers) -> dict[object, Guards]:
    """The guards around applications."""
    apps = {router.key for router in routers.by_key.values() if router.root}
    apps |= {id(event) for event in machine.events if event.path in index.trees}
    found: list[tuple[object, Event]] = []
    for event in machine.events:
        given = event.arguments.positional[:1] if event.path in index.guards and not event.decorates else []
        if given and event.kind == "call" and not _only_looks(index, event):
            found.extend((key, event) for key in apps & _within(given[0]))
    handed = _handed_on(machine) if found else frozenset()
    around: dict[object, Guards] = {}
    for key, event in found:
        if id(event) not in handed:
            around[key] = (*around.get(key, ()), (External(event.path, None, event), "app"))
    return around


def _within(value: Value) -> set[object]:
    """The identities of a value and of whatever it was put around."""
    waiting, seen = list(options(value)), set[object]()
    while waiting and len(seen) < MOST:
        each = waiting.pop()
        key = identity(each)
        if key is None or key in seen:
            continue
        seen.add(key)
        made = each.event if isinstance(each, External) else None
        if made is not None:
            waiting.extend(option for inner in made.arguments.positional[:1] for option in options(inner))
        elif isinstance(each, Instance):
            waiting.extend(inner for inner in each.attributes.values() if isinstance(inner, External | Instance))
    return seen


def _handed_on(machine: Machine) -> frozenset[int]:
    """The calls whose results classes of the project are made with."""
    runs = (run for run in machine.activations.values() if run.function is not None and run.arguments is not None)
    return frozenset(
        id(option.event)
        for run in runs
        if run.function is not None and run.function.definition.name == "__init__" and run.arguments is not None
        for given in (*run.arguments.positional, *run.arguments.keywords.values())
        for option in options(given)
        if isinstance(option, External) and option.event is not None
    )


def _only_looks(index: Index, event: Event) -> bool:
    """Whether a table that the guard is made with leaves the decision to others."""
    told = [pair for known in index.guards.get(event.path, ()) for pair in known.row.told]
    arguments = (*event.arguments.positional, *event.arguments.keywords.values())
    tables = [option for value in arguments for option in options(value) if isinstance(option, Table)]
    return any(show(table.items.get(name)) == said for name, said in told for table in tables)
