"""Classes that keep patterns of paths with what answers them, and match a request's path against each by hand.

Facts go in; out comes, for each method that puts a pattern and an answer into such a table, which of its parameters is
what. It is read off the code before anything runs: calls of these methods are then recorded as if of a library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tmscan.facts.body import names_in, nodes_in, statements
from tmscan.facts.types import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Comprehension,
    Constant,
    Expr,
    FileFacts,
    For,
    FunctionDef,
    Name,
    Subscript,
)
from tmscan.sources.types import Source

_MATCHING = frozenset({"match", "fullmatch"})
_ADDING = frozenset({"append", "add", "insert", "setdefault", "update"})
# What such parameters are called.
_PATH = re.compile(r"path|pattern|route|rule|ur[li]|regex", re.IGNORECASE)
_ANSWER = re.compile(r"callback|handler|view|func|^fn?$|controller|endpoint|action|servlet$|resource$", re.IGNORECASE)
_VERB = re.compile(r"^(?:http_?)?(?:methods?|verbs?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """A method (or a decorator that it makes) that declares what answers a pattern: its name, and its parameters."""

    name: str
    path: tuple[int | str, ...]
    handler: tuple[int | str, ...]
    methods: tuple[int | str, ...]
    default: tuple[str, ...] = ("ANY",)


def dispatchers(sources: Iterable[Source], facts: Mapping[str, FileFacts]) -> tuple[Dispatcher, ...]:
    """Every such method of the program; without a `handler` it makes a decorator."""
    found: list[Dispatcher] = []
    for source in sources:
        for node in facts[source.path].body:
            if isinstance(node, ClassDef):
                found.extend(_of_class(f"{source.module}.{node.name}", node))
    return tuple(found)


def _of_class(name: str, cls: ClassDef) -> Iterator[Dispatcher]:
    methods = [node for node in cls.body if isinstance(node, FunctionDef)]
    tables = {table for method in methods if not _MATCHING.isdisjoint(method.mentions) for table in _matched_in(method)}
    for method in methods if tables else ():
        if not tables.isdisjoint(method.mentions) and any(_is_table(held, tables) for held in _filled_in(method)):
            yield from _declares(f"{name}.{method.name}", method)


def _declares(name: str, method: FunctionDef) -> Iterator[Dispatcher]:
    own = [parameter.name for parameter in method.parameters if parameter.kind in (0, 1, 3)][1:]
    inner = any(isinstance(node, FunctionDef) for node in statements(method))
    path = next((_reference(own, each) for each in own if _PATH.search(each)), ())
    answer = next((_reference(own, each) for each in own if _ANSWER.search(each) and not _PATH.search(each)), ())
    verb = next((_reference(own, each) for each in own if _VERB.search(each)), ())
    if path and (answer or inner):
        yield Dispatcher(name, path, answer, verb, _default(method, verb) or ("ANY",))


def _default(method: FunctionDef, verb: tuple[int | str, ...]) -> tuple[str, ...]:
    """The verbs where a call names none."""
    said = next((each.default for each in method.parameters if each.name in verb), None)
    return tuple(each.value for each in nodes_in(said) if isinstance(each, Constant) and isinstance(each.value, str))


def _reference(names: list[str], name: str) -> tuple[int | str, ...]:
    return (names.index(name), name)


def _matched_in(method: FunctionDef) -> Iterator[str]:
    """The attributes of the object whose elements a method matches a path against, one after the other."""
    looped: dict[str, str] = {}
    matched: set[str] = set()
    for node in nodes_in(statements(method)):
        pairs: list[tuple[Expr, Expr]] = []
        if isinstance(node, For):
            pairs = [(node.target, node.iterable)]
        elif isinstance(node, Comprehension):
            pairs = [(clause.target, clause.iterable) for clause in node.clauses]
        for target, iterable in pairs:
            table = next((each for each in map(_own_attribute, nodes_in(iterable)) if each), "")
            looped.update({each.id: table for each in nodes_in(target) if isinstance(each, Name) and table})
        if isinstance(node, Call) and isinstance(node.func, Attribute) and node.func.attr in _MATCHING:
            said = [*nodes_in(node.func.value), *nodes_in(tuple(argument.value for argument in node.arguments))]
            names = {
                each.id if isinstance(each, Name) else each.attr for each in said if isinstance(each, Name | Attribute)
            }
            if any(_PATH.search(each) for argument in node.arguments for each in names_in(argument.value)):
                matched |= names
    return (looped[name] for name in sorted(matched) if name in looped)


def _own_attribute(node: object) -> str:
    """The name of an attribute of the object: `self.routes`."""
    own = isinstance(node, Attribute) and isinstance(node.value, Name) and node.value.id == "self"
    return node.attr if own and isinstance(node, Attribute) else ""


def _filled_in(method: FunctionDef) -> Iterator[Expr]:
    """What a method puts elements into."""
    for node in nodes_in(statements(method)):
        if isinstance(node, Assign):
            yield from (target.value for target in node.targets if isinstance(target, Subscript))
        elif isinstance(node, Call) and isinstance(node.func, Attribute) and node.func.attr in _ADDING:
            yield node.func.value


def _is_table(held: Expr, tables: set[str]) -> bool:
    """Whether it is one of the tables, or what stands in one: `self.routes.setdefault(pattern, {})`."""
    while not _own_attribute(held):
        if isinstance(held, Call) and isinstance(held.func, Attribute):
            held = held.func.value
        elif isinstance(held, Subscript):
            held = held.value
        else:
            return False
    return _own_attribute(held) in tables
