"""Running statements: a block and a frame go in; names change, and the answer says whether control falls through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from tmscan.facts import types as ir
from tmscan.program.checks import kept
from tmscan.program.conditions.narrowing import narrow
from tmscan.program.conditions.promises import promise
from tmscan.program.conditions.remembered import remember
from tmscan.program.data.binding import bind
from tmscan.program.data.iteration import iterate
from tmscan.program.data.operators import arithmetic
from tmscan.program.data.subscripts import element
from tmscan.program.evaluation.control import for_, if_, match_, try_, while_
from tmscan.program.evaluation.definitions import define_class, define_function, described
from tmscan.program.evaluation.expressions import arguments_of, evaluate, resolve_name
from tmscan.program.evaluation.leaving import never_returns
from tmscan.program.evaluation.managed import with_
from tmscan.program.imports import bind_import, bind_import_from
from tmscan.program.lattice import add, join
from tmscan.program.machine import Machine, keep_before
from tmscan.program.objects.relations import note_relations
from tmscan.program.objects.typing_hints import instance_of_annotation
from tmscan.program.tables import take_out
from tmscan.program.values import (
    NOTHING,
    UNKNOWN,
    Arguments,
    Event,
    External,
    Frame,
    Sequence,
    Table,
    Value,
)

EACH = 300  # steps for a statement of a module, or of a class in it, past its share


def execute(machine: Machine, frame: Frame, block: ir.Block) -> bool:
    """Run a block; False when control never reaches its end (return, raise, break, continue)."""
    tests = frame.tests
    for statement in block:
        machine.steps += 1
        if machine.steps > machine.limit and not _goes_on(machine, frame):
            return True  # past the budget nothing runs; what was cut is on record
        if not _DISPATCH[type(statement)](machine, frame, statement):
            frame.tests = tests
            return False
    frame.hung = frame.tests[len(tests) :]
    frame.tests = tests
    return True


def _goes_on(machine: Machine, frame: Frame) -> bool:
    """Whether the top level of a module goes on past its share: in small steps, as others need what it defines."""
    if frame.activation.function is not None or machine.undo is not None:
        return False
    reason = ("the module's top level takes too many steps", frame.module, 0)
    if not machine.cut or machine.cut[-1] != reason:
        machine.cut.append(reason)
    machine.limit = min(machine.budget, machine.steps + EACH)
    return machine.steps <= machine.limit


def _assign(machine: Machine, frame: Frame, node: ir.Assign) -> bool:
    value = evaluate(machine, frame, node.value)
    kept(frame, node.value, answer=None)
    for target in node.targets:
        bind(machine, frame, target, value)
    remember(frame, node)
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
        add(before, list(items))
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
    value = evaluate(machine, frame, node.value)
    if type(value) is External and value.event is not None and value.event.path in machine.vocabulary.ending:
        frame.jumped = ""
        return False
    if never_returns(machine, frame, node.value, value):
        frame.jumped = ""
        return False
    kept(frame, node.value, answer=None)
    return True


def _return(machine: Machine, frame: Frame, node: ir.Return) -> bool:
    value = evaluate(machine, frame, node.value) if node.value is not None else NOTHING
    promise(machine, frame, node.value, value)
    frame.returns.append(value)
    frame.activation.ends.append(("return", _as_it_is(machine, value), node.at, frame.tests))
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
        elif isinstance(target, ir.Subscript):
            owner = evaluate(machine, frame, target.value)
            if isinstance(owner, Table):
                keep_before(machine, owner)
                take_out(frame, owner, evaluate(machine, frame, target.index))
    return True


def _scope(machine: Machine, frame: Frame, node: ir.Scope) -> bool:
    if node.kind == "global":
        frame.globals = (frame.globals or set()) | set(node.names)
    else:
        frame.nonlocals = (frame.nonlocals or set()) | set(node.names)
    return True


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
    described(machine, cls)
    note_relations(machine, cls)
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
        ir.If: if_,
        ir.For: for_,
        ir.While: while_,
        ir.With: with_,
        ir.Try: try_,
        ir.Match: match_,
        ir.FunctionDef: _function,
        ir.ClassDef: _class,
        ir.Import: _import,
        ir.ImportFrom: _import_from,
        ir.Assert: _assert,
        ir.Jump: _jump,
    },
)


def _as_it_is(machine: Machine, value: Value) -> Value:
    """What a function ends with as it is now, where a rehearsal takes back what was written: `answer.status = 401`."""
    if machine.undo is None or not isinstance(value, External) or not value.attributes:
        return value
    return replace(value, attributes=dict(value.attributes))
