"""Tests of every member of a list: `all(name in NAMES for name in names)`, `set(names) - NAMES`, loops that refuse one.

What all members are, no data in the list is anything else.
"""

from __future__ import annotations

from collections.abc import Callable

from tmscan.facts import types as ir
from tmscan.facts.body import nodes_in
from tmscan.program.checks import INDIRECT, marked
from tmscan.program.conditions.glances import glance
from tmscan.program.data.subscripts import element
from tmscan.program.lattice import only_constants, options, origins_of
from tmscan.program.machine import Machine
from tmscan.program.values import Choice, External, Frame, Known, Sequence, Table, Unknown, Value

Narrow = Callable[[Machine, Frame, ir.Expr, bool], None]
_PLAIN = frozenset({"plain"})


def check_members(machine: Machine, frame: Frame, test: ir.Expr, narrow: Narrow, *, holds: bool) -> None:
    """Mark the list whose every member a condition is about; `narrow` reads the condition on a member."""
    if isinstance(test, ir.Call) and isinstance(test.func, ir.Name) and test.arguments:
        said = test.arguments[0].value
        if test.func.id == ("all" if holds else "any") and isinstance(said, ir.Comprehension):
            _each(machine, frame, said, narrow, holds=holds)
        return
    whole, among = _subset(test, holds=holds)
    known = glance(machine, frame, among) if among is not None else None
    if whole is not None and _all_constant(known):
        mark_members(frame, whole.id, _PLAIN)


def passed_by_all(frame: Frame, node: ir.For) -> frozenset[str]:
    """What is known of every member of a list behind a loop that none of them ends."""
    if not isinstance(node.target, ir.Name) or not isinstance(node.iterable, ir.Name):
        return frozenset()
    if any(_spoils(each, node.target.id) for each in nodes_in(node.body)):
        return frozenset()
    return _known_of(frame.locals.get(node.target.id))


def mark_members(frame: Frame, name: str, checks: frozenset[str]) -> None:
    """Mark the data in a list under every name that it goes by."""
    held = frame.locals.get(name)
    if held is None or not checks:
        return
    made = _marked(held, checks)
    for each, value in list(frame.locals.items()):
        if value is held:
            frame.locals[each] = made


def _spoils(node: object, name: str) -> bool:
    """Whether after a statement a loop says nothing of further members, or its name stands for something else."""
    if isinstance(node, ir.Jump):
        return node.kind == "break"
    targets = node.targets if isinstance(node, ir.Assign) else (getattr(node, "target", None),)
    return any(isinstance(each, ir.Name) and each.id == name for each in targets)


def _each(machine: Machine, frame: Frame, said: ir.Comprehension, narrow: Narrow, *, holds: bool) -> None:
    clause = said.clauses[0]
    if len(said.clauses) != 1 or clause.conditions or not isinstance(clause.target, ir.Name):
        return
    held = frame.locals.get(clause.iterable.id) if isinstance(clause.iterable, ir.Name) else None
    if held is None or not isinstance(clause.iterable, ir.Name) or not origins_of(held):
        return
    outer, frame.locals = frame.locals, dict(frame.locals)
    frame.locals[clause.target.id] = element(machine, held)
    narrow(machine, frame, said.value, holds)
    checks = _known_of(frame.locals[clause.target.id])
    frame.locals = outer
    mark_members(frame, clause.iterable.id, checks)


def _subset(test: ir.Expr, *, holds: bool) -> tuple[ir.Name | None, ir.Expr | None]:
    """The list and what its members are all among, where a condition of sets says so."""
    if isinstance(test, ir.Binary) and test.op == "-" and not holds:
        return _listed(test.left), test.right
    if isinstance(test, ir.Compare) and test.ops == ("<=",) and holds:
        return _listed(test.left), test.rights[0]
    if isinstance(test, ir.Call) and isinstance(test.func, ir.Attribute) and len(test.arguments) == 1:
        if test.func.attr == ("issubset" if holds else "difference"):
            return _listed(test.func.value), test.arguments[0].value
        if test.func.attr == "issuperset" and holds:
            return _listed(test.arguments[0].value), test.func.value
    return None, None


def _listed(node: ir.Expr) -> ir.Name | None:
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and len(node.arguments) == 1:
        node = node.arguments[0].value if node.func.id in ("set", "frozenset", "list", "sorted") else node
    return node if isinstance(node, ir.Name) else None


def _all_constant(value: Value | None) -> bool:
    if isinstance(value, Table):
        return value.rest is None  # its keys
    return isinstance(value, Sequence) and only_constants(value)


def _known_of(member: Value | None) -> frozenset[str]:
    if member is None:
        return frozenset()
    origins = origins_of(member)
    if origins:
        return frozenset.intersection(*(origin.checks for origin in origins)) - {INDIRECT}
    return _PLAIN if all(isinstance(option, Known) for option in options(member)) else frozenset()


def _marked(value: Value, checks: frozenset[str]) -> Value:
    if isinstance(value, Sequence):
        rest = _marked(value.rest, checks) if value.rest is not None else None
        return Sequence(value.kind, [_marked(item, checks) for item in value.items], rest, value.level)
    return marked(value, checks) if isinstance(value, Unknown | External | Choice) else value
