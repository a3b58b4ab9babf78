"""Applications that a deployment file puts together from factories: the records go in, and the factories are called;
out comes where the routers that they make are served, behind which filters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tmscan.inventory.routes.deployed import target_of
from tmscan.inventory.routes.found import Found
from tmscan.libraries.index import Index
from tmscan.libraries.types import Library, RouteRow, Scope
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import (
    UNKNOWN,
    Arguments,
    Bound,
    Class,
    Decorated,
    Event,
    External,
    Function,
    Instance,
    Known,
    Module,
    Table,
    Value,
)
from tmscan.sources.types import Deployed

LIBRARY = "paste"  # the library whose rows tell of such files


@dataclass(frozen=True, slots=True)
class Served:
    """A path that an application is served under, and what stands before it."""

    prefix: str = ""
    guards: tuple[tuple[Value, Scope], ...] = ()


@dataclass(slots=True)
class Pasted:
    """Where the routers and trees are served that certain calls made, by the identity of the call's event; routes of
    applications that have none.
    """

    places: dict[int, list[Served]] = field(default_factory=dict)
    routes: list[Found] = field(default_factory=list)

    def of(self, event: Event | None) -> list[Served]:
        """Where what a call made is served: at the root if no file says."""
        return self.places.get(id(event), []) or [Served()]


def paste_applications(machine: Machine, index: Index, records: Iterable[Deployed]) -> Pasted:
    """Call the factories of all applications in `records`."""
    found = Pasted()
    library = next((known for known in index.libraries if known.name == LIBRARY), None)
    by_path = {module.path: module for module in machine.modules.values()}
    made: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[list[Event], Value]] = {}
    filters: dict[str, Value | None] = {}
    for record in records:
        if record.kind != "application" or library is None:
            continue
        target = target_of(machine, by_path, record.handler)
        if not isinstance(target, Function | Bound | Class | Decorated | Instance):
            continue
        key = (record.handler, record.options)
        if key not in made:
            start = len(machine.events)
            result = _called(machine, target, dict(record.options))
            created = [
                event for event in machine.events[start:] if event.path in index.routers or event.path in index.trees
            ]
            made[key] = created, result
        guards: list[tuple[Value, Scope]] = []
        for name in record.guard.split():
            if name not in filters:
                filters[name] = _filter(machine, by_path, name)
            value = filters[name]
            guards += [(value, "app")] if value is not None else []
        created, result = made[key]
        for event in created:
            found.places.setdefault(id(event), []).append(Served(record.path, tuple(guards)))
        if not created:
            found.routes.extend(
                _whole(machine, library, record, option, tuple(guards))
                for option in options(result)
                if isinstance(option, Instance)
            )
    return found


def _called(machine: Machine, target: Value, options: Mapping[str, str]) -> Value:
    """What a factory gives for the options of a file."""
    saved = machine.limit
    machine.limit = min(machine.budget, machine.steps + machine.per_root)
    given: dict[str, Value] = {name: Known(value) for name, value in options.items()}
    try:
        return machine.call(machine, machine.nowhere, target, Arguments([Table({})], given), 0, 0)
    finally:
        machine.limit = saved


def _filter(machine: Machine, by_path: dict[str, Module], name: str) -> Value | None:
    """What a filter puts before an application: an object of the project's, or a third-party name."""
    target = target_of(machine, by_path, name)
    if target is None or isinstance(target, External):
        return Known(name.replace(":", "."))
    made = _called(machine, target, {})
    if isinstance(made, Function | Bound | Class):
        made = machine.call(machine, machine.nowhere, made, Arguments([UNKNOWN]), 0, 0)
    return made if isinstance(made, Function | Bound | Instance | Decorated) else None


def _whole(
    machine: Machine, library: Library, record: Deployed, target: Value, guards: tuple[tuple[Value, Scope], ...]
) -> Found:
    """The one route of an application that reads the path of a request itself."""
    path = record.path or "/"
    module = Module(record.file, record.file, False, (), state="done")
    at = record.line << 12 | 1
    event = Event("paste.route", UNKNOWN, Arguments([Known(path), target]), module, at, at, machine.nowhere.activation)
    row = RouteRow("registered", ("paste.route",), (0,), (1,), default=("ANY",))
    return Found(library, row, path, None, target, event, guards, (), record.file, record.file, "starlette")
