"""Tests of where a path lies: `folder in path.parents`, `os.path.relpath(path, folder).startswith("..")`, and of names
that are as a cleaning call would make them: `os.path.basename(name) == name`.
"""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.program.checks import came_from, made_of, mark_names
from tmscan.program.conditions.glances import glance
from tmscan.program.lattice import origins_of
from tmscan.program.machine import Machine
from tmscan.program.values import External, Frame, Known, Sequence, Text, Value

_RESOLVING = frozenset({"resolve", "realpath", "abspath"})
_FILE = frozenset({"file"})
_BELOW = frozenset({"lacks:.."})


def check_folder(machine: Machine, frame: Frame, test: ir.Expr, *, holds: bool) -> None:
    """Mark what `test`, being true (or false), says of where a path lies."""
    if isinstance(test, ir.Compare) and len(test.ops) == 1:
        op, right = test.ops[0], test.rights[0]
        if op in ("in", "not in") and (op == "in") is holds and isinstance(right, ir.Attribute):
            if right.attr == "parents":
                _inside(machine, frame, right.value)
        elif op in ("==", "!=") and (op == "==") is holds:
            _as_cleaned(machine, frame, test.left, right)
            _as_cleaned(machine, frame, right, test.left)
    elif isinstance(test, ir.Call) and isinstance(test.func, ir.Attribute) and not holds:
        said = test.arguments[0].value if len(test.arguments) == 1 else None
        if test.func.attr == "startswith" and said is not None:
            _not_above(machine, frame, test.func.value, glance(machine, frame, said))


def _inside(machine: Machine, frame: Frame, node: ir.Expr) -> None:
    value = glance(machine, frame, node)
    if value is not None and came_from(value, _RESOLVING):
        for part in made_of(value):
            mark_names(frame, part, _FILE)


def _not_above(machine: Machine, frame: Frame, node: ir.Expr, said: Value | None) -> None:
    """`relative.startswith("..")` is false: with `normpath` or `relpath` dots stand in front or nowhere."""
    begins = said.items if isinstance(said, Sequence) else [said]
    if not any(isinstance(each, Known) and str(each.value) in ("..", "../", "..\\") for each in begins):
        return
    value = glance(machine, frame, node)
    value = value.parts[0] if isinstance(value, Text) and len(value.parts) == 1 else value
    if not isinstance(value, External) or value.event is None:
        return
    if value.path.endswith("relpath()"):
        for given in value.event.arguments.positional[:1]:
            for part in made_of(given):
                mark_names(frame, part, _FILE)
    elif value.path.endswith("normpath()"):
        mark_names(frame, value, _BELOW)


def _as_cleaned(machine: Machine, frame: Frame, node: ir.Expr, other: ir.Expr) -> None:
    value = frame.locals.get(node.id) if isinstance(node, ir.Name) else None
    made = glance(machine, frame, other) if isinstance(other, ir.Call | ir.Name) else None
    if value is None or not origins_of(value, 2) or not isinstance(made, External) or made.event is None:
        return
    row = machine.vocabulary.cleans.get(made.event.path)
    if row is not None and row.shape == "call" and row.kinds and value in made.event.arguments.positional[:1]:
        mark_names(frame, value, row.kinds)
