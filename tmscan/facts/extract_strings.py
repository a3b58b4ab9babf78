"""String and number literals in; constants, bytes and f-strings out, escapes evaluated and adjacent literals joined."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import libcst as cst

from tmscan.facts.extract_context import Context, ExpressionTable
from tmscan.facts.types import At, Bytes, Constant, Expr, Formatted, JoinedString, Other

_LARGEST = 2**63


def literal_value(token: str) -> str | bytes:
    """The value of one string literal as written; the text between the quotes where its escapes are not valid."""
    start = token.find(token[-1])
    prefix = token[:start].lower()
    width = 3 if len(token) - start >= 6 and token[start : start + 3] == token[-1] * 3 else 1
    body = token[start + width : -width]
    if "b" in prefix:
        return _evaluated(token, body.encode("utf-8", "replace")) if "\\" in body else body.encode("utf-8", "replace")
    if "\\" not in body or "r" in prefix:
        return body
    value = _evaluated(token, body)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else body


def _evaluated(token: str, otherwise: str | bytes) -> str | bytes:
    try:
        value = ast.literal_eval(token)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return otherwise
    return value if isinstance(value, str | bytes) else otherwise


def _simple(c: Context, node: cst.SimpleString) -> Expr:
    value = literal_value(node.value)
    return Bytes(c.at(node), value) if isinstance(value, bytes) else Constant(c.at(node), value)


def _concatenated(c: Context, node: cst.ConcatenatedString) -> Expr:
    literals: list[cst.CSTNode] = []
    rest: cst.CSTNode = node
    while isinstance(rest, cst.ConcatenatedString):
        literals.append(rest.left)
        rest = rest.right
    literals.append(rest)
    at = c.at(literals[0])
    if all(isinstance(literal, cst.SimpleString) for literal in literals):
        values = [literal_value(literal.value) for literal in literals if isinstance(literal, cst.SimpleString)]
        if isinstance(values[0], bytes):
            return Bytes(at, b"".join(value for value in values if isinstance(value, bytes)))
        return Constant(at, "".join(value for value in values if isinstance(value, str)))
    parts: list[Expr] = []
    for literal in literals:
        if isinstance(literal, cst.SimpleString):
            parts.append(_simple(c, literal))
        elif isinstance(literal, cst.FormattedString | cst.TemplatedString):
            parts.extend(_parts(c, literal.parts, literal.start, c.at(literal)))
    return JoinedString(at, _joined(parts))


def _formatted(c: Context, node: cst.FormattedString | cst.TemplatedString) -> Expr:
    at = c.at(node)
    return JoinedString(at, _joined(_parts(c, node.parts, node.start, at)))


def _parts(c: Context, nodes: Iterable[cst.CSTNode], opening: str, at: At) -> list[Expr]:
    found: list[Expr] = []
    for node in nodes:
        if isinstance(node, cst.FormattedStringText | cst.TemplatedStringText):
            found.append(Constant(at, _text(node.value, opening)))
        elif isinstance(node, cst.FormattedStringExpression | cst.TemplatedStringExpression):
            value = c.expression(node.expression)
            conversion = node.conversion or ""
            spec = None
            if node.format_spec is not None:
                parts = _joined(_parts(c, node.format_spec, opening, at))
                spec = parts[0] if len(parts) == 1 and isinstance(parts[0], Constant) else JoinedString(at, parts)
            if node.equal is not None:
                found.append(Constant(at, _shown(c, node)))
                conversion = conversion or ("" if spec else "r")
            found.append(Formatted(value.at, value=value, conversion=conversion, spec=spec))
    return found


def _shown(c: Context, node: cst.FormattedStringExpression | cst.TemplatedStringExpression) -> str:
    """The text that `{x = }` shows before the value."""
    start, equal = c.starts.get(id(node.expression)), c.starts.get(id(node.equal))
    return "=" if start is None or equal is None else c.source[c.offsets[start] : c.offsets[equal] + 1]


def _text(text: str, opening: str) -> str:
    text = text.replace("{{", "{").replace("}}", "}")
    quote = opening.lstrip("fFrRtTuU")
    if "\\" not in text or "r" in opening[: -len(quote)].lower():
        return text
    value = literal_value(f"{quote}{text}{quote}")
    return value if isinstance(value, str) else text


def _joined(parts: list[Expr]) -> tuple[Expr, ...]:
    """The parts with neighbouring texts made one."""
    joined: list[Expr] = []
    for part in parts:
        last = joined[-1] if joined else None
        if (
            isinstance(part, Constant)
            and isinstance(last, Constant)
            and isinstance(part.value, str)
            and isinstance(last.value, str)
        ):
            joined[-1] = Constant(last.at, last.value + part.value)
        else:
            joined.append(part)
    return tuple(joined)


def _integer(c: Context, node: cst.Integer) -> Expr:
    try:
        value = int(node.value, 0)
    except ValueError:  # more digits than Python converts
        return Other(c.at(node), node.value[:80])
    return Constant(c.at(node), value) if value < _LARGEST else Other(c.at(node), node.value[:80])


def _float(c: Context, node: cst.Float) -> Expr:
    return Constant(c.at(node), float(node.value))


def _imaginary(c: Context, node: cst.Imaginary) -> Expr:
    return Other(c.at(node), node.value[:80])


def _ellipsis(c: Context, node: cst.Ellipsis) -> Expr:
    return Other(c.at(node), "...")


EXPRESSIONS: ExpressionTable = {
    cst.SimpleString: _simple,
    cst.ConcatenatedString: _concatenated,
    cst.FormattedString: _formatted,
    cst.TemplatedString: _formatted,
    cst.Integer: _integer,
    cst.Float: _float,
    cst.Imaginary: _imaginary,
    cst.Ellipsis: _ellipsis,
}
