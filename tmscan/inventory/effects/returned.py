"""What handlers return, where their framework sends texts as pages: a call of the framework for each.

Stands apart from reading calls because no call is there to be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tmscan.facts.types import FunctionDef, line_of
from tmscan.inventory.calls.arguments import pick, texts
from tmscan.libraries.index import Index, Known
from tmscan.libraries.types import RouteRow
from tmscan.program.lattice import join, options
from tmscan.program.machine import Machine
from tmscan.program.values import (
    Arguments,
    Decorated,
    Event,
    External,
    Function,
    Origin,
    Sequence,
    Text,
    Unknown,
    Value,
)


def answers(machine: Machine, index: Index) -> Iterator[Event]:
    """A call for each text that a handler returns, in the order in which handlers ran."""
    calls = {
        known.library.name: path for path, rows in index.effects.items() for known in rows if known.row.does == "answer"
    }
    handlers = _handlers(machine, index, calls)
    for activation in list(machine.activations.values()):
        path = handlers.get(id(activation.function.definition)) if activation.function is not None else None
        if path is None:
            continue
        for kind, value, at, _ in activation.ends:
            text = _text(value, machine) if kind == "return" else None
            if text is not None:
                yield Event(path, External(path), Arguments([text]), activation.module, at, at, activation)


def fixed_paths(machine: Machine, index: Index) -> Callable[[Origin], bool]:
    """Tells whether an input is the path of a request in a handler all of whose routes are constant: it is known."""
    routes: dict[int, tuple[FunctionDef, str, bool]] = {}
    for event in machine.events:
        for known, target in _registered(event, index):
            inner = event.callee.event if event.decorates and isinstance(event.callee, External) else event
            said = texts(pick(inner.arguments, known.row.path)) if inner is not None else ()
            constant = bool(said) and not any(letter in text for text in said for letter in "<{(:*[")
            before = routes.get(id(target.definition), (None, "", True))[2]
            routes[id(target.definition)] = (target.definition, target.module.path, constant and before)
    lines: dict[str, list[tuple[int, int]]] = {}
    for definition, path, constant in routes.values():
        if constant:
            lines.setdefault(path, []).append((definition.start, definition.end))

    def fixed(origin: Origin) -> bool:
        line = line_of(origin.at)
        return origin.kind == "path" and any(start <= line <= end for start, end in lines.get(origin.file, ()))

    return fixed


def _registered(event: Event, index: Index) -> Iterator[tuple[Known[RouteRow], Function]]:
    """The functions that a call makes handlers, by the rows that say so."""
    for known in index.routes.get(event.path.removesuffix("()"), ()):
        target = event.arguments.positional[0] if event.decorates and event.arguments.positional else None
        if not event.decorates:
            target = pick(event.arguments, known.row.handler)
        while isinstance(target, Decorated):
            target = target.value
        if isinstance(target, Function):
            yield known, target


def _handlers(machine: Machine, index: Index, calls: dict[str, str]) -> dict[int, str]:
    """The definitions of functions that answer requests, and the call that their results go through."""
    found: dict[int, str] = {}
    for event in machine.events:
        for known, target in _registered(event, index):
            if known.library.name in calls:
                found[id(target.definition)] = calls[known.library.name]
    return found


def _text(value: Value, machine: Machine) -> Value | None:
    """The text of an answer, alone or before status and headers; None for data, and for what a library made."""
    if isinstance(value, Sequence) and value.kind == "tuple" and value.items:
        value = value.items[0]
    kept: list[Value] = [
        option
        for option in options(value)
        if isinstance(option, Text | Unknown) or (isinstance(option, External) and _read(option, machine))
    ]
    return join(kept) if kept else None


def _read(value: External, machine: Machine) -> bool:
    """Whether this is a part of the request itself."""
    inner: Value | None = value
    for _ in range(8):
        if not isinstance(inner, External):
            return False
        if inner.path in machine.vocabulary.inputs:
            return True
        inner = inner.base if inner.base is not None else inner.event.callee if inner.event is not None else None
    return False
