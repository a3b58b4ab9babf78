"""Calling what a framework calls with a router of its own: parts that nobody includes, and callbacks left for a scan.

It stands apart because it runs code of the program before the recorded calls are read.
"""

from __future__ import annotations

from tmscan.inventory.calls.arguments import pick
from tmscan.libraries.index import Index
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, Bound, Decorated, External, Function, Known


def offer_routers(machine: Machine, index: Index) -> None:
    """Call the functions that a framework calls with a router, as far as no part of the program was seen to."""
    for path, rows in index.mounts.items():
        name = rows[0].row.includes
        for module in list(machine.modules.values()) if name else ():
            function = module.frame.locals.get(name) if module.frame is not None else None
            if isinstance(function, Decorated):
                function = function.value
            if isinstance(function, Function) and id(function.definition) not in machine.included:
                machine.included.add(id(function.definition))
                router = External(path.rpartition(".")[0])
                call_by_framework(machine, function, None, Arguments([router]))
    for event in list(machine.events):
        for known in index.mounts.get(event.path, ()):
            callback = pick(event.arguments, known.row.child) if known.row.scanned else None
            receiver = callback.receiver if isinstance(callback, Bound) else None
            function = callback.function if isinstance(callback, Bound) else callback
            if isinstance(function, Function):
                context = External(event.path, attributes={"config": External(known.row.scanned[0])})
                given = Arguments([context, Known(""), *event.arguments.positional[:1]])
                call_by_framework(machine, function, receiver, given)
