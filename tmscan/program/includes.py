"""Parts of an application that hand the application's configuration on: `config.include(part)` calls the part with it.

A call of third-party code goes in; the project's function behind it runs with a configuration of its own, which knows
the call that made it (so that prefixes can be joined later). Directives that the project adds become methods.
"""

from __future__ import annotations

from tmscan.program.machine import Machine
from tmscan.program.values import (
    NOTHING,
    Arguments,
    Bound,
    Class,
    Decorated,
    Event,
    External,
    Frame,
    Function,
    Instance,
    Known,
    Module,
    Partial,
    Value,
)
from tmscan.program.vocabulary import Included


def include(machine: Machine, frame: Frame, event: Event, row: Included) -> Value:
    """Run what an include names, with the configuration of this include, which is also what the call gives."""
    callee = event.callee
    base = callee.base if isinstance(callee, External) else None
    path = event.path.rpartition(".")[0]
    made = External(path, base, event)
    event.result = made
    function = _part(machine, frame, argument(event.arguments, row.child), row.function)
    if function is not None:
        inner = function.value if isinstance(function, Decorated) else function
        if isinstance(inner, Function):
            machine.included.add(id(inner.definition))
        machine.call(machine, frame, function, Arguments([made]), event.at, event.end)
    return made


def add_directive(machine: Machine, event: Event, row: Included) -> None:
    """Remember a method that the project adds to a library's objects: `config.add_directive("add_page", add_page)`."""
    arguments = event.arguments
    target = argument(arguments, row.child)
    if isinstance(target, Known) and isinstance(target.value, str):
        target = _named(machine, event.module, target.value)
    inner = target.value if isinstance(target, Decorated) else target
    values = [value for value in (*arguments.positional, arguments.keywords.get("name")) if isinstance(value, Known)]
    name = next((value.value for value in values if isinstance(value.value, str) and value.value.isidentifier()), None)
    if name is None and isinstance(inner, Function):
        name = inner.definition.name
    if name is not None and target is not None and isinstance(inner, Function | Bound | Partial):
        for path in row.methods_of:
            machine.directives[f"{path}.{name}"] = target


def run_directive(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """The result of a method that the project added; None if it added none of this name."""
    target = machine.directives.get(callee.path)
    if target is None:
        return None
    given = Arguments([callee.base or NOTHING, *arguments.positional], arguments.keywords, arguments.unknown)
    return machine.call(machine, frame, target, given, at, at)


def argument(arguments: Arguments, reference: tuple[int | str, ...]) -> Value | None:
    """The first argument of `reference` (positions and keywords) that is present."""
    for wanted in reference:
        if isinstance(wanted, int) and wanted < len(arguments.positional):
            return arguments.positional[wanted]
        if isinstance(wanted, str) and wanted in arguments.keywords:
            return arguments.keywords[wanted]
    return None


def _part(machine: Machine, frame: Frame, value: Value | None, name: str) -> Value | None:
    """The function behind a part: itself, the function `name` of a module, or either by its dotted name."""
    if isinstance(value, Known) and isinstance(value.value, str):
        value = _named(machine, frame.module, value.value)
    if isinstance(value, Module):
        value = value.frame.locals.get(name) if value.frame is not None else None
    return value if isinstance(value, Function | Bound | Decorated | Partial | Instance | Class) else None


def _named(machine: Machine, module: Module, dotted: str) -> Value | None:
    """What a dotted name stands for; one that begins with a dot is relative to the package of `module`."""
    text = dotted.replace(":", ".")
    if text.startswith("."):
        package = module.name if module.is_package else module.name.rpartition(".")[0]
        rest = text[1:]
        while rest.startswith("."):
            package, rest = package.rpartition(".")[0], rest[1:]
        text = f"{package}.{rest}" if rest and package else rest or package
    found = machine.import_module(machine, text)
    if found is not None:
        return found
    owner, _, name = text.rpartition(".")
    holder = machine.import_module(machine, owner) if owner else None
    return machine.attribute(machine, machine.nowhere, holder, name, 0) if isinstance(holder, Module) else None
