"""Calling a method that a base class only promises: the methods of its subclasses that keep the promise.

It stands apart because it is no rule of the language, but what must be assumed of an object that nobody saw made.
"""

from __future__ import annotations

from tmscan.facts.body import statements
from tmscan.facts.types import Call, Constant, Evaluate, Jump, Name, Other, Raise, Return
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import UNKNOWN, Bound, Decorated, Function, Instance

LIMIT = 6  # with more, calling each says little and costs much
MENTIONS = 8


def overriding(machine: Machine, bound: Bound) -> list[Bound]:
    """What may run instead of an empty method of an object that stands for those of all subclasses."""
    receiver = bound.receiver
    if type(receiver) is not Instance:
        return []
    stands = receiver.event is None and receiver is receiver.cls.specimen
    if not stands and not _is_abstract(bound.function):  # no object is of a class that leaves a method abstract
        return []
    if not receiver.cls.subclasses or not only_promises(machine, bound.function):
        return []
    name = bound.function.definition.name
    found: list[Bound] = []
    for cls in receiver.cls.subclasses:
        for method in options(cls.namespace.get(name, UNKNOWN)):
            while isinstance(method, Decorated):
                method = method.value
            if isinstance(method, Function) and not only_promises(machine, method):
                found.append(Bound(method, specimen(cls)))
    return found if len(found) <= LIMIT else []


def _is_abstract(function: Function) -> bool:
    for each in function.definition.decorators:
        if "abstractmethod" in (getattr(each, "id", ""), getattr(each, "attr", "")):
            return True
    return False


def only_promises(machine: Machine, function: Function) -> bool:
    """Whether a body does nothing: `pass`, `...`, `return None` or `raise NotImplementedError`."""
    definition = function.definition
    if definition.is_generator or len(definition.mentions) > MENTIONS:
        return False
    body = machine.bodies.get(id(definition))
    if body is None:
        body = machine.bodies[id(definition)] = statements(definition)
    if len(body) != 1:
        return not body
    only = body[0]
    if isinstance(only, Return):
        return only.value is None or (isinstance(only.value, Constant) and only.value.value is None)
    if isinstance(only, Raise):
        raised = only.exception.func if isinstance(only.exception, Call) else only.exception
        return isinstance(raised, Name) and raised.id == "NotImplementedError"
    return isinstance(only, Jump) or (isinstance(only, Evaluate) and isinstance(only.value, Constant | Other))
