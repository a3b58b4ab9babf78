"""Under which conditions a place of a body is reached: a body and a place in, what was tested on the way out.

It follows the text alone: the branches around the place, and the plain `return`s before it that end what goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
    Display,
    Expr,
    FunctionDef,
    If,
    Name,
    Raise,
    Return,
    Subscript,
    Unary,
)
from tmscan.inventory.guards.identity import caller_words, words_of

_GOING_ON = frozenset({"call_next", "get_response", "app", "handler", "view_func", "inner", "nxt"})
_ALWAYS = frozenset({"current_user", "request"})  # objects that stand for nobody too: never false
_KNOWN = frozenset({"is_authenticated", "is_anonymous", "authenticated"})
_QUERIES = frozenset({"objects", "_default_manager", "query"})
DEPTH = 12


def of_known_caller(body: Block, at: At, sources: Mapping[str, list[object]], words: dict[int, frozenset[str]]) -> bool:
    """Whether only callers who are known get here, and what is asked of them besides is about them alone.

    `if user and user.is_blocked: raise Forbidden` refuses nobody who did not say who they are.
    """
    found = list(_conditions(body, at, DEPTH, passed=True))
    sure = {text for test, holds in found for text in _true(test, holds) if _asks(text, sources, words)}
    return (
        bool(sure)
        and any(_is_about(test, sure) for test, _ in found)
        and not any(_about_others(test, sure, sources) for test, _ in found)
    )


def hangs_on_stored(body: Block, at: At, sources: Mapping[str, list[object]], words: dict[int, frozenset[str]]) -> bool:
    """Whether a place is reached only if stored data says so that is not about the caller: `page.login_required`."""
    for test, holds in _conditions(body, at, DEPTH, passed=False):
        for part in _parts(test, holds):
            root = _root(part)
            speaks = root in _ALWAYS or caller_words({}, Name(0, root), {})
            if root and isinstance(part, Attribute) and not speaks and _stored(root, sources, words):
                return True
    return False


def _conditions(body: Block, at: At, depth: int, *, passed: bool) -> Iterator[tuple[Expr, bool]]:
    """The tests on the way to a place, and whether each of them holds there; `passed` are those that went on."""
    place = None
    for statement in body:
        if statement.at > at:
            break
        place = statement
    if place is None or depth == 0 or isinstance(place, FunctionDef | ClassDef):
        return
    for statement in body if passed else ():
        if statement is place:
            break
        if isinstance(statement, If) and _goes_on(statement.body) and not statement.orelse:
            yield statement.test, False
    if isinstance(place, If):
        if place.orelse and at >= place.orelse[0].at:
            if not passed or not _raises(place.body):
                yield place.test, False
            yield from _conditions(place.orelse, at, depth - 1, passed=passed)
        elif place.body and at >= place.body[0].at:
            yield place.test, True
            yield from _conditions(place.body, at, depth - 1, passed=passed)
        return
    blocks = [getattr(place, name, None) for name in ("body", "orelse", "final")]
    blocks += [part.body for part in (*getattr(place, "handlers", ()), *getattr(place, "cases", ()))]
    inside = [block for block in blocks if isinstance(block, tuple) and block and block[0].at <= at]
    if inside:
        yield from _conditions(max(inside, key=lambda block: block[0].at), at, depth - 1, passed=passed)


def _goes_on(body: Block) -> bool:
    """Whether a block ends with nothing to say, or with what would have answered anyway."""
    last = body[-1] if body else None
    if not isinstance(last, Return):
        return False
    value = last.value.value if isinstance(last.value, Await) else last.value
    if isinstance(value, Call):
        name = value.func.attr if isinstance(value.func, Attribute) else getattr(value.func, "id", "")
        return name in _GOING_ON
    items = value.items if isinstance(value, Display) else (value,)
    return all(item is None or (isinstance(item, Constant) and item.value is None) for item in items)


def _raises(body: Block) -> bool:
    return bool(body) and isinstance(body[-1], Raise)


def _parts(test: Expr, holds: bool) -> Iterator[Expr]:
    """What is true where a test holds, or does not."""
    if isinstance(test, Unary) and test.op == "not":
        yield from _parts(test.value, not holds)
    elif isinstance(test, Boolean):
        for value in test.values if (test.op == "and") is holds else ():
            yield from _parts(value, holds)
    elif isinstance(test, Compare) and len(test.ops) == 1:
        right = test.rights[0]
        if isinstance(right, Constant) and right.value is None and (test.ops[0] in ("is not", "!=")) is holds:
            yield test.left
    elif holds:
        yield test


def _true(test: Expr, holds: bool) -> Iterator[str]:
    """The dotted names that are true there, and that nobody known makes true."""
    for part in _parts(test, holds):
        text = _dotted(part)
        if text and text.rpartition(".")[2] not in _KNOWN and "request" not in text.split("."):
            yield text


def _asks(text: str, sources: Mapping[str, list[object]], words: dict[int, frozenset[str]]) -> bool:
    """Whether a name is about the caller, and is not an object that stands for nobody too."""
    last = text.rpartition(".")[2]
    if last in _ALWAYS or not caller_words(sources, Name(0, last), {}):
        return False
    behind = frozenset().union(*(words_of(node, words) for node in sources.get(text, ())))
    return "current_user" not in behind and not {"request", "user"} <= behind


def _is_about(test: Expr, sure: set[str]) -> bool:
    """Whether a test asks more of what is known: `user.is_blocked`, `not verified(token)`."""
    if isinstance(test, Boolean):
        return any(_is_about(value, sure) for value in test.values)
    if isinstance(test, Unary):
        return _is_about(test.value, sure)
    return _dotted(test) not in sure and any(name in sure or _under(name, sure) for name in _named(test, DEPTH))


def _about_others(test: Expr, sure: set[str], sources: Mapping[str, list[object]]) -> bool:
    """Whether a test speaks of a caller in words that are not about what is known; constants do not count."""
    if isinstance(test, Boolean):
        return any(_about_others(value, sure, sources) for value in test.values)
    if isinstance(test, Unary):
        return _about_others(test.value, sure, sources)
    said = [name for name in _named(test, DEPTH) if name != "scope"]  # an ASGI request, and not what one may do
    names = [name for name in said if name not in sure and not _under(name, sure) and not _made_of(name, sure, sources)]
    if len(names) < len(said):  # `verified(token, secret)`, `user.roles & allowed`
        return any(word in name for name in names for word in ("user", "session", "header", "request"))
    return any(caller_words(sources, Name(0, part), {}) for name in names for part in name.split("."))


def _made_of(name: str, sure: set[str], sources: Mapping[str, list[object]]) -> bool:
    """Whether a name holds something of what is known: `merged = user.merged_into_user`."""
    nodes = sources.get(name, ())
    return bool(nodes) and all(_under(_dotted(node), sure) for node in nodes)


def _named(node: object, depth: int) -> Iterator[str]:
    """The dotted names in an expression."""
    text = _dotted(node)
    if text:
        yield text
    elif isinstance(node, tuple):
        for item in node:
            yield from _named(item, depth)
    elif hasattr(node, "__struct_fields__") and depth:
        for name in node.__struct_fields__:
            value = getattr(node, name)
            if not isinstance(value, str | int | bool | None):
                yield from _named(value, depth - 1)


def _under(name: str, sure: set[str]) -> bool:
    return any(name.startswith(f"{text}.") for text in sure)


def _dotted(node: object) -> str:
    if isinstance(node, Name):
        return node.id
    if isinstance(node, Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def _root(node: object) -> str:
    while isinstance(node, Attribute | Subscript):
        node = node.value
    return node.id if isinstance(node, Name) else ""


def _stored(name: str, sources: Mapping[str, list[object]], words: dict[int, frozenset[str]]) -> bool:
    """Whether a name is read from what the program stores, through the names it is made of."""
    queue, seen = [(name, 3)], {name}
    for one, left in queue:
        for node in sources.get(one, ()):
            said = words_of(node, words)
            if not said.isdisjoint(_QUERIES):
                return True
            queue.extend((word, left - 1) for word in said - seen if left)
            seen |= said
    return False
