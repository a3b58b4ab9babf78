"""Exceptions as values: their text may give internals away, so it carries where the exception was caught."""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.facts.types import At
from tmscan.program.lattice import join, options
from tmscan.program.machine import Machine
from tmscan.program.objects.typing_hints import instance_of
from tmscan.program.values import (
    UNKNOWN,
    Activation,
    Event,
    External,
    Frame,
    Instance,
    Origin,
    Origins,
    Sequence,
    Value,
)

# What an exception says besides its text: codes and names that a program may show.
_PLAIN = (
    "code",
    "status_code",
    "status",
    "errno",
    "name",
    "lineno",
    "returncode",
    "headers",
    "response",
    "errors",
    "messages",
    "orig",
)
_DEPTH, _MANY = 3, 60


def caught(machine: Machine, frame: Frame, kind: Value, at: At) -> Value:
    """The exception bound by `except … as name`; one of the program's own classes says what its author wrote."""
    listed = kind.items if isinstance(kind, Sequence) else [kind]
    made = join([instance_of(machine, option) for option in listed]) if listed else UNKNOWN
    if all(isinstance(option, Instance) for option in options(made)):
        return made
    origin = frozenset({Origin("exception", "exception", frame.module.path, at)})
    if isinstance(made, External):
        return exception(made.path, made.origins | origin, made.base, made.event)
    return exception("builtins.Exception()", origin)


def exception(path: str, origins: Origins, base: Value | None = None, event: Event | None = None) -> External:
    """An exception whose text, but not its codes and names, carries `origins`."""
    return External(path, base, event, origins, dict.fromkeys(_PLAIN, UNKNOWN))


def happening_in(activation: Activation, events: int, calls: int) -> Iterator[Event]:
    """The recorded calls of an activation since it had made so many, those of the functions it called included."""
    yield from activation.events[events:]
    found = 0
    level = [callee for _, callee in activation.calls[calls:]]
    for _ in range(_DEPTH):
        for callee in level:
            for event in callee.events:
                found += 1
                if found > _MANY:
                    return
                yield event
        level = [inner for callee in level[:_MANY] for _, inner in callee.calls[:_MANY]]
