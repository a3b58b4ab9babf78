"""`with`: a statement goes in, whether the end of its block is reached comes out.

A generator of the project that changes objects for as long as the block runs is gone through around the block; other
managers run as a whole before it, which costs less.
"""

from __future__ import annotations

from collections.abc import Callable

from tmscan.facts import types as ir
from tmscan.facts.body import statements
from tmscan.program.data.binding import bind
from tmscan.program.evaluation.activations import DEPTH_LIMIT, run
from tmscan.program.evaluation.control import hang
from tmscan.program.evaluation.expressions import arguments_of
from tmscan.program.keys import arguments_key, key_of
from tmscan.program.machine import Machine
from tmscan.program.objects.attributes import lookup
from tmscan.program.values import UNKNOWN, Arguments, Bound, External, Frame, Function, Instance, Sequence, Value


def with_(machine: Machine, frame: Frame, node: ir.With) -> bool:
    last = node.items[-1]

    def block(value: Value) -> bool:
        if last.target is not None:
            bind(machine, frame, last.target, value)
        return machine.execute(machine, frame, node.body)

    for item in node.items:
        managed = _within(machine, frame, item, block) if item is last else None
        if managed is not None:
            hang(frame, frame.hung if managed else ())
            return managed
        value = machine.evaluate(machine, frame, item.value)
        if isinstance(value, Sequence) and value.kind == "generator":
            value = value.items[0] if value.items else value.rest or UNKNOWN
        elif isinstance(value, Instance):
            for name in ("__enter__", "__aenter__"):
                entered = lookup(machine, frame, value, name, item.value.at)
                if not isinstance(entered, External) and entered is not UNKNOWN:
                    value = machine.call(machine, frame, entered, Arguments(), item.value.at, item.value.at)
                    break
        if item.target is not None:
            bind(machine, frame, item.target, value)
    through = machine.execute(machine, frame, node.body)
    hang(frame, frame.hung if through else ())
    return through


def _within(machine: Machine, frame: Frame, item: ir.WithItem, block: Callable[[Value], bool]) -> bool | None:
    """Run a generator up to its `yield`, then the block, then the rest; None if it changes nothing for the block."""
    call = item.value
    if not isinstance(call, ir.Call) or not _is_plain(call.func) or frame.depth >= DEPTH_LIMIT:
        return None
    callee = machine.evaluate(machine, frame, call.func)
    function, receiver = (callee.function, callee.receiver) if isinstance(callee, Bound) else (callee, None)
    if not isinstance(function, Function) or not function.definition.is_generator:
        return None
    definition = function.definition
    if id(definition) in machine.blocks or not _changes(statements(definition)):
        return None
    arguments = arguments_of(machine, frame, call.arguments)
    ends: list[bool] = []
    machine.blocks[id(definition)] = lambda value: ends.append(block(value))
    held = key_of(receiver) if receiver is not None else None
    key = (id(definition), id(function.scope), held, arguments_key(arguments), "with", id(item), id(frame.activation))
    activation = run(machine, frame, function, receiver, arguments, key)
    frame.activation.calls.append((call.at, activation))
    frame.activation.call_tests.append(frame.tests)
    if machine.blocks.pop(id(definition), None) is not None:
        return block(UNKNOWN)  # no way to a `yield` was followed
    return ends[0]


def _is_plain(node: ir.Expr) -> bool:
    """A name, or attributes of one: looking at it twice records no call twice."""
    while isinstance(node, ir.Attribute):
        node = node.value
    return isinstance(node, ir.Name)


def _changes(block: ir.Block) -> bool:
    """Whether an attribute or a variable further out is assigned: something that the block may look at."""
    waiting: list[object] = list(block)
    for node in waiting:
        if isinstance(node, ir.Assign) and any(isinstance(target, ir.Attribute) for target in node.targets):
            return True
        if isinstance(node, ir.Scope):
            return True
        for name in ("body", "orelse", "handlers", "final"):
            waiting.extend(getattr(node, name, ()) if not isinstance(node, ir.FunctionDef | ir.ClassDef) else ())
    return False
