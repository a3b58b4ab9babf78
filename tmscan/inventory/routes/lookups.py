"""What a controller hands the rest of a path to: its method goes in, and is asked with what it may be looking for.

The texts that it compares, and the keys of the tables that it reads, are the parts of a path with a meaning; whatever
else it hands on belongs to an id. It is run, because such methods are written in every way there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tmscan.facts.body import nodes_in, statements
from tmscan.facts.types import Constant
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.values import UNKNOWN, Arguments, Class, Function, Instance, Known, Module, Sequence, Table, Value

_WORD = re.compile(r"[A-Za-z][\w.-]*")
_OTHER, _MARK = "~", "~~"  # parts of a path that nobody looks for
ASKED = 80  # parts that one method is asked with


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A controller that a method hands on, behind the parts of the path that were taken for it."""

    path: str
    controller: Value


def looked_up(machine: Machine, owner: Instance, method: Function) -> list[LookedUp]:
    """What the method hands on, each with the part of the path that it is found by."""
    names = [each.name for each in method.definition.parameters[1:] if each.kind in (0, 1)]
    first = names[0] if names else "path"
    known = sorted({*_compared(method), *_keys(owner, method), *_named(method)})[:ASKED]
    found: list[LookedUp] = []
    named: set[int] = set()

    def keep(path: str, controller: Value) -> None:
        named.add(_kind(controller))
        found.append(LookedUp(path, controller))

    other = _asked(machine, owner, method, Known(_OTHER), ())
    usual = {(_kind(controller), taken) for controller, taken in other}
    for word in known if names else ():
        for controller, taken in _asked(machine, owner, method, Known(word), ()):
            if (_kind(controller), taken) not in usual and taken:
                keep(f"/{word}", controller)
    unsaid = named | {_kind(each) for each, _ in _asked(machine, owner, method, UNKNOWN, (Known(_OTHER),))}
    for word in known:
        for controller, taken in _asked(machine, owner, method, UNKNOWN, (Known(word),)):
            if taken > 1 and _kind(controller) not in unsaid:
                keep(f"/{{{first}}}/{word}", controller)
    for controller, taken in [*other, *_asked(machine, owner, method, UNKNOWN, (UNKNOWN,))]:
        if _kind(controller) not in named:
            keep(("", f"/{{{first}}}", f"/{{{first}}}/{{part}}")[taken], controller)
    return found


def _asked(
    machine: Machine, owner: Instance, method: Function, first: Value, rest: tuple[Value, ...]
) -> list[tuple[Value, int]]:
    """The controllers that the method gives for a path, each with the number of parts (up to two) that it takes."""
    arguments = Arguments([first, *rest, Known(_MARK)] if rest else [first], {}, UNKNOWN)
    activation = call_by_framework(machine, method, owner, arguments)
    found: list[tuple[Value, int]] = []
    for option in options(activation.result) if activation is not None else ():
        if isinstance(option, Sequence) and len(option.items) == 2:
            taken = min(_taken(left, first, bool(rest)) for left in options(option.items[1]))
            found.extend((each, taken) for each in options(option.items[0]) if isinstance(each, Instance | Class))
    return found


def _taken(left: Value, first: Value, more: bool) -> int:
    """How many parts are gone from what is left of a path."""
    if not isinstance(left, Sequence):
        return 1
    head = next(iter(left.items), None)
    if head is first and isinstance(first, Known):
        return 0
    marked = isinstance(head, Known) and head.value == _MARK
    return 2 if more and (marked or not (left.items or left.rest)) else 1


def _kind(controller: Value) -> int:
    return id(controller.cls if isinstance(controller, Instance) else controller)


def _compared(method: Function) -> Iterator[str]:
    """The texts in a method that could be parts of a path."""
    for node in nodes_in(statements(method.definition)):
        if isinstance(node, Constant) and isinstance(node.value, str) and _WORD.fullmatch(node.value):
            yield node.value


def _keys(owner: Instance, method: Function) -> Iterator[str]:
    """The keys of the tables that a method mentions, of the object, its class or the module."""
    space = method.module.frame.locals if method.module.frame is not None else {}
    for name in method.definition.mentions:
        held = owner.attributes.get(name) or find_in_class(owner.cls, name)[0] or space.get(name)
        for option in options(held) if held is not None else ():
            if isinstance(option, Table):
                yield from (key for key in option.items if isinstance(key, str) and _WORD.fullmatch(key))


def _named(method: Function) -> Iterator[str]:
    """The constants that a method may read of the modules and classes that it mentions: `version.FIRST`."""
    space = method.module.frame.locals if method.module.frame is not None else {}
    for name in method.definition.mentions:
        held = space.get(name)
        values = held.namespace if isinstance(held, Class) else {name: held} if held is not None else {}
        if isinstance(held, Module) and held.frame is not None:
            values = held.frame.locals
        for inner in method.definition.mentions if values else ():
            value = values.get(inner)
            if isinstance(value, Known) and isinstance(value.value, str) and _WORD.fullmatch(value.value):
                yield value.value
