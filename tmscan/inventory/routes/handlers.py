"""From the value that a route was given to the code that answers it, and everything wrapped around that code."""

from __future__ import annotations

from dataclasses import dataclass, field

from tmscan.facts.types import line_of
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.values import (
    Arguments,
    Bound,
    Choice,
    Class,
    Decorated,
    Event,
    External,
    Function,
    Instance,
    Known,
    Partial,
    Table,
    Value,
)
from tmscan.sources.types import Location

_CLASS = ("view_class", "cls")


@dataclass(slots=True)
class Wrapper:
    """One thing around a handler: a third-party decorator (`by` External) or the project's wrapping function."""

    by: Value
    event: Event | None = None


@dataclass(slots=True)
class Handler:
    """The function or class that answers, outermost wrapper first; `initial` are the arguments of `as_view(...)`.

    `shown` is the class that a function says it answers for.
    """

    function: Function | None = None
    cls: Class | None = None
    receiver: Value | None = None
    wrappers: list[Wrapper] = field(default_factory=list)
    initial: Arguments | None = None
    external: External | None = None
    shown: Class | None = None

    @property
    def name(self) -> str:
        """The qualified name of the handler, without the `<locals>` marks of nested functions."""
        if self.shown is not None:
            return f"{self.shown.module.name}.{self.shown.qualname}".replace(".<locals>", "")
        if self.cls is not None and self.function is None:
            return f"{self.cls.module.name}.{self.cls.qualname}".replace(".<locals>", "")
        if self.function is not None:
            return f"{self.function.module.name}.{self.function.qualname}".replace(".<locals>", "")
        return self.external.path if self.external is not None else ""

    @property
    def location(self) -> Location | None:
        """Where the handler is defined."""
        if self.shown is not None and self.shown.definition is not None:
            return Location(self.shown.module.path, line_of(self.shown.definition.at))
        if self.function is not None:
            return Location(self.function.module.path, line_of(self.function.definition.at))
        if self.cls is not None and self.cls.definition is not None:
            return Location(self.cls.module.path, line_of(self.cls.definition.at))
        return None


def unwrap(machine: Machine, value: Value | None, depth: int = 12) -> Handler | None:
    """The handler a value stands for, or None when it is nothing that could answer a request."""
    if value is None or depth == 0:
        return None
    if isinstance(value, Decorated):
        return _around(unwrap(machine, value.value, depth), Wrapper(value.by, value.event))
    if isinstance(value, Bound):
        found = unwrap(machine, value.function, depth - 1)
        if found is not None and found.function is value.function:
            found.receiver = value.receiver
        return found
    if isinstance(value, Partial):
        return unwrap(machine, value.function, depth - 1)
    if isinstance(value, Function):
        inner = wrapped_by(value, machine.vocabulary.makers)
        if inner is not None:
            found = unwrap(machine, inner, depth - 1)
            if found is not None:
                return _around(found, Wrapper(value))
        return Handler(function=value, shown=_said_class(value))
    if isinstance(value, Class):
        return Handler(cls=value)
    if isinstance(value, Instance):
        inner = value.attributes.get("__wrapped__")
        found = (
            unwrap(machine, inner, depth - 1) if isinstance(inner, Function | Bound | Decorated | Instance) else None
        )
        if found is not None:  # an object in place of the function that it was made to look like
            return _around(found, Wrapper(value))
        called, _ = find_in_class(value.cls, "__call__")
        return Handler(cls=value.cls, receiver=value, function=called if isinstance(called, Function) else None)
    if isinstance(value, Choice):
        found_all = [found for option in value.options if (found := unwrap(machine, option, depth - 1)) is not None]
        return next((found for found in found_all if found.external is None), found_all[0] if found_all else None)
    if isinstance(value, Known) and isinstance(value.value, str) and "." in value.value:
        return _by_name(machine, value.value, depth)
    if isinstance(value, External):
        return _of_external(machine, value, depth)
    return None


def behind(machine: Machine, functions: list[Function]) -> list[Function]:
    """The methods behind wrappers that say nothing of what they take: `def wrapper(*args, **kwargs)`."""
    found: list[Function] = []
    for function in functions:
        first = next(iter(function.definition.parameters), None)
        inner = unwrap(machine, function) if first is not None and first.kind == 2 else None
        if inner is not None and inner.function is not None and inner.function not in (*functions, *found):
            found.append(inner.function)
    return found


def _said_class(function: Function) -> Class | None:
    """The class that made a function to answer for it, as code says for others to read: `view.view_class = cls`.

    A function that closes over a class and goes by its name says so as well: `view.__name__ = cls.__name__`.
    """
    held = (function.attributes.get(name) for name in _CLASS)
    said = next((value for value in held if isinstance(value, Class)), None)
    name = function.attributes.get("__name__")
    if said is not None or function.scope is None or not isinstance(name, Known):
        return said
    closed = (function.scope.locals.get(mention) for mention in function.definition.mentions)
    return next((value for value in closed if isinstance(value, Class) and value.definition is not None
                 and value.definition.name == name.value), None)  # fmt: skip


def _around(found: Handler | None, wrapper: Wrapper) -> Handler | None:
    if found is not None:
        found.wrappers.insert(0, wrapper)
    return found


def wrapped_by(function: Function, makers: frozenset[str] = frozenset()) -> Value | None:
    """The function that a wrapper made by a decorator stands for: named by `wraps`, else closed over and called.

    A class view may stand there as well, made by a method with one of the names of `makers`.
    """
    if function.wraps is not None:
        return function.wraps
    scope = function.scope
    if scope is None or scope.function is None:
        return None
    names = {parameter.name for parameter in scope.function.definition.parameters}
    waiting, seen = [function], {id(function)}
    for current in waiting:
        for name in current.definition.mentions:
            held = scope.locals.get(name)
            answers = isinstance(held, Function | Decorated | Bound) or _is_made(held, makers)
            if name in names and answers and held is not function:
                return held
            if isinstance(held, Function) and held.scope is scope and id(held) not in seen:
                seen.add(id(held))  # a helper beside the wrapper, which calls the function for it
                waiting.append(held)
    return None


def _is_made(value: Value | None, makers: frozenset[str]) -> bool:
    """Whether a value is what a class view gives to be listed: `View.as_view()`."""
    event = value.event if isinstance(value, External) else None
    return event is not None and event.path.rpartition(".")[2] in makers


def _of_external(machine: Machine, value: External, depth: int) -> Handler | None:
    event = value.event
    if event is not None:
        callee = event.callee
        if isinstance(callee, External):
            owner = callee.base.value if isinstance(callee.base, Decorated) else callee.base
            makes = callee.path.rpartition(".")[2] in machine.vocabulary.makers
            if isinstance(owner, Instance) and makes:  # `Notes().as_view()`: a method of the class, asked of an object
                owner = owner.cls
            if isinstance(owner, Class):
                return Handler(cls=owner, initial=event.arguments)
            if isinstance(owner, External) and makes:
                return Handler(external=owner, initial=event.arguments)
        for argument in [*event.arguments.positional[:3], *event.arguments.keywords.values()]:
            if isinstance(argument, Function | Decorated | Bound | Class | Instance | External | Partial | Choice):
                found = unwrap(machine, argument, depth - 1)
                if found is not None and (found.function or found.cls or found.initial) is not None:
                    return _around(found, Wrapper(callee, event))
    return Handler(external=value)


def _by_name(machine: Machine, dotted: str, depth: int) -> Handler | None:
    module, _, name = dotted.replace(":", ".").rpartition(".")
    found = machine.import_module(machine, module)
    if found is None:
        return None
    return unwrap(machine, machine.attribute(machine, machine.nowhere, found, name, 0), depth - 1)


def method_map(arguments: Arguments | None) -> dict[str, str]:
    """`as_view({"get": "list"})` as {"GET": "list"}; empty when there is no such mapping."""
    if arguments is None or not arguments.positional or not isinstance(arguments.positional[0], Table):
        return {}
    table = arguments.positional[0].items
    return {
        str(verb).upper(): str(name.value)
        for verb, name in table.items()
        if isinstance(name, Known) and isinstance(verb, str)
    }
