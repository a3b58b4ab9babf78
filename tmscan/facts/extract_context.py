"""A parsed module in; what every converter needs out: positions, the dispatcher, and what a function mentions.

Positions come from libcst's own code generation: it is run once over the tree with a state that only keeps the tokens
and remembers, for every node that asks to have its position recorded, how many tokens came before it. Adding up token
lengths gives offsets. That costs a third of a parse; libcst's PositionProvider costs almost two.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import accumulate
from threading import RLock
from typing import TypeAlias, cast

import libcst as cst
from libcst._nodes.internal import CodegenState

from tmscan.facts.types import At, Block, Expr, Other, Stmt

ExpressionTable: TypeAlias = dict[type[cst.CSTNode], Callable[..., Expr]]
StatementTable: TypeAlias = dict[type[cst.CSTNode], Callable[..., Stmt]]

MAX_COLUMN = 4095
# Later rooms walk the facts recursively: nothing they get is nested deeper than this.
MAX_DEPTH = 200
MAX_ELIFS = 80

_WITH_END = frozenset({cst.Call, cst.Lambda, cst.SimpleStatementLine, cst.SimpleStatementSuite})
# The cheapest context manager there is that does nothing: entered and left by one thread only, and written in C.
_NOTHING = RLock()


class _Recorder(CodegenState):
    """Keeps the tokens; remembers the number of tokens before (and for a few classes, after) each node."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__(default_indent=module.default_indent, default_newline=module.default_newline)
        self.starts: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        # A method of the instance, so that libcst's calls land in C.
        self.add_token = self.tokens.append  # type: ignore[method-assign, assignment]  # quicker

    def record_syntactic_position(  # type: ignore[override]  # looser than libcst's
        self, node: cst.CSTNode, **_ends: cst.CSTNode
    ) -> AbstractContextManager[object]:
        self.starts[id(node)] = len(self.tokens)
        return _End(self, node) if node.__class__ in _WITH_END else _NOTHING


class _End:
    """Remembers the number of tokens when a node is complete."""

    __slots__ = ("node", "recorder")

    def __init__(self, recorder: _Recorder, node: cst.CSTNode) -> None:
        self.recorder = recorder
        self.node = node

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        self.recorder.ends[id(self.node)] = len(self.recorder.tokens)


@dataclass(slots=True, eq=False)
class Context:
    """What converters share. `mentions` and `yields` belong to the innermost function being converted."""

    source: str
    tokens: list[str]
    offsets: list[int]
    starts: dict[int, int]
    ends: dict[int, int]
    line_starts: list[int]
    expressions: ExpressionTable
    statements: StatementTable
    mentions: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    yields: bool = False
    depth: int = 0
    last_line: int = 1
    inside: At = 0  # where everything stands that has no position of its own: the parts of a string annotation

    def at(self, node: cst.CSTNode) -> At:
        """Where a node starts, its own round brackets left out."""
        index = self.starts.get(id(node))
        return self.inside if index is None else self.place(self.offsets[index])

    def end(self, node: cst.CSTNode) -> At:
        """One past the last character of a Call, a Lambda or a line of simple statements."""
        index = self.ends.get(id(node))
        return self.inside if index is None else self.place(self.offsets[index])

    def place(self, offset: int) -> At:
        """The position of a character of the source."""
        line = bisect_right(self.line_starts, offset)
        column = offset - self.line_starts[line - 1] + 1
        return line << 12 | (column if column < MAX_COLUMN else MAX_COLUMN)

    def expression(self, node: cst.CSTNode) -> Expr:
        """One expression with all that is in it; what is nested too deeply becomes its text."""
        if self.depth >= MAX_DEPTH:
            return self.other(node)
        self.depth += 1
        converted = self.expressions[node.__class__](self, node)
        self.depth -= 1
        return converted

    def optional(self, node: cst.CSTNode | None) -> Expr | None:
        """The same for a node that may be missing."""
        return None if node is None else self.expression(node)

    def other(self, node: cst.CSTNode) -> Other:
        """An expression as text, cut to one line of 80 characters."""
        index = self.starts.get(id(node))
        offset = 0 if index is None else self.offsets[index]
        text = self.source[offset : offset + 80].split("\n", 1)[0] if index is not None else "..."
        return Other(self.at(node), text)

    def block(self, body: cst.BaseSuite | cst.Module) -> Block:
        """The statements of a suite or a module, docstring included; a lone `pass` stays, others go."""
        self.depth += 1
        found: list[Stmt] = []
        table = self.statements
        lone: Stmt | None = None
        lines = [body] if isinstance(body, cst.SimpleStatementSuite) else body.body
        for line in lines:
            if line.__class__ is cst.SimpleStatementLine or line.__class__ is cst.SimpleStatementSuite:
                for small in cast("cst.SimpleStatementLine", line).body:
                    if small.__class__ is cst.Pass:
                        lone = table[cst.Pass](self, small)
                    else:
                        found.append(table[small.__class__](self, small))
                self.last_line = self.end(line) >> 12
            else:
                found.append(table[line.__class__](self, line))
        self.depth -= 1
        if not found and lone is not None:
            return (lone,)
        return tuple(found)


def record(source: str, module: cst.Module, expressions: ExpressionTable, statements: StatementTable) -> Context:
    """Runs the recording pass over a module and returns the context for converting it."""
    recorder = _Recorder(module)
    module._codegen(recorder)
    line_starts = list(accumulate((len(line) + 1 for line in source.split("\n")), initial=0))
    line_starts.pop()
    return Context(
        source=source,
        tokens=recorder.tokens,
        offsets=_offsets(source, recorder.tokens),
        starts=recorder.starts,
        ends=recorder.ends,
        line_starts=line_starts,
        expressions=expressions,
        statements=statements,
    )


def _offsets(source: str, tokens: list[str]) -> list[int]:
    """Where each token starts, and the end. libcst forgets some white space (before the colon of `except (A) :`)."""
    if "".join(tokens) == source:
        return list(accumulate(map(len, tokens), initial=0))
    offsets: list[int] = []
    offset = 0
    for token in tokens:
        if not source.startswith(token, offset):
            if token.isspace():
                offsets.append(offset)
                continue
            while offset < len(source) and source[offset] in " \t\f\\\n" and not source.startswith(token, offset):
                offset += 1
        offsets.append(offset)
        offset += len(token)
    offsets.append(offset)
    return offsets
