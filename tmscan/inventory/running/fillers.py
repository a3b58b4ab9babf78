"""Tables that other functions fill before one goes through them: `register("/api", app)`, then a mount in a loop.

Functions that declare or mount go in; whoever has the empty tables of their modules filled runs, so that loops see it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tmscan.facts.body import nodes_in, statements
from tmscan.facts.types import Assign, Attribute, Call, Name, Subscript
from tmscan.inventory.running.waiting import fresh, receiver_of, started
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, Class, Function, Module, Sequence, Table, Value

_ADDING = frozenset({"append", "add", "insert", "extend", "setdefault", "update"})


def run_fillers(machine: Machine, files: Collection[str], tails: frozenset[str]) -> None:
    """Run whoever calls a function that fills an empty table of its module, which a function to run later reads."""
    empty: dict[str, set[str]] = {}
    later: set[int] = set()
    for function in machine.functions:
        if tails.isdisjoint(function.definition.mentions) or function.module.path not in files:
            continue
        if not started(machine, function):
            later.add(id(function))
            held = function.module.frame.locals if function.module.frame is not None else {}
            named = {name for name in function.definition.mentions if name in held and _is_empty(held[name])}
            empty.setdefault(function.module.path, set()).update(named)
    fillers = [
        function
        for function in machine.functions
        if (named := empty.get(function.module.path, set()).intersection(function.definition.mentions))
        and not named.isdisjoint(filled_by(function))
    ]
    for function in fresh(machine) if fillers else ():
        if id(function) not in later and any(_may_call(function, filler) for filler in fillers):
            call_by_framework(machine, function, receiver_of(function), Arguments())


def _is_empty(value: Value) -> bool:
    if isinstance(value, Table):
        return not value.items and value.rest is None
    return isinstance(value, Sequence) and value.kind == "list" and not value.items and value.rest is None


def filled_by(function: Function) -> Iterator[str]:
    """The names of what a function puts elements into: `table[key] = …`, `table.append(…)`."""
    for node in nodes_in(statements(function.definition)):
        if isinstance(node, Assign):
            for target in node.targets:
                if isinstance(target, Subscript) and isinstance(target.value, Name):
                    yield target.value.id
        called = node.func if isinstance(node, Call) else None
        if isinstance(called, Attribute) and called.attr in _ADDING and isinstance(called.value, Name):
            yield called.value.id


def _may_call(function: Function, filler: Function) -> bool:
    """Whether a function mentions the other one, and its module holds it, its class or its module."""
    if filler.definition.name not in function.definition.mentions or function is filler:
        return False
    if function.module is filler.module:
        return True
    held = function.module.frame.locals.values() if function.module.frame is not None else ()
    return any(
        value is filler or (isinstance(value, Class | Module) and value in (filler.owner, filler.module))
        for value in held
    )
