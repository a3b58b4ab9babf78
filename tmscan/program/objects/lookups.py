"""Objects that a framework makes of project classes and hands out: `apps.get_app_config("shop")`, or all of them."""

from __future__ import annotations

from tmscan.program.machine import Machine
from tmscan.program.objects.attributes import lookup
from tmscan.program.objects.classes import PLAIN_BASES, external_bases, find_in_class, order_of
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import Arguments, Bound, Class, Decorated, Function, Instance, Known, Sequence, Value
from tmscan.program.vocabulary import Lookup


def find_objects(machine: Machine, row: Lookup, wanted: Value | None) -> Value | None:
    """The framework's object that `wanted` names, or the list of them all; None when it is not known."""
    if not row.by:  # it is the one object of the class that the call is made on
        return specimen(wanted) if isinstance(wanted, Class) else None
    if row.every:
        named = [cls for cls in machine.classes if _is(cls, row) and _names(machine, cls, row)]
        return Sequence("list", [_made(machine, cls, row) for cls in _finished(named)])
    if not (isinstance(wanted, Known) and isinstance(wanted.value, str)):
        return None
    named = [cls for cls in machine.classes if _is(cls, row) and wanted.value in _names(machine, cls, row)]
    cls = next(iter(_finished(named)), None)
    return _made(machine, cls, row) if cls is not None else None


def label_of(machine: Machine, package: str) -> str:
    """What an application calls itself: the shortest of the names of the framework's object for this package."""
    for row in dict.fromkeys(machine.vocabulary.lookups.values()):
        for cls in machine.classes:
            if row.by and _is(cls, row) and cls.module.name.rpartition(".")[0] == package:
                named = lookup(machine, machine.nowhere, cls, row.by[0], 0)
                if isinstance(named, Known) and isinstance(named.value, str):
                    return named.value
    return ""


def lacks_attribute(machine: Machine, cls: Class, name: str) -> bool:
    """Whether objects of a class, as the framework makes them, have no attribute `name` but what the project says."""
    if _without(machine, cls, name):
        return True
    kinds = {base.path for base in external_bases(cls)}
    rows = [row for row in machine.vocabulary.lookups.values() if row.has and not kinds.isdisjoint(row.bases)]
    return bool(rows) and all(name not in row.has for row in rows) and not name.startswith("__")


def _without(machine: Machine, cls: Class, name: str) -> bool:
    """Whether all third-party classes below one are listed with their attributes, and no method speaks of `name`."""
    having, methods = machine.vocabulary.having, machine.vocabulary.methods
    if not having or name.startswith("__"):
        return False
    queue = [base.path for base in external_bases(cls) if base.path not in PLAIN_BASES]
    told = False
    for path in queue:
        known, above = having.get(path, frozenset()), machine.vocabulary.bases.get(path, ())
        if name in known or name in methods.get(path, ()) or not (path in having or path in methods or above):
            return False
        told = told or path in having
        queue.extend(base for base in above if base not in queue)
    return told and not any(
        name in held.definition.mentions
        for owner in order_of(cls)
        if isinstance(owner, Class)
        for held in owner.namespace.values()
        if isinstance(held, Function)
    )


def _finished(named: list[Class]) -> list[Class]:
    """Without the classes that others inherit from: those are templates, not objects."""
    return [cls for cls in named if not any(other in cls.subclasses for other in named)]


def _made(machine: Machine, cls: Class, row: Lookup) -> Instance:
    """The object, with the attributes that the framework gives it."""
    instance = specimen(cls)
    machine.prepare(machine, instance)
    for attribute in row.by:
        if find_in_class(cls, attribute)[0] is None and attribute not in instance.attributes:
            instance.attributes[attribute] = Known(min(_names(machine, cls, row), key=len))
    whole = max(_names(machine, cls, row), key=len)
    if row.holds and row.holds not in instance.attributes and whole in machine.modules:
        instance.attributes[row.holds] = machine.modules[whole]
    return instance


def prepare_objects(machine: Machine) -> None:
    """Make every such object ready, as the framework does before the first request."""
    for row in dict.fromkeys(machine.vocabulary.lookups.values()):
        for cls in list(machine.classes):
            if _is(cls, row):
                _ready(machine, cls, row)


def _ready(machine: Machine, cls: Class, row: Lookup) -> None:
    if id(cls) not in machine.prepared:
        machine.prepared.add(id(cls))
        machine.limit = max(machine.limit, min(machine.budget, machine.steps + machine.per_root))
        for name in row.prepare:
            method, _ = find_in_class(cls, name)
            while isinstance(method, Decorated):
                method = method.value
            if isinstance(method, Function):
                machine.call(machine, machine.nowhere, Bound(method, specimen(cls)), Arguments(), 0, 0)


def _is(cls: Class, row: Lookup) -> bool:
    return any(base.path in row.bases for base in external_bases(cls))


def _names(machine: Machine, cls: Class, row: Lookup) -> set[str]:
    """What the class goes by: its attributes in the order of the row, the first that it has deciding."""
    for attribute in row.by:
        value = lookup(machine, machine.nowhere, cls, attribute, 0)
        if isinstance(value, Known) and isinstance(value.value, str):
            return {value.value, value.value.rpartition(".")[2]}
    return set()
