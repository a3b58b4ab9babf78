"""What an expression is, looked at once more without running any function of the program: for conditions read again."""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.program.machine import Machine
from tmscan.program.values import External, Frame, Instance, Native, Value

_DEPTH = 6


def glance(machine: Machine, frame: Frame, node: ir.Expr, depth: int = _DEPTH) -> Value | None:
    """The value of a name, attribute, element, literal or call of a library; None where more would have to run."""
    return machine.evaluate(machine, frame, node) if _quiet(machine, frame, node, depth) else None


def _quiet(machine: Machine, frame: Frame, node: ir.Expr, depth: int) -> bool:
    if isinstance(node, ir.Constant | ir.Bytes | ir.Name):
        return True
    if depth == 0:
        return False
    if isinstance(node, ir.Attribute):
        owner = glance(machine, frame, node.value, depth - 1)
        return owner is not None and (not isinstance(owner, Instance) or node.attr in owner.attributes)
    if isinstance(node, ir.Subscript):
        owner = glance(machine, frame, node.value, depth - 1)
        return owner is not None and not isinstance(owner, Instance) and _quiet(machine, frame, node.index, depth - 1)
    if isinstance(node, ir.Call):
        callee = glance(machine, frame, node.func, depth - 1)
        if not isinstance(callee, External | Native):
            return False
        return all(_quiet(machine, frame, argument.value, depth - 1) for argument in node.arguments)
    if isinstance(node, ir.Compare):
        return all(_quiet(machine, frame, part, depth - 1) for part in (node.left, *node.rights))
    if isinstance(node, ir.Display):
        return all(_quiet(machine, frame, item, depth - 1) for item in node.items)
    if isinstance(node, ir.Unary):
        return _quiet(machine, frame, node.value, depth - 1)
    if isinstance(node, ir.Slice):
        parts = [part for part in (node.lower, node.upper, node.step) if part is not None]
        return all(_quiet(machine, frame, part, depth - 1) for part in parts)
    return False
