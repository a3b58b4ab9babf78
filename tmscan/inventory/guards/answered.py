"""Errors of the project that a handler answers with a refusal: the program in, what each class of errors comes to out.

`@app.errorhandler(NoUser)` that returns 401, or a redirect to the page for signing in, makes `raise NoUser()` refuse.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.calls.arguments import listed, pick
from tmscan.inventory.guards.refusals import Answer, Reader, refusals_of
from tmscan.inventory.guards.rehearsal import NOWHERE, rehearse
from tmscan.libraries.index import Index
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import (
    Arguments,
    Bound,
    Choice,
    Class,
    Decorated,
    Event,
    External,
    Function,
    Sequence,
    Unknown,
    Value,
)


def answered_errors(machine: Machine, index: Index, reader: Reader) -> dict[int, Answer]:
    """What the handler of each class of errors does, by the `id` of the class."""
    found: dict[int, Answer] = {}
    for event in list(machine.events):
        for known in index.effects.get(event.path, ()):
            classes = list(_classes(event)) if known.row.does == "error-handler" else []
            if classes:
                answer = _answer(machine, reader, pick(event.arguments, known.row.argument))
                found.update((id(cls), answer) for cls in classes)
    return found


def _classes(event: Event) -> Iterator[Class]:
    """The classes of the project that a handler is registered for: the first argument, one or several."""
    inner = event.callee.event if event.decorates and isinstance(event.callee, External) else event
    for kind in inner.arguments.positional if inner is not None else ():
        for each in listed(kind) or [kind]:
            if isinstance(each, Class):
                yield each


def _answer(machine: Machine, reader: Reader, handler: Value | None) -> Answer:
    receiver: Value | None = None
    while isinstance(handler, Decorated | Bound):
        receiver = handler.receiver if isinstance(handler, Bound) else receiver
        handler = handler.value if isinstance(handler, Decorated) else handler.function
    if not isinstance(handler, Function):
        return ""
    made = rehearse(machine, handler, receiver, Arguments(), NOWHERE)
    refusals = refusals_of(reader, made) if made is not None else []
    if made is None or not refusals or any(_varies(value) for _, value, _, _ in made.ends):
        return ""
    return "redirects" if all(refusal.redirects for refusal in refusals) else "refuses"


def _varies(value: Value) -> bool:
    """Whether an answer has more than one status: what it is hangs on the error."""
    for option in options(value):
        statuses: list[Value | None] = []
        if isinstance(option, External) and option.event is not None:
            given, later = option.event.arguments, option.attributes or {}
            statuses = [*given.positional[1:3], given.keywords.get("status"), given.keywords.get("status_code")]
            statuses.append(later.get("status_code"))
        elif isinstance(option, Sequence) and option.kind == "tuple":
            statuses = list(option.items[1:2])
        if any(isinstance(status, Choice | Unknown) for status in statuses):
            return True
    return False
