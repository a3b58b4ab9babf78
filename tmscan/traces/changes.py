"""What libraries made of data on its way: a value in, the calls that it went through out, from the source on.

Values remember what they were reached from and the call that returned them; this walks back along the part that
carries the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tmscan.program.machine import Machine
from tmscan.program.values import Choice, Decorated, Event, External, Instance, Sequence, Table, Text, Value

DEPTH = 40


def changes_of(machine: Machine, value: Value | None, carries: Callable[[Value | None], bool]) -> list[Event]:
    """The library calls that data went through, in order. `carries` says whether a value holds that data."""
    found: list[Event] = []
    seen: set[int] = set()
    current = value
    for _ in range(DEPTH):
        if current is None or id(current) in seen or not carries(current):
            break
        seen.add(id(current))
        event = current.event if isinstance(current, External) else None
        if event is not None and event.kind == "call" and not _reads(machine, event):
            found.append(event)
        current = next((part for part in _parts(current) if carries(part)), None)
    return found[::-1]


def _reads(machine: Machine, event: Event) -> bool:
    """Whether a call only takes something out of an input: `request.args.get("name")`."""
    owner = event.callee.base if isinstance(event.callee, External) else None
    known = machine.vocabulary.inputs
    return event.path in known or f"{event.path}()" in known or (isinstance(owner, External) and owner.path in known)


def _parts(value: Value) -> Iterator[Value]:
    if isinstance(value, External):
        if value.event is not None:
            yield from value.event.arguments.positional
            yield from value.event.arguments.keywords.values()
            if isinstance(value.event.callee, External) and value.event.callee.base is not None:
                yield value.event.callee.base
        elif value.base is not None:
            yield value.base
    elif isinstance(value, Text):
        yield from value.parts
    elif isinstance(value, Choice):
        yield from value.options
    elif isinstance(value, Sequence | Table):
        yield from value.items if isinstance(value, Sequence) else value.items.values()
        if value.rest is not None:
            yield value.rest
    elif isinstance(value, Instance):
        yield from value.attributes.values()
    elif isinstance(value, Decorated):
        yield value.value
