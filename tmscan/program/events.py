"""The record of third-party calls: one event for each, in the activation it happened in."""

from __future__ import annotations

from tmscan.program.keys import arguments_key, key_of
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, Class, Event, External, Frame, Value


def record(
    machine: Machine,
    frame: Frame,
    path: str,
    callee: Value,
    arguments: Arguments,
    at: int,
    end: int,
    *,
    kind: str = "call",
    decorates: bool = False,
) -> Event:
    """The event of a third-party call or subscript; inside functions, equal ones from one place are one event."""
    key: tuple[object, ...] | None = None
    if frame.function is not None:
        owner = id(callee.event) if isinstance(callee, External) and callee.event is not None else 0
        base = callee.base if isinstance(callee, External) else None
        receiver = frame.activation.receiver
        key = (
            at,
            frame.module.name,
            path,
            owner,
            key_of(base, 1) if base is not None else 0,
            _reached_from(base),
            arguments_key(arguments, 1),
            id(receiver) if isinstance(receiver, Class) else 0,  # what a class method makes for each class
        )
        known = machine.events_at.get(key)
        if known is None and machine.undo is not None:
            known = machine.happened.get(key)
            if known is not None and (known.result is None or asks(machine, known.result)):
                known = None
            if known is None:
                known = _repeated(machine, key)
        if known is not None:
            if known not in frame.activation.events and _counts(machine, path, kind):
                frame.activation.events.append(known)
                if frame.tests:
                    frame.activation.under[id(known)] = frame.tests
            return known
    event = Event(path, callee, arguments, frame.module, at, end, frame.activation, kind=kind, decorates=decorates)
    if key is not None:
        machine.events_at[key] = event
        if machine.undo is not None:
            machine.repeated[key] = event
    if _counts(machine, path, kind):
        frame.activation.events.append(event)
        machine.events.append(event)
        if frame.tests:
            frame.activation.under[id(event)] = frame.tests
    return event


def _reached_from(base: Value | None) -> int:
    """The class that a manager or query without a call of its own belongs to: `self.model.objects.all()`."""
    return id(base.base) if type(base) is External and base.event is None and type(base.base) is Class else 0


def _counts(machine: Machine, path: str, kind: str) -> bool:
    return path in machine.vocabulary.recorded or (kind == "call" and handled(machine, path))


def _repeated(machine: Machine, key: tuple[object, ...]) -> Event | None:
    """The same call in an earlier rehearsal, unless its result could be another one now."""
    known = machine.repeated.get(key)
    if known is None or type(known.result) is not External or known.result.path in machine.assumed:
        return None
    return known


def asks(machine: Machine, value: Value) -> bool:
    """Whether a value hangs on who sends a request, and which."""
    return type(value) is External and value.path in machine.vocabulary.asked


def handled(machine: Machine, path: str) -> bool:
    """Whether a path is of a library that handles data: all its calls count, because no row names each."""
    return path.split(".", 1)[0].split(":", 1)[0] in machine.vocabulary.handling
