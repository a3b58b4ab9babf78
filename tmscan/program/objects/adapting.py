"""Decorators of functions that a library adapts to methods and classes: what they make stands around these."""

from __future__ import annotations

from tmscan.facts.types import At
from tmscan.program.machine import Machine
from tmscan.program.objects.attributes import lookup
from tmscan.program.values import (
    Arguments,
    Bound,
    Class,
    Decorated,
    Event,
    External,
    Frame,
    Function,
    Known,
    Partial,
    Sequence,
    Value,
)


def adapt(machine: Machine, frame: Frame, decorator: External, target: Value, at: At) -> Value | None:
    """`@method_decorator(owner_required)`: the target within what its own decorators make; None for others."""
    event = decorator.event
    does, position = machine.vocabulary.outcomes.get(event.path, ("", 0)) if event is not None else ("", 0)
    if event is None or does != "adapts" or len(event.arguments.positional) <= position:
        return None
    given = event.arguments.positional[position]
    items = list(reversed(given.items if isinstance(given, Sequence) else [given]))
    name = event.arguments.keywords.get("name")
    if isinstance(target, Class) and isinstance(name, Known) and isinstance(name.value, str):
        method = lookup(machine, frame, target, name.value, at)
        target.namespace[name.value] = _around(machine, frame, items, method, event, at)
        return target
    return _around(machine, frame, items, target, event, at) if any(map(_own, items)) else None


def _own(item: Value) -> bool:
    return isinstance(item, Function | Bound | Partial)


def _around(machine: Machine, frame: Frame, items: list[Value], target: Value, event: Event, at: At) -> Value:
    """The target with what each decorator makes around it."""
    made = target
    for item in items:
        wrapper = machine.call(machine, frame, item, Arguments([target]), at, at) if _own(item) else item
        if wrapper is not target and isinstance(wrapper, Function | External):
            made = Decorated(made, wrapper, None if isinstance(wrapper, Function) else event)
    return made
