"""`a and b`, `a or b`: each part is evaluated with what the parts before it say of the names.

Apart from the other expressions because the names that a part binds (`:=`) have to outlive what is known only inside.
"""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.program.conditions.narrowing import narrow
from tmscan.program.data.operators import truth
from tmscan.program.lattice import join
from tmscan.program.machine import Machine
from tmscan.program.values import UNKNOWN, Choice, Frame, Value


def boolean(machine: Machine, frame: Frame, node: ir.Boolean) -> Value:
    """The value of the last part that is looked at; several where it is not known which that is."""
    results: list[Value] = []
    stops = node.op == "or"
    outer, names = frame.tests, frame.locals
    for position, part in enumerate(node.values):
        value = _part(machine, frame, part, names)
        frame.tests = (*outer, part)
        known = truth(value)
        if known is stops:
            frame.tests, frame.locals = outer, names
            results.append(value)
            return join(results) if stops else value  # with one part false the whole is, whatever the others are
        last = position == len(node.values) - 1
        if known is None or last:
            if known is None and stops and type(value) is Choice:
                kept = [option for option in value.options if truth(option) is not False]
                value = join(kept) if kept else value
            results.append(value)
        if known is None and not last and frame.function is not None:
            frame.locals = dict(frame.locals)
            narrow(machine, frame, part, holds=not stops)
    frame.tests, frame.locals = outer, names
    return join(results) if results else UNKNOWN


def _part(machine: Machine, frame: Frame, part: ir.Expr, names: dict[str, Value]) -> Value:
    """The value of one part; what it binds is bound in `names` too, which is what holds behind the whole."""
    inner = frame.locals
    if inner is names:
        return machine.evaluate(machine, frame, part)
    before = dict(inner)
    value = machine.evaluate(machine, frame, part)
    names.update({name: bound for name, bound in inner.items() if before.get(name) is not bound})
    return value
