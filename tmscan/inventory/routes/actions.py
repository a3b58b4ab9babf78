"""What a class of actions says about itself: its methods, the decorators that mark some of them, their parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tmscan.facts.types import Attribute, Expr, Name
from tmscan.inventory.calls.arguments import pick, texts, words
from tmscan.inventory.routes.handlers import wrapped_by
from tmscan.libraries.types import ResourceRow
from tmscan.program.data.operators import truth
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.values import Arguments, Class, Decorated, External, Function, Known, Value

_CONVERTERS = {"str": "string:", "int": "int:", "float": "float:", "UUID": "uuid:"}
_NOT_ROUTED = ("_", "before_", "after_")


@dataclass(frozen=True, slots=True)
class Action:
    """A method that a decorator marks: the verbs and the path that the decorator names, and its arguments."""

    method: str
    verbs: tuple[str, ...]
    path: str
    detail: bool
    options: Arguments


def class_methods(machine: Machine, cls: Class, *, own: bool = True) -> set[str]:
    """The method names a class has: its own, inherited ones, and those that third-party bases are known to bring."""
    names: set[str] = set()
    for owner in order_of(cls) if own else ():
        if isinstance(owner, Class):
            names |= {name for name, value in owner.namespace.items() if not _is_none(value)}
    for path in provided_by(machine, cls):
        names |= set(machine.vocabulary.methods.get(path, ()))
    return names


def provided_by(machine: Machine, cls: Class) -> frozenset[str]:
    """The third-party classes that a class inherits from, however far."""
    return kinds_of(machine, *(owner for owner in order_of(cls) if isinstance(owner, External)))


def kinds_of(machine: Machine, *classes: External) -> frozenset[str]:
    """Third-party classes and their bases."""
    paths = [owner.path for owner in classes]
    for path in paths:
        paths.extend(base for base in machine.vocabulary.bases.get(path, ()) if base not in paths)
    return frozenset(paths)


def members(cls: Class) -> list[str]:
    """The public methods of a class that are written in the project, sorted: no properties, no class methods."""
    names = {
        name
        for owner in order_of(cls)
        if isinstance(owner, Class)
        for name, value in owner.namespace.items()
        if not name.startswith(_NOT_ROUTED) and isinstance(value, Function | Decorated)
    }
    functions = ((name, _function(find_in_class(cls, name)[0])) for name in names)
    return sorted(
        name for name, found in functions if found is not None and found.kind not in ("property", "classmethod")
    )


def marked(cls: Class, row: ResourceRow) -> Iterator[Action]:
    """The methods that a decorator of the row marks, once for every such decorator."""
    seen: set[str] = set()
    for owner in order_of(cls) if row.action else ():
        if isinstance(owner, Class):
            for name, value in owner.namespace.items():
                if name not in seen:
                    seen.add(name)
                    yield from _marks(name, value, row)


def _marks(name: str, value: Value, row: ResourceRow) -> Iterator[Action]:
    for layer in layers(value):
        by = layer.by
        if not isinstance(by, External):
            continue
        if by.path in row.action and by.event is not None:
            yield _action(name, name, by.event.arguments, row)
        marker, joined, verb = by.path.partition("().mapping.")
        if joined and marker in row.action:
            # `@first.mapping.delete`: one more verb on the path of the action `first`
            first = by.base.base if isinstance(by.base, External) else None
            original = _function(first)
            for other in layers(first) if original is not None else ():
                if isinstance(other.by, External) and other.by.path in row.action and other.by.event is not None:
                    found = _action(name, original.definition.name if original else name, other.by.event.arguments, row)
                    yield Action(name, (verb.upper(),), found.path, found.detail, found.options)


def _action(method: str, called: str, arguments: Arguments, row: ResourceRow) -> Action:
    detail = arguments.keywords.get("detail") or (
        arguments.positional[1] if row.action_detail_path and len(arguments.positional) > 1 else None
    )
    verbs = words(pick(arguments, row.action_methods)) or ("GET",)
    path = texts(pick(arguments, row.action_name)) or (row.action_default.replace("{method}", called),)
    upper = tuple(dict.fromkeys(verb.upper() for verb in verbs))
    return Action(method, upper, path[0], detail is not None and truth(detail) is True, arguments)


def layers(value: Value | None) -> Iterator[Decorated]:
    """Every third-party decorator around a function, through the project's own decorators as well, outermost first."""
    seen: set[int] = set()
    while value is not None and id(value) not in seen:
        seen.add(id(value))
        if isinstance(value, Decorated):
            yield value
            value = value.value
        else:
            value = wrapped_by(value) if isinstance(value, Function) else None


def parameter_parts(machine: Machine, cls: Class, name: str, ignored: str) -> str:
    """The parameters of a method that a path has to give, as `<int:number>/<name>`."""
    found, _ = find_in_class(cls, name)
    function = innermost(found)
    if function is None:
        return ""
    value = machine.attribute(machine, machine.nowhere, cls, ignored, 0) if ignored else None
    without = {"self", *(words(value) or ())}
    parts = [
        f"<{_converter(parameter.annotation)}{parameter.name}>"
        for parameter in function.definition.parameters
        if parameter.kind in (0, 1) and parameter.name not in without and parameter.default is None
    ]
    return "/".join(parts)


def innermost(value: Value | None) -> Function | None:
    """The function as it was written, without the decorators around it."""
    function = _function(value)
    seen: set[int] = set()
    while function is not None and id(function) not in seen:
        seen.add(id(function))
        inner = _function(wrapped_by(function))
        if inner is None:
            return function
        function = inner
    return function


def dashed(name: str) -> str:
    """`SomeThing` as `some-thing`."""
    first = re.sub(r"(.)([A-Z][a-z]+)", r"\1-\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", first).lower()


def _function(value: Value | None) -> Function | None:
    while isinstance(value, Decorated):
        value = value.value
    return value if isinstance(value, Function) else None


def _converter(annotation: Expr | None) -> str:
    written = (
        annotation.id if isinstance(annotation, Name) else annotation.attr if isinstance(annotation, Attribute) else ""
    )
    return _CONVERTERS.get(written, "")


def _is_none(value: Value) -> bool:
    return isinstance(value, Known) and value.value is None
