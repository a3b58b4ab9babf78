"""Tests of one thing against many: `any(urlparse(url).hostname == host for host in HOSTS)`.

What is compared is one of what a collection holds; where that is not the request's own, it is one that was allowed.
"""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.program.checks import arguments_for, mark_alike, mark_names
from tmscan.program.conditions.glances import glance
from tmscan.program.lattice import origins_of
from tmscan.program.machine import Machine
from tmscan.program.values import External, Frame, Value


def check_among(machine: Machine, frame: Frame, test: ir.Call) -> None:
    """Mark what `any(…)`, being true, says about the data that is compared with each member of a collection."""
    said = test.arguments[0].value if len(test.arguments) == 1 else None
    if not isinstance(said, ir.Comprehension) or len(said.clauses) != 1:
        return
    among = glance(machine, frame, said.clauses[0].iterable)
    if among is not None and origins_of(among):
        return
    parts = said.value.values if isinstance(said.value, ir.Boolean) and said.value.op == "or" else (said.value,)
    tested = [_tested(machine, frame, part) for part in parts]
    first = tested[0]
    if first is not None and all(each is not None and each.path == first.path for each in tested):
        _allow(machine, frame, first)


def _tested(machine: Machine, frame: Frame, part: ir.Expr) -> External | None:
    """What a part of the condition says to be a member, or to end with one: data of a request."""
    nodes: tuple[ir.Expr, ...] = ()
    if isinstance(part, ir.Compare) and part.ops == ("==",):
        nodes = (part.left, *part.rights)
    elif isinstance(part, ir.Call) and isinstance(part.func, ir.Attribute) and part.func.attr == "endswith":
        nodes = (part.func.value,)
    for node in nodes:
        value = glance(machine, frame, node)
        if isinstance(value, External) and origins_of(value):
            return value
    return None


def _allow(machine: Machine, frame: Frame, value: Value) -> None:
    if not isinstance(value, External):
        return
    row = machine.vocabulary.cleans.get(value.path)
    holder = value if value.event is not None else value.base
    if row is None or row.shape != "compared" or not (isinstance(holder, External) and holder.event is not None):
        mark_names(frame, value, frozenset({"plain"}))
        return
    for part in arguments_for(holder.event, row):
        mark_names(frame, part, row.kinds)
        mark_alike(frame, part, row.kinds)
