"""Calling values: project functions, classes, third-party code, and whatever else stands before parentheses."""

from __future__ import annotations

from tmscan.program.checks import cleaned, cleaning_of, marked, queried
from tmscan.program.conditions.indirect import indirect, looked_up
from tmscan.program.data.subscripts import assumed_get, input_part
from tmscan.program.evaluation.activations import activate
from tmscan.program.evaluation.making import instantiate, invoke
from tmscan.program.events import asks, record
from tmscan.program.includes import add_directive, include, run_directive
from tmscan.program.lattice import join, origins_of, unknown
from tmscan.program.machine import Machine, external
from tmscan.program.objects.adapting import adapt
from tmscan.program.objects.attributes import lookup
from tmscan.program.objects.lookups import find_objects
from tmscan.program.objects.overrides import overriding
from tmscan.program.objects.unbound import on_object
from tmscan.program.standard.calls import model_of, passes
from tmscan.program.standard.wrapping import decorated_with_maker
from tmscan.program.values import (
    Activation,
    Arguments,
    Bound,
    Choice,
    Class,
    Decorated,
    External,
    Frame,
    Function,
    Instance,
    Known,
    Native,
    Partial,
    Unknown,
    Value,
)


def call(machine: Machine, frame: Frame, callee: Value, arguments: Arguments, at: int, end: int) -> Value:
    """The value of calling `callee`."""
    if type(callee) is External:
        return call_external(machine, frame, callee, arguments, at, end)
    if type(callee) is Bound:
        kept = overriding(machine, callee) or [callee]
        results = [invoke(machine, frame, one.function, one.receiver, arguments, at) for one in kept]
        found = results[0] if len(results) == 1 else join(results)
        return _as_declared(machine, frame, callee.function, found, arguments, at, end)
    if type(callee) is Function:
        found = invoke(machine, frame, callee, None, arguments, at)
        return _as_declared(machine, frame, callee, found, arguments, at, end)
    if type(callee) is Class:
        return instantiate(machine, frame, callee, arguments, at, end)
    if type(callee) is Native:
        return callee.run(machine, frame, arguments, at)
    if type(callee) is Decorated:
        return call(machine, frame, callee.value, arguments, at, end)
    if type(callee) is Partial:
        held = callee.arguments
        merged = Arguments(
            [*held.positional, *arguments.positional], {**held.keywords, **arguments.keywords}, arguments.unknown
        )
        return call(machine, frame, callee.function, merged, at, end)
    if type(callee) is Instance:
        method = lookup(machine, frame, callee, "__call__", at)
        if isinstance(method, Bound | External):
            return call(machine, frame, method, arguments, at, end)
    if type(callee) is Choice:
        return join([call(machine, frame, option, arguments, at, end) for option in callee.options])
    origins = origins_of(callee)
    for value in arguments.positional:
        origins |= origins_of(value)
    for value in arguments.keywords.values():
        origins |= origins_of(value)
    machine.risks += 1
    return looked_up(unknown(origins))


def _as_declared(
    machine: Machine, frame: Frame, function: Function, found: Value, arguments: Arguments, at: int, end: int
) -> Value:
    """What a call of a project function gives; one that a person declared (a wrapper of routes, a source, a sink, a
    sanitizer) is recorded too, as if it were of a library.
    """
    known, name = machine.vocabulary, function.definition.name
    if name not in known.declares and name not in known.owned:
        return found
    path = f"{function.module.name}.{function.qualname}"
    gives = f"{path}()" in known.inputs or path in known.cleans
    if not gives and path not in known.recorded:
        return found
    made = call_external(machine, frame, External(path), arguments, at, end)
    return made if gives or name in known.declares else found


def call_external(
    machine: Machine,
    frame: Frame,
    callee: External,
    arguments: Arguments,
    at: int,
    end: int,
    *,
    decorates: bool = False,
) -> Value:
    """Record a call of third-party code where somebody wants to know, and give its result a path."""
    unbound = on_object(machine, callee, arguments)
    if unbound is not None:
        callee, arguments = unbound
    path = callee.path
    if machine.undo is not None and f"{path}()" not in machine.assumed and not path.rpartition(".")[2][:1].isupper():
        machine.risks += 1
    held = assumed_get(machine, path, arguments)
    if held is not None:
        return held
    if path.endswith(".get") and arguments.positional:
        held = input_part(machine, frame, callee.base, arguments.positional[0], at)
        if held is not None:
            return held
    row = machine.vocabulary.lookups.get(path)
    if row is not None:
        named = callee.base if not row.by else next(iter([*arguments.positional, *arguments.keywords.values()]), None)
        found = find_objects(machine, row, named)
        if found is not None:
            return found
    model = model_of(machine, path)
    if model is not None:
        made = model(machine, frame, callee, arguments, at)
        if made is not None:
            return made
    if machine.directives and path in machine.directives:
        made = run_directive(machine, frame, callee, arguments, at)
        if made is not None:
            return made
    event = record(machine, frame, path, callee, arguments, at, end, decorates=decorates)
    part = machine.vocabulary.includes.get(path)
    if part is not None and event.result is None:
        if part.function:
            return include(machine, frame, event, part)
        add_directive(machine, event, part)
    if event.result is None and callee.attributes is not None and "\0makes" in callee.attributes:
        event.result = callee.attributes["\0makes"]  # super().__init__(…) of a third-party base
        if isinstance(event.result, Instance) and event.result.event is None:
            event.result.event = event
    if event.result is None:
        event.result = indirect(machine, path, callee, external(machine, f"{path}()", callee, event, at, frame))
        head = arguments.positional[0] if arguments.positional else None
        if type(event.result) is External and isinstance(head, Function | Class | Instance) and callee.attributes:
            event.result.attributes = dict(callee.attributes)
    elif asks(machine, event.result):
        machine.asked += 1  # a place that was met before: it asks every time
    cleaning = cleaning_of(machine.vocabulary.cleans, path)
    if cleaning is not None:
        event.result = cleaned(frame, cleaning, event, event.result)
    elif queried(path):
        event.result = marked(event.result, frozenset({"plain"}))
    return event.result


def decorate(machine: Machine, frame: Frame, decorator: Value, target: Value, at: int) -> Value:
    """What stands under the name after `@decorator`."""
    if isinstance(decorator, Native) and isinstance(target, Function):
        target.kind = decorator.name if decorator.name in ("property", "classmethod", "staticmethod") else target.kind
        return target
    if isinstance(decorator, Choice):
        results = [
            decorate(machine, frame, option, target, at)
            for option in decorator.options
            if not isinstance(option, Known)
        ]
        return next((found for found in results if found is not target), target)
    if isinstance(decorator, External):
        if passes(machine, decorator.path):
            return target
        if isinstance(target, Function) and (kind := _kind(decorator.path.rpartition(".")[2])):
            target.kind = kind
            return target
        if decorator.path.endswith("wraps()") and decorator.event is not None and isinstance(target, Function):
            target.wraps = decorator.event.arguments.positional[0] if decorator.event.arguments.positional else None
            return target
        adapted = adapt(machine, frame, decorator, target, at)
        adapted = adapted or decorated_with_maker(machine, frame, decorator.path, target, at)
        if adapted is not None:
            return adapted
        event = record(machine, frame, decorator.path, decorator, Arguments([target]), at, at, decorates=True)
        event.result = Decorated(target, decorator, event)
        return event.result
    if isinstance(decorator, Function | Bound | Partial | Instance | Class | Decorated):
        made = call(machine, frame, decorator, Arguments([target]), at, at)
        if isinstance(made, Unknown) or (isinstance(made, Known) and made.value is None):
            return target
        return made
    return target


def _kind(name: str) -> str:
    """What a third-party decorator of this name makes of a method: `cached_property`, `classonlymethod`."""
    if name.endswith("property"):
        return "property"
    return "classmethod" if name.endswith(("classmethod", "classonlymethod")) else ""


def call_by_framework(
    machine: Machine, function: Function, receiver: Value | None, arguments: Arguments
) -> Activation | None:
    """Run a function the way a framework (or nobody the scan can see) would call it."""
    saved = machine.limit
    machine.limit = min(machine.budget, machine.steps + machine.per_root)
    try:
        activation = activate(machine, machine.nowhere, function, receiver, arguments)
        if machine.steps > machine.limit:
            reason = f"{function.qualname} takes too many steps to follow to the end"
            machine.cut.append((reason, function.module, function.definition.at))
        return activation
    finally:
        machine.limit = saved
