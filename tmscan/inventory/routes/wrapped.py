"""Applications that code puts a guard of a library around: `app = AuthProtocol(app, {})`, `app.wsgi_app = …`.

The program goes in, what stands before everything an application serves comes out, by the application's identity. A
guard that is handed to a class of the project is left out: that class decides for which requests it stands there.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.calls.arguments import show
from tmscan.inventory.routes.routers import identity
from tmscan.libraries.index import Index
from tmscan.libraries.types import Scope
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import Event, External, Instance, Table, Value

_DEPTH = 5

Guards = tuple[tuple[Value, Scope], ...]


def guards_around(machine: Machine, index: Index) -> dict[object, Guards]:
    """The guards around applications."""
    around: dict[object, Guards] = {}
    for event in [event for event in machine.events if event.path in index.guards and not event.decorates]:
        given = event.arguments.positional[:1]
        if given and event.kind == "call" and not _only_looks(index, event) and not _is_handed_on(machine, event):
            for key in {key for option in options(given[0]) for key in _within(option, _DEPTH)}:
                if key is not None:
                    around[key] = (*around.get(key, ()), (External(event.path, None, event), "app"))
    return around


def _within(value: Value, depth: int) -> Iterator[object]:
    """The identities of a value and of whatever it was put around."""
    yield identity(value)
    if not depth:
        return
    made = value.event if isinstance(value, External) else None
    held = made.arguments.positional[:1] if made is not None else []
    if isinstance(value, Instance):
        held = [each for each in value.attributes.values() if isinstance(each, External | Instance)]
    for each in held:
        for option in options(each):
            yield from _within(option, depth - 1)


def _only_looks(index: Index, event: Event) -> bool:
    """Whether a table that the guard is made with leaves the decision to others."""
    told = [pair for known in index.guards.get(event.path, ()) for pair in known.row.told]
    arguments = (*event.arguments.positional, *event.arguments.keywords.values())
    tables = [option for value in arguments for option in options(value) if isinstance(option, Table)]
    return any(show(table.items.get(name)) == said for name, said in told for table in tables)


def _is_handed_on(machine: Machine, event: Event) -> bool:
    """Whether a class of the project is made with the guard."""
    for run in machine.activations.values():
        if run.function is None or run.function.definition.name != "__init__" or run.arguments is None:
            continue
        for given in (*run.arguments.positional, *run.arguments.keywords.values()):
            if any(isinstance(option, External) and option.event is event for option in options(given)):
                return True
    return False
