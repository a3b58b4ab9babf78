"""Running statements: a block and a frame go in; names change, and the answer says whether control falls through."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from tmscan.facts import types as ir
from tmscan.program.attributes import lookup
from tmscan.program.binding import bind
from tmscan.program.definitions import define_class, define_function
from tmscan.program.exceptions import happening_in
from tmscan.program.expressions import arguments_of, evaluate, resolve_name
from tmscan.program.imports import bind_import, bind_import_from
from tmscan.program.iteration import iterate
from tmscan.program.lattice import join
from tmscan.program.machine import Machine, keep_before
from tmscan.program.narrowing import narrow
from tmscan.program.operators import arithmetic, truth
from tmscan.program.patterns import match_pattern
from tmscan.program.subscripts import element
from tmscan.program.typing_hints import instance_of_annotation
from tmscan.program.values import (
    NOTHING,
    UNKNOWN,
    Arguments,
    Event,
    External,
    Frame,
    Instance,
    Sequence,
    Table,
    Tests,
    Value,
)


def execute(machine: Machine, frame: Frame, block: ir.Block) -> bool:
    """Run a block; False when control never reaches its end (return, raise, break, continue)."""
    tests = frame.tests
    for statement in block:
        machine.steps += 1
        if not _DISPATCH[type(statement)](machine, frame, statement):
            frame.tests = tests
            return False
    frame.tests = tests
    return True


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
    _meet(before, ends)
    return True


def _meet(names: dict[str, Value], ends: list[dict[str, Value]]) -> None:
    """Put into `names` what they can be where several paths meet; the dictionary stays the same object."""
    merged = dict(ends[0])
    for other in ends[1:]:
        for name, value in other.items():
            mine = merged.get(name)
            if mine is None:
                merged[name] = value
            elif mine is not value:
                merged[name] = join([mine, value])
    names.clear()
    names.update(merged)


def _assign(machine: Machine, frame: Frame, node: ir.Assign) -> bool:
    value = evaluate(machine, frame, node.value)
    for target in node.targets:
        bind(machine, frame, target, value)
    return True


def _annotated(machine: Machine, frame: Frame, node: ir.Annotated) -> bool:
    if frame.is_class and frame.cls is not None and isinstance(node.target, ir.Name):
        frame.cls.fields[node.target.id] = node
    if node.value is not None:
        value = evaluate(machine, frame, node.value)
        if value is UNKNOWN and frame.function is not None:
            value = instance_of_annotation(machine, frame, node.annotation)
        bind(machine, frame, node.target, value)
    elif not frame.is_class and isinstance(node.target, ir.Name) and node.target.id not in frame.locals:
        frame.locals[node.target.id] = instance_of_annotation(machine, frame, node.annotation)
    return True


def _augmented(machine: Machine, frame: Frame, node: ir.Augmented) -> bool:
    before = evaluate(machine, frame, node.target)
    value = evaluate(machine, frame, node.value)
    if node.op == "+" and isinstance(before, Sequence) and before.kind == "list":
        items, exact = iterate(machine, frame, value)
        keep_before(machine, before)
        before.items.extend(items)
        if not exact:
            before.rest = (
                element(machine, value) if before.rest is None else join([before.rest, element(machine, value)])
            )
        return True
    if node.op == "|" and isinstance(before, Table) and isinstance(value, Table):
        keep_before(machine, before)
        before.items.update(value.items)
        return True
    bind(machine, frame, node.target, arithmetic(machine, frame, node.op, before, value))
    return True


def _evaluate(machine: Machine, frame: Frame, node: ir.Evaluate) -> bool:
    evaluate(machine, frame, node.value)
    return True


def _return(machine: Machine, frame: Frame, node: ir.Return) -> bool:
    value = evaluate(machine, frame, node.value) if node.value is not None else NOTHING
    frame.returns.append(value)
    frame.activation.ends.append(("return", value, node.at, frame.tests))
    return False


def _raise(machine: Machine, frame: Frame, node: ir.Raise) -> bool:
    machine.risks += 1
    if node.exception is not None:
        value = evaluate(machine, frame, node.exception)
        frame.activation.raises.append((value, node.at))
        frame.activation.ends.append(("raise", value, node.at, frame.tests))
        if isinstance(value, External) and not value.path.endswith(")") and value.path in machine.vocabulary.recorded:
            event = Event(
                value.path, value, Arguments(), frame.module, node.at, node.at, frame.activation, kind="raise"
            )
            frame.activation.events.append(event)
            frame.activation.under[id(event)] = frame.tests
    return False


def _delete(machine: Machine, frame: Frame, node: ir.Delete) -> bool:
    for target in node.targets:
        if isinstance(target, ir.Name):
            frame.locals.pop(target.id, None)
    return True


def _scope(machine: Machine, frame: Frame, node: ir.Scope) -> bool:
    if node.kind == "global":
        frame.globals = (frame.globals or set()) | set(node.names)
    else:
        frame.nonlocals = (frame.nonlocals or set()) | set(node.names)
    return True


def _if(machine: Machine, frame: Frame, node: ir.If) -> bool:
    known = None if _is_main(node.test) else truth(evaluate(machine, frame, node.test))
    outer = frame.tests
    frame.tests = (*outer, node.test)
    if known is not None:
        if not execute(machine, frame, node.body if known else node.orelse):
            frame.tests = outer
            return False
        if not (_leaves(node.body) or _leaves(node.orelse)):
            frame.tests = outer
        return True
    through: list[bool] = []

    def taken() -> bool:
        narrow(machine, frame, node.test, holds=True)
        through.append(execute(machine, frame, node.body))
        return through[-1]

    def other() -> bool:
        narrow(machine, frame, node.test, holds=False)
        through.append(execute(machine, frame, node.orelse))
        return through[-1]

    falls = branches(machine, frame, [taken, other])
    if all(through) or not falls:
        frame.tests = outer  # else what follows is reached in one case only, and hangs on the test too
    return falls


def _is_main(test: ir.Expr) -> bool:
    """`__name__ == "__main__"`: both cases happen."""
    return (
        isinstance(test, ir.Compare)
        and isinstance(test.left, ir.Name)
        and test.left.id == "__name__"
        and test.ops == ("==",)
        and isinstance(test.rights[0], ir.Constant)
        and test.rights[0].value == "__main__"
    )


def _for(machine: Machine, frame: Frame, node: ir.For) -> bool:
    items, exact = iterate(machine, frame, evaluate(machine, frame, node.iterable))
    if exact:
        for item in items:
            bind(machine, frame, node.target, item)
            way = _turn(machine, frame, node.body)
            if way == "return":
                return False
            if way == "break":
                return True
        return execute(machine, frame, node.orelse)

    def around() -> bool:
        for item in items:
            bind(machine, frame, node.target, item)
            _turn(machine, frame, node.body)
        return True

    return branches(machine, frame, [around, lambda: True]) and execute(machine, frame, node.orelse)


def _turn(machine: Machine, frame: Frame, body: ir.Block) -> str:
    """One turn of a loop: how it ended for certain ("return", "break"), or "" when the next turn may follow."""
    outer, frame.exits = frame.exits, []
    frame.jumped = ""
    before = frame.locals
    through = execute(machine, frame, body)
    way, exits = frame.jumped, frame.exits
    frame.exits, frame.jumped, frame.locals = outer, "", before
    if not exits:
        return "" if through else "return"
    _meet(before, [*exits, before] if through else exits)
    return "break" if not through and way == "break" else ""


def _leaves(block: ir.Block) -> bool:
    return bool(block) and isinstance(block[-1], ir.Return | ir.Raise)


def _while(machine: Machine, frame: Frame, node: ir.While) -> bool:
    if truth(evaluate(machine, frame, node.test)) is False:
        return execute(machine, frame, node.orelse)

    def around() -> bool:
        _turn(machine, frame, node.body)
        return True

    return branches(machine, frame, [around, lambda: True]) and execute(machine, frame, node.orelse)


def _with(machine: Machine, frame: Frame, node: ir.With) -> bool:
    for item in node.items:
        value = evaluate(machine, frame, item.value)
        if isinstance(value, Sequence) and value.kind == "generator":
            value = value.items[0] if value.items else value.rest or UNKNOWN
        elif isinstance(value, Instance):
            for name in ("__enter__", "__aenter__"):
                entered = lookup(machine, frame, value, name, item.value.at)
                if not isinstance(entered, External) and entered is not UNKNOWN:
                    value = machine.call(machine, frame, entered, Arguments(), item.value.at, item.value.at)
                    break
        if item.target is not None:
            bind(machine, frame, item.target, value)
    return execute(machine, frame, node.body)


def _try(machine: Machine, frame: Frame, node: ir.Try) -> bool:
    failed = machine.failed_imports
    left: list[bool] = []
    safe: list[bool] = []
    outer = frame.tests

    def main() -> bool:
        events, calls, risks = len(frame.activation.events), len(frame.activation.calls), machine.risks
        through = execute(machine, frame, node.body)
        left.append(not through)
        safe.append(machine.undo is not None and machine.risks == risks)
        seen = tuple(happening_in(frame.activation, events, calls))
        if seen:
            frame.activation.caught.extend((handler, seen) for handler in node.handlers)
        return through and execute(machine, frame, node.orelse)

    paths: list[Callable[[], bool]] = [main]
    if not (_only_imports(node.body) and _catches_imports(node)):
        paths.extend(_handler(machine, frame, handler, (*outer, node), safe) for handler in node.handlers)
        through = branches(machine, frame, paths)
    else:
        through = main()
        if machine.failed_imports > failed:
            for handler in node.handlers:
                through = execute(machine, frame, handler.body) or through
    if through and any(left):
        frame.tests = (*outer, node)  # the body leaves when it succeeds: what follows hangs on its failure
    return execute(machine, frame, node.final) and through


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
            return False  # a rehearsal met nothing in the body that can fail
        outer, frame.tests = frame.tests, tests
        if handler.name:
            kind = evaluate(machine, frame, handler.type) if handler.type is not None else UNKNOWN
            frame.locals[handler.name] = machine.caught(machine, frame, kind, handler.at)
        through = execute(machine, frame, handler.body)
        frame.tests = outer
        return through

    return path


def _match(machine: Machine, frame: Frame, node: ir.Match) -> bool:
    subject = evaluate(machine, frame, node.subject)
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
            evaluate(machine, frame, case.guard)
        outer, frame.tests = frame.tests, (*frame.tests, node)
        through = execute(machine, frame, case.body)
        frame.tests = outer
        return through

    return path


def _function(machine: Machine, frame: Frame, node: ir.FunctionDef) -> bool:
    value: Value = define_function(machine, frame, node)
    for decorator in reversed(node.decorators):
        if isinstance(decorator, ir.Attribute) and decorator.attr in ("setter", "deleter", "getter"):
            value = resolve_name(machine, frame, node.name)
            break
        value = machine.decorate(machine, frame, evaluate(machine, frame, decorator), value, decorator.at)
    frame.locals[node.name] = value
    return True


def _class(machine: Machine, frame: Frame, node: ir.ClassDef) -> bool:
    bases = arguments_of(machine, frame, node.bases)
    cls = define_class(machine, frame, node, bases)
    inner = Frame(frame.module, cls.namespace, frame.activation, frame.closure(), frame.function, cls, is_class=True)
    inner.depth = frame.depth
    execute(machine, inner, node.body)
    cls.namespace = inner.locals
    value: Value = cls
    for decorator in reversed(node.decorators):
        value = machine.decorate(machine, frame, evaluate(machine, frame, decorator), value, decorator.at)
    frame.locals[node.name] = value
    machine.created(machine, frame, cls)
    return True


def _import(machine: Machine, frame: Frame, node: ir.Import) -> bool:
    for alias in node.names:
        bind_import(machine, frame, alias.name, alias.asname)
    return True


def _import_from(machine: Machine, frame: Frame, node: ir.ImportFrom) -> bool:
    bind_import_from(machine, frame, node)
    return True


def _assert(machine: Machine, frame: Frame, node: ir.Assert) -> bool:
    evaluate(machine, frame, node.test)
    narrow(machine, frame, node.test, holds=True)
    return True


def _jump(machine: Machine, frame: Frame, node: ir.Jump) -> bool:
    if node.kind == "pass":
        return True
    frame.jumped = node.kind
    frame.exits.append(dict(frame.locals))
    return False


_DISPATCH = cast(
    "dict[type, Callable[[Machine, Frame, ir.Stmt], bool]]",
    {
        ir.Assign: _assign,
        ir.Annotated: _annotated,
        ir.Augmented: _augmented,
        ir.Evaluate: _evaluate,
        ir.Return: _return,
        ir.Raise: _raise,
        ir.Delete: _delete,
        ir.Scope: _scope,
        ir.If: _if,
        ir.For: _for,
        ir.While: _while,
        ir.With: _with,
        ir.Try: _try,
        ir.Match: _match,
        ir.FunctionDef: _function,
        ir.ClassDef: _class,
        ir.Import: _import,
        ir.ImportFrom: _import_from,
        ir.Assert: _assert,
        ir.Jump: _jump,
    },
)
