"""Models by name and by what a query was built on: what stands for a class goes in, the class of the program out."""

from __future__ import annotations

from tmscan.facts.types import Attribute, Binary, Expr, Name, Subscript
from tmscan.program.lattice import options
from tmscan.program.machine import Machine, stored_class
from tmscan.program.objects.classes import external_bases, find_in_class
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import (
    Arguments,
    Bound,
    Choice,
    Class,
    Decorated,
    Deferred,
    External,
    Function,
    Instance,
    Known,
    Unknown,
    Value,
)

_CHAIN = 24
_HOLDING = ("model", "queryset")  # where classes of handlers say what they are about


def related_model(machine: Machine, owner: Class, name: str, said: Value | None) -> Value | None:
    """The model that an attribute of `owner` is about: named by the argument, else promised by the annotation."""
    if said is None or isinstance(said, Unknown):
        return _promised(machine, owner, owner.fields[name].annotation) if name in owner.fields else None
    if isinstance(said, Decorated):
        return related_model(machine, owner, name, said.value)
    if isinstance(said, Deferred):
        held = said.module.frame.locals.get(said.name) if said.module.frame is not None else None
        return related_model(machine, owner, name, held) if held is not None and held is not said else None
    if isinstance(said, Function):
        return related_model(machine, owner, name, machine.call(machine, machine.nowhere, said, Arguments(), 0, 0))
    if isinstance(said, Choice):
        found = (related_model(machine, owner, name, each) for each in said.options)
        return next((each for each in found if each is not None), None)
    if isinstance(said, Known) and isinstance(said.value, str):
        return owner if said.value == "self" else model_named(machine, said.value, owner)
    if isinstance(said, Class):
        return said
    return said if isinstance(said, External) and "(" not in said.path else None


def _promised(machine: Machine, owner: Class, annotation: Expr) -> Class | None:
    """The model in an annotation: `Mapped[list["Note"]]`. By name, as it may be defined below."""
    if isinstance(annotation, Subscript):
        return _promised(machine, owner, annotation.index) or _promised(machine, owner, annotation.value)
    if isinstance(annotation, Binary):
        return _promised(machine, owner, annotation.left) or _promised(machine, owner, annotation.right)
    if isinstance(annotation, Name | Attribute):
        return model_named(machine, annotation.id if isinstance(annotation, Name) else annotation.attr, owner)
    return None


def model_named(machine: Machine, name: str, owner: Class | None = None) -> Class | None:
    """The class that a text names (`Note`, `notes.Note`, `shop.notes.models.Note`): of several, the one nearest."""
    before, _, last = name.rpartition(".")
    found = machine.named.get(last, [])
    if owner is not None and len(found) > 1:
        kinds = {base.path for base in external_bases(owner)}
        found = [cls for cls in found if any(base.path in kinds for base in external_bases(cls))] or found
    if before:
        label = before.rpartition(".")[2]
        if not any(label in cls.module.name.split(".") for cls in found):
            outside = (path for path in machine.vocabulary.stored if path.endswith(f".{label}.models.{last}"))
            found = [stored_class(machine, path) for path in outside] or found
        found = [cls for cls in found if label in cls.module.name.split(".")] or found
    if owner is None or len(found) < 2:
        return found[0] if len(found) == 1 or (found and owner is None) else None
    place = owner.module.name.split(".")
    return max(found, key=lambda cls: (cls.module is owner.module, _together(cls.module.name.split("."), place)))


def _together(one: list[str], other: list[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def model_behind(machine: Machine, value: Value | None, depth: int = 4) -> Class | None:
    """The model whose objects a query is about: the class that it was reached from, else the one it was given first."""
    given: Class | None = None
    for _ in range(_CHAIN):
        if isinstance(value, Class):
            return value
        if isinstance(value, Instance):
            return _held_by(machine, value, depth) or given
        if isinstance(value, External):
            if value.event is not None and value.event.kind == "call" and depth:
                given = _asked(machine, value.event.arguments.positional, depth) or given
            value = value.base if value.base is not None else value.event.callee if value.event is not None else None
        elif isinstance(value, Decorated):
            value = value.value
        elif isinstance(value, Bound):
            value = value.receiver
        elif isinstance(value, Choice):
            value = next((option for option in value.options if not isinstance(option, Known)), None)
        else:
            break
    return given


def query_holder(machine: Machine, value: Value | None, attribute: str) -> Instance | None:
    """The manager of the program that a query comes from, or an object of the query class that its model names."""
    for _ in range(_CHAIN):
        if isinstance(value, External):
            value = value.base if value.base is not None else value.event.callee if value.event is not None else None
        elif isinstance(value, Bound):
            value = value.receiver
        else:
            break
    if isinstance(value, Instance):
        return value if id(value) in machine.belonging or id(value.cls) in machine.belonging else None
    own = find_in_class(value, attribute)[0] if attribute and isinstance(value, Class) else None
    return specimen(own) if isinstance(own, Class) else None


def _asked(machine: Machine, given: list[Value], depth: int) -> Class | None:
    """The model among the arguments of a call: the only class, or what a query in front is about."""
    first = given[0] if given else None
    while isinstance(first, Decorated):
        first = first.value
    if isinstance(first, Class):
        return first if not any(isinstance(other, Class) for other in given[1:]) else None
    if isinstance(first, External):
        return model_behind(machine, first, depth - 1)
    return machine.belonging.get(id(first)) if isinstance(first, Instance) else None


def _held_by(machine: Machine, holder: Instance, depth: int) -> Class | None:
    """Whose objects a manager of the program's own gives, or a handler that says what it is about."""
    owner = machine.belonging.get(id(holder)) or machine.belonging.get(id(holder.cls))
    if owner is not None or not depth:
        return owner
    meta, _ = find_in_class(holder.cls, "Meta")
    about, _ = find_in_class(meta, "model") if isinstance(meta, Class) else (None, None)
    if isinstance(about, Class):
        return about  # a serializer or a form
    for name in _HOLDING:
        said, _ = find_in_class(holder.cls, name)
        found = model_behind(machine, said, depth - 1) if said is not None else None
        if found is not None:
            return found
    method, _ = find_in_class(holder.cls, "get_queryset")
    if isinstance(method, Function):
        made = machine.call(machine, machine.nowhere, Bound(method, holder), Arguments(), 0, 0)
        return next((cls for each in options(made) if (cls := model_behind(machine, each, depth - 1))), None)
    return None
