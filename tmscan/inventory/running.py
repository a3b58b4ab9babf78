"""Running the program's functions so that their effects are seen: factories first, then handlers, then what nobody calls.

Only functions that mention a name some library row ends in are run; the others can have no effect that tmscan knows.
"""

from __future__ import annotations

from tmscan.inventory.handlers import Handler
from tmscan.inventory.types import Endpoint
from tmscan.inventory.walk import Found
from tmscan.libraries.index import Index, Rows
from tmscan.libraries.paths import last_name
from tmscan.program.calls import call_by_framework
from tmscan.program.classes import find_in_class
from tmscan.program.machine import Activation, Machine
from tmscan.program.typing_hints import specimen
from tmscan.program.values import (
    UNKNOWN,
    Arguments,
    Decorated,
    External,
    Function,
    Known,
    Origin,
    Unknown,
    Value,
)

_COMMON = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "options", "trace", "view", "path", "add", "register", "url"}
)
_REQUESTS = ("request", "req")
_NUMERIC = frozenset({"int", "float", "uuid", "UUID", "bool", "date", "datetime", "Decimal"})


def run_factories(machine: Machine, index: Index) -> None:
    """Run the functions that nobody has called yet and that may create applications or declare routes."""
    makers = _tails(index.routers)
    declaring = (
        _tails(index.routes)
        | _tails(index.mounts)
        | _tails(index.resources)
        | _tails(index.guard_places)
        | _tails(index.stores)
    ) - _COMMON
    for tails in (makers, declaring):
        start = 0
        while start < len(machine.functions):
            batch = machine.functions[start:]
            start = len(machine.functions)
            for function in batch:
                if not started(machine, function) and not tails.isdisjoint(function.definition.mentions):
                    call_by_framework(machine, function, _receiver(function), Arguments())


def run_rest(machine: Machine, index: Index) -> None:
    """Run whatever else can have an effect, with arguments nothing is known about."""
    tails = _tails(index.effects) | _tails(index.stores)
    start = 0
    while start < len(machine.functions):
        batch = machine.functions[start:]
        start = len(machine.functions)
        for function in batch:
            if not started(machine, function) and not tails.isdisjoint(function.definition.mentions):
                call_by_framework(machine, function, _receiver(function), Arguments())


def started(machine: Machine, function: Function) -> bool:
    """Whether some activation of this function exists."""
    return id(function.definition) in machine.contexts


def run_handler(machine: Machine, endpoint: Endpoint, handler: Handler, found: Found) -> list[Activation]:
    """Run what answers an endpoint, its inputs bound to untrusted data of the right kind."""
    functions = [handler.function] if handler.function is not None else []
    receiver = handler.receiver
    if handler.cls is not None and handler.function is None:
        receiver = specimen(handler.cls)
        names = [found.action] if found.action else [*(m.lower() for m in endpoint.methods), *_HOOKS]
        if "ANY" in endpoint.methods:
            names = ["get", "post", "put", "patch", "delete", *_HOOKS]
        functions = [made for name in names if (made := _method(handler, name)) is not None]
    activations = []
    for function in functions:
        arguments = _inputs(machine, endpoint, function, receiver, found)
        owner = receiver if function.owner is not None else None
        activation = call_by_framework(machine, function, owner, arguments)
        if activation is not None:
            activations.append(activation)
    return activations


_HOOKS = (
    "dispatch", "dispatch_request", "get_queryset", "get_object", "get_context_data", "form_valid", "form_invalid",
    "perform_create", "perform_update", "perform_destroy", "on_get", "on_post", "on_put", "on_patch", "on_delete",
)  # fmt: skip


def _method(handler: Handler, name: str) -> Function | None:
    if handler.cls is None:
        return None
    found, _ = find_in_class(handler.cls, name)
    while isinstance(found, Decorated):
        found = found.value
    return found if isinstance(found, Function) else None


def _inputs(
    machine: Machine, endpoint: Endpoint, function: Function, receiver: Value | None, found: Found
) -> Arguments:
    """Keyword arguments for a handler: path parameters and typed inputs as untrusted data, the request as itself."""
    arguments = Arguments()
    kinds = {parameter.name: (parameter.place, parameter.type) for parameter in endpoint.parameters}
    parameters = function.definition.parameters
    if receiver is not None and function.owner is not None:
        parameters = parameters[1:]
    for position, parameter in enumerate(parameters):
        if parameter.kind in (2, 4):
            continue
        if parameter.name in kinds:
            place, kind = kinds[parameter.name]
            if kind.strip() not in _NUMERIC:
                origin = Origin(place, parameter.name, function.module.path, function.definition.at)
                arguments.keywords[parameter.name] = Unknown(frozenset({origin}))
        elif parameter.annotation is None and (parameter.name in _REQUESTS or (position == 0 and not kinds)):
            request = request_value(machine, found)
            if request is not None:
                arguments.keywords[parameter.name] = request
        injected = _injected(machine, function.defaults.get(parameter.name))
        if injected is not None and parameter.annotation is None:
            arguments.keywords[parameter.name] = injected
    return arguments


def request_value(machine: Machine, found: Found) -> Value | None:
    """The request object that a framework hands to its handlers, when its library names one."""
    path = f"{found.library.name}:Request"
    return External(path) if path in machine.request_paths else None


def _injected(machine: Machine, default: Value | None) -> Value | None:
    """What a dependency gives: `x = Depends(f)` is what `f()` returns."""
    if not isinstance(default, External) or default.event is None:
        return None
    arguments = default.event.arguments
    target = arguments.positional[0] if arguments.positional else arguments.keywords.get("dependency", UNKNOWN)
    if isinstance(target, Known | Unknown):
        return None
    made = machine.call(machine, machine.nowhere, target, Arguments(), default.event.at, default.event.at)
    items = getattr(made, "items", None)
    return items[0] if isinstance(items, list) and getattr(made, "kind", "") == "generator" and items else made


def _receiver(function: Function) -> Value | None:
    return specimen(function.owner) if function.owner is not None and function.kind == "function" else None


def _tails(rows: Rows) -> frozenset[str]:  # type: ignore[type-arg]
    return frozenset(last_name(path) for path in rows)
