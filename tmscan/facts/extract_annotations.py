"""Annotations in, expressions out: those written as strings (`"User | None"`) are parsed where they parse."""

from __future__ import annotations

import libcst as cst

from tmscan.facts.extract_context import Context
from tmscan.facts.types import Attribute, Binary, Constant, Display, Expr, Name, Subscript

_LONGEST = 1000  # a longer string is not a type


def annotation(c: Context, node: cst.Annotation | None) -> Expr | None:
    """The expression of an annotation, strings in it parsed (but not those of `Literal` nor remarks in `Annotated`)."""
    return None if node is None else _unquoted(c, c.expression(node.annotation))


def _unquoted(c: Context, found: Expr) -> Expr:
    if isinstance(found, Constant):
        return _parsed(c, found, found.value) if isinstance(found.value, str) else found
    if isinstance(found, Subscript):
        return _unquoted_subscript(c, found)
    if isinstance(found, Binary):
        left, right = _unquoted(c, found.left), _unquoted(c, found.right)
        return found if left is found.left and right is found.right else Binary(found.at, found.op, left, right)
    if isinstance(found, Display):
        items = tuple([_unquoted(c, item) for item in found.items])
        changed = any(new is not old for new, old in zip(items, found.items, strict=True))
        return Display(found.at, found.kind, items) if changed else found
    return found


def _unquoted_subscript(c: Context, found: Subscript) -> Expr:
    name = found.value.attr if isinstance(found.value, Attribute) else getattr(found.value, "id", "")
    if name == "Literal":
        return found
    if name == "Annotated" and isinstance(found.index, Display) and found.index.items:
        index: Expr = Display(found.index.at, "tuple", (_unquoted(c, found.index.items[0]), *found.index.items[1:]))
    else:
        index = _unquoted(c, found.index)
    return found if index is found.index else Subscript(found.at, found.value, index)


def _parsed(c: Context, found: Constant, text: str) -> Expr:
    text = text.strip()
    names = text.split(".")
    if all(map(str.isidentifier, names)) and text not in {"None", "True", "False"}:
        c.mentions.update(names)
        value: Expr = Name(found.at, names[0])
        for name in names[1:]:
            value = Attribute(found.at, value, name)
        return value
    if len(text) > _LONGEST or text.count("[") + text.count("(") > 50:
        return found
    try:
        node = cst.parse_expression(text)
    except cst.ParserSyntaxError:
        return found
    outside, c.inside = c.inside, found.at
    try:
        return c.expression(node)
    finally:
        c.inside = outside
