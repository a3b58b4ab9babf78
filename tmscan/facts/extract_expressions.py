"""libcst expressions in, IR expressions out (literals stand in extract_strings, lambdas in extract_definitions)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import libcst as cst

from tmscan.facts.extract_context import Context, ExpressionTable
from tmscan.facts.types import (
    Argument,
    Attribute,
    Await,
    Binary,
    Boolean,
    Call,
    Clause,
    Compare,
    Comprehension,
    Conditional,
    Constant,
    Display,
    Expr,
    Mapping,
    Name,
    Slice,
    Starred,
    Subscript,
    Unary,
    Walrus,
    Yield,
)

_SINGLETONS: dict[str, bool | None] = {"None": None, "True": True, "False": False}
BINARY: dict[type[cst.CSTNode], str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.MatrixMultiply: "@",
    cst.BitAnd: "&",
    cst.BitOr: "|",
    cst.BitXor: "^",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
}
_UNARY: dict[type[cst.CSTNode], str] = {cst.Not: "not", cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~"}
_COMPARE: dict[type[cst.CSTNode], str] = {
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.In: "in",
    cst.NotIn: "not in",
    cst.Is: "is",
    cst.IsNot: "is not",
}


def _name(c: Context, node: cst.Name) -> Expr:
    name = node.value
    if name in _SINGLETONS:
        return Constant(c.at(node), _SINGLETONS[name])
    c.mentions.add(name)
    return Name(c.at(node), name)


def _attribute(c: Context, node: cst.Attribute) -> Expr:
    name = node.attr.value
    c.mentions.add(name)
    return Attribute(c.at(node), c.expression(node.value), name)


def arguments(c: Context, nodes: Iterable[cst.Arg]) -> tuple[Argument, ...]:
    """The arguments of a call or the bases of a class."""
    return tuple(
        [
            Argument(c.expression(node.value), None if node.keyword is None else node.keyword.value, len(node.star))
            for node in nodes
        ]
    )


def _call(c: Context, node: cst.Call) -> Expr:
    return Call(c.at(node), c.end(node), c.expression(node.func), arguments(c, node.args))


def _subscript(c: Context, node: cst.Subscript) -> Expr:
    value = c.expression(node.value)
    elements = [_element(c, element) for element in node.slice]
    if len(elements) == 1 and isinstance(node.slice[0].comma, cst.MaybeSentinel):
        return Subscript(c.at(node), value, elements[0])
    return Subscript(c.at(node), value, Display(elements[0].at, "tuple", tuple(elements)))


def _element(c: Context, node: cst.SubscriptElement) -> Expr:
    inner = node.slice
    if isinstance(inner, cst.Slice):
        return Slice(c.at(node), c.optional(inner.lower), c.optional(inner.upper), c.optional(inner.step))
    if isinstance(inner, cst.Index):
        value = c.expression(inner.value)
        return Starred(c.at(node), value) if inner.star else value
    return c.other(node)


def _binary(c: Context, node: cst.BinaryOperation) -> Expr:
    return Binary(c.at(node), BINARY[node.operator.__class__], c.expression(node.left), c.expression(node.right))


def _unary(c: Context, node: cst.UnaryOperation) -> Expr:
    return Unary(c.at(node), _UNARY[node.operator.__class__], c.expression(node.expression))


def _boolean(c: Context, node: cst.BooleanOperation) -> Expr:
    operator = node.operator.__class__
    values: list[Expr] = []
    waiting: list[cst.BaseExpression] = [node.right, node.left]
    while waiting:
        part = waiting.pop()
        if isinstance(part, cst.BooleanOperation) and part.operator.__class__ is operator and not part.lpar:
            waiting += (part.right, part.left)
        else:
            values.append(c.expression(part))
    return Boolean(c.at(node), "and" if operator is cst.And else "or", tuple(values))


def _comparison(c: Context, node: cst.Comparison) -> Expr:
    left = c.expression(node.left)
    ops = tuple([_COMPARE[target.operator.__class__] for target in node.comparisons])
    return Compare(c.at(node), left, ops, tuple([c.expression(target.comparator) for target in node.comparisons]))


def _conditional(c: Context, node: cst.IfExp) -> Expr:
    return Conditional(c.at(node), c.expression(node.test), c.expression(node.body), c.expression(node.orelse))


def _items(c: Context, nodes: Sequence[cst.BaseElement]) -> tuple[Expr, ...]:
    return tuple([c.expression(n if n.__class__ is cst.StarredElement else n.value) for n in nodes])


def _list(c: Context, node: cst.List) -> Expr:
    return Display(c.at(node), "list", _items(c, node.elements))


def _tuple(c: Context, node: cst.Tuple) -> Expr:
    return Display(c.at(node), "tuple", _items(c, node.elements))


def _set(c: Context, node: cst.Set) -> Expr:
    return Display(c.at(node), "set", _items(c, node.elements))


def _dict(c: Context, node: cst.Dict) -> Expr:
    return Mapping(
        c.at(node),
        tuple(
            [
                (
                    c.expression(element.key) if isinstance(element, cst.DictElement) else None,
                    c.expression(element.value),
                )
                for element in node.elements
            ]
        ),
    )


def _starred(c: Context, node: cst.StarredElement) -> Expr:
    value = c.expression(node.value)
    return Starred(c.at(node), value)


def _clauses(c: Context, node: cst.CompFor) -> tuple[Clause, ...]:
    clauses: list[Clause] = []
    inner: cst.CompFor | None = node
    while inner is not None:
        conditions = tuple([c.expression(condition.test) for condition in inner.ifs])
        clauses.append(Clause(c.expression(inner.target), c.expression(inner.iter), conditions))
        inner = inner.inner_for_in
    return tuple(clauses)


def _simple_comprehension(c: Context, node: cst.GeneratorExp | cst.ListComp | cst.SetComp) -> Expr:
    kind = {cst.ListComp: "list", cst.SetComp: "set"}.get(node.__class__, "generator")
    return Comprehension(c.at(node), kind, None, c.expression(node.elt), _clauses(c, node.for_in))


def _dict_comprehension(c: Context, node: cst.DictComp) -> Expr:
    return Comprehension(c.at(node), "dict", c.expression(node.key), c.expression(node.value), _clauses(c, node.for_in))


def _merging_comprehension(c: Context, node: cst.StarredDictComp) -> Expr:
    return Comprehension(c.at(node), "dict", None, c.expression(node.value), _clauses(c, node.for_in))


def _await(c: Context, node: cst.Await) -> Expr:
    return Await(c.at(node), c.expression(node.expression))


def _yield(c: Context, node: cst.Yield) -> Expr:
    c.yields = True
    if isinstance(node.value, cst.From):
        return Yield(c.at(node), c.expression(node.value.item), delegates=True)
    return Yield(c.at(node), c.optional(node.value), delegates=False)


def _walrus(c: Context, node: cst.NamedExpr) -> Expr:
    return Walrus(c.at(node), c.expression(node.target), c.expression(node.value))


EXPRESSIONS: ExpressionTable = {
    cst.Name: _name,
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.Subscript: _subscript,
    cst.BinaryOperation: _binary,
    cst.UnaryOperation: _unary,
    cst.BooleanOperation: _boolean,
    cst.Comparison: _comparison,
    cst.IfExp: _conditional,
    cst.List: _list,
    cst.Tuple: _tuple,
    cst.Set: _set,
    cst.Dict: _dict,
    cst.StarredElement: _starred,
    cst.ListComp: _simple_comprehension,
    cst.SetComp: _simple_comprehension,
    cst.GeneratorExp: _simple_comprehension,
    cst.DictComp: _dict_comprehension,
    cst.Await: _await,
    cst.Yield: _yield,
    cst.NamedExpr: _walrus,
}
if hasattr(cst, "StarredDictComp"):  # libcst ≥ 1.9: `{**part for part in parts}`
    EXPRESSIONS[cst.StarredDictComp] = _merging_comprehension
