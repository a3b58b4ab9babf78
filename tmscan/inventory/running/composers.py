"""Code that puts applications together out of parts that it hands over: mounts of a parameter go in, their callers run.

`Server(api())` names neither a router nor a route, and may stand in a class that only a framework calls.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.calls.arguments import pick
from tmscan.inventory.running.waiting import fresh, receiver_of
from tmscan.inventory.vocabulary import COMMON
from tmscan.libraries.index import Index
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, Event, External, Unknown

MOST = 40  # functions that are run: who mentions the name of a part is most often the one that makes it


def run_composers(machine: Machine, index: Index) -> None:
    """Run the functions nobody called that mention a function of which a mount's child is a parameter."""
    names = {name for event in machine.events for name in _takers(index, event)} - COMMON
    if not names:
        return
    left = MOST
    for function in fresh(machine):
        if left and not names.isdisjoint(function.definition.mentions):
            left -= 1
            call_by_framework(machine, function, receiver_of(function), Arguments())


def _takers(index: Index, event: Event) -> Iterator[str]:
    """What one calls so that this mount happens, if the child came in as an argument of which nothing is known."""
    function, frame = event.activation.function, event.activation.frame
    if function is None or frame is None:
        return
    handed = [frame.locals.get(parameter.name) for parameter in function.definition.parameters]
    for known in index.mounts.get(event.path, ()):
        child = pick(event.arguments, known.row.child)
        promised = isinstance(child, External) and child.event is None
        if (promised or isinstance(child, Unknown)) and any(each is child for each in handed):
            owner = function.owner if function.definition.name == "__init__" else None
            yield owner.qualname.rpartition(".")[2] if owner is not None else function.definition.name
