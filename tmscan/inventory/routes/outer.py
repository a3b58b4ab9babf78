"""Decorators around a route's own decorator: a handler goes in, those out that count all the same, as they mark it.

Most decorators outside of `@app.get(…)` wrap what nobody calls; some libraries only note on it who may call it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.routes.handlers import Handler
from tmscan.libraries.index import Index
from tmscan.program.values import Decorated, External, Value


def outer_marks(index: Index, handler: Handler) -> Iterator[Value]:
    """The decorators that mark what the module (or the class) calls by the handler's name."""
    answering = handler.function or handler.cls
    if answering is None or answering.definition is None:
        return
    owner = handler.function.owner if handler.function is not None else None
    frame = answering.module.frame
    space = owner.namespace if owner is not None else frame.locals if frame is not None else {}
    held: Value | None = space.get(answering.definition.name)
    while isinstance(held, Decorated):
        event = held.by.event if isinstance(held.by, External) else None
        if event is not None and isinstance(held.by, External):
            guards = (known.row.marks for known in index.guards.get(held.by.path, ()))
            places = (known.row.marks for known in index.guard_places.get(event.path, ()))
            if any(guards) or any(places):
                yield held.by
        held = held.value
