"""Fields that classes declare: a class and a name go in, the value that its objects have for it comes out.

They stand apart from other attributes because a default may be written in a call, or be left to an annotation or to
the environment.
"""

from __future__ import annotations

from tmscan.facts.types import Annotated, Subscript
from tmscan.program.lattice import join
from tmscan.program.machine import Machine, external
from tmscan.program.objects.classes import external_bases, order_of
from tmscan.program.objects.delivered import is_on, names_prefix
from tmscan.program.objects.typing_hints import instance_of_annotation
from tmscan.program.values import UNKNOWN, Arguments, Class, External, Frame, Instance, Known, Table, Value

TABLES = frozenset({"__fields__", "model_fields", "__dataclass_fields__", "__annotations__", "__pydantic_fields__"})


def as_configured(machine: Machine, owner: Class, name: str, value: Value) -> Value:
    """The default of a field that the environment may fill, and beside one that is off whatever else it may be."""
    if name not in owner.fields or not isinstance(value, Known) or is_on(value.value) or names_prefix(name):
        return value
    base = next((base for base in external_bases(owner) if base.path in machine.vocabulary.configured), None)
    return value if base is None else join([value, external(machine, f"{base.path}().{name}", base)])


def field_value(machine: Machine, frame: Frame, owner: Class, name: str, value: External, at: int) -> Value | None:
    """The value of `name: T = Field(default=…)` (dataclasses, pydantic, attrs): its default, else what T promises."""
    if value.event is None:
        return None
    arguments = value.event.arguments
    if "default" in arguments.keywords:
        return arguments.keywords["default"]
    factory = arguments.keywords.get("default_factory") or arguments.keywords.get("factory")
    if factory is not None:
        return machine.call(machine, frame, factory, Arguments(), at, at)
    made = declared_value(machine, owner, name)
    return made if isinstance(made, Instance) else None


def declared_value(machine: Machine, cls: Class, name: str) -> Value | None:
    """What the annotation of a field promises; None where no class declares it."""
    for owner in order_of(cls):
        if isinstance(owner, Class) and name in owner.fields:
            if owner.module.frame is None:
                return None
            return instance_of_annotation(machine, owner.module.frame, owner.fields[name].annotation)
    return None


def field_table(cls: Class) -> Table:
    """The fields of a class by name, those of its bases first; variables of the class itself are none."""
    declared = [item for owner in reversed(order_of(cls)) if isinstance(owner, Class) for item in owner.fields.items()]
    shared = {name for name, field in declared if _is_shared(field)}
    return Table({name: UNKNOWN for name, _ in declared if name not in shared and not name.startswith("_")})


def _is_shared(field: Annotated) -> bool:
    kind = field.annotation.value if isinstance(field.annotation, Subscript) else field.annotation
    return "ClassVar" in (getattr(kind, "id", ""), getattr(kind, "attr", ""))
