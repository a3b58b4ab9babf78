"""Functions that never come back: each of their ways out raises, whatever they are given (`def refuse(): raise …`).

Told from the text alone, so that no way of calling them says otherwise; one that waits to be overridden is none.
"""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.facts.body import statements
from tmscan.program.machine import Machine
from tmscan.program.values import Activation, Frame, Known, Value

_RECENT = 24  # calls of a function that are looked through for this one


def never_returns(machine: Machine, frame: Frame, node: ir.Expr, value: Value) -> bool:
    """Whether a call that stands as a statement ends what it stands in: all that it was seen to run raises."""
    call = node.value if isinstance(node, ir.Await) else node
    if not isinstance(call, ir.Call) or not isinstance(value, Known) or value.value is not None:
        return False
    ran = [activation for at, activation in frame.activation.calls[-_RECENT:] if at == call.at]
    return bool(ran) and all(_raises(machine, activation) for activation in ran)


def _raises(machine: Machine, activation: Activation) -> bool:
    definition = activation.function.definition if activation.function is not None else None
    if definition is None or definition.is_generator or not activation.done:
        return False
    body = machine.bodies.get(id(definition)) or statements(definition)
    return _ends(body) and not _returns(body)


def _ends(block: ir.Block) -> bool:
    last = block[-1] if block else None
    if isinstance(last, ir.If):
        return _ends(last.body) and _ends(last.orelse)
    return isinstance(last, ir.Raise) and not _to_override(last.exception)


def _to_override(exception: ir.Expr | None) -> bool:
    named = exception.func if isinstance(exception, ir.Call) else exception
    return getattr(named, "id", "") == "NotImplementedError"


def _returns(block: ir.Block) -> bool:
    """Whether some `return` stands in a block, in nested blocks too."""
    waiting: list[object] = list(block)
    for node in waiting:
        if isinstance(node, ir.Return):
            return True
        for name in ("body", "orelse", "handlers", "final", "cases"):
            waiting.extend(getattr(node, name, ()) if not isinstance(node, ir.FunctionDef | ir.ClassDef) else ())
    return False
