"""Controllers that a framework finds by convention: a text such as `admin/users` goes in, the class that it names out.

And the class at the root of a tree, which nobody names either.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.calls.arguments import texts
from tmscan.inventory.routes.actions import provided_by
from tmscan.libraries.types import TreeRow
from tmscan.program.machine import Machine
from tmscan.program.values import UNKNOWN, Arguments, Class, Event, Table, Value

_MODULE, _NAME = "{module}", "{Name}"


def controller_named(machine: Machine, place: str, target: Value | None) -> Value | None:
    """The class at a `place` such as `controllers.{module}:{Name}Controller` that a text stands for, else the target.

    The one nearest to the top of the program counts, where several packages have such a place.
    """
    for said in texts(target) if place else ():
        parts = said.strip("/").replace("-", "_").split("/")
        name = "".join(word.title() for word in parts[-1].split("_"))
        where, _, ending = place.replace(_MODULE, ".".join(parts)).replace(_NAME, name).partition(":")
        modules = (each for each in machine.modules if f".{each}".endswith(f".{where}"))
        for module in sorted(modules, key=lambda each: (each.count("."), each)):
            frame = machine.modules[module].frame
            held = frame.locals.get(ending) if frame is not None else None
            if isinstance(held, Class):
                return held
    return target


def roots_by_convention(machine: Machine, row: TreeRow) -> Iterator[Class]:
    """The classes of the name that a framework takes for the root of its tree, on top of one of its own."""
    for cls in list(machine.classes):
        if cls.qualname == row.root_class and not provided_by(machine, cls).isdisjoint(row.root_bases):
            yield cls


def root_given(row: TreeRow, given: Value | None) -> Value | None:
    """The root of a tree, where it stands in a table of settings under a key."""
    return given.items.get(row.key) if row.key and isinstance(given, Table) else given


def event_of_class(machine: Machine, cls: Class) -> Event:
    """A call that nobody wrote: the framework makes this class, where it stands."""
    at = cls.definition.at if cls.definition is not None else 0
    return Event("root", UNKNOWN, Arguments(), cls.module, at, at, machine.nowhere.activation)
