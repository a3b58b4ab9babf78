"""What a function of the project lets through: the checks its parameters have passed where it answers yes, no, at all.

`is_safe(url)` in a condition and `validate(path)` as a statement then say of the caller's data what their bodies say of
the parameters. Noted while the body runs, so that every test on the way to a `return` counts.
"""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.program.checks import INDIRECT
from tmscan.program.conditions.narrowing import narrow
from tmscan.program.data.operators import truth
from tmscan.program.lattice import origins_of
from tmscan.program.machine import Machine
from tmscan.program.values import Choice, External, Frame, Known, Sequence, Text, Unknown, Value

_MOST = 12  # ways out that are told apart
_CONDITIONS = (ir.Boolean, ir.Compare, ir.Unary, ir.Call, ir.Attribute, ir.Name)


def promise(machine: Machine, frame: Frame, node: ir.Expr | None, value: Value | None) -> None:
    """Note what is known of the parameters on the way out with `value`, written as `node` (None: at the end)."""
    if frame.function is None or len(frame.activation.promises) >= _MOST:
        return
    names = [parameter.name for parameter in frame.function.definition.parameters]
    if not any(_tainted(frame.locals.get(name)) for name in names):
        return
    known = truth(_first(value)) if value is not None else False
    before = frame.locals
    for answer in (True, False):
        if known is (not answer):
            continue
        if known is None and isinstance(node, _CONDITIONS):
            frame.locals = dict(before)
            narrow(machine, frame, node, holds=answer)
        frame.activation.promises.append((answer, _checked(frame, names)))
        frame.locals = before


def _first(value: Value) -> Value:
    """The answer in what a function gives: of several values the first, if it says yes or no."""
    head = value.items[0] if isinstance(value, Sequence) and value.kind == "tuple" and value.items else None
    return head if isinstance(head, Known) and isinstance(head.value, bool) else value


def _checked(frame: Frame, names: list[str]) -> dict[str, frozenset[str]]:
    """The checks that all of the untrusted data in each parameter has passed; one of a few constants passes all."""
    found: dict[str, frozenset[str]] = {}
    for name in names:
        value = frame.locals.get(name)
        if _tainted(value):
            found[name] = frozenset.intersection(*(origin.checks for origin in origins_of(value))) - {INDIRECT}
        elif isinstance(value, Known) or (
            isinstance(value, Choice) and all(isinstance(option, Known) for option in value.options)
        ):
            found[name] = frozenset({"plain"})
    return found


def _tainted(value: Value | None) -> bool:
    return isinstance(value, External | Text | Unknown | Choice) and bool(origins_of(value, 2))
