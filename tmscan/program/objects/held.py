"""Descriptors that hold a default: the class attribute that an object was asked for goes in, its value comes out.

`size = Integer(3)` with a library's descriptor (or a project class on top of one), or the method that a library's
decorator, or its name, makes the one that computes the default.
"""

from __future__ import annotations

from tmscan.program.imports import member
from tmscan.program.lattice import join
from tmscan.program.machine import Machine, external
from tmscan.program.objects.classes import external_bases, find_in_class, order_of
from tmscan.program.objects.delivered import is_on, names_prefix
from tmscan.program.objects.typing_hints import instance_of
from tmscan.program.values import (
    UNKNOWN,
    Arguments,
    Bound,
    Class,
    Decorated,
    External,
    Frame,
    Function,
    Instance,
    Known,
    Module,
    Sequence,
    Table,
    Value,
)
from tmscan.program.vocabulary import Held

_CHAIN = 6


def held_value(machine: Machine, frame: Frame, owner: Instance, name: str, value: Value, at: int) -> Value | None:
    """What the attribute of an object gives whose class has such a descriptor for it; None for all others."""
    found = _descriptor(machine, value)
    if found is None:
        return None
    held, arguments = found
    method = _computing(machine, owner.cls, name)
    if method is not None:
        made: Value | None = machine.call(machine, frame, Bound(method, owner), Arguments(), at, at)
    else:
        made = _default(machine, held, arguments)
    if isinstance(made, Known) and not is_on(made.value) and not names_prefix(name):
        return join([made, value])
    if isinstance(made, Sequence | Table) and machine.undo is None:
        owner.attributes[name] = made  # what is added to it stays
    return made


def stood_for(machine: Machine, frame: Frame, instance: Instance, at: int) -> Value | None:
    """The object that this one stands for: what a method of its class, which the library calls, keeps in it."""
    row = next((machine.vocabulary.standing.get(base.path) for base in external_bases(instance.cls)), None)
    if row is None:
        return None
    making, kept = row
    if kept not in instance.attributes:
        instance.attributes[kept] = UNKNOWN  # while it is made, it is not there
        method, _ = find_in_class(instance.cls, making)
        if isinstance(method, Function):
            machine.call(machine, frame, Bound(method, instance), Arguments(), at, at)
    found = instance.attributes[kept]
    return found if found is not UNKNOWN and found is not instance else None


def _descriptor(machine: Machine, value: Value) -> tuple[Held, Arguments] | None:
    """What the libraries say of a descriptor, and what it was made with: `Integer(3).tag(config=True)`."""
    for _ in range(_CHAIN):
        paths: tuple[str, ...] = ()
        if isinstance(value, Instance) and value.event is not None:
            paths = tuple(base.path for base in external_bases(value.cls))
        elif isinstance(value, External) and value.event is not None:
            paths = (value.event.path,)
        for path in paths:
            if path in machine.vocabulary.holding and isinstance(value, Instance | External) and value.event:
                return machine.vocabulary.holding[path], value.event.arguments
        if not isinstance(value, External) or value.base is None:
            return None
        value = value.base
    return None


def _default(machine: Machine, held: Held, arguments: Arguments) -> Value | None:
    given = next(
        (
            found
            for wanted in held.argument
            if (found := _argument(arguments, wanted)) is not None and _descriptor(machine, found) is None
        ),
        None,
    )
    if held.kind == "list":
        return Sequence("list", list(given.items), given.rest) if isinstance(given, Sequence) else Sequence("list", [])
    if held.kind == "table":
        return Table(dict(given.items), given.rest) if isinstance(given, Table) else Table({})
    if held.kind in ("class", "object"):
        if isinstance(given, Known) and isinstance(given.value, str) and "." in given.value:
            module, _, attribute = given.value.rpartition(".")
            place = machine.import_module(machine, module)
            given = member(machine, place, attribute) if isinstance(place, Module) else external(machine, given.value)
        return instance_of(machine, given) if held.kind == "object" and given is not None else given
    return given


def _argument(arguments: Arguments, wanted: int | str) -> Value | None:
    if isinstance(wanted, int):
        return arguments.positional[wanted] if wanted < len(arguments.positional) else None
    return arguments.keywords.get(wanted)


def _computing(machine: Machine, cls: Class, name: str) -> Function | None:
    """The method that computes the default: said by a decorator with the attribute's name, or by its own name."""
    for owner in order_of(cls):
        if not isinstance(owner, Class):
            continue
        for each in owner.namespace.values():
            event = each.by.event if isinstance(each, Decorated) and isinstance(each.by, External) else None
            if event is None or event.path not in machine.vocabulary.computing or not isinstance(each, Decorated):
                continue
            said = event.arguments.positional[0] if event.arguments.positional else None
            if isinstance(said, Known) and said.value == name and isinstance(each.value, Function):
                return each.value
        if name in owner.namespace:
            break
    named, _ = find_in_class(cls, f"_{name}_default")
    return named if isinstance(named, Function) else None
