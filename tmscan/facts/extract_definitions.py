"""Functions, lambdas and classes in; FunctionDef (its body encoded) and ClassDef out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import libcst as cst
import msgspec

from tmscan.facts.extract_annotations import annotation
from tmscan.facts.extract_context import Context, ExpressionTable, StatementTable
from tmscan.facts.extract_expressions import arguments
from tmscan.facts.types import (
    At,
    Block,
    ClassDef,
    Constant,
    Evaluate,
    Expr,
    FunctionDef,
    Lambda,
    Parameter,
    Return,
    Stmt,
)

_encode = msgspec.msgpack.Encoder().encode


def docstring_of(block: Block) -> tuple[str, Block]:
    """A docstring and the block without it."""
    first = block[0] if block else None
    if isinstance(first, Evaluate) and isinstance(first.value, Constant) and isinstance(first.value.value, str):
        return first.value.value, block[1:]
    return "", block


def _function(c: Context, node: cst.FunctionDef) -> Stmt:
    decorators = _decorators(c, node.decorators)
    parameters = _parameters(c, node.params)
    returns = annotation(c, node.returns)
    outer_mentions, outer_yields, outer_depth = c.mentions, c.yields, c.depth
    c.mentions, c.yields, c.depth = set(), False, 0
    docstring, block = docstring_of(c.block(node.body))
    function = FunctionDef(
        c.at(node.name),
        node.name.value,
        _start(c, node),
        c.last_line,
        parameters,
        decorators,
        returns,
        node.asynchronous is not None,
        c.yields,
        docstring,
        tuple(sorted(c.mentions)),
        msgspec.Raw(_encode(block)),
    )
    outer_mentions |= c.mentions
    c.mentions, c.yields, c.depth = outer_mentions, outer_yields, outer_depth
    return function


def _start(c: Context, node: cst.FunctionDef | cst.ClassDef) -> int:
    return c.at(node.decorators[0] if node.decorators else node) >> 12


def _decorators(c: Context, nodes: Sequence[cst.Decorator]) -> tuple[Expr, ...]:
    return tuple([c.expression(node.decorator) for node in nodes])


def _parameters(c: Context, node: cst.Parameters) -> tuple[Parameter, ...]:
    found = _of_kind(c, node.posonly_params, 0) + _of_kind(c, node.params, 1)
    if isinstance(node.star_arg, cst.Param):
        found += _of_kind(c, (node.star_arg,), 2)
    found += _of_kind(c, node.kwonly_params, 3)
    if node.star_kwarg is not None:
        found += _of_kind(c, (node.star_kwarg,), 4)
    return tuple(found)


def _of_kind(c: Context, nodes: Iterable[cst.Param], kind: int) -> list[Parameter]:
    return [Parameter(p.name.value, kind, annotation(c, p.annotation), c.optional(p.default)) for p in nodes]


def _lambda(c: Context, node: cst.Lambda) -> Expr:
    at: At = c.at(node)
    parameters = _parameters(c, node.params)
    outer_mentions, outer_yields = c.mentions, c.yields
    c.mentions, c.yields = set(), False
    value = c.expression(node.body)
    function = FunctionDef(
        at,
        "<lambda>",
        at >> 12,
        c.end(node) >> 12,
        parameters,
        (),
        None,
        False,
        c.yields,
        "",
        tuple(sorted(c.mentions)),
        msgspec.Raw(_encode((Return(value.at, value),))),
    )
    outer_mentions |= c.mentions
    c.mentions, c.yields = outer_mentions, outer_yields
    return Lambda(at, function)


def _class(c: Context, node: cst.ClassDef) -> Stmt:
    decorators = _decorators(c, node.decorators)
    bases = arguments(c, node.bases) + arguments(c, node.keywords)
    docstring, block = docstring_of(c.block(node.body))
    return ClassDef(c.at(node.name), node.name.value, _start(c, node), c.last_line, bases, decorators, docstring, block)


EXPRESSIONS: ExpressionTable = {cst.Lambda: _lambda}
STATEMENTS: StatementTable = {cst.FunctionDef: _function, cst.ClassDef: _class}
