"""Answers that carry the text of an exception: what handlers return, what ends requests, what error handlers say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tmscan.facts.types import At
from tmscan.inventory.calls.arguments import pick
from tmscan.inventory.vocabulary import paths_that
from tmscan.libraries.index import Index
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.evaluation.exceptions import exception
from tmscan.program.lattice import origins_of
from tmscan.program.link import deep_recursion
from tmscan.program.machine import Machine
from tmscan.program.values import (
    Activation,
    Arguments,
    Bound,
    Decorated,
    Event,
    External,
    Function,
    Origin,
    Sequence,
    Value,
)

_RESPONSE = "Response()"  # what frameworks call the class, and the classes derived from it
# Errors made for the client: their texts are meant to be read.
_MEANT = (
    "HTTP",
    "Http",
    "Validation",
    "NotFound",
    "Forbidden",
    "BadRequest",
    "Unauthorized",
    "RateLimit",
    "CSRF",
)


@dataclass(frozen=True, slots=True)
class Answers:
    """An activation answers, at this place, with something that an exception said."""

    activation: Activation
    at: At
    origin: Origin


def answers_of(machine: Machine, index: Index, handlers: Iterable[list[Activation]]) -> Iterator[Answers]:
    """Every answer with an exception's text; `handlers` are the activations that answer requests."""
    responses = paths_that(index, "responds")
    started = {id(activation) for activations in handlers for activation in activations}
    ending: set[int] = set()  # calls that make what ends a request: it is told once
    for activation in list(machine.activations.values()):
        for kind, value, at, _ in activation.ends:
            if (id(activation) in started and kind == "return") or _answers(index, responses, value, kind):
                ending.add(id(value.event) if isinstance(value, External) else 0)
                yield from _telling(activation, value, at)
    for event in machine.events:
        if event.path in index.refusals and event.kind == "call" and id(event) not in ending:
            for value in (*event.arguments.positional, *event.arguments.keywords.values()):
                yield from _telling(event.activation, value, event.at)
    with deep_recursion():
        for function in _error_handlers(machine, index):
            made = _run(machine, function)
            if made is not None:
                for kind, value, at, _ in made.ends:
                    if kind == "return":
                        yield from _telling(made, value, at)


def _telling(activation: Activation, value: Value, at: At) -> Iterator[Answers]:
    telling = [origin for origin in origins_of(value, 5) if origin.kind == "exception"]
    if telling:
        yield Answers(activation, at, min(telling, key=lambda origin: (origin.file, origin.at)))


def _answers(index: Index, responses: frozenset[str], value: Value, kind: str) -> bool:
    """Whether a value is a response of a framework, or (raised) an exception that becomes one."""
    if isinstance(value, Sequence) and value.kind == "tuple" and value.items:
        value = value.items[0]
    if not isinstance(value, External):
        return False
    if kind == "raise":
        return value.path.removesuffix("()") in index.refusals
    return value.path.endswith(_RESPONSE) or value.path in responses


def _error_handlers(machine: Machine, index: Index) -> Iterator[Function]:
    for event in list(machine.events):
        for known in index.effects.get(event.path, ()):
            if known.row.does == "error-handler" and not _meant(event):
                target = pick(event.arguments, known.row.argument)
                while isinstance(target, Decorated | Bound):
                    target = target.value if isinstance(target, Decorated) else target.function
                if isinstance(target, Function):
                    yield target


def _meant(event: Event) -> bool:
    """Whether a handler is registered for a status or for errors whose text is meant for the client."""
    inner = event.callee.event if event.decorates and isinstance(event.callee, External) else event
    kinds = inner.arguments.positional[:1] if inner is not None else []
    for kind in kinds:
        if not isinstance(kind, External):
            return True
        if any(word in kind.path.rpartition(".")[2] for word in _MEANT):
            return True
    return False


def _run(machine: Machine, function: Function) -> Activation | None:
    """Run an error handler on an exception: its last parameter in most frameworks, the first where it has one."""
    parameters = [parameter for parameter in function.definition.parameters if parameter.kind < 2]
    if function.owner is not None:
        parameters = parameters[1:]
    if not parameters:
        return None
    named = [one for one in parameters if one.name in ("e", "err", "error", "ex", "exc", "exception")]
    wanted = named[0] if named else parameters[-1]
    origin = Origin("exception", wanted.name, function.module.path, function.definition.at)
    value = exception("builtins.Exception()", frozenset({origin}))
    return call_by_framework(machine, function, None, Arguments(keywords={wanted.name: value}))
