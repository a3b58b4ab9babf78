"""Applications without a framework: functions that are given `environ` and `start_response`, or `scope`, and `do_GET`.

The program goes in; out comes a route for each path that such a function compares the request's with, or that a table
it looks into has. What only hands a request on to another application is left out: that one answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tmscan.facts.body import nodes_in, statements
from tmscan.facts.types import Attribute, Call, Expr, Name, Subscript
from tmscan.inventory.routes.actions import provided_by
from tmscan.inventory.routes.compared import Compared, compared_paths, holds_path
from tmscan.inventory.routes.found import Found
from tmscan.inventory.routes.templates import template_of
from tmscan.libraries.index import Index
from tmscan.libraries.own import FOUND
from tmscan.libraries.types import Library, PathSyntax, RouteRow
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import (
    UNKNOWN,
    Arguments,
    Bound,
    Class,
    Decorated,
    Event,
    Function,
    Partial,
    Table,
    Value,
)

_GIVEN = (re.compile(r"env|environ|environment"), re.compile(r"start_response|start|respond|sr"))
_ASGI = ("scope", "receive", "send")
_ANSWER = re.compile(r"resp(?:onse)?$|^res$")
_DO = re.compile(r"do_(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)")
_ROW = RouteRow("registered", ("application",), (0,), (), (), default=("ANY",), syntax="starlette")
_OWN = Library(name=FOUND, file="", pypi=(), imports=(), docs="", role="")
_DEPTH, _MOST = 3, 500


def plain_routes(machine: Machine, index: Index, others: Iterable[Found]) -> list[Found]:
    """The routes of every such application.

    One that looks at no path, and handlers of `http.server`, count where nothing else is served.
    """
    known = list(others)
    found: dict[tuple[str, tuple[str, ...], int], Found] = {}
    silent: list[Found] = []
    for function in list(machine.functions):
        verbs = _verb_of(machine, index, function)
        if verbs is not None and known:
            continue  # a server beside the application, such as waits for one answer on the way of logging in
        if verbs is None and not _is_application(machine, index, function):
            continue
        before = len(found)
        for route in _routes(machine, function, verbs or ()):
            found.setdefault((route.path, route.methods or (), id(route.target)), route)
        if len(found) == before and verbs is None and not function.definition.is_async:
            silent.append(_found(machine, function, Compared("/", function.definition.at), _target(function)))
    served = {template_of(route.path).shape for route in known}
    rows = [route for route in found.values() if template_of(route.path).shape not in served]
    return (rows if rows or known else silent)[:_MOST]


def _is_application(machine: Machine, index: Index, function: Function) -> bool:
    """Whether a function is called with a request as a server does it, answers it, and stands where one can name it."""
    names = [each.name for each in function.definition.parameters if each.kind in (0, 1)]
    names = names[1:] if function.owner is not None else names
    wsgi = len(names) == 2 and all(one.fullmatch(name) for one, name in zip(_GIVEN, names, strict=True))
    if not wsgi and tuple(names) != _ASGI:
        return False
    if function.owner is not None and _is_served(machine, index, function):
        return False
    if function.owner is not None and function.definition.name != "__call__" and not _in_table(machine, function):
        return False
    return (function.scope is None or function.scope.function is None) and not _hands_on(machine, function, names)


def _is_served(machine: Machine, index: Index, function: Function) -> bool:
    """Whether the class is an application of a framework, which says its routes itself."""
    roots = {path for path, rows in index.routers.items() if rows[0].row.root}
    cls = function.owner
    return cls is not None and not roots.isdisjoint(provided_by(machine, cls))


def _hands_on(machine: Machine, function: Function, names: list[str]) -> bool:
    """Whether a function calls anything else than the program's own functions with what it was given."""
    looked_up = _in_table(machine, function)  # `handler(environ, start_response)`, out of a table
    for node in nodes_in(statements(function.definition)):
        if not isinstance(node, Call) or not _passes(node, names[0]) or isinstance(node.func, Call):
            continue  # `Response("fine")(environ, start_response)` is an answer
        said = node.func.id if isinstance(node.func, Name) else ""
        own = (looked_up and isinstance(node.func, Name | Subscript)) or _ANSWER.search(said) is not None
        if not own and _resolved(function, node.func) is None:
            return True
    return False


def _passes(call: Call, given: str) -> bool:
    """Whether a call is given the request and one thing more, as applications are."""
    return len(call.arguments) == 2 and getattr(call.arguments[0].value, "id", "") == given


def _passes_any(call: Call, function: Function) -> bool:
    """Whether a call is given the request that the function has, and not just something out of it."""
    given = {getattr(argument.value, "id", "") for argument in call.arguments}
    return any(each.name in given and not holds_path(each.name) for each in function.definition.parameters)


def _verb_of(machine: Machine, index: Index, function: Function) -> tuple[str, ...] | None:
    """The verb that a method answers of a handler of `http.server`."""
    match = _DO.fullmatch(function.definition.name)
    if match is None or function.owner is None:
        return None
    bases = provided_by(machine, function.owner)
    handlers = {
        path for library in index.libraries for row in library.entries if "do_*" in row.methods for path in row.paths
    }
    return (match[1],) if not handlers.isdisjoint(bases) else None


def _routes(machine: Machine, function: Function, verbs: tuple[str, ...]) -> Iterator[Found]:
    """The routes of an application: of the function itself, and of those that it hands the path on to."""
    waiting, seen = [(function, _DEPTH)], {id(function)}
    for current, left in waiting:
        handed = frozenset(each.name for each in current.definition.parameters if holds_path(each.name))
        for said in compared_paths(current.definition, handed if current is not function else frozenset()):
            answer = _resolved(current, said.answers) if said.answers is not None else None
            target = _target(answer) if answer is not None else _target(current)
            yield _found(machine, current, said, target, verbs)
        yield from _in_tables(machine, current, verbs)
        for node in nodes_in(statements(current.definition)) if left else ():
            inner = _resolved(current, node.func) if isinstance(node, Call) else None
            if inner is not None and inner.owner is None and isinstance(node, Call) and not _passes_any(node, current):
                continue  # `clean(path)` says what a path is, and answers none
            if inner is not None and id(inner) not in seen:
                seen.add(id(inner))
                waiting.append((inner, left - 1))


def _in_table(machine: Machine, function: Function) -> bool:
    """Whether a function looks into a table of paths for what answers."""
    return next(_in_tables(machine, function, ()), None) is not None


def _in_tables(machine: Machine, function: Function, verbs: tuple[str, ...]) -> Iterator[Found]:
    """What stands under paths in a table of the module, the class or the object that the function mentions."""
    space = function.module.frame.locals if function.module.frame is not None else {}
    owner = specimen(function.owner) if function.owner is not None else None
    if owner is not None:
        machine.prepare(machine, owner)
    held = owner.attributes if owner is not None else {}
    for name in function.definition.mentions:
        own = find_in_class(function.owner, name)[0] if function.owner is not None else None
        for option in options(held.get(name) or own or space.get(name) or UNKNOWN):
            items = option.items if isinstance(option, Table) else {}
            for key, value in items.items():
                answers = isinstance(value, Function | Bound | Partial | Decorated | Class)
                if isinstance(key, str) and key.startswith("/") and answers:
                    yield _found(machine, function, Compared(key, function.definition.at), value, verbs)


def _resolved(function: Function, called: Expr) -> Function | None:
    """The program's own function behind a call: of the module, or a method of the object itself."""
    value: Value | None = None
    if isinstance(called, Name):
        value = function.module.frame.locals.get(called.id) if function.module.frame is not None else None
    elif isinstance(called, Attribute) and isinstance(called.value, Name) and function.owner is not None:
        first = next(iter(function.definition.parameters), None)
        own = first is not None and called.value.id == first.name
        value = find_in_class(function.owner, called.attr)[0] if own else None
    while isinstance(value, Decorated):
        value = value.value
    return value if isinstance(value, Function) else None


def _target(function: Function) -> Value:
    return Bound(function, specimen(function.owner)) if function.owner is not None else function


def _found(machine: Machine, function: Function, said: Compared, target: Value, verbs: tuple[str, ...] = ()) -> Found:
    module = function.module
    event = Event("application", UNKNOWN, Arguments(), module, said.at, said.at, machine.nowhere.activation)
    syntax: PathSyntax = "anchored" if said.pattern else "starlette"
    return Found(
        _OWN, _ROW, said.path, verbs or said.verbs or None, target, event, (), (), module.name, module.name, syntax
    )
