"""What runs before a handler: endpoints with their answers go in, the activations of what stands before them come out.

Middleware, hooks, wrappers, dependencies and permission classes read sessions, users and tenants for every request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tmscan.inventory.calls.arguments import listed
from tmscan.inventory.guards.judges import Judge
from tmscan.inventory.routes.actions import provided_by
from tmscan.inventory.routes.answers import Answer
from tmscan.inventory.running.injected import targets_of
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import (
    Activation,
    Arguments,
    Bound,
    Choice,
    Class,
    Decorated,
    External,
    Function,
    Instance,
    Known,
    Partial,
    Sequence,
    Value,
)

_DEPTH = 8
_CALLED = (
    "__call__", "dispatch", "process_request", "process_view", "process_response", "has_permission",
    "has_object_permission", "authenticate", "__acall__", "__init__",
)  # fmt: skip
_CLASS_HOOKS = ("initial", "prepare", "dispatch", "check_permissions", "setup", "initialize")


def activations_by_definition(machine: Machine) -> dict[int, list[Activation]]:
    """Everything that ran, by the function it ran."""
    found: dict[int, list[Activation]] = {}
    for activation in machine.activations.values():
        if activation.function is not None:
            found.setdefault(id(activation.function.definition), []).append(activation)
    return found


def run_before(judge: Judge, answers: Iterable[Answer]) -> None:
    """Run what stands before handlers and has only been rehearsed so far, each function once."""
    ran = activations_by_definition(judge.machine)
    seen: set[int] = set()
    for answer in answers:
        answer.runs.extend(_decorated(judge, answer))
        for value in (*outside(judge, answer), *at_route(judge, answer)):
            for function in _functions(judge, value, _DEPTH, seen):
                if id(function.definition) not in ran:
                    receiver = specimen(function.owner) if function.owner is not None else None
                    call_by_framework(judge.machine, function, receiver, Arguments())


def _decorated(judge: Judge, answer: Answer) -> Iterator[Activation]:
    """The methods of a handler class run once more, through the decorators that the class puts around all of them."""
    cls, machine = answer.handler.cls, judge.machine
    if cls is None:
        return
    for value in _attributes(judge, cls, "decorators"):
        for item in listed(value) if isinstance(value, Sequence) else ():
            for name in (*answer.found.actions, *(method.lower() for method in answer.methods)):
                method, _ = find_in_class(cls, name)
                if isinstance(item, Function) and isinstance(method, Function):
                    made = machine.decorate(machine, machine.nowhere, item, method, method.definition.at)
                    if isinstance(made, Function):
                        run = call_by_framework(machine, made, None, Arguments([specimen(cls)]))
                        if run is not None:
                            yield run


def _attributes(judge: Judge, cls: Class, ending: str) -> Iterator[Value]:
    """What a class says in the attributes that name what stands before its methods."""
    bases = provided_by(judge.machine, cls)
    for place in (place for library in judge.index.libraries for place in library.guard_places if place.attribute):
        if place.attribute.endswith(ending) and (not place.of or bases & set(place.of)):
            value = find_in_class(cls, place.attribute)[0] or judge.defaults.get(place.attribute)
            if value is not None:
                yield value


def ran_of(judge: Judge, values: Iterable[Value], ran: Mapping[int, list[Activation]]) -> Iterator[Activation]:
    """What ran of the functions behind these values, and of those that they are injected with."""
    seen: set[int] = set()
    for value in values:
        for function in _functions(judge, value, _DEPTH, seen):
            for activation in ran.get(id(function.definition), ()):
                yield activation
                made = activation.result  # a decorator: what it made of the function that it was given
                if isinstance(made, Function) and id(made.definition) not in seen:
                    seen.add(id(made.definition))
                    yield from ran.get(id(made.definition), ())


def outside(judge: Judge, answer: Answer) -> Iterator[Value]:
    """What a request meets for the application and its routers, whichever of their routes it is for."""
    yield from (value for value, _ in judge.middleware)
    for router in answer.found.routers:
        yield from (target for target, _, _ in judge.hooks.get(router.key, ()))
        for target, when in judge.besides.get(router.key, ()):
            if when == "always" or any(parameter.place == "path" for parameter in answer.parameters):
                yield target


def at_route(judge: Judge, answer: Answer) -> Iterator[Value]:
    """What a request meets for one route: its decorators and dependencies, and what its class runs first."""
    found, handler = answer.found, answer.handler
    yield from (value for value, _ in found.guards)
    yield from (wrapper.by for wrapper in handler.wrappers)
    if handler.function is not None:
        yield from (target for _, target in targets_of(judge.machine, handler.function))
    if handler.cls is None:
        return
    for name in (*_CLASS_HOOKS, *found.actions, *(method.lower() for method in answer.methods)):
        method, _ = find_in_class(handler.cls, name)
        while isinstance(method, Decorated):
            yield method.by
            method = method.value
    yield from _attributes(judge, handler.cls, "")


def _functions(judge: Judge, value: Value, depth: int, seen: set[int]) -> Iterator[Function]:
    """The functions of the program behind a value, and those that they are injected with."""
    if depth == 0:
        return
    inner: list[Value] = []
    if isinstance(value, Function):
        if id(value.definition) in seen:
            return
        seen.add(id(value.definition))
        yield value
        inner = [target for _, target in targets_of(judge.machine, value)]
    elif isinstance(value, Bound | Partial):
        inner = [value.function]
    elif isinstance(value, Decorated):
        inner = [value.by, value.value]
    elif isinstance(value, Choice):
        inner = list(value.options)
    elif isinstance(value, Sequence):
        inner = listed(value)
    elif isinstance(value, Class | Instance):
        cls = value.cls if isinstance(value, Instance) else value
        inner = [made for name in _CALLED if (made := find_in_class(cls, name)[0]) is not None]
    elif isinstance(value, Known) and isinstance(value.value, str) and "." in value.value:
        module, _, name = value.value.rpartition(".")
        target = judge.machine.import_module(judge.machine, module)
        if target is not None:
            inner = [judge.machine.attribute(judge.machine, judge.machine.nowhere, target, name, 0)]
    elif isinstance(value, External) and value.event is not None:
        given = value.event.arguments
        inner = [*given.positional[:2], *(v for key, v in given.keywords.items() if key == "dependency")]
    for each in inner:
        if not isinstance(each, External) or each.event is not None:
            yield from _functions(judge, each, depth - 1, seen)
