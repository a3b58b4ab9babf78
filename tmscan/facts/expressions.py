"""Expressions of the syntax IR with their positions, and functions, which a lambda makes expressions of.

They stand apart from statements because they refer to each other, and never to a statement.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

# A position is one integer, line << 12 | column, both 1-based, the column clamped to 4095 (code points).
At: TypeAlias = int


class Node(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False, eq=False):
    """Every IR node; identity, not value, tells two nodes apart."""

    at: At


class Constant(Node, frozen=True, tag=1):
    """A literal. `None` is None; adjacent string literals arrive joined; integers beyond 64 bits arrive as `Other`."""

    value: str | int | float | bool | None


class Bytes(Node, frozen=True, tag=23):
    """A bytes literal, apart from Constant because msgpack cannot tell the two string types of a union apart."""

    value: bytes


class Name(Node, frozen=True, tag=2):
    id: str


class Attribute(Node, frozen=True, tag=3):
    value: Expr
    attr: str


class Subscript(Node, frozen=True, tag=4):
    """`index` is a Tuple for `a[b, c]` and may be or hold a Slice."""

    value: Expr
    index: Expr


class Slice(Node, frozen=True, tag=5):
    lower: Expr | None
    upper: Expr | None
    step: Expr | None


class Argument(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`keyword` is None for a positional one; `star` is 0, 1 (`*x`) or 2 (`**x`)."""

    value: Expr
    keyword: str | None = None
    star: int = 0


class Call(Node, frozen=True, tag=6):
    """`end` is the position one past the closing bracket."""

    end: At
    func: Expr
    arguments: tuple[Argument, ...]


class Formatted(Node, frozen=True, tag=7):
    """One `{value!conversion:spec}` of an f-string (or template string)."""

    value: Expr
    conversion: str
    spec: Expr | None


class JoinedString(Node, frozen=True, tag=8):
    """An f-string: Constant and Formatted parts in order (adjacent plain literals included)."""

    parts: tuple[Expr, ...]


class Binary(Node, frozen=True, tag=9):
    """`op` is the operator's text: `+ - * / // % ** @ & | ^ << >>`."""

    op: str
    left: Expr
    right: Expr


class Unary(Node, frozen=True, tag=10):
    """`op`: `not - + ~`."""

    op: str
    value: Expr


class Boolean(Node, frozen=True, tag=11):
    """`op`: `and` / `or`, flattened."""

    op: str
    values: tuple[Expr, ...]


class Compare(Node, frozen=True, tag=12):
    """`ops`: `== != < <= > >= in`, `not in`, `is`, `is not`."""

    left: Expr
    ops: tuple[str, ...]
    rights: tuple[Expr, ...]


class Conditional(Node, frozen=True, tag=13):
    test: Expr
    body: Expr
    orelse: Expr


class Lambda(Node, frozen=True, tag=14):
    function: FunctionDef


class Display(Node, frozen=True, tag=15):
    """`kind`: `list`, `tuple` or `set`; items may be Starred."""

    kind: str
    items: tuple[Expr, ...]


class Mapping(Node, frozen=True, tag=16):
    """A dict display; a key of None is `**value`."""

    items: tuple[tuple[Expr | None, Expr], ...]


class Starred(Node, frozen=True, tag=17):
    value: Expr


class Clause(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One `for target in iterable if …` of a comprehension."""

    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...]


class Comprehension(Node, frozen=True, tag=18):
    """`kind`: `list`, `set`, `dict` (then `key` is not None) or `generator`."""

    kind: str
    key: Expr | None
    value: Expr
    clauses: tuple[Clause, ...]


class Await(Node, frozen=True, tag=19):
    value: Expr


class Yield(Node, frozen=True, tag=20):
    value: Expr | None
    delegates: bool  # `yield from`


class Walrus(Node, frozen=True, tag=21):
    target: Expr
    value: Expr


class Other(Node, frozen=True, tag=22):
    """An expression the IR does not model (huge integers, `...`, imaginary numbers); its text, cut to 80 characters."""

    text: str


Expr: TypeAlias = (
    Constant
    | Bytes
    | Name
    | Attribute
    | Subscript
    | Slice
    | Call
    | Formatted
    | JoinedString
    | Binary
    | Unary
    | Boolean
    | Compare
    | Conditional
    | Lambda
    | Display
    | Mapping
    | Starred
    | Comprehension
    | Await
    | Yield
    | Walrus
    | Other
)


class Parameter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`kind`: 0 positional-only, 1 positional or keyword, 2 `*args`, 3 keyword-only, 4 `**kwargs`."""

    name: str
    kind: int = 1
    annotation: Expr | None = None
    default: Expr | None = None


class FunctionDef(Node, frozen=True, tag=54):
    """A function, method or lambda (`name` "<lambda>"; its body is one Return).

    `at` is the position of the name (of `lambda` for a lambda), `start` the line of the first decorator or of `def`,
    `end` the last line. `body` is the msgpack of a Block: read it with `facts.body.statements`. `mentions` are all
    names and attribute names used or imported in the body (nested functions included), sorted: quick relevance tests.
    """

    name: str
    start: int
    end: int
    parameters: tuple[Parameter, ...]
    decorators: tuple[Expr, ...]
    returns: Expr | None
    is_async: bool
    is_generator: bool
    docstring: str
    mentions: tuple[str, ...]
    body: msgspec.Raw


def line_of(at: At) -> int:
    """The 1-based line of a position."""
    return at >> 12


def column_of(at: At) -> int:
    """The 1-based column (code points) of a position."""
    return at & 4095
