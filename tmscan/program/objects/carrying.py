"""What an annotation promises of data from outside: `body: Order` is an order all of whose texts are untrusted."""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.program.lattice import join
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.objects.typing_hints import TRANSPARENT, instance_of_annotation
from tmscan.program.objects.validators import by_decorator
from tmscan.program.values import (
    NUMBER,
    Choice,
    Class,
    External,
    Frame,
    Function,
    Instance,
    Origins,
    Sequence,
    Table,
    Unknown,
    Value,
)

_NUMBERS = frozenset(
    {"int", "float", "bool", "complex", "UUID", "UUID1", "UUID3", "UUID4", "UUID5", "date", "datetime", "time",
     "timedelta", "Decimal", "PositiveInt", "NonNegativeInt", "None"}
)  # fmt: skip


def carrying(machine: Machine, frame: Frame, made: Value, origins: Origins, depth: int = 4) -> Value:
    """The value `made` from an annotation, its data coming from `origins`; numbers and members of enums carry none."""
    if not origins:
        return made
    if isinstance(made, External):
        return External(made.path, made.base, made.event, made.origins | origins, made.attributes)
    if isinstance(made, Unknown):
        return Unknown(made.origins | origins, made.hint)
    if depth == 0:
        return made
    if isinstance(made, Choice):
        return join([carrying(machine, frame, option, origins, depth - 1) for option in made.options])
    if isinstance(made, Sequence):
        rest = carrying(machine, frame, made.rest, origins, depth - 1) if made.rest is not None else None
        return Sequence(made.kind, [carrying(machine, frame, item, origins, depth - 1) for item in made.items], rest)
    if isinstance(made, Table):
        rest = carrying(machine, frame, made.rest, origins, depth - 1) if made.rest is not None else None
        return Table(
            {key: carrying(machine, frame, item, origins, depth - 1) for key, item in made.items.items()}, rest
        )
    if isinstance(made, Instance):
        return _filled(machine, frame, made, origins, depth)
    return made


def _filled(machine: Machine, frame: Frame, made: Instance, origins: Origins, depth: int) -> Instance:
    """An object of a class of data with its fields from outside; one that is put together by code stays as it is."""
    key = ("filled", id(made.cls), origins)
    known = machine.instances.get(key)
    if known is not None:
        return known
    owners = [owner for owner in order_of(made.cls) if isinstance(owner, Class) and owner.module.frame is not None]
    if not any(owner.fields for owner in owners) or isinstance(find_in_class(made.cls, "__init__")[0], Function):
        return made
    filled = machine.instances[key] = Instance(made.cls, dict(made.attributes))
    for owner in reversed(owners):
        for name, field in list(owner.fields.items()):
            value = _field(machine, frame, owner, field, origins, depth - 1)
            filled.attributes[name] = by_decorator(machine, frame, made.cls, name, value, field.at)
    return filled


def filled_fields(machine: Machine, frame: Frame, cls: Class, origins: Origins) -> dict[str, Value]:
    """The fields of an object of a class of data that is made of a mapping from outside: `Order(**data)`."""
    owners = [owner for owner in reversed(order_of(cls)) if isinstance(owner, Class)]
    fields = [(owner, name, field) for owner in owners for name, field in owner.fields.items()]
    return {
        name: by_decorator(machine, frame, cls, name, _field(machine, frame, owner, field, origins, 3), field.at)
        for owner, name, field in fields
    }


def _field(machine: Machine, frame: Frame, owner: Class, field: ir.Annotated, origins: Origins, depth: int) -> Value:
    if _is_number(field.annotation):
        return NUMBER
    if owner.module.frame is None:
        return Unknown(origins)
    return carrying(
        machine, frame, instance_of_annotation(machine, owner.module.frame, field.annotation), origins, depth
    )


def _is_number(annotation: ir.Expr) -> bool:
    if isinstance(annotation, ir.Constant):
        return annotation.value is None
    if isinstance(annotation, ir.Name):
        return annotation.id in _NUMBERS
    if isinstance(annotation, ir.Attribute):
        return annotation.attr in _NUMBERS
    if isinstance(annotation, ir.Binary):
        return _is_number(annotation.left) and _is_number(annotation.right)
    if isinstance(annotation, ir.Subscript):
        outer = annotation.value
        name = outer.id if isinstance(outer, ir.Name) else outer.attr if isinstance(outer, ir.Attribute) else ""
        return name in TRANSPARENT and _is_number(annotation.index)
    return False
