"""Ways in that settings list: schedules and worker settings, whose items are functions, or name them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from tmscan.facts.types import line_of
from tmscan.inventory.calls.arguments import pick, texts
from tmscan.inventory.guards.judges import Judge
from tmscan.inventory.routes.handlers import unwrap
from tmscan.inventory.routes.ways import Way, behind, targets_in, way_of
from tmscan.libraries.types import EntryRow, Library
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, Decorated, Function, Module, Scalar, Sequence, Table, Value
from tmscan.sources.types import Location

ITEM_LIMIT = 500


def setting_ways(judge: Judge, known: list[Way]) -> list[Way]:
    """Every way in that a setting lists; `known` are those that may be listed by the name they were given."""
    by_name = {way.name: way for way in reversed(known)}
    found: list[Way] = []
    for library in judge.index.libraries:
        for row in library.entries:
            if row.setting:
                for value, place in _values(judge.machine, library, row.setting):
                    found.extend(_listed(judge.machine, library, row, value, place, by_name))
    return found


def _values(machine: Machine, library: Library, setting: str) -> Iterator[tuple[Value, Location]]:
    """The values of a setting: a name in a module, an attribute that is set, or one of a class (`Class.attribute`).

    `.attribute` is one that a file sets which imports the library.
    """
    owner, dot, name = setting.rpartition(".")
    if owner:
        for cls in machine.classes:
            held = cls.namespace.get(name)
            if held is not None and cls.definition is not None and fnmatchcase(cls.qualname, owner):
                yield held, Location(cls.module.path, line_of(cls.definition.at))
        return
    for module in machine.modules.values() if not dot else ():
        held = module.frame.locals.get(name) if module.frame is not None and module.path else None
        if held is not None and module is machine.modules.get(module.name) and not isinstance(held, Module):
            yield held, Location(module.path, 1)
    for stored, value, module, at, _ in machine.stored_settings:
        if stored == name and (not dot or _imports(machine, module, library)):
            yield value, Location(module.path, line_of(at))


def _imports(machine: Machine, module: Module, library: Library) -> bool:
    facts = machine.facts.get(module.path)
    roots = {name.partition(".")[0] for name in facts.imports} if facts is not None else set()
    return not roots.isdisjoint(name.partition(".")[0] for name in library.imports)


def _listed(
    machine: Machine, library: Library, row: EntryRow, value: Value, place: Location, by_name: dict[str, Way]
) -> Iterator[Way]:
    items: list[tuple[Scalar, Value]] = [("", value)] if isinstance(value, Function | Decorated) else []
    if isinstance(value, Table):
        items = list(value.items.items())
    elif isinstance(value, Sequence):
        items = [("", item) for item in value.items]
    for key, item in items[:ITEM_LIMIT]:
        name = key if isinstance(key, str) else ""
        for inner, target in targets_in(_picked(row, item)):
            handler = unwrap(machine, behind(target))
            way = way_of(library, row, handler, name or inner, None) if handler is not None else None
            if way is None:
                way = _by_text(library, row, target, name, place, by_name)
            if way is not None:
                yield way


def _picked(row: EntryRow, item: Value) -> Value | None:
    """Where the handler stands in an item: at a position, under a key, or it is the item."""
    if isinstance(item, Table) and row.handler:
        return pick(Arguments([], {str(key): value for key, value in item.items.items()}), row.handler)
    if isinstance(item, Sequence) and row.handler:
        return pick(Arguments(list(item.items)), row.handler)
    return item


def _by_text(
    library: Library, row: EntryRow, target: Value, name: str, place: Location, by_name: dict[str, Way]
) -> Way | None:
    """The way to what a text names: code under the name it was registered by, else something outside the tree."""
    said = next(iter(texts(target)), "")
    if not said:
        return None
    other = by_name.get(said)
    if other is not None:
        return Way(library, row, row.kind, name or said, other.handler, other.location, other.code)
    return Way(library, row, row.kind, name or said, said, place)
