"""Tests of how text begins: what begins with no `-` is no option of the program that is given it as an argument."""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.program.checks import mark_names
from tmscan.program.conditions.glances import glance
from tmscan.program.lattice import origins_of
from tmscan.program.machine import Machine
from tmscan.program.values import Frame, Known, Sequence, Value

_OPTION = frozenset({"option"})


def check_beginning(machine: Machine, frame: Frame, test: ir.Expr, *, holds: bool) -> None:
    """Mark the text of which `test`, being true (or false), says that no `-` stands first."""
    if not (isinstance(test, ir.Call) and isinstance(test.func, ir.Attribute) and test.func.attr == "startswith"):
        return
    owner = test.func.value
    value = frame.locals.get(owner.id) if isinstance(owner, ir.Name) else None
    if value is None or len(test.arguments) != 1 or not origins_of(value, 2):
        return
    begins = [_dashed(each) for each in _said(glance(machine, frame, test.arguments[0].value))]
    if begins and (not any(begins) if holds else any(begins)):
        mark_names(frame, value, _OPTION)


def _said(value: Value | None) -> list[Value]:
    return list(value.items) if isinstance(value, Sequence) else [value] if value is not None else []


def _dashed(value: Value) -> bool:
    """Whether text may begin with a dash; of what is not known it may be said."""
    return not isinstance(value, Known) or str(value.value).startswith("-") or not value.value
