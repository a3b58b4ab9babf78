"""Running what runs before every handler, so that what it leaves for them (`g.client = …`) is there when they run."""

from __future__ import annotations

from tmscan.libraries.index import Index
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, Decorated, Function


def run_hooks(machine: Machine, index: Index) -> None:
    """Run the functions that were registered to run before requests, each once."""
    for function in hooks_of(machine, index):
        call_by_framework(machine, function, None, Arguments())


def hooks_of(machine: Machine, index: Index) -> list[Function]:
    """The functions that were registered to run before requests."""
    found: dict[int, Function] = {}
    for event in machine.events:
        target = event.arguments.positional[0] if event.arguments.positional else None
        while isinstance(target, Decorated):
            target = target.value
        if isinstance(target, Function) and index.guard_places.get(event.path):
            found.setdefault(id(target.definition), target)
    return list(found.values())
