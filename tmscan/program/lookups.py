"""Objects that a framework makes of project classes and hands out by name: `apps.get_app_config("shop")`."""

from __future__ import annotations

from tmscan.program.attributes import lookup
from tmscan.program.classes import external_bases, find_in_class
from tmscan.program.machine import Lookup, Machine
from tmscan.program.typing_hints import specimen
from tmscan.program.values import Arguments, Bound, Class, Function, Instance, Known, Value


def find_object(machine: Machine, row: Lookup, wanted: Value | None) -> Instance | None:
    """The framework's object that `wanted` names; None when it is not known."""
    if not (isinstance(wanted, Known) and isinstance(wanted.value, str)):
        return None
    named = [cls for cls in machine.classes if _is(cls, row) and wanted.value in _names(machine, cls, row)]
    # A class that others inherit from is the template, not the object.
    cls = next((cls for cls in named if not any(other in cls.subclasses for other in named)), None)
    return specimen(cls) if cls is not None else None


def prepare_objects(machine: Machine) -> None:
    """Make every such object ready, as the framework does before the first request."""
    for row in dict.fromkeys(machine.vocabulary.lookups.values()):
        for cls in list(machine.classes):
            if _is(cls, row):
                _ready(machine, cls, row)


def _ready(machine: Machine, cls: Class, row: Lookup) -> None:
    instance = specimen(cls)
    if id(cls) not in machine.prepared:
        machine.prepared.add(id(cls))
        machine.limit = max(machine.limit, min(machine.budget, machine.steps + machine.per_root))
        for name in row.prepare:
            method, _ = find_in_class(cls, name)
            if isinstance(method, Function):
                machine.call(machine, machine.nowhere, Bound(method, instance), Arguments(), 0, 0)


def _is(cls: Class, row: Lookup) -> bool:
    return any(base.path in row.bases for base in external_bases(cls))


def _names(machine: Machine, cls: Class, row: Lookup) -> set[str]:
    """What the class goes by: its attributes in the order of the row, the first that it has deciding."""
    for attribute in row.by:
        value = lookup(machine, machine.nowhere, cls, attribute, 0)
        if isinstance(value, Known) and isinstance(value.value, str):
            return {value.value, value.value.rpartition(".")[2]}
    return set()
