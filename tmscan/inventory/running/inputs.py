"""What a framework hands to a handler: path parameters and typed inputs as untrusted data, the request as itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tmscan.facts.types import Parameter
from tmscan.inventory.routes.answers import Answer
from tmscan.inventory.routes.found import Found, passed_by_route
from tmscan.inventory.routes.segments import origin_in
from tmscan.inventory.running.injected import injected
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import (
    UNKNOWN,
    Arguments,
    Class,
    External,
    Function,
    Instance,
    Origin,
    Unknown,
    Value,
)

REQUESTS = ("request", "req")
_NUMERIC = frozenset({"int", "float", "uuid", "UUID", "bool", "date", "datetime", "Decimal", "\\d+", "[0-9]+"})
_EXPRESSIONS = frozenset({"regex", "anchored", "django"})
_NAMELESS = re.compile(r"arg\d+")


def requested(function: Function, requests: frozenset[str]) -> Arguments:
    """The arguments of a function that nobody calls: a request for what is called so, where its file knows but one."""
    names = [each.name for each in function.definition.parameters if each.kind < 2 and each.annotation is None]
    paths = requests if len(requests) == 1 else ()
    return Arguments([], {name: External(path) for path in paths for name in names if name in REQUESTS})


def inputs_of(machine: Machine, answer: Answer, function: Function, receiver: Value | None) -> Arguments:
    """The arguments for a handler, or for what a decorator made of it: that is given what it says nothing of, too."""
    arguments = Arguments()
    kinds = {parameter.name: (parameter.place, parameter.type) for parameter in answer.parameters}
    parameters = function.definition.parameters
    if receiver is not None and parameters and parameters[0].kind < 2:
        parameters = parameters[1:]
    trees = answer.found.library.trees if answer.found.row is None else ()
    if trees and not any(row.placed for row in trees):
        return _of_tree(answer, function, parameters)
    groups = _groups(answer, {parameter.name for parameter in parameters})
    passed = passed_by_route(answer.found)
    for position, parameter in enumerate(parameters):
        if parameter.kind in (2, 4):
            _hand_on(arguments, parameter.kind, answer, function, groups)
            continue
        if groups and parameter.name not in kinds and parameter.name not in REQUESTS:
            kinds[parameter.name] = ("path", groups.pop(0))
        if parameter.name in kinds:
            place, kind = kinds[parameter.name]
            numeric = kind.strip() in _NUMERIC  # no danger; but nor is it the default
            if place == "path" or not numeric:
                origins = () if numeric else (origin_in(answer.found, place, parameter.name, function, kind),)
                arguments.keywords[parameter.name] = Unknown(frozenset(origins))
        elif parameter.annotation is None and (parameter.name in REQUESTS or position == 0):
            request = request_value(machine, answer.found, answer.handler.cls)
            if request is not None:
                arguments.keywords[parameter.name] = request
        made = passed.get(parameter.name) or _named_by_class(receiver, parameter.name)
        if made is not None:
            arguments.keywords[parameter.name] = made
    for name, given in injected(machine, function):
        arguments.keywords[name] = given
    return arguments


def _of_tree(answer: Answer, function: Function, parameters: Iterable[Parameter]) -> Arguments:
    """What is left of the path comes by position, the fields of queries and forms by name."""
    arguments = Arguments()
    where = function.module.path, function.definition.at
    for parameter in parameters:
        taken = answer.path.endswith("/{path}") or f"{{{parameter.name}}}" in answer.path
        place = "path" if taken else "query"
        if parameter.kind == 2:
            arguments.positional.append(Unknown(frozenset({Origin("path", parameter.name, *where)})))
        elif parameter.kind != 4:
            arguments.keywords[parameter.name] = Unknown(frozenset({Origin(place, parameter.name, *where)}))
    return arguments


def _hand_on(arguments: Arguments, kind: int, answer: Answer, function: Function, groups: list[str]) -> None:
    """What a handler, or a wrapper for the handler behind it, takes by `*args` and `**kwargs`."""
    where = function.module.path, function.definition.at
    if kind == 2 and not arguments.keywords:
        for position, pattern in enumerate(groups):
            origin = Origin("path", f"arg{position + 1}", *where)
            arguments.positional.append(UNKNOWN if pattern in _NUMERIC else Unknown(frozenset({origin})))
        groups.clear()
    elif kind == 4:
        named = {each.name for each in function.definition.parameters}
        for each in answer.parameters:
            if each.place == "path" and each.name not in named and not _NAMELESS.fullmatch(each.name):
                origin = Origin("path", each.name, *where)
                plain = each.type.strip() in _NUMERIC
                arguments.keywords[each.name] = UNKNOWN if plain else Unknown(frozenset({origin}))


def _groups(answer: Answer, names: set[str]) -> list[str]:
    """The patterns of groups without a name in an expression: they are handed over by position."""
    if answer.found.syntax not in _EXPRESSIONS:
        return []
    taken = [each for each in answer.parameters if each.place == "path"]
    return [each.type for each in taken if _NAMELESS.fullmatch(each.name) and each.name not in names]


def _named_by_class(receiver: Value | None, name: str) -> Value | None:
    """`serializer_class = NoteSerializer` says what the parameter `serializer` is; so does `form_class`."""
    if not isinstance(receiver, Instance):
        return None
    found, _ = find_in_class(receiver.cls, f"{name}_class")
    return specimen(found) if isinstance(found, Class) else None


def request_value(machine: Machine, found: Found, cls: Class | None = None) -> Value | None:
    """The request object that a framework hands to its handlers: that of the class view, or of the route's library."""
    if cls is not None:
        own = machine.attribute(machine, machine.nowhere, specimen(cls), "request", 0)
        if isinstance(own, External) and own.path in machine.request_paths:
            return External(own.path)
    path = machine.vocabulary.aliases.get(f"{found.library.name}.Request()", f"{found.library.name}:Request")
    return External(path) if path in machine.request_paths else None
