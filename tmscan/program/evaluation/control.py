"""Branches, loops, `try` and `match`: what may run, and what names can be where the ways meet again."""

from __future__ import annotations

from collections.abc import Callable

from tmscan.facts import types as ir
from tmscan.program.conditions.addresses import is_resolved, reads_resolved
from tmscan.program.conditions.members import mark_members, passed_by_all
from tmscan.program.conditions.narrowing import narrow
from tmscan.program.conditions.parts import checked_whole, path_behind
from tmscan.program.data.binding import bind
from tmscan.program.data.iteration import iterate, turns
from tmscan.program.data.operators import truth
from tmscan.program.data.reads import READ
from tmscan.program.evaluation.exceptions import happening_in
from tmscan.program.lattice import join
from tmscan.program.machine import Machine
from tmscan.program.objects.patterns import match_pattern
from tmscan.program.values import (
    UNKNOWN,
    Frame,
    Tests,
    Value,
)

TESTS = 24  # that one thing is taken to hang on


def branches(machine: Machine, frame: Frame, paths: list[Callable[[], bool]]) -> bool:
    """Run alternatives from the same state and join the names of those that fall through."""
    before = frame.locals
    ends: list[dict[str, Value]] = []
    ways: set[str] = set()
    frame.uncertain += 1
    for path in paths:
        frame.locals = dict(before)
        frame.jumped = ""
        if path():
            ends.append(frame.locals)
        else:
            ways.add(frame.jumped)
    frame.uncertain -= 1
    frame.locals = before
    if not ends:
        frame.jumped = ways.pop() if len(ways) == 1 else "mixed"
        return False
    frame.jumped = ""
    _meet(frame, before, ends)
    return True


def _meet(frame: Frame, names: dict[str, Value], ends: list[dict[str, Value]]) -> None:
    """Put into `names` what they can be where several paths meet; the dictionary stays the same object."""
    merged = dict(ends[0])
    for other in ends[1:]:
        for name, value in other.items():
            mine = merged.get(name)
            if mine is None:
                merged[name] = value
            elif mine is not value:
                merged[name] = join([mine, value])
    if frame.reads:  # what one path alone has read it knows alone
        for name in [name for name in merged if name[:1] == READ and not all(name in end for end in ends)]:
            del merged[name]
    names.clear()
    names.update(merged)


def if_(machine: Machine, frame: Frame, node: ir.If) -> bool:
    known = None if is_main(node.test) else truth(machine.evaluate(machine, frame, node.test))
    outer = frame.tests
    frame.tests = entered = (*outer, node.test)
    if known is not None:
        block = node.body if known else node.orelse
        if not machine.execute(machine, frame, block):
            frame.tests = outer
            # A module that an application loads can be loaded: what it insists on is there where the program runs.
            return frame.activation.function is None and isinstance(block[-1], ir.Raise)
        hung, frame.tests = frame.hung, outer
        if hung or _leaves(node.body) or _leaves(node.orelse):
            hang(frame, (node.test, *hung))
        return True
    through: list[bool] = []
    inner: list[ir.Expr | ir.Try | ir.Match] = []  # tests that decided, inside, whether this point is reached

    def path(block: ir.Block, *, holds: bool) -> bool:
        frame.tests, forks = entered, frame.forks
        frame.forks = (*forks, node.test)
        narrow(machine, frame, node.test, holds=holds)
        through.append(machine.execute(machine, frame, block))
        frame.forks = forks
        inner.extend(frame.hung if through[-1] else ())
        return through[-1]

    falls = branches(machine, frame, [lambda: path(node.body, holds=True), lambda: path(node.orelse, holds=False)])
    frame.tests = outer
    if falls and (inner or not all(through)):  # what follows is reached in some cases only: it hangs on what says which
        hang(frame, (node.test, *inner))
    return falls


def hang(frame: Frame, tests: Tests) -> None:
    """Let what follows in this block hang on further tests, each once."""
    known = {id(test) for test in frame.tests}
    more = {id(test): test for test in tests if id(test) not in known}
    frame.tests = (*frame.tests, *more.values())[:TESTS]


def is_main(test: object) -> bool:
    """`__name__ == "__main__"`: both cases happen."""
    return (
        isinstance(test, ir.Compare)
        and isinstance(test.left, ir.Name)
        and test.left.id == "__name__"
        and test.ops == ("==",)
        and isinstance(test.rights[0], ir.Constant)
        and test.rights[0].value == "__main__"
    )


def for_(machine: Machine, frame: Frame, node: ir.For) -> bool:
    iterable = machine.evaluate(machine, frame, node.iterable)
    items, exact = iterate(machine, frame, iterable)
    if exact:
        for item in turns(machine, frame, items):
            bind(machine, frame, node.target, item)
            way = _turn(machine, frame, node.body)
            hang(frame, frame.hung if frame.hung and _may_leave(node.body) else ())
            if way == "return":
                return False
            if way == "break":
                return True
        return machine.execute(machine, frame, node.orelse)

    passed: list[frozenset[str]] = []

    def around() -> bool:
        for item in turns(machine, frame, items):
            bind(machine, frame, node.target, item)
            _turn(machine, frame, node.body)
            hang(frame, frame.hung if frame.hung and _may_leave(node.body) else ())
        checked_whole(frame, node)
        passed.append(passed_by_all(frame, node))
        return True

    # A host that resolves has an address, and a path has a part.
    sure = is_resolved(iterable) or path_behind(node.iterable) not in (None, node.iterable)
    ways = [around] if sure else [around, lambda: True]
    falls = branches(machine, frame, ways)
    if falls and passed and isinstance(node.iterable, ir.Name):
        mark_members(frame, node.iterable.id, passed[0])  # without a turn there are none
    return falls and machine.execute(machine, frame, node.orelse)


def _may_leave(block: ir.Block) -> bool:
    """Whether a block can leave the function: some `return` or `raise` in it, in nested blocks too."""
    waiting: list[object] = list(block)
    for node in waiting:
        if isinstance(node, ir.Return | ir.Raise):
            return True
        for name in ("body", "orelse", "handlers", "final", "cases"):
            waiting.extend(getattr(node, name, ()) if not isinstance(node, ir.FunctionDef | ir.ClassDef) else ())
    return False


def _turn(machine: Machine, frame: Frame, body: ir.Block) -> str:
    """One turn of a loop: how it ended for certain ("return", "break"), or "" when the next turn may follow."""
    outer, frame.exits = frame.exits, []
    frame.jumped = ""
    before = frame.locals
    through = machine.execute(machine, frame, body)
    way, exits = frame.jumped, frame.exits
    frame.exits, frame.jumped, frame.locals = outer, "", before
    if not exits:
        return "" if through else "return"
    _meet(frame, before, [*exits, before] if through else exits)
    return "break" if not through and way == "break" else ""


def _leaves(block: ir.Block) -> bool:
    last = block[-1] if block else None
    if isinstance(last, ir.If):
        return _leaves(last.body) and _leaves(last.orelse)
    return isinstance(last, ir.Return | ir.Raise)


def while_(machine: Machine, frame: Frame, node: ir.While) -> bool:
    if truth(machine.evaluate(machine, frame, node.test)) is False:
        return machine.execute(machine, frame, node.orelse)

    def around() -> bool:
        _turn(machine, frame, node.body)
        return True

    return branches(machine, frame, [around, lambda: True]) and machine.execute(machine, frame, node.orelse)


def try_(machine: Machine, frame: Frame, node: ir.Try) -> bool:
    failed = machine.failed_imports
    left: list[bool] = []
    safe: list[bool] = []
    outer = frame.tests

    def main() -> bool:
        events, calls, risks = len(frame.activation.events), len(frame.activation.calls), machine.risks
        through = machine.execute(machine, frame, node.body)
        left.append(not through)
        safe.append((machine.undo is not None and machine.risks == risks) or reads_resolved(machine, frame, node.body))
        seen = tuple(happening_in(frame.activation, events, calls))
        if seen:
            frame.activation.caught.extend((handler, seen) for handler in node.handlers)
        return through and machine.execute(machine, frame, node.orelse)

    paths: list[Callable[[], bool]] = [main]
    if not (_only_imports(node.body) and _catches_imports(node)):
        paths.extend(_handler(machine, frame, handler, (*outer, node), safe) for handler in node.handlers)
        through = branches(machine, frame, paths)
    else:
        through = main()
        if machine.failed_imports > failed:
            for handler in node.handlers:
                through = machine.execute(machine, frame, handler.body) or through
    if through and any(left):
        frame.tests = (*outer, node)  # the body leaves when it succeeds: what follows hangs on its failure
    return machine.execute(machine, frame, node.final) and through


def _only_imports(block: ir.Block) -> bool:
    return all(isinstance(statement, ir.Import | ir.ImportFrom | ir.Assign) for statement in block) and any(
        isinstance(statement, ir.Import | ir.ImportFrom) for statement in block
    )


def _catches_imports(node: ir.Try) -> bool:
    names = {"ImportError", "ModuleNotFoundError", "Exception"}
    return any(
        handler.type is None
        or any(isinstance(part, ir.Name) and part.id in names for part in _exception_names(handler.type))
        for handler in node.handlers
    )


def _exception_names(node: ir.Expr) -> tuple[ir.Expr, ...]:
    return node.items if isinstance(node, ir.Display) else (node,)


def _handler(machine: Machine, frame: Frame, handler: ir.Handler, tests: Tests, safe: list[bool]) -> Callable[[], bool]:
    def path() -> bool:
        if any(safe):
            return False  # nothing in the body can fail, as far as a rehearsal met it or addresses are read
        outer, frame.tests = frame.tests, tests
        if handler.name:
            kind = machine.evaluate(machine, frame, handler.type) if handler.type is not None else UNKNOWN
            frame.locals[handler.name] = machine.caught(machine, frame, kind, handler.at)
        through = machine.execute(machine, frame, handler.body)
        frame.tests = outer
        return through

    return path


def match_(machine: Machine, frame: Frame, node: ir.Match) -> bool:
    subject = machine.evaluate(machine, frame, node.subject)
    paths: list[Callable[[], bool]] = []
    certain = False
    for case in node.cases:
        fits = match_pattern(machine, frame, case.pattern, subject, {})
        if fits is False:
            continue
        paths.append(_case(machine, frame, node, case, subject))
        if fits and case.guard is None:
            certain = True
            break
    if not paths:
        return True
    if certain and len(paths) == 1:
        return paths[0]()
    if not certain:
        paths.append(lambda: True)
    return branches(machine, frame, paths)


def _case(machine: Machine, frame: Frame, node: ir.Match, case: ir.Case, subject: Value) -> Callable[[], bool]:
    def path() -> bool:
        bound: dict[str, Value] = {}
        match_pattern(machine, frame, case.pattern, subject, bound)
        frame.locals.update(bound)
        if case.guard is not None:
            machine.evaluate(machine, frame, case.guard)
        outer, frame.tests = frame.tests, (*frame.tests, node)
        through = machine.execute(machine, frame, case.body)
        frame.tests = outer
        return through

    return path
