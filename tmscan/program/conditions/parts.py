"""Tests of every part of a path: `for part in path.split("/"): if part == "..": raise`, `".." in Path(path).parts`.

What none of the parts is or holds is not in the path either.
"""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.program.checks import mark_names
from tmscan.program.conditions.glances import glance
from tmscan.program.lattice import origins_of
from tmscan.program.machine import Machine
from tmscan.program.values import Frame, Known, Sequence, Value

UP = frozenset({"lacks:..", "isnt:.."})
_WHOLE = frozenset({"lacks:.."})


def path_behind(node: ir.Expr) -> ir.Name | None:
    """The path that a list of parts was made of: `path.split("/")`, `path.parts`, `Path(path).parts`."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "split":
        node = node.func.value if len(node.arguments) == 1 else node
    elif isinstance(node, ir.Attribute) and node.attr == "parts":
        node = node.value
        if isinstance(node, ir.Call) and len(node.arguments) == 1:
            node = node.arguments[0].value
    return node if isinstance(node, ir.Name) else None


def check_parts(machine: Machine, frame: Frame, test: ir.Expr) -> None:
    """Mark what a condition that is false says of a path by its parts."""
    if isinstance(test, ir.Compare) and test.ops == ("in",):
        source = path_behind(test.rights[0])
        if source is not None and source is not test.rights[0] and _is_up(machine, frame, test.left):
            _mark(frame, source)
    elif isinstance(test, ir.Call) and isinstance(test.func, ir.Name) and test.func.id == "any" and test.arguments:
        said = test.arguments[0].value
        clause = said.clauses[0] if isinstance(said, ir.Comprehension) and len(said.clauses) == 1 else None
        source = path_behind(clause.iterable) if clause is not None else None
        if clause is not None and source is not None and source is not clause.iterable:
            asked = said.value if isinstance(said, ir.Comprehension) else test
            if isinstance(asked, ir.Compare) and _asks_up(machine, frame, asked, clause.target):
                _mark(frame, source)


def is_up(machine: Machine, frame: Frame, test: ir.Compare) -> ir.Name | None:
    """The name that a comparison asks whether it is `..`, or one of several such."""
    if test.ops == ("==",):
        for one, other in ((test.left, test.rights[0]), (test.rights[0], test.left)):
            if isinstance(one, ir.Name) and _is_up(machine, frame, other):
                return one
    elif test.ops == ("in",) and isinstance(test.left, ir.Name):
        among = glance(machine, frame, test.rights[0])
        items = among.items if isinstance(among, Sequence) else []
        if any(isinstance(item, Known) and item.value == ".." for item in items):
            return test.left
    return None


def checked_whole(frame: Frame, node: ir.For) -> None:
    """After all turns of a loop: what was said of each part says the same of the path."""
    source = path_behind(node.iterable)
    if source is None or source is node.iterable or not isinstance(node.target, ir.Name):
        return
    value = frame.locals.get(node.target.id)
    origins = origins_of(value) if value is not None else frozenset()
    if origins and all(UP & origin.checks for origin in origins):
        _mark(frame, source)


def _asks_up(machine: Machine, frame: Frame, test: ir.Compare, part: ir.Expr) -> bool:
    if test.ops == ("in",) and _is_up(machine, frame, test.left):
        return isinstance(part, ir.Name) and isinstance(test.rights[0], ir.Name) and test.rights[0].id == part.id
    found = is_up(machine, frame, test)
    return found is not None and isinstance(part, ir.Name) and found.id == part.id


def _is_up(machine: Machine, frame: Frame, node: ir.Expr) -> bool:
    said = glance(machine, frame, node)
    return isinstance(said, Known) and said.value == ".."


def _mark(frame: Frame, source: ir.Name) -> None:
    value: Value | None = frame.locals.get(source.id)
    if value is not None:
        mark_names(frame, value, _WHOLE)
