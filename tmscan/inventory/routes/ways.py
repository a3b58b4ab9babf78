"""One way into the program that is not a route, as the files around it find it and before it becomes a record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tmscan.facts.types import line_of
from tmscan.inventory.calls.arguments import texts, words
from tmscan.inventory.inputs.annotations import written
from tmscan.inventory.routes.handlers import Handler, unwrap
from tmscan.libraries.types import EntryRow, Library
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.objects.typing_hints import instance_of_annotation, specimen
from tmscan.program.values import (
    Activation,
    Arguments,
    Choice,
    Class,
    Decorated,
    Event,
    External,
    Function,
    Origin,
    Sequence,
    Table,
    Unknown,
    Value,
)
from tmscan.sources.types import Location

# Kinds whose callers are people outside, or programs of theirs.
OUTSIDE = frozenset({"websocket", "graphql", "rpc"})
# What libraries hand over besides: connections and contexts.
_HANDED = frozenset({"self", "cls", "_", "ctx", "_ctx", "context", "_context", "info", "_info", "root", "parent", "sid",
                     "websocket", "ws", "socket", "connection", "client", "client_address", "server", "reader",
                     "writer", "auth", "environ", "user", "session", "app", "scope", "receive", "send"})  # fmt: skip
_NUMBERS = re.compile(
    r"(?:(?:typing\.)?(?:Optional|Union)\[)?(?:(?:int|float|bool|None|UUID|uuid\.UUID|date|datetime)[\s,|\]]*)+"
)


@dataclass(slots=True, eq=False)
class Way:
    """A way in: who answers (`code`, None for a file as a whole), under which name, and whether somebody gave it that
    name. `activations` are those that have run already, `more` what else is called on the same object.
    """

    library: Library
    row: EntryRow
    kind: str
    name: str
    handler: str
    location: Location
    code: Handler | None = None
    event: Event | None = None
    activations: list[Activation] = field(default_factory=list)
    given: bool = True
    more: list[Handler] = field(default_factory=list)


def way_to(
    machine: Machine, library: Library, row: EntryRow, target: Value | None, name: str, event: Event | None
) -> Way | None:
    """The way to what a value stands for; None when it is no code of the program."""
    handler = unwrap(machine, behind(target))
    if handler is None or handler.location is None:
        return None
    return way_of(library, row, handler, name, event)


def way_of(library: Library, row: EntryRow, handler: Handler, name: str, event: Event | None) -> Way | None:
    """The way to a handler, under the name it was given or else its own."""
    if handler.location is None:
        return None
    own = handler.name.rpartition(".")[2]
    return Way(library, row, row.kind, name or own, handler.name, handler.location, handler, event, [], bool(name))


def way_into(library: Library, row: EntryRow, activation: Activation, name: str, event: Event) -> Way | None:
    """The way to whoever made a call: a function, or a file as a whole."""
    function = activation.function
    if function is None:
        module = activation.module
        place = Location(module.path, line_of(event.at))
        return Way(
            library, row, row.kind, name or module.name.rpartition(".")[2], module.name, place, None, event,
            [activation], bool(name),
        )  # fmt: skip
    found = way_of(library, row, Handler(function=function, receiver=activation.receiver), name, event)
    if found is not None:
        found.activations = [activation]
    return found


def start(machine: Machine, way: Way) -> list[Activation]:
    """The activations of a way in, run if none has been seen."""
    if way.activations or way.code is None:
        return way.activations
    found: list[Activation] = []
    for handler in (way.code, *way.more):
        if handler.function is not None:
            receiver = handler.receiver
            if receiver is None and handler.function.owner is not None:
                receiver = specimen(handler.function.owner)
            given = _said(machine, way, handler.function)
            activation = call_by_framework(machine, handler.function, receiver, given)
            found.extend([activation] if activation is not None else [])
    return found


def _said(machine: Machine, way: Way, function: Function) -> Arguments:
    """What callers outside say, as untrusted data: parameters that are no objects of the library, and no numbers."""
    arguments = Arguments()
    if way.kind not in OUTSIDE:
        return arguments
    for position, parameter in enumerate(function.definition.parameters):
        bound = position == 0 and function.owner is not None and function.kind != "staticmethod"
        if bound or parameter.kind in (2, 4) or parameter.name in _HANDED:
            continue
        if parameter.annotation is not None and function.module.frame is not None:
            made = instance_of_annotation(machine, function.scope or function.module.frame, parameter.annotation)
            if isinstance(made, External) or _NUMBERS.fullmatch(written(parameter.annotation)):
                continue
        origin = Origin("body", parameter.name, function.module.path, function.definition.at)
        arguments.keywords[parameter.name] = Unknown(frozenset({origin}))
    return arguments


def name_in(value: Value | None) -> str:
    """The name that an argument gives: a text, or a list of them."""
    found = texts(value) or words(value) or ()
    return ", ".join(found[:4])


def targets_in(value: Value | None, depth: int = 4) -> Iterator[tuple[str, Value]]:
    """(name, handler) of each handler in a value: itself, or the items of a list or mapping."""
    if value is None or depth == 0:
        return
    if isinstance(value, Sequence):
        for item in value.items:
            yield from targets_in(item, depth - 1)
    elif isinstance(value, Table):
        for key, item in value.items.items():
            for name, target in targets_in(item, depth - 1):
                yield name or (key if isinstance(key, str) else ""), target
    elif isinstance(value, Choice) and any(isinstance(option, Sequence | Table) for option in value.options):
        for option in value.options:
            yield from targets_in(option, depth - 1)
    else:
        yield "", value


def behind(value: Value | None) -> Value | None:
    """The function that a call was made on, where a library's method on it gives what is handed on: `task.s(1)`."""
    for _ in range(6):
        if not isinstance(value, External) or value.event is None:
            return value
        callee = value.event.callee
        owner = callee.base if isinstance(callee, External) else None
        if not isinstance(owner, Decorated | External):
            return value
        if isinstance(owner, Decorated):
            return owner if isinstance(owner.value, Function | Class) else value
        if owner.event is None:
            return value
        value = owner if isinstance(owner.event.callee, External) and _holds_code(owner) else value
        if value is not owner:
            return value
    return value


def _holds_code(value: External) -> bool:
    callee = value.event.callee if value.event is not None else None
    return isinstance(callee, External) and isinstance(callee.base, Decorated)
