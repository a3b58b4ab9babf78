"""What a framework hands to a guard that is rehearsed: the request, the handler, and what its dependencies give."""

from __future__ import annotations

from dataclasses import replace

from tmscan.inventory.calls.arguments import pick
from tmscan.inventory.guards.judges import Asked, Judge
from tmscan.inventory.guards.rehearsal import NOWHERE, rehearse
from tmscan.inventory.running.injected import targets_of
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.values import (
    NOTHING,
    UNKNOWN,
    Arguments,
    Bound,
    Class,
    Event,
    External,
    Function,
    Instance,
    Known,
    Sequence,
    Unknown,
    Value,
)

VIEWS = ("view_func", "view", "callback")
_LOOKS = frozenset({"getattr", "hasattr"})
_MARKERS = frozenset({"Query", "Header", "Cookie", "Form", "Body", "File"})
_ASGI = ("scope", "receive", "send")  # what the protocol hands to every application and middleware


def arguments_for(judge: Judge, function: Function, receiver: Value | None, asked: Asked) -> Arguments:
    """What a framework passes: the request where one is wanted, and what dependencies give."""
    made = Arguments()
    parameters = function.definition.parameters
    if receiver is not None and function.owner is not None:
        parameters = parameters[1:]
    names = tuple(parameter.name for parameter in parameters)
    routed = from_route(function, asked)
    for parameter in parameters:
        if parameter.kind == 2 and asked.request is not None and asked.passes:
            made.positional = made.positional or [asked.request]
        if parameter.kind in (2, 4):
            continue
        if parameter.name in routed:
            made.keywords[parameter.name] = routed[parameter.name]
        elif (sent := _unsent(function.defaults.get(parameter.name))) is not None:
            made.keywords[parameter.name] = sent
        if parameter.name in ("request", "req", "_request", "conn") and asked.request is not None:
            if parameter.annotation is None:
                made.keywords[parameter.name] = asked.request
        elif is_view(function, parameter.name):
            made.keywords[parameter.name] = asked.situation.view
    if names[-3:] == _ASGI:
        for parameter in parameters[-3:]:
            if parameter.annotation is None:
                made.keywords[parameter.name] = External(f"asgi:{parameter.name.title()}")
    for name, target in targets_of(judge.machine, function):
        answer = _answer(judge, target, asked)
        if answer is not None:
            made.keywords[name] = answer
    return made


def from_route(function: Function, asked: Asked) -> dict[str, Value]:
    """What the route says of a handler's arguments: those it passes on, and those in its path that have a default."""
    given = asked.situation.given if asked.injected or asked.scope in ("body", "class") else {}
    return {name: value for name, value in given.items() if not isinstance(value, Unknown) or name in function.defaults}


def _unsent(default: Value | None) -> Value | None:
    """What a parameter is of a request that does not bring it along: `private: bool = Query(False)`."""
    if not isinstance(default, External) or default.event is None:
        return None
    if default.path.removesuffix("()").rpartition(".")[2] not in _MARKERS:
        return None
    held = pick(default.event.arguments, (0, "default"))
    return held if isinstance(held, Known) and isinstance(held.value, str | int | float | None) else None


def is_view(function: Function, name: str) -> bool:
    """Whether a parameter of a guard is given the handler, and what it does may hang on which that is."""
    definition = function.definition
    if name == "handler":
        return not _LOOKS.isdisjoint(definition.mentions)
    return name in VIEWS or (name == "resource" and definition.name.startswith("process_resource"))


def _answer(judge: Judge, target: Value, asked: Asked) -> Value | None:
    """What a dependency gives an anonymous request, when that is known."""
    if isinstance(target, External) and target.event is not None:
        automatic = target.event.arguments.keywords.get("auto_error")
        return NOTHING if isinstance(automatic, Known) and automatic.value is False else None
    called: Value | None = target
    receiver: Value | None = None
    if isinstance(target, Bound):
        called, receiver = target.function, target.receiver
    elif isinstance(target, Instance):
        called, receiver = find_in_class(target.cls, "__call__")[0], target
    elif isinstance(target, Class):
        called, receiver = find_in_class(target, "__init__")[0], Instance(target)
    if not isinstance(called, Function):
        return None
    key = (id(called.definition), id(receiver.cls) if isinstance(receiver, Instance) else 0)
    if key not in judge.answers:
        judge.answers[key] = NOTHING
        arguments = arguments_for(judge, called, receiver, replace(asked, injected=False))  # one answer for all
        made = rehearse(judge.machine, called, receiver, arguments, NOWHERE)
        value = made.result if made is not None else NOTHING
        if isinstance(value, Sequence) and value.kind == "generator" and value.items:
            value = value.items[0]
        judge.answers[key] = value
    return judge.answers[key]


def middleware_of(machine: Machine, cls: Class, event: Event) -> Value:
    """The object that a framework makes of a middleware: with the application, and what `add_middleware` is given."""
    given = event.arguments
    arguments = Arguments([UNKNOWN, *given.positional[1:]], dict(given.keywords), given.unknown)
    made = machine.call(machine, machine.nowhere, cls, arguments, event.at, event.end)
    return made if isinstance(made, Instance) else cls
