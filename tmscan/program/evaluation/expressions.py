"""Evaluating expressions: an IR expression and a frame go in, a value comes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from tmscan.facts import types as ir
from tmscan.program.conditions.narrowing import narrow
from tmscan.program.conditions.rewriting import REWRITING, rewritten
from tmscan.program.data.binding import bind
from tmscan.program.data.displays import display, mapping
from tmscan.program.data.iteration import comprehension, yielded
from tmscan.program.data.operators import arithmetic, concatenate, truth
from tmscan.program.data.pieces import SPLITTING, filled_in, piece, split_up
from tmscan.program.data.presence import answer_of
from tmscan.program.data.reads import READING, looked_up_again, read_again
from tmscan.program.data.subscripts import element, subscript
from tmscan.program.evaluation.boolean import boolean
from tmscan.program.lattice import join, origins_of, unknown
from tmscan.program.machine import Machine, external
from tmscan.program.objects.attributes import lookup
from tmscan.program.objects.delivered import as_delivered
from tmscan.program.objects.unseen import record_unseen
from tmscan.program.values import (
    FALSE,
    NOTHING,
    TRUE,
    UNKNOWN,
    Arguments,
    Deferred,
    Frame,
    Function,
    Known,
    Sequence,
    Table,
    Value,
)


def evaluate(machine: Machine, frame: Frame, node: ir.Expr) -> Value:
    """The value of `node` in `frame`. Never raises for what the code does; past the budget everything is unknown."""
    machine.steps += 1
    if machine.steps > machine.limit:
        return UNKNOWN
    return _DISPATCH[type(node)](machine, frame, node)


def resolve_name(machine: Machine, frame: Frame, name: str) -> Value:
    """What a bare name means in `frame`: local, enclosing, module, then builtin."""
    scope: Frame | None = frame
    if frame.globals is None or name not in frame.globals:
        while scope is not None:
            found = scope.locals.get(name)
            if found is not None:
                return settle(machine, found)
            scope = scope.enclosing
    module = frame.module.frame
    if module is not None:
        found = module.locals.get(name)
        if found is not None:
            return as_delivered(machine, name, settle(machine, found))
    native = machine.builtins.get(name)
    if native is not None:
        return native
    if name in machine.builtin_names:
        return external(machine, f"builtins.{name}")
    if frame.module.stars:
        return external(machine, f"{frame.module.stars[0]}.{name}")
    return UNKNOWN


def settle(machine: Machine, value: Value) -> Value:
    """A deferred name, resolved if its module has come to define it since."""
    if type(value) is Deferred:
        return machine.attribute(machine, machine.nowhere, value.module, value.name, 0)
    return value


def _constant(machine: Machine, frame: Frame, node: ir.Constant) -> Value:
    if node.value is None:
        return NOTHING
    if node.value is True:
        return TRUE
    return FALSE if node.value is False else Known(node.value)


def _bytes(machine: Machine, frame: Frame, node: ir.Bytes) -> Value:
    return Known(node.value)


def _name(machine: Machine, frame: Frame, node: ir.Name) -> Value:
    return resolve_name(machine, frame, node.id)


def _attribute(machine: Machine, frame: Frame, node: ir.Attribute) -> Value:
    owner = evaluate(machine, frame, node.value)
    return looked_up_again(frame, node, owner, lookup(machine, frame, owner, node.attr, node.at))


def _subscript(machine: Machine, frame: Frame, node: ir.Subscript) -> Value:
    value, index = evaluate(machine, frame, node.value), evaluate(machine, frame, node.index)
    found = subscript(machine, frame, value, index, node.at)
    return piece(node, index, found) if type(node.value) is ir.Call else read_again(machine, frame, node, found)


def _slice(machine: Machine, frame: Frame, node: ir.Slice) -> Value:
    bounds = [
        evaluate(machine, frame, part) if part is not None else NOTHING for part in (node.lower, node.upper, node.step)
    ]
    return Sequence("slice", bounds)


def _call(machine: Machine, frame: Frame, node: ir.Call) -> Value:
    callee = evaluate(machine, frame, node.func)
    arguments = arguments_of(machine, frame, node.arguments) if node.arguments else Arguments()
    result = machine.call(machine, frame, callee, arguments, node.at, node.end)
    if type(node.func) is ir.Attribute:
        name = node.func.attr
        if name in REWRITING:
            return rewritten(name, callee, arguments, result)
        if name == "format":
            return filled_in(callee, arguments, result)
        if name in SPLITTING:
            return split_up(name, arguments, result)
        if name in machine.vocabulary.unseen:
            record_unseen(machine, frame, callee, name, arguments, node.at, node.end)
        if name in READING:
            return read_again(machine, frame, node, result)
    return result


def arguments_of(machine: Machine, frame: Frame, nodes: tuple[ir.Argument, ...]) -> Arguments:
    """The evaluated arguments of a call; stars with known content are spread."""
    found = Arguments()
    for node in nodes:
        value = evaluate(machine, frame, node.value)
        if node.star == 0:
            if node.keyword is None:
                found.positional.append(value)
            else:
                found.keywords[node.keyword] = value
        elif node.star == 1:
            if type(value) is Sequence and value.kind != "slice":
                found.positional.extend(value.items)
                if value.rest is not None:
                    found.unknown = value.rest
            else:
                found.unknown = element(machine, value)
        elif type(value) is Table:
            for key, item in value.items.items():
                if isinstance(key, str):
                    found.keywords.setdefault(key, item)
            if value.rest is not None:
                found.unknown = value.rest
        else:
            found.unknown = unknown(origins_of(value))
    return found


def _formatted(machine: Machine, frame: Frame, node: ir.Formatted) -> Value:
    value = evaluate(machine, frame, node.value)
    if node.spec is not None or node.conversion == "r":
        if type(value) is Known and node.spec is None and isinstance(value.value, str):
            return Known(repr(value.value))
        return unknown(origins_of(value))
    return value


def _joined(machine: Machine, frame: Frame, node: ir.JoinedString) -> Value:
    return concatenate([evaluate(machine, frame, part) for part in node.parts])


def _binary(machine: Machine, frame: Frame, node: ir.Binary) -> Value:
    left = evaluate(machine, frame, node.left)
    return arithmetic(machine, frame, node.op, left, evaluate(machine, frame, node.right))


def _unary(machine: Machine, frame: Frame, node: ir.Unary) -> Value:
    value = evaluate(machine, frame, node.value)
    if node.op == "not":
        known = truth(value)
        return UNKNOWN if known is None else FALSE if known else TRUE
    if type(value) is Known and isinstance(value.value, int | float):
        return Known(-value.value if node.op == "-" else value.value if node.op == "+" else ~int(value.value))
    return unknown(origins_of(value))


def _compare(machine: Machine, frame: Frame, node: ir.Compare) -> Value:
    left = evaluate(machine, frame, node.left)
    answer: bool | None = True
    for op, right_node in zip(node.ops, node.rights, strict=True):
        right = evaluate(machine, frame, right_node)
        verdict = answer_of(machine, op, left, right)
        if verdict is False:
            return FALSE
        answer = answer if verdict else None
        left = right
    return TRUE if answer else UNKNOWN


def _conditional(machine: Machine, frame: Frame, node: ir.Conditional) -> Value:
    known = truth(evaluate(machine, frame, node.test))
    outer = frame.tests
    frame.tests = (*outer, node.test)
    if known is not None:
        value = evaluate(machine, frame, node.body if known else node.orelse)
    else:
        value = join([_case(machine, frame, node, holds=True), _case(machine, frame, node, holds=False)])
    frame.tests = outer
    return value


def _case(machine: Machine, frame: Frame, node: ir.Conditional, *, holds: bool) -> Value:
    """One arm of a conditional expression, with what its test says of the names."""
    before = frame.locals
    frame.locals = dict(before)
    narrow(machine, frame, node.test, holds=holds)
    value, frame.locals = evaluate(machine, frame, node.body if holds else node.orelse), before
    return value


def _lambda(machine: Machine, frame: Frame, node: ir.Lambda) -> Value:
    prefix = f"{frame.function.qualname}.<locals>." if frame.function else ""
    function = Function(node.function, frame.module, f"{prefix}<lambda>", frame.closure())
    for parameter in node.function.parameters:
        if parameter.default is not None:
            function.defaults[parameter.name] = evaluate(machine, frame, parameter.default)
    return function


def _starred(machine: Machine, frame: Frame, node: ir.Starred) -> Value:
    return evaluate(machine, frame, node.value)


def _await(machine: Machine, frame: Frame, node: ir.Await) -> Value:
    return evaluate(machine, frame, node.value)


def _walrus(machine: Machine, frame: Frame, node: ir.Walrus) -> Value:
    value = evaluate(machine, frame, node.value)
    bind(machine, frame, node.target, value)
    return value


def _other(machine: Machine, frame: Frame, node: ir.Other) -> Value:
    return UNKNOWN


_DISPATCH = cast(
    "dict[type, Callable[[Machine, Frame, ir.Expr], Value]]",
    {
        ir.Constant: _constant,
        ir.Bytes: _bytes,
        ir.Name: _name,
        ir.Attribute: _attribute,
        ir.Subscript: _subscript,
        ir.Slice: _slice,
        ir.Call: _call,
        ir.Formatted: _formatted,
        ir.JoinedString: _joined,
        ir.Binary: _binary,
        ir.Unary: _unary,
        ir.Boolean: boolean,
        ir.Compare: _compare,
        ir.Conditional: _conditional,
        ir.Lambda: _lambda,
        ir.Display: display,
        ir.Mapping: mapping,
        ir.Starred: _starred,
        ir.Comprehension: comprehension,
        ir.Await: _await,
        ir.Yield: yielded,
        ir.Walrus: _walrus,
        ir.Other: _other,
    },
)
