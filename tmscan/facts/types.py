"""What is known about one file by itself: a compact syntax IR, with real positions, that knows no framework.

Everything later rooms ask about code is here, so calls, values and taint need no second extraction. Function bodies are
kept as undecoded msgpack (`Raw`): a room that never looks into a function never pays for it.
"""

from __future__ import annotations

import msgspec

from tmscan.facts.expressions import Argument as Argument
from tmscan.facts.expressions import At as At
from tmscan.facts.expressions import Attribute as Attribute
from tmscan.facts.expressions import Await as Await
from tmscan.facts.expressions import Binary as Binary
from tmscan.facts.expressions import Boolean as Boolean
from tmscan.facts.expressions import Bytes as Bytes
from tmscan.facts.expressions import Call as Call
from tmscan.facts.expressions import Clause as Clause
from tmscan.facts.expressions import Compare as Compare
from tmscan.facts.expressions import Comprehension as Comprehension
from tmscan.facts.expressions import Conditional as Conditional
from tmscan.facts.expressions import Constant as Constant
from tmscan.facts.expressions import Display as Display
from tmscan.facts.expressions import Expr as Expr
from tmscan.facts.expressions import Formatted as Formatted
from tmscan.facts.expressions import FunctionDef as FunctionDef
from tmscan.facts.expressions import JoinedString as JoinedString
from tmscan.facts.expressions import Lambda as Lambda
from tmscan.facts.expressions import Mapping as Mapping
from tmscan.facts.expressions import Name as Name
from tmscan.facts.expressions import Node as Node
from tmscan.facts.expressions import Other as Other
from tmscan.facts.expressions import Parameter as Parameter
from tmscan.facts.expressions import Slice as Slice
from tmscan.facts.expressions import Starred as Starred
from tmscan.facts.expressions import Subscript as Subscript
from tmscan.facts.expressions import Unary as Unary
from tmscan.facts.expressions import Walrus as Walrus
from tmscan.facts.expressions import Yield as Yield
from tmscan.facts.expressions import column_of as column_of
from tmscan.facts.expressions import line_of as line_of
from tmscan.facts.statements import Alias as Alias
from tmscan.facts.statements import Annotated as Annotated
from tmscan.facts.statements import Assert as Assert
from tmscan.facts.statements import Assign as Assign
from tmscan.facts.statements import Augmented as Augmented
from tmscan.facts.statements import Block as Block
from tmscan.facts.statements import Case as Case
from tmscan.facts.statements import ClassDef as ClassDef
from tmscan.facts.statements import Delete as Delete
from tmscan.facts.statements import Evaluate as Evaluate
from tmscan.facts.statements import For as For
from tmscan.facts.statements import Handler as Handler
from tmscan.facts.statements import If as If
from tmscan.facts.statements import Import as Import
from tmscan.facts.statements import ImportFrom as ImportFrom
from tmscan.facts.statements import Jump as Jump
from tmscan.facts.statements import Match as Match
from tmscan.facts.statements import Pattern as Pattern
from tmscan.facts.statements import Raise as Raise
from tmscan.facts.statements import Return as Return
from tmscan.facts.statements import Scope as Scope
from tmscan.facts.statements import Stmt as Stmt
from tmscan.facts.statements import Try as Try
from tmscan.facts.statements import While as While
from tmscan.facts.statements import With as With
from tmscan.facts.statements import WithItem as WithItem


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
