"""Tests that turn those away who are signed in: `if user.is_authenticated: raise Forbidden` keeps no stranger out.

Pages for signing in, registering and lost passwords ask like this. A body and a place in, the tests on the way out.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.facts.types import (
    At,
    Attribute,
    Await,
    Block,
    Boolean,
    Call,
    ClassDef,
    Compare,
    Constant,
    Evaluate,
    Expr,
    FunctionDef,
    If,
    Name,
    Raise,
    Return,
    Unary,
)

_KNOWN = frozenset({"is_authenticated", "authenticated", "current_user", "user", "logged_in", "is_logged_in"})
_NOBODY = frozenset({"is_anonymous", "anonymous"})
_DEPTH = 12


def turned_away(body: Block, at: At) -> Iterator[tuple[Expr, bool]]:
    """The tests on the way to a place that send callers elsewhere who are known, and whether by refusing them."""
    yield from _on_the_way(body, at, _DEPTH)


def _on_the_way(body: Block, at: At, depth: int) -> Iterator[tuple[Expr, bool]]:
    place = None
    for statement in body:
        if statement.at > at:
            break
        place = statement
    if place is None or depth == 0 or isinstance(place, FunctionDef | ClassDef):
        return
    for statement in body:
        if statement is place:
            break
        if isinstance(statement, If) and not statement.orelse:
            yield from _turning(statement.test, statement.body, True)
    if isinstance(place, If):
        if place.orelse and at >= place.orelse[0].at:
            yield from _turning(place.test, place.body, True)
            yield from _on_the_way(place.orelse, at, depth - 1)
        elif place.body and at >= place.body[0].at:
            after = [one for one in body[body.index(place) + 1 :][:1] if isinstance(one, Raise)]
            yield from _turning(place.test, place.orelse or tuple(after), False)
            yield from _on_the_way(place.body, at, depth - 1)
        return
    blocks = [getattr(place, name, None) for name in ("body", "orelse", "final")]
    blocks += [part.body for part in (*getattr(place, "handlers", ()), *getattr(place, "cases", ()))]
    inside = [block for block in blocks if isinstance(block, tuple) and block and block[0].at <= at]
    if inside:
        yield from _on_the_way(max(inside, key=lambda block: block[0].at), at, depth - 1)


def _turning(test: Expr, other: Block, holds: bool) -> Iterator[tuple[Expr, bool]]:
    """A test whose other way out, the one of those who are known, does not come to the place."""
    last = other[-1] if other else None
    refused = isinstance(last, Raise)
    if _is_known(test, holds) and (refused or any(_redirects(statement) for statement in other[-2:])):
        yield test, refused


def _redirects(statement: object) -> bool:
    value = statement.value if isinstance(statement, Return | Evaluate) else None
    value = value.value if isinstance(value, Await) else value
    if not isinstance(value, Call):
        return False
    name = value.func.attr if isinstance(value.func, Attribute) else getattr(value.func, "id", "")
    return "redirect" in name.lower()


def _is_known(test: Expr, holds: bool) -> bool:
    """Whether somebody is signed in where a test holds, or does not."""
    if isinstance(test, Unary) and test.op == "not":
        return _is_known(test.value, not holds)
    if isinstance(test, Boolean):
        return (test.op == "and") is holds and any(_is_known(value, holds) for value in test.values)
    if isinstance(test, Compare) and len(test.ops) == 1:
        right = test.rights[0]
        if isinstance(right, Constant) and right.value is None:
            return _is_known(test.left, (test.ops[0] in ("is not", "!=")) is holds)
        return False
    if isinstance(test, Call) and not test.arguments:
        return _is_known(test.func, holds)
    name = test.attr if isinstance(test, Attribute) else test.id if isinstance(test, Name) else ""
    return name in (_KNOWN if holds else _NOBODY)
