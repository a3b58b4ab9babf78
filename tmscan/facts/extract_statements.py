"""libcst statements in, IR statements out (definitions stand in extract_definitions, imports in extract_imports)."""

from __future__ import annotations

import libcst as cst

from tmscan.facts.extract_annotations import annotation
from tmscan.facts.extract_context import MAX_ELIFS, Context, StatementTable
from tmscan.facts.extract_expressions import BINARY
from tmscan.facts.extract_patterns import pattern
from tmscan.facts.types import (
    Annotated,
    Assert,
    Assign,
    Augmented,
    Block,
    Case,
    Delete,
    Evaluate,
    For,
    Handler,
    If,
    Jump,
    Match,
    Name,
    Raise,
    Return,
    Scope,
    Stmt,
    Try,
    While,
    With,
    WithItem,
)

_AUGMENTED: dict[type[cst.CSTNode], str] = {
    getattr(cst, operator.__name__ + "Assign"): text for operator, text in BINARY.items()
}


def _evaluate(c: Context, node: cst.Expr) -> Stmt:
    return Evaluate(c.at(node), c.expression(node.value))


def _assign(c: Context, node: cst.Assign) -> Stmt:
    return Assign(c.at(node), tuple([c.expression(target.target) for target in node.targets]), c.expression(node.value))


def _annotated(c: Context, node: cst.AnnAssign) -> Stmt:
    target = c.expression(node.target)
    hint = annotation(c, node.annotation)
    return Annotated(c.at(node), target, hint or c.other(node), c.optional(node.value))


def _augmented(c: Context, node: cst.AugAssign) -> Stmt:
    return Augmented(
        c.at(node), c.expression(node.target), _AUGMENTED[node.operator.__class__], c.expression(node.value)
    )


def _type_alias(c: Context, node: cst.TypeAlias) -> Stmt:
    return Assign(c.at(node), (Name(c.at(node.name), node.name.value),), c.expression(node.value))


def _return(c: Context, node: cst.Return) -> Stmt:
    return Return(c.at(node), c.optional(node.value))


def _raise(c: Context, node: cst.Raise) -> Stmt:
    return Raise(c.at(node), c.optional(node.exc), None if node.cause is None else c.expression(node.cause.item))


def _delete(c: Context, node: cst.Del) -> Stmt:
    target = node.target
    if isinstance(target, cst.Tuple):
        return Delete(c.at(node), tuple([c.expression(element.value) for element in target.elements]))
    return Delete(c.at(node), (c.expression(target),))


def _scope(c: Context, node: cst.Global | cst.Nonlocal) -> Stmt:
    names = tuple([item.name.value for item in node.names])
    c.mentions.update(names)
    return Scope(c.at(node), "global" if isinstance(node, cst.Global) else "nonlocal", names)


def _assert(c: Context, node: cst.Assert) -> Stmt:
    return Assert(c.at(node), c.expression(node.test), c.optional(node.msg))


def _jump(c: Context, node: cst.Pass | cst.Break | cst.Continue) -> Stmt:
    return Jump(c.at(node), node.__class__.__name__.lower())


def _orelse(c: Context, node: cst.Else | cst.Finally | None) -> Block:
    return () if node is None else c.block(node.body)


def _if(c: Context, node: cst.If) -> Stmt:
    """An `elif` is an If alone in the orelse; beyond MAX_ELIFS they stand side by side there."""
    branches: list[If] = []
    link: cst.If | cst.Else | None = node
    while isinstance(link, cst.If):
        branches.append(If(c.at(link), c.expression(link.test), c.block(link.body), ()))
        link = link.orelse
    orelse = _orelse(c, link)
    if len(branches) > MAX_ELIFS:
        orelse = (*branches[MAX_ELIFS:], *orelse)
    for branch in reversed(branches[:MAX_ELIFS]):
        orelse = (If(branch.at, branch.test, branch.body, orelse),)
    return orelse[0]


def _for(c: Context, node: cst.For) -> Stmt:
    target, iterable = c.expression(node.target), c.expression(node.iter)
    body = c.block(node.body)
    return For(c.at(node), target, iterable, body, _orelse(c, node.orelse))


def _while(c: Context, node: cst.While) -> Stmt:
    test = c.expression(node.test)
    body = c.block(node.body)
    return While(c.at(node), test, body, _orelse(c, node.orelse))


def _with(c: Context, node: cst.With) -> Stmt:
    items = tuple(
        [
            WithItem(c.expression(item.item), None if item.asname is None else c.expression(item.asname.name))
            for item in node.items
        ]
    )
    return With(c.at(node), items, c.block(node.body))


def _try(c: Context, node: cst.Try | cst.TryStar) -> Stmt:
    body = c.block(node.body)
    handlers = tuple([_handler(c, handler) for handler in node.handlers])
    orelse = _orelse(c, node.orelse)
    return Try(c.at(node), body, handlers, orelse, _orelse(c, node.finalbody))


def _handler(c: Context, node: cst.ExceptHandler | cst.ExceptStarHandler) -> Handler:
    name = node.name.name.value if node.name is not None and isinstance(node.name.name, cst.Name) else None
    return Handler(c.at(node), c.optional(node.type), name, c.block(node.body))


def _match(c: Context, node: cst.Match) -> Stmt:
    subject = c.expression(node.subject)
    cases = tuple([Case(pattern(c, case.pattern), c.optional(case.guard), c.block(case.body)) for case in node.cases])
    return Match(c.at(node), subject, cases)


STATEMENTS: StatementTable = {
    cst.Expr: _evaluate,
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
    cst.TypeAlias: _type_alias,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.Del: _delete,
    cst.Global: _scope,
    cst.Nonlocal: _scope,
    cst.Assert: _assert,
    cst.Pass: _jump,
    cst.Break: _jump,
    cst.Continue: _jump,
    cst.If: _if,
    cst.For: _for,
    cst.While: _while,
    cst.With: _with,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.Match: _match,
}
