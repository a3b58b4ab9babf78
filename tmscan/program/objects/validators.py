"""What the validators of a field let through: a class, a field and its data in; the data with what is known of it out.

Methods that go by the field's name (Django's `clean_NAME`), and ones that a decorator ties to it (`@field_validator`).
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.program.checks import marked, promised
from tmscan.program.lattice import origins_of
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.values import Arguments, Bound, Class, Decorated, External, Frame, Function, Instance, Known, Value


def by_method(machine: Machine, frame: Frame, owner: Instance, method: str, value: Value, at: int) -> Value:
    """A field's data after the method of its object that cleans it, where there is one."""
    function, _ = find_in_class(owner.cls, method)
    if not isinstance(function, Function):
        return value
    given = [value] if len(function.definition.parameters) > 1 else []  # Django's look at `cleaned_data` themselves
    return _after(machine, frame, Bound(function, owner), given, value, at)


def by_decorator(machine: Machine, frame: Frame, cls: Class, name: str, value: Value, at: int) -> Value:
    """A field's data after the methods that decorators tie to it, in the order of their classes."""
    if origins_of(value, 2):
        for function in _tied(machine, cls, name):
            value = _after(machine, frame, Bound(function, cls), [value], value, at)
    return value


def _tied(machine: Machine, cls: Class, name: str) -> Iterator[Function]:
    for owner in reversed(order_of(cls)):
        for member in list(owner.namespace.values()) if isinstance(owner, Class) else ():
            by = member.by if isinstance(member, Decorated) else None
            if not isinstance(by, External) or by.path not in machine.vocabulary.validating or by.event is None:
                continue
            named = [each.value for each in by.event.arguments.positional if isinstance(each, Known)]
            if isinstance(member, Decorated) and isinstance(member.value, Function) and {name, "*"} & {*named}:
                yield member.value


def _after(machine: Machine, frame: Frame, bound: Bound, given: list[Value], value: Value, at: int) -> Value:
    """What a validator gives back; where that is nothing, the data it was given with what it asks of it."""
    key = id(bound.function.definition)
    if key in machine.validating:
        return value
    machine.validating.add(key)
    called = len(frame.activation.calls)
    try:
        found = machine.call(machine, frame, bound, Arguments(given), at, at)
    finally:
        machine.validating.discard(key)
    if not (isinstance(found, Known) and found.value is None):
        return found
    ran = [activation for _, activation in frame.activation.calls[called:]]
    return marked(value, promised(ran[:1], 0, None)) if ran and given else value
