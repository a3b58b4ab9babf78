"""Paths that a function looks for: `if path == "/notes":`, `case "/notes":`, `re.match(r"^/notes/(.*)", path)`.

A function goes in; each path comes out with the verbs that are asked for there and the call that answers behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tmscan.facts.body import nodes_in, statements
from tmscan.facts.types import (
    Assign,
    Attribute,
    Block,
    Boolean,
    Call,
    Compare,
    Constant,
    Display,
    Evaluate,
    Expr,
    FunctionDef,
    If,
    Match,
    Name,
    Return,
    Subscript,
    Unary,
)

_PATH = re.compile(r"(?:PATH_INFO|path|path_info|request_path|url_path|raw_path)$")
_NAMED = re.compile(r"(?:path|path_info|pathinfo|url_path|request_path|uri|route)$")
_VERB = re.compile(r"(?:REQUEST_METHOD|method|request_method|verb)$")
_VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_SAME = frozenset({"rstrip", "strip", "lower", "decode", "encode", "lstrip", "split", "partition"})
_MATCHING = frozenset({"match", "fullmatch", "search"})
_NESTED = 40


@dataclass(frozen=True, slots=True)
class Compared:
    """A path or a pattern (`anchored`), the verbs that are asked for around it, and what is called where it holds."""

    path: str
    at: int
    verbs: tuple[str, ...] = ()
    pattern: bool = False
    answers: Expr | None = None


@dataclass(frozen=True, slots=True)
class _Spot:
    names: frozenset[str]
    verbs: tuple[str, ...] = ()


def compared_paths(definition: FunctionDef, handed: frozenset[str] = frozenset()) -> list[Compared]:
    """Every path that the function looks for, in the order of its text; `handed` are parameters that hold one."""
    names = {each.name for each in definition.parameters if each.name in handed}
    body = statements(definition)
    for node in nodes_in(body):
        if isinstance(node, Assign) and _speaks(node.value, frozenset(names)):
            names |= {target.id for target in node.targets if isinstance(target, Name)}
    return list(_in_block(body, _Spot(frozenset(names)), _NESTED))


def _in_block(block: Block, spot: _Spot, depth: int) -> Iterator[Compared]:
    for statement in block if depth else ():
        if isinstance(statement, If):
            found = list(_tested(statement.test, spot))
            verbs = _asked(statement.test) or spot.verbs
            parts = [(verbs, _answer(statement.body))] if verbs else list(_by_verb(statement.body))
            yield from (replace(each, verbs=some, answers=answers) for each in found for some, answers in parts)
            inner = replace(spot, verbs=verbs)
            below = list(_in_block(statement.body, inner, depth - 1))
            yield from below
            yield from _in_block(statement.orelse, spot, depth - 1)
        elif isinstance(statement, Match):
            for case in statement.cases:
                if _is_path(statement.subject, spot.names):
                    patterns = (case.pattern, *case.pattern.parts) if case.pattern.kind == "or" else (case.pattern,)
                    said = (part.value for part in patterns if part.kind == "value")
                    for path in (text for each in said if (text := _rooted(each))):
                        yield Compared(path, statement.at, spot.verbs, answers=_answer(case.body))
                asked = _verbs_in(case.pattern.value) if _is_verb(statement.subject) else ()
                yield from _in_block(case.body, replace(spot, verbs=asked or spot.verbs), depth - 1)
        else:
            for name in ("body", "orelse", "final"):
                inner_block = getattr(statement, name, None)
                if isinstance(inner_block, tuple):
                    yield from _in_block(inner_block, spot, depth - 1)
            for handler in getattr(statement, "handlers", ()):
                yield from _in_block(handler.body, spot, depth - 1)


def _by_verb(block: Block) -> Iterator[tuple[tuple[str, ...], Expr | None]]:
    """What a block answers with for each verb that it asks for, and for those it does not."""
    asked: list[str] = []
    waiting = [each for each in block if isinstance(each, If)]
    for each in waiting:
        verbs = _asked(each.test)
        if verbs:
            asked.extend(verbs)
            yield verbs, _answer(each.body)
            waiting.extend(other for other in each.orelse if isinstance(other, If))
    if not asked:
        yield (), _answer(block)
    elif block and not isinstance(block[-1], If) and "GET" not in asked:
        yield ("GET",), _answer(block)


def _tested(test: Expr, spot: _Spot) -> Iterator[Compared]:
    """The paths in one test, those that must not be there as well: who leaves otherwise answers them."""
    if isinstance(test, Boolean):
        for value in test.values:
            yield from _tested(value, spot)
    elif isinstance(test, Unary):
        yield from _tested(test.value, spot)
    elif isinstance(test, Compare) and len(test.ops) == 1:
        left, right = test.left, test.rights[0]
        if test.ops[0] in ("==", "!="):
            left, right = (right, left) if isinstance(left, Constant) else (left, right)
        if not _is_path(left, spot.names):
            return
        items = right.items if isinstance(right, Display) and test.ops[0] in ("in", "not in") else (right,)
        if test.ops[0] in ("==", "!=") or isinstance(right, Display):
            yield from (Compared(path, test.at) for each in items if (path := _rooted(each)))
    elif isinstance(test, Call) and isinstance(test.func, Attribute):
        first = test.arguments[0].value if test.arguments else None
        if test.func.attr == "startswith" and _is_path(test.func.value, spot.names):
            for each in first.items if isinstance(first, Display) else (first,):
                if path := _rooted(each):
                    yield Compared(f"{path.rstrip('/')}/{{path}}", test.at)
        elif test.func.attr in _MATCHING and any(_is_path(each.value, spot.names) for each in test.arguments):
            text = first.value if isinstance(first, Constant) else None
            if isinstance(text, str) and text.lstrip("^").startswith(("/", "\\/")):
                yield Compared(text, test.at, pattern=True)


def _asked(test: Expr) -> tuple[str, ...]:
    """The verbs that a test asks for: `method == "GET"`, `method in ("GET", "HEAD")`."""
    if isinstance(test, Boolean) and test.op == "and":
        return next((found for value in test.values if (found := _asked(value))), ())
    if isinstance(test, Compare) and len(test.ops) == 1 and test.ops[0] in ("==", "in"):
        return _verbs_in(test.rights[0]) if _is_verb(test.left) else ()
    return ()


def _verbs_in(value: Expr | None) -> tuple[str, ...]:
    items = value.items if isinstance(value, Display) else (value,)
    said = [each.value for each in items if isinstance(each, Constant) and isinstance(each.value, str)]
    return tuple(verb for verb in said if verb in _VERBS)


def _answer(block: Block) -> Expr | None:
    """What a block calls to answer: in its `return`, else as its only call."""
    calls = [each.value for each in block if isinstance(each, Return | Evaluate)]
    found = calls[-1] if calls else None
    found = getattr(found, "value", found) if not isinstance(found, Call | Name | Attribute) else found
    return found.func if isinstance(found, Call) else found if isinstance(found, Name | Attribute) else None


def _rooted(value: Expr | None) -> str:
    text = value.value if isinstance(value, Constant) else None
    return text if isinstance(text, str) and text.startswith("/") and " " not in text else ""


def _is_path(value: Expr, names: frozenset[str]) -> bool:
    while isinstance(value, Call) and isinstance(value.func, Attribute) and value.func.attr in _SAME:
        value = value.func.value
    if isinstance(value, Name):
        return value.id in names
    return _is_said(value, _PATH)


def _is_verb(value: Expr) -> bool:
    while isinstance(value, Call) and isinstance(value.func, Attribute) and value.func.attr in ("upper", "lower"):
        value = value.func.value
    return _VERB.fullmatch(value.id) is not None if isinstance(value, Name) else _is_said(value, _VERB)


def _is_said(value: Expr, words: re.Pattern[str]) -> bool:
    """Whether an expression reads the attribute, the element or the `get` of one of these names."""
    if isinstance(value, Attribute):
        return words.fullmatch(value.attr) is not None
    key = value.index if isinstance(value, Subscript) else None
    if isinstance(value, Call) and isinstance(value.func, Attribute) and value.func.attr == "get" and value.arguments:
        key = value.arguments[0].value
    return isinstance(key, Constant) and isinstance(key.value, str) and words.fullmatch(key.value) is not None


def _speaks(value: Expr, names: frozenset[str]) -> bool:
    """Whether a value is made of the path of a request."""
    return any(
        (isinstance(node, Name) and node.id in names)
        or (isinstance(node, Attribute | Subscript | Call) and _is_said(node, _PATH))
        for node in nodes_in(value)
    )


def holds_path(name: str) -> bool:
    """Whether a parameter of this name holds the path of a request."""
    return _NAMED.fullmatch(name) is not None
