"""The parts of a body whose exceptions end there: a refusal raised in them refuses nobody.

Statements in; places out, from the first statement of a `try` to its first handler.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tmscan.facts.types import At, Attribute, Block, Call, Constant, Display, Expr, Handler, Name, Raise, Try, With

_BROAD = frozenset({"Exception", "BaseException"})
_REFUSAL = "HTTPException"  # by whatever name it was imported
_NAMED = frozenset({"PermissionDenied", "Forbidden", "Unauthorized", "NotAuthenticated", "NotAuthorized"})
_REFUSES = re.compile(
    r"(?:^|_)(?:401|403)$|forbid|unauth|permission|denied|login|refus|not_?allowed|abort", re.IGNORECASE
)
_RAISES_AGAIN = re.compile(r"re_?raise", re.IGNORECASE)
_DEPTH = 12


def swallowed_parts(body: Block) -> tuple[tuple[At, At], ...]:
    """Where exceptions of every kind are caught by a handler that raises nothing, or refusals by one that helps out."""
    return tuple(
        (node.body[0].at, node.handlers[0].at)
        for node in _tries(body, _DEPTH)
        if node.body and node.handlers and any(_swallows(handler) for handler in node.handlers)
    )


def _swallows(handler: Handler) -> bool:
    kinds = handler.type.items if isinstance(handler.type, Display) else (handler.type,)
    if _raises(handler.body, _DEPTH):
        return False
    if any(_is_broad(kind) for kind in kinds):
        return True
    told = handler.name is not None or any(_REFUSES.search(word) for word in _words(handler.body, _DEPTH))
    return not told and any(kind is not None and _last(kind) in _NAMED for kind in kinds)


def _words(node: object, depth: int) -> Iterator[str]:
    """The names, attributes and constants in some code."""
    if isinstance(node, tuple):
        for item in node:
            yield from _words(item, depth)
    elif isinstance(node, Constant):
        yield str(node.value)
    elif hasattr(node, "__struct_fields__") and depth:
        for name in node.__struct_fields__:
            value = getattr(node, name)
            if name in ("id", "attr"):
                yield str(value)
            elif not isinstance(value, str | int | bool | None):
                yield from _words(value, depth - 1)


def _is_broad(kind: Expr | None) -> bool:
    return kind is None or _last(kind) in _BROAD or _last(kind).endswith(_REFUSAL)


def _last(kind: Expr) -> str:
    return kind.id if isinstance(kind, Name) else kind.attr if isinstance(kind, Attribute) else ""


def _tries(body: Block, depth: int) -> Iterator[Try]:
    for statement in body if depth else ():
        if isinstance(statement, Try):
            yield statement
        for block in _blocks(statement):
            yield from _tries(block, depth - 1)


def _raises(body: Block, depth: int) -> bool:
    return depth == 0 or any(
        isinstance(statement, Raise)
        or _says_so(statement)
        or any(_raises(block, depth - 1) for block in _blocks(statement))
        for statement in body
    )


def _says_so(statement: object) -> bool:
    """Whether a block raises again what was caught, as its name says: `with save_and_reraise_exception():`."""
    made = [item.value for item in statement.items] if isinstance(statement, With) else []
    return any(isinstance(value, Call) and _RAISES_AGAIN.search(_last(value.func)) for value in made)


def _blocks(statement: object) -> Iterator[Block]:
    """The blocks inside a statement; a nested function runs at another time."""
    for name in ("body", "orelse", "final"):
        block = getattr(statement, name, None)
        if isinstance(block, tuple):
            yield block
    for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield part.body
