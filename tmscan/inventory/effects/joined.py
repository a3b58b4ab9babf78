"""Further models that a call asks for: several arguments, relations that are loaded along, conditions on other tables.

A recorded call and its row go in, the names of models come out. It stands apart from `entities`, which tells the one
model that every other access is about.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.effects.entities import Owners, argument_name, class_named
from tmscan.libraries.index import Index
from tmscan.libraries.types import EffectRow
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.objects.models import model_behind
from tmscan.program.objects.relations import led_to, relation_of
from tmscan.program.relation import Relation
from tmscan.program.values import Arguments, Class, Event, External, Known, Sequence, Value

Made = dict[int, Relation]  # by `id` of the value that stands in the class
_DEPTH = 4


def made_relations(machine: Machine) -> Made:
    """The relations of all classes by the value in the class body."""
    return {id(each.made): each for found in machine.relations.values() for each in found if not each.back}


def joined_entities(
    machine: Machine, index: Index, event: Event, row: EffectRow, owners: Owners, made: Made
) -> tuple[str, ...]:
    """The models that a call names beside the one it is about, as the row says where."""
    if row.models == "every":
        names = [_name(machine, value, owners, made) for value in _flat(event.arguments.positional)]
    else:
        cls = model_behind(machine, event.callee)
        paths = _paths(index, event.arguments, row.models == "related", _DEPTH) if cls is not None else ()
        names = [
            class_named(model, owners) or argument_name(model, owners)
            for path, whole in paths
            for model in _along(machine, cls, path, whole=whole)
        ]
    return tuple(dict.fromkeys(name for name in names if name))


def _flat(values: list[Value]) -> Iterator[Value]:
    for value in values:
        if isinstance(value, Sequence):
            yield from value.items
            if value.rest is not None:
                yield value.rest
        else:
            yield value


def _name(machine: Machine, value: Value, owners: Owners, made: Made) -> str:
    """The model of one argument: a class, a column, or the attribute of a class that leads to another one."""
    relation = made.get(id(value))
    if relation is None and isinstance(value, External) and value.event is None and isinstance(value.base, Class):
        relation = relation_of(machine, value.base, value.path.rpartition(".")[2])
    if relation is None:
        return argument_name(value, owners)
    target = led_to(machine, relation)
    return argument_name(target, owners) if target is not None else ""


def _paths(index: Index, arguments: Arguments, whole: bool, depth: int) -> Iterator[tuple[str, bool]]:
    """The paths that arguments name (`author__team`), and whether their last part is a relation, too."""
    for value in _flat(arguments.positional):
        for option in options(value):
            if isinstance(option, Known) and isinstance(option.value, str):
                yield option.value.lstrip("-+"), whole
            elif isinstance(option, External) and option.event is not None and depth:
                yield from _inner(index, option.event, depth)
    for name, value in arguments.keywords.items():
        yield name, False
        if isinstance(value, External) and value.event is not None and depth:
            yield from _inner(index, value.event, depth)


def _inner(index: Index, event: Event, depth: int) -> Iterator[tuple[str, bool]]:
    """The paths in an expression: `Count("comments")`, `Q(author__name=…)`; a query in it is about something else."""
    rows = index.effects.get(event.path, ())
    if any("access" in (known.row.does, *known.row.also) and known.row.models != "related" for known in rows):
        return
    yield from _paths(index, event.arguments, any(known.row.models == "related" for known in rows), depth - 1)


def _along(machine: Machine, cls: Class | None, path: str, *, whole: bool) -> Iterator[Value]:
    """The models that a path leads over. The last one is asked for if something of it is, and not its key only."""
    parts = path.split("__")
    for position, part in enumerate(parts):
        relation = relation_of(machine, cls, part) if cls is not None else None
        if relation is None and cls is not None:
            relation = _reverse(machine, cls, part)
        target = led_to(machine, relation) if relation is not None else None
        if relation is None or target is None:
            return
        cls = target if isinstance(target, Class) else None
        following = parts[position + 1] if position + 1 < len(parts) else ""
        if whole or relation.back or (following and _is_field(machine, cls, following)):
            yield target


def _reverse(machine: Machine, cls: Class, part: str) -> Relation | None:
    """The way back by the name that conditions use, without `_set`."""
    found = relation_of(machine, cls, f"{part}_set")
    return found if found is not None and found.back else None


def _is_field(machine: Machine, cls: Class | None, name: str) -> bool:
    if cls is None:
        return name not in ("id", "pk", "in", "isnull", "exact")
    if find_in_class(cls, name)[0] is not None or relation_of(machine, cls, name) is not None:
        return True
    return name.endswith("_id") and relation_of(machine, cls, name.removesuffix("_id")) is not None
