"""What a framework injects into a handler: a function goes in, names and targets of its dependencies come out."""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.calls.arguments import listed
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, External, Function, Instance, Known, Sequence, Unknown, Value


def targets_of(machine: Machine, function: Function) -> Iterator[tuple[str, Value]]:
    """Dependencies among the parameters, by name: `x = Depends(f)`, `x: Annotated[T, Depends(f)]`."""
    scope = function.scope or function.module.frame
    for parameter in function.definition.parameters:
        default = function.defaults.get(parameter.name)
        values: list[Value] = [default] if isinstance(default, External) else []
        if parameter.annotation is not None and scope is not None and not values:
            kind = machine.evaluate(machine, scope, parameter.annotation)
            for option in options(kind):
                if isinstance(option, External) and option.event is not None and option.path.endswith("Annotated[]"):
                    values.extend(listed(option.event.arguments.positional[0])[1:])
        for value in values:
            if isinstance(value, External) and value.event is not None:
                given = value.event.arguments
                target = given.positional[0] if given.positional else given.keywords.get("dependency")
                itself = value.path in machine.vocabulary.injecting
                if target is None and itself and scope is not None and parameter.annotation is not None:
                    target = machine.evaluate(machine, scope, parameter.annotation)
                    if (
                        isinstance(target, External)
                        and target.event is not None
                        and target.path.endswith("Annotated[]")
                    ):
                        target = next(iter(listed(target.event.arguments.positional[0])), None)
                if target is not None and not isinstance(target, Known):
                    yield parameter.name, target


def injected(machine: Machine, function: Function) -> Iterator[tuple[str, Value]]:
    """What the dependencies of a function give, by parameter: `x = Depends(f)` is what `f()` returns.

    An annotation says what it is where nothing is known of what the dependency returns.
    """
    hinted = {parameter.name for parameter in function.definition.parameters if parameter.annotation is not None}
    for name, target in targets_of(machine, function):
        if isinstance(target, Unknown):
            continue
        at = function.definition.at
        made = machine.call(machine, machine.nowhere, target, Arguments(), at, at)
        if isinstance(made, Sequence) and made.kind == "generator" and made.items:
            made = made.items[0]
        if name not in hinted or isinstance(made, Instance):
            yield name, made
