"""Running what runs before every handler, so that what it leaves for them (`g.client = …`) is there when they run."""

from __future__ import annotations

from tmscan.libraries.index import Index
from tmscan.program.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, Decorated, Function


def run_hooks(machine: Machine, index: Index) -> None:
    """Run the functions that were registered to run before requests, each once."""
    done: set[int] = set()
    for event in list(machine.events):
        target = event.arguments.positional[0] if event.arguments.positional else None
        while isinstance(target, Decorated):
            target = target.value
        if index.guard_places.get(event.path) and isinstance(target, Function) and id(target.definition) not in done:
            done.add(id(target.definition))
            call_by_framework(machine, target, None, Arguments())
