"""The root of a tree of controllers: what a call was given goes in, and the class that it names comes out.

Often it is named in a configuration, which the call is given a part of: `make_app(config.app.root)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.calls.arguments import texts
from tmscan.libraries.types import TreeRow
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import Class, External, Instance, Sequence, Table, Value

KEY = "root"
_DEPTH = 4


def root_named(machine: Machine, row: TreeRow, given: Value | None) -> Value | None:
    """The controller (or its class) at the root: given itself, by its name, or named by a table of settings."""
    if not row.section or given is None or any(isinstance(each, Instance | Class) for each in options(given)):
        return given
    said = list(_texts(given, _DEPTH))
    if not said:
        spaces = [module.frame.locals for module in machine.modules.values() if module.frame is not None]
        held = (value for space in spaces for name, value in list(space.items()) if not isinstance(value, Instance))
        said = [text for space in spaces for text in _in_table(space.get(row.section), _DEPTH)]
        said = said or [text for value in held for text in _texts(value, _DEPTH)]
    return next((cls for name in said if (cls := _named(machine, name)) is not None), given)


def _texts(value: Value | None, depth: int) -> Iterator[str]:
    """What a value says the root is: a text, a table with that key, or a call that was given one."""
    yield from texts(value)
    yield from _in_table(value, depth)
    made = value
    while isinstance(made, External) and made.event is None and made.base is not None:
        made = made.base
    event = made.event if isinstance(made, External) else None
    if event is not None and depth:
        if texts(next(iter(event.arguments.positional), None)) == (KEY,):
            yield from texts(event.arguments.keywords.get("default"))  # an option of that name
        for each in (*event.arguments.positional, *event.arguments.keywords.values()):
            yield from _in_table(each, depth - 1)


def _in_table(value: Value | None, depth: int) -> Iterator[str]:
    if isinstance(value, Table) and depth:
        yield from texts(value.items.get(KEY))
        for inner in value.items.values():
            yield from _in_table(inner, depth - 1)
    elif isinstance(value, Sequence) and depth > 1:
        for item in value.items:
            if isinstance(item, External | Table):
                yield from _texts(item, 1)


def _named(machine: Machine, name: str) -> Class | None:
    """The class of the program that stands at a place, or None."""
    place, _, last = name.replace(":", ".").rpartition(".")
    module = machine.import_module(machine, place) if place else None
    found = machine.attribute(machine, machine.nowhere, module, last, 0) if module is not None else None
    return found if isinstance(found, Class) else None
