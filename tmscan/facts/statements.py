"""Statements of the syntax IR: what stands in a block, the patterns of `match` included."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from tmscan.facts.expressions import Argument, At, Expr, FunctionDef, Node


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
