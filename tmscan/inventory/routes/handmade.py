"""Tables of patterns and what answers them that some function of the program goes through: `for regex, view in routes`.

The program goes in, a route for each row of such a table comes out; without a loop that matches a path there are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tmscan.facts.body import names_in, nodes_in, statements
from tmscan.facts.types import Attribute, Call, Display, For
from tmscan.inventory.calls.arguments import HOLE, pick, texts, words
from tmscan.inventory.routes.found import VERBS, Found
from tmscan.inventory.routes.templates import template_of
from tmscan.libraries.own import FOUND
from tmscan.libraries.types import Library, RouteRow
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import (
    UNKNOWN,
    Arguments,
    Bound,
    Class,
    Decorated,
    Event,
    External,
    Function,
    Module,
    Partial,
    Sequence,
    Value,
)

_MATCHING = frozenset({"match", "fullmatch"})
_PATH = re.compile(r"path|ur[li]|route", re.IGNORECASE)
_START = re.compile(r"\^?\\?/")
_ROW = RouteRow("registered", ("routes",), (0,), (1,), (2,), default=("ANY",), syntax="anchored")
_OWN = Library(name=FOUND, file="", pypi=(), imports=(), docs="", role="")
ROWS, LEAST = 2000, 2


def handmade_routes(machine: Machine, others: Iterable[Found]) -> list[Found]:
    """The routes of every table that holds at least a few such rows.

    Where a row has the path of one of the `others`, such tables say something about routes that are declared elsewhere,
    most often who may call them, and declare none.
    """
    through = matching_names(machine)
    if not through:
        return []
    found: dict[tuple[str, int], Found] = {}
    for module, value, asked in sorted(
        _tables(machine, through), key=lambda each: not each[2]
    ):  # who says a verb first
        rows = [row for entry in _entries(value) if (row := _row(machine, module, entry, asked)) is not None]
        for row in rows if len(rows) >= LEAST else ():
            found.setdefault((row.path, id(row.target)), row)
    served = {template_of(route.path).shape for route in others}
    if any(template_of(route.path).shape in served for route in found.values()):
        return []
    return list(found.values())[:ROWS]


def matching_names(machine: Machine) -> frozenset[str]:
    """What the functions of the program are called that match paths against the rows of a table."""
    return frozenset(function.definition.name for function in machine.functions if _goes_through(function))


def _goes_through(function: Function) -> bool:
    """Whether a function takes rows of a table apart and matches a path against a part of each."""
    if _MATCHING.isdisjoint(function.definition.mentions):
        return False
    for loop in nodes_in(statements(function.definition)):
        if not isinstance(loop, For) or not isinstance(loop.target, Display):
            continue
        parts = set(names_in(loop.target))
        for node in nodes_in(loop.body):
            if isinstance(node, Call) and isinstance(node.func, Attribute) and node.func.attr in _MATCHING:
                given = [name for argument in node.arguments for name in names_in(argument.value)]
                matched = {*names_in(node.func.value), *given}
                if any(_PATH.search(name) for name in given) and not parts.isdisjoint(matched):
                    return True
    return False


def _tables(machine: Machine, through: frozenset[str]) -> Iterator[tuple[Module, Value, tuple[str, ...]]]:
    """The lists and tables that modules and classes hold, functions return, and those hold that have them matched.

    Of the last ones the name may say a verb: `do_GET`.
    """
    for module in list(machine.modules.values()):
        for value in list(module.frame.locals.values()) if module.frame is not None else ():
            yield module, value, ()
    for cls in list(machine.classes):
        for value in list(cls.namespace.values()):
            yield cls.module, value, ()
    for run in list(machine.activations.values()):
        yield run.module, run.result, ()
        if run.function is not None and run.frame is not None:
            verb = run.function.definition.name.removeprefix("do_")
            hands = not through.isdisjoint((*run.function.definition.mentions, run.function.definition.name))
            for value in list(run.frame.locals.values()) if hands else ():
                yield run.module, value, (verb,) if verb in VERBS else ()


def _entries(value: Value) -> Iterator[list[Value]]:
    for option in options(value):
        if isinstance(option, Sequence) and option.kind in ("list", "tuple"):
            for item in [*option.items, *(options(option.rest) if option.rest is not None else ())]:
                if isinstance(item, Sequence) and item.kind == "tuple" and 2 <= len(item.items) <= 5:
                    yield item.items


def _row(machine: Machine, module: Module, entry: list[Value], asked: tuple[str, ...]) -> Found | None:
    """A row as a route: one part is a pattern, one answers, and another may name verbs."""
    path, pattern = next(((text, each) for each in entry if (text := _pattern(each))), ("", UNKNOWN))
    target = next((each for each in entry if _answers(each)), None)
    if not path or target is None:
        return None
    made = pattern.event if isinstance(pattern, External) else None
    where, at = (made.module, made.at) if made is not None else (module, 0)
    event = Event("routes", UNKNOWN, Arguments([pattern, target]), where, at, at, machine.nowhere.activation)
    verbs = next((said for each in entry if each is not pattern and (said := _verbs(each))), asked or None)
    return Found(_OWN, _ROW, path, verbs, target, event, (), (), where.name, where.name, "anchored")


def _pattern(value: Value) -> str:
    """The pattern of a path that a value is, compiled or not."""
    made = value.event if isinstance(value, External) else None
    if made is not None and made.path == "re.compile":
        value = pick(made.arguments, (0, "pattern")) or UNKNOWN
    return next((text for text in texts(value) if _START.match(text) and HOLE not in text), "")


def _answers(value: Value) -> bool:
    if isinstance(value, Partial | Decorated):
        return True
    return isinstance(value, Function | Bound | Class)


def _verbs(value: Value) -> tuple[str, ...]:
    said = tuple(each.upper() for each in words(value) or ())
    return said if VERBS.issuperset(said) else ()
