"""Conditions of queries on tables that the query does not join: the database then pairs every row with every other.

Recorded calls in; the places of such conditions out, with the model that is asked for and the one that stands apart. It
reads syntax, because a comparison of columns has no value before the database answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from tmscan.facts.body import statements
from tmscan.facts.types import At, Attribute, Binary, Call, Compare, Expr, FunctionDef, Name
from tmscan.inventory.effects.stores import Stores
from tmscan.program.machine import Machine
from tmscan.program.values import Activation, Class, Function

_CONDITIONS = frozenset({"filter", "where"})
_STARTS = frozenset({"query", "select"})
_BOTH = frozenset({"and_", "or_", "not_"})
_PLAIN = frozenset(
    {"filter", "where", "filter_by", "order_by", "limit", "offset", "all", "first", "first_or_404", "one", "one_or_404",
        "one_or_none", "count", "scalar", "scalars", "exists", "distinct", "with_for_update", "paginate", "delete",
        "update", "options", "query", "select"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unjoined:
    """At this place a query for `asked` is held to a column of `other`, which nothing in it ties to `asked`."""

    activation: Activation
    at: At
    asked: str
    other: str


def unjoined_of(machine: Machine, stores: Stores) -> Iterator[Unjoined]:
    """Every such condition; each function is read once."""
    read: set[int] = set()
    for event in machine.events:
        function = event.activation.function
        if function is None or id(function.definition) in read or event.path.rpartition(".")[2] not in _CONDITIONS:
            continue
        if any("access" in (known.row.does, *known.row.also) for known in stores.index.effects.get(event.path, ())):
            read.add(id(function.definition))
            yield from _in_function(event.activation, function)


def _in_function(activation: Activation, function: Function) -> Iterator[Unjoined]:
    inner: set[int] = set()
    for node in _calls(statements(function.definition)):
        if id(node) in inner:
            continue
        chain = list(_chain(node))
        inner.update(id(call) for call, _ in chain)
        asked = _asked(function, chain)
        if asked is None or not all(name in _PLAIN for _, name in chain):
            continue  # `join` and the like bring further tables in
        conditions = [
            each
            for call, name in chain
            if name in _CONDITIONS
            for part in call.arguments
            for each in _compared(part.value)
        ]
        yield from _apart(activation, function, asked, conditions)


def _apart(activation: Activation, function: Function, asked: Class, conditions: list[Compare]) -> Iterator[Unjoined]:
    """The conditions about tables that no other condition ties to what is asked for."""
    mentioned = [
        (node, [cls for side in (node.left, *node.rights) if (cls := _column(function, side))]) for node in conditions
    ]
    tied = [asked]
    for _ in mentioned:
        for _, classes in mentioned:
            if any(cls in tied for cls in classes):
                tied += [cls for cls in classes if cls not in tied]
    for node, classes in mentioned:
        for cls in classes:
            if not any(_related(cls, known) for known in tied):
                yield Unjoined(activation, node.at, asked.qualname, cls.qualname)


def _related(one: Class, other: Class) -> bool:
    """Whether one class is made from the other: rows of both may stand in one table."""
    return one in (other.order or (other,)) or other in (one.order or (one,))


def _asked(function: Function, chain: list[tuple[Call, str]]) -> Class | None:
    """The one model that a chain of calls starts from: `Note.query…`, `session.query(Note)…`, `select(Note.id)…`."""
    first, name = chain[-1]
    if name in _STARTS:
        named = {_model(function, part.value) or _column(function, part.value) for part in first.arguments}
        return named.pop() if len(named) == 1 else None
    start = first.func.value if isinstance(first.func, Attribute) else None
    return _model(function, start.value) if isinstance(start, Attribute) and start.attr == "query" else None


def _chain(node: Call) -> Iterator[tuple[Call, str]]:
    """The calls of a chain with their names, the last first."""
    call: Expr = node
    while isinstance(call, Call):
        yield call, call.func.attr if isinstance(call.func, Attribute) else getattr(call.func, "id", "")
        call = call.func.value if isinstance(call.func, Attribute) else call.func


def _compared(node: Expr) -> Iterator[Compare]:
    """The comparisons that a condition is made of; what subqueries compare is theirs."""
    if isinstance(node, Compare):
        yield node
    elif isinstance(node, Binary) and node.op in "&|":
        yield from _compared(node.left)
        yield from _compared(node.right)
    elif isinstance(node, Call) and (getattr(node.func, "attr", "") or getattr(node.func, "id", "")) in _BOTH:
        for part in node.arguments:
            yield from _compared(part.value)


def _column(function: Function, node: Expr) -> Class | None:
    return _model(function, node.value) if isinstance(node, Attribute) else None


def _model(function: Function, node: Expr) -> Class | None:
    """The class of the program that a name of the module stands for."""
    held = function.module.frame.locals.get(node.id) if isinstance(node, Name) and function.module.frame else None
    return held if isinstance(held, Class) else None


def _calls(body: Iterable[object]) -> Iterator[Call]:
    """Every call in a body, outer ones before those inside them; nested functions are read where they run."""
    waiting: list[object] = list(body)[::-1]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call):
            yield node
        if isinstance(node, tuple):
            waiting.extend(node)
        elif isinstance(node, msgspec.Struct) and not isinstance(node, FunctionDef):
            waiting.extend(getattr(node, name) for name in node.__struct_fields__)
