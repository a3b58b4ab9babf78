"""Tests of hosts that are kept in a name, and of how addresses begin: `host = urlparse(url).hostname`, `host in HOSTS`.

Where the host is one that was allowed, so is the address that it stands in.
"""

from __future__ import annotations

import re

from tmscan.facts import types as ir
from tmscan.program.checks import arguments_for, mark_alike, mark_names
from tmscan.program.conditions.glances import glance
from tmscan.program.lattice import options, origins_of
from tmscan.program.machine import Machine
from tmscan.program.values import External, Frame, Known, Sequence, Value

_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\\@:]+/")
_KEEPING = frozenset({"lower", "casefold", "strip", "rstrip"})
_URL = frozenset({"url", "redirect"})


def check_host(machine: Machine, frame: Frame, test: ir.Expr, *, holds: bool) -> None:
    """Mark the addresses whose host `test`, being true (or false), says to be one that was allowed."""
    if isinstance(test, ir.Compare) and len(test.ops) == 1:
        op, right = test.ops[0], test.rights[0]
        if (op in ("in", "==")) is not holds or op not in ("in", "not in", "==", "!="):
            return
        value = _host(machine, frame, test.left)
        among = glance(machine, frame, right) if value is not None else None
        told = _texts(among) if among is not None else None
        if value is not None and among is not None and not origins_of(among) and (told is None or all(told)):
            _allow(machine, frame, value)
    elif isinstance(test, ir.Call) and holds and isinstance(test.func, ir.Attribute) and len(test.arguments) == 1:
        said = glance(machine, frame, test.arguments[0].value)
        told = _texts(said) if said is not None else None
        if test.func.attr == "endswith" and told and all(text.startswith(".") for text in told):
            value = _host(machine, frame, test.func.value)
            if value is not None:
                _allow(machine, frame, value)
        elif test.func.attr == "startswith" and told and all(_HOST.match(text) for text in told):
            _mark(frame, test.func.value)
    elif isinstance(test, ir.Call) and holds and isinstance(test.func, ir.Name) and test.func.id == "any":
        _begins_with_one(machine, frame, test)


def _begins_with_one(machine: Machine, frame: Frame, test: ir.Call) -> None:
    """`any(url.startswith(each) for each in PREFIXES)`."""
    said = test.arguments[0].value if len(test.arguments) == 1 else None
    if not isinstance(said, ir.Comprehension) or len(said.clauses) != 1 or not isinstance(said.value, ir.Call):
        return
    func, clause = said.value.func, said.clauses[0]
    told = _texts(glance(machine, frame, clause.iterable))
    given = said.value.arguments[0].value if len(said.value.arguments) == 1 else None
    if not isinstance(func, ir.Attribute) or func.attr != "startswith":
        return
    alike = isinstance(given, ir.Name) and isinstance(clause.target, ir.Name) and given.id == clause.target.id
    if alike and told and all(_HOST.match(text) for text in told):
        _mark(frame, func.value)


def _mark(frame: Frame, node: ir.Expr) -> None:
    value = frame.locals.get(node.id) if isinstance(node, ir.Name) else None
    if value is not None and origins_of(value, 2):
        mark_names(frame, value, _URL)


def _host(machine: Machine, frame: Frame, node: ir.Expr) -> External | None:
    """The part of an address that a name holds, in whatever case."""
    while isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _KEEPING:
        node = node.func.value
    value = frame.locals.get(node.id) if isinstance(node, ir.Name) else None
    for option in options(value) if value is not None else ():
        row = machine.vocabulary.cleans.get(option.path) if isinstance(option, External) else None
        if isinstance(option, External) and row is not None and row.shape == "compared":
            return option
    return None


def _allow(machine: Machine, frame: Frame, value: External) -> None:
    row = machine.vocabulary.cleans[value.path]
    holder = value if value.event is not None else value.base
    if isinstance(holder, External) and holder.event is not None and _URL & row.kinds:
        for part in arguments_for(holder.event, row):
            mark_names(frame, part, row.kinds)
            mark_alike(frame, part, row.kinds)


def _texts(value: Value | None) -> list[str] | None:
    """The constants that a value is, or holds; None where some are not known."""
    items = value.items if isinstance(value, Sequence) and value.rest is None else [value]
    if not all(isinstance(item, Known) and isinstance(item.value, str | None) for item in items):
        return None
    return [str(item.value or "") for item in items if isinstance(item, Known)]
