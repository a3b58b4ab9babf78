"""Verbs that a class of routers adds to the framework's own routes: `self.routes[0].mapping.update({"put": "…"})`.

The recorded calls go in, what each class adds to which of these routes comes out.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.libraries.index import Index
from tmscan.libraries.types import ResourceRow
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import order_of
from tmscan.program.values import Class, Event, External, Instance, Known, Table, Value

Added = dict[int, list[tuple[str, Table]]]


def collect_added(machine: Machine, index: Index) -> Added:
    """By class: the place of a route among the framework's own, and the verbs with their methods."""
    paths = {path for rows in index.resources.values() for known in rows for path in known.row.extended}
    found: Added = {}
    for event in machine.events:
        added = _added(event) if event.path in paths else None
        if added is not None:
            cls, place, table = added
            found.setdefault(id(cls), []).append((place, table))
    return found


def added_routes(row: ResourceRow, value: Value | None, added: Added) -> Iterator[tuple[str, str, str]]:
    """(pattern, verb, method) of what the class of a router adds."""
    for owner in order_of(value.cls) if isinstance(value, Instance) else ():
        for place, table in added.get(id(owner), ()):
            template = row.routes[row.places.index(place)][0] if place in row.places else ""
            for verb, method in table.items.items() if template else ():
                if isinstance(verb, str) and isinstance(method, Known):
                    yield template, verb.upper(), str(method.value)


def _added(event: Event) -> tuple[Class, str, Table] | None:
    given = event.arguments.positional[0] if event.arguments.positional else None
    place = ""
    value: Value | None = event.callee
    while isinstance(value, External):
        if value.event is not None and value.event.kind == "subscript":
            said = value.event.arguments.positional[0]
            place = str(said.value) if isinstance(said, Known) else ""
        value = value.base
    return (value.cls, place, given) if isinstance(value, Instance) and isinstance(given, Table) else None
