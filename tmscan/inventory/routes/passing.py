"""Handlers that hand the whole request to another view: `return Notes.as_view()(request)`.

A handler with what running it came to goes in, the views that answer in its place come out.
"""

from __future__ import annotations

from collections.abc import Iterable

from tmscan.inventory.routes.handlers import Handler, unwrap
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import Activation, Class, Decorated, External, Value


def passed_to(machine: Machine, handler: Handler, runs: Iterable[Activation]) -> list[Handler]:
    """The views of the project that every way out of a function hands the request to; none if one way is its own."""
    if handler.function is None:
        return []
    found: list[Handler] = []
    for run in runs:
        if run.function is None or run.function.definition is not handler.function.definition:
            continue
        for value in options(run.result):
            view = _view(machine, value)
            if view is None:
                return []
            found.append(view)
    return found


def _view(machine: Machine, value: Value) -> Handler | None:
    """The view whose answer a value is."""
    called = value.event.callee if isinstance(value, External) and value.event is not None else None
    made = called.event if isinstance(called, External) else None
    if made is None or made.path.rpartition(".")[2] not in machine.vocabulary.makers:
        return None
    owner = made.callee.base if isinstance(made.callee, External) else None
    owner = owner.value if isinstance(owner, Decorated) else owner
    return unwrap(machine, called) if isinstance(owner, Class) else None
