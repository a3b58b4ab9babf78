"""What is known about one file by itself: a compact syntax IR, with real positions, that knows no framework.

Everything later rooms ask about code is here, so calls, values and taint need no second extraction. Function bodies are
kept as undecoded msgpack (`Raw`): a room that never looks into a function never pays for it.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

# A position is one integer, line << 12 | column, both 1-based, the column clamped to 4095 (code points).
At: TypeAlias = int


class Node(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False, eq=False):
    """Every IR node; identity, not value, tells two nodes apart."""

    at: At


# ---------------------------------------------------------------- expressions


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

# ---------------------------------------------------------------- statements


class Assign(Node, frozen=True, tag=40):
    targets: tuple[Expr, ...]
    value: Expr


class Annotated(Node, frozen=True, tag=41):
    """`target: annotation = value`; a string annotation arrives parsed where it parses."""

    target: Expr
    annotation: Expr
    value: Expr | None


class Augmented(Node, frozen=True, tag=42):
    """`op` without the equals sign."""

    target: Expr
    op: str
    value: Expr


class Evaluate(Node, frozen=True, tag=43):
    """An expression statement (docstrings are left out; they are fields of their owner)."""

    value: Expr


class Return(Node, frozen=True, tag=44):
    value: Expr | None


class Raise(Node, frozen=True, tag=45):
    exception: Expr | None
    cause: Expr | None


class Delete(Node, frozen=True, tag=46):
    targets: tuple[Expr, ...]


class Scope(Node, frozen=True, tag=47):
    """`global` (kind "global") or `nonlocal`."""

    kind: str
    names: tuple[str, ...]


class If(Node, frozen=True, tag=48):
    test: Expr
    body: Block
    orelse: Block


class For(Node, frozen=True, tag=49):
    target: Expr
    iterable: Expr
    body: Block
    orelse: Block


class While(Node, frozen=True, tag=50):
    test: Expr
    body: Block
    orelse: Block


class WithItem(msgspec.Struct, frozen=True, array_like=True, gc=False):
    value: Expr
    target: Expr | None


class With(Node, frozen=True, tag=51):
    items: tuple[WithItem, ...]
    body: Block


class Handler(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`except type as name:`; `type` None catches everything."""

    at: At
    type: Expr | None
    name: str | None
    body: Block


class Try(Node, frozen=True, tag=52):
    body: Block
    handlers: tuple[Handler, ...]
    orelse: Block
    final: Block


class Pattern(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A `match` pattern. `kind`: value, sequence, mapping, class, or, capture (name or wildcard ""), star, rest.

    `value` holds the constant or class expression, `parts` the nested patterns, `keys` the mapping keys or the keyword
    names of a class pattern (positional ones are ""), `name` what an `as` or a capture binds ("" for nothing).
    """

    kind: str
    value: Expr | None = None
    parts: tuple[Pattern, ...] = ()
    keys: tuple[Expr | str, ...] = ()
    name: str = ""


class Case(msgspec.Struct, frozen=True, array_like=True, gc=False):
    pattern: Pattern
    guard: Expr | None
    body: Block


class Match(Node, frozen=True, tag=53):
    subject: Expr
    cases: tuple[Case, ...]


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


class ClassDef(Node, frozen=True, tag=55):
    """`at` is the position of the name; `bases` holds bases and keywords (metaclass=…) as arguments."""

    name: str
    start: int
    end: int
    bases: tuple[Argument, ...]
    decorators: tuple[Expr, ...]
    docstring: str
    body: Block


class Alias(msgspec.Struct, frozen=True, array_like=True, gc=False):
    name: str
    asname: str | None


class Import(Node, frozen=True, tag=56):
    names: tuple[Alias, ...]


class ImportFrom(Node, frozen=True, tag=57):
    """`level` counts the leading dots; a star import has the single name `*`."""

    module: str
    level: int
    names: tuple[Alias, ...]


class Assert(Node, frozen=True, tag=58):
    test: Expr
    message: Expr | None


class Jump(Node, frozen=True, tag=59):
    """`break`, `continue` or `pass` (pass only where it is the whole body, so that empty handlers show)."""

    kind: str


Stmt: TypeAlias = (
    Assign
    | Annotated
    | Augmented
    | Evaluate
    | Return
    | Raise
    | Delete
    | Scope
    | If
    | For
    | While
    | With
    | Try
    | Match
    | FunctionDef
    | ClassDef
    | Import
    | ImportFrom
    | Assert
    | Jump
)
Block: TypeAlias = tuple[Stmt, ...]


class Comment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A comment that matters: `# tmscan: …` (suppressions) and `# type: …`; text without the leading `#`.

    `trailing` is true when code stands before it on its line.
    """

    line: int
    column: int
    text: str
    trailing: bool


class FileFacts(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=60):
    """Everything later rooms know about one file. `lines` counts its lines.

    `imports` are the dotted names it brings in, sorted: `a.b` for `import a.b`, `a.b` for `from a import b`, `a` for
    `from a import *`, leading dots kept.
    """

    lines: int
    docstring: str
    body: Block
    comments: tuple[Comment, ...]
    imports: tuple[str, ...]


class Unparsed(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=61):
    """The file could not be read as Python: why, and where."""

    reason: str
    line: int


def line_of(at: At) -> int:
    """The 1-based line of a position."""
    return at >> 12


def column_of(at: At) -> int:
    """The 1-based column (code points) of a position."""
    return at & 4095
