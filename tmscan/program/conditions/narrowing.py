"""What a condition says about names in the branch where it holds: `isinstance`, `is None`, truth, constants."""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.program.checks import marked
from tmscan.program.conditions.checking import check_text
from tmscan.program.conditions.glances import glance
from tmscan.program.conditions.members import check_members
from tmscan.program.conditions.remembered import recalled
from tmscan.program.data.operators import truth
from tmscan.program.data.reads import by_name
from tmscan.program.lattice import join
from tmscan.program.machine import Machine
from tmscan.program.objects.typing_hints import instance_of
from tmscan.program.values import NOTHING, Choice, External, Frame, Known, Sequence, Unknown, Value


def narrow(machine: Machine, frame: Frame, test: ir.Expr, *, holds: bool) -> None:
    """Refine the names of `frame` by `test` being true (or false)."""
    if frame.reads:
        test = by_name(frame, test)
    if isinstance(test, ir.Unary) and test.op == "not":
        narrow(machine, frame, test.value, holds=not holds)
        return
    if isinstance(test, ir.Boolean):
        if (test.op == "and") is holds:
            for part in test.values:
                narrow(machine, frame, part, holds=holds)
        else:
            _either(machine, frame, test, holds)
        return
    _by_constants(machine, frame, test, holds=holds)
    if isinstance(test, ir.Compare) and isinstance(test.left, ir.Call | ir.Await) and (said := _said(test)) is not None:
        narrow(machine, frame, test.left, holds=said is holds)
    check_text(machine, frame, test, holds=holds)
    check_members(machine, frame, test, _narrow, holds=holds)
    if isinstance(test, ir.Call) and isinstance(test.func, ir.Name) and test.func.id == "isinstance" and holds:
        _by_type(machine, frame, test)
    elif isinstance(test, ir.Compare) and len(test.ops) == 1 and isinstance(test.left, ir.Name):
        _by_none(frame, test, holds)
    elif isinstance(test, ir.Name):
        asked = recalled(frame, test.id)
        if asked is not None:
            narrow(machine, frame, asked, holds=holds)
        value = frame.locals.get(test.id)
        if isinstance(value, Choice):
            _keep(frame, test.id, value, [option for option in value.options if truth(option) is not (not holds)])
        value = frame.locals.get(test.id)
        if not holds and value is not None and _is_input(machine, value):
            frame.locals[test.id] = marked(value, frozenset({"plain"}))  # it is empty, which does no harm


def holding(machine: Machine, frame: Frame, test: ir.Expr) -> None:
    """Refine the names of `frame` by `test` being true."""
    narrow(machine, frame, test, holds=True)


def _narrow(machine: Machine, frame: Frame, test: ir.Expr, holds: bool) -> None:
    narrow(machine, frame, test, holds=holds)


def _is_input(machine: Machine, value: Value) -> bool:
    """Whether something is what came in itself, and not an answer about it: `request.args.get("name")`."""
    if isinstance(value, Choice):
        return any(_is_input(machine, option) for option in value.options)
    if isinstance(value, Unknown):
        return bool(value.origins)
    source: Value | None = value
    while isinstance(source, External) and source.path not in machine.vocabulary.inputs:
        source = source.base
    return isinstance(source, External)


def _by_constants(machine: Machine, frame: Frame, test: ir.Expr, *, holds: bool) -> None:
    """Constants that a name can be are left out where the test says no: `base.endswith("/v1")`, `kind in KINDS`."""
    node = test.func.value if isinstance(test, ir.Call) and isinstance(test.func, ir.Attribute) else None
    node = test.left if isinstance(test, ir.Compare) else node
    value = frame.locals.get(node.id) if isinstance(node, ir.Name) else None
    if not isinstance(node, ir.Name) or not isinstance(value, Choice):
        return
    left: list[Value] = []
    for option in value.options:
        answer = None
        if isinstance(option, Known):
            frame.locals[node.id] = option
            seen = glance(machine, frame, test)
            answer = truth(seen) if seen is not None else None
        if answer is not (not holds):
            left.append(option)
    frame.locals[node.id] = value
    _keep(frame, node.id, value, left)


def _said(test: ir.Compare) -> bool | None:
    """The answer that a call is compared with: `is_safe(url) is False`, `match(text) is None`."""
    right = test.rights[0]
    if len(test.ops) != 1 or not isinstance(right, ir.Constant) or not isinstance(right.value, bool | None):
        return None
    if test.ops[0] in ("is", "=="):
        return right.value is True
    return right.value is not True if test.ops[0] in ("is not", "!=") else None


def _either(machine: Machine, frame: Frame, test: ir.Boolean, holds: bool) -> None:
    """One part of a condition decided: the names are what they can be whichever it was."""
    before = frame.locals
    ways: list[dict[str, Value]] = []
    for part in test.values:
        frame.locals = dict(before)
        narrow(machine, frame, part, holds=holds)
        ways.append(frame.locals)
    frame.locals = before
    for name, value in list(before.items()):
        found = [way.get(name, value) for way in ways]
        if all(other is not value for other in found):
            before[name] = join(found)


def _by_type(machine: Machine, frame: Frame, test: ir.Call) -> None:
    if len(test.arguments) != 2 or not isinstance(test.arguments[0].value, ir.Name):
        return
    name = test.arguments[0].value.id
    value = frame.locals.get(name)
    if isinstance(value, Unknown) and not value.origins:
        kinds = machine.evaluate(machine, frame, test.arguments[1].value)
        listed = kinds.items if isinstance(kinds, Sequence) else [kinds]
        made: list[Value] = [instance_of(machine, kind) for kind in listed]
        if made and not all(isinstance(option, Unknown) for option in made):
            frame.locals[name] = join(made)


def _by_none(frame: Frame, test: ir.Compare, holds: bool) -> None:
    right = test.rights[0]
    if not (isinstance(test.left, ir.Name) and isinstance(right, ir.Constant)):
        return
    value = frame.locals.get(test.left.id)
    positive = test.ops[0] in ("is", "==")
    if right.value is None and isinstance(value, Choice):
        wants_none = positive is holds
        _keep(
            frame,
            test.left.id,
            value,
            [o for o in value.options if (isinstance(o, Known) and o.value is None) is wants_none],
        )
        if wants_none and not isinstance(frame.locals[test.left.id], Known):
            frame.locals[test.left.id] = NOTHING
    elif positive is holds and test.ops[0] in ("==", "!=") and isinstance(value, Unknown) and right.value is not None:
        frame.locals[test.left.id] = Known(right.value)


def _keep(frame: Frame, name: str, value: Choice, kept: list[Value]) -> None:
    if kept and len(kept) < len(value.options):
        frame.locals[name] = join(kept)
