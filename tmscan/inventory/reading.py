"""What an endpoint takes besides its signature: reads of the request, fields of body models, parameters
of dependencies.

It runs after the handlers have run: their recorded reads go in, the endpoint's whole list of parameters comes out.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.facts.types import Expr
from tmscan.inventory.arguments import listed, texts
from tmscan.inventory.handlers import Handler
from tmscan.inventory.judges import Judge
from tmscan.inventory.judging import targets_of
from tmscan.inventory.parameters import place_of, written
from tmscan.inventory.routes import Found
from tmscan.inventory.types import Endpoint, Parameter
from tmscan.libraries.types import Place
from tmscan.program.classes import find_in_class, order_of
from tmscan.program.machine import Machine
from tmscan.program.typing_hints import instance_of_annotation
from tmscan.program.values import Activation, Class, External, Function, Instance, Value

DEPTH, ACTIVATIONS = 6, 300
_PLACES: dict[str, Place] = {"query": "query", "form": "form", "json": "json", "header": "header", "file": "file"}


def whole_parameters(
    judge: Judge, endpoint: Endpoint, handler: Handler, found: Found, activations: list[Activation]
) -> tuple[Parameter, ...]:
    """The parameters of an endpoint, path first, each once: its signature's, models spread out, then what is read."""
    taken: dict[tuple[str, str], Parameter] = {}
    for parameter in endpoint.parameters:
        for one in _spread(judge, handler, found, parameter):
            taken.setdefault((one.name.lower(), one.place), one)
    if handler.function is not None and found.row is not None and found.row.signature:
        for one in _of_dependencies(judge, handler.function, endpoint.path, DEPTH):
            taken.setdefault((one.name.lower(), one.place), one)
    for value in (item for guards, _ in found.guards for item in listed(guards)):
        if isinstance(value, External) and value.event is not None and value.event.arguments.positional:
            for one in _of_target(judge, value.event.arguments.positional[0], endpoint.path, DEPTH):
                taken.setdefault((one.name.lower(), one.place), one)
    for one in _read(judge, activations):
        taken.setdefault((one.name.lower(), one.place), one)
    return tuple(taken.values())


def _spread(judge: Judge, handler: Handler, found: Found, parameter: Parameter) -> Iterator[Parameter]:
    """A body model as its fields; any other parameter as it is."""
    function = handler.function
    if parameter.place == "json" and function is not None and found.row is not None and found.row.signature:
        annotation = next((p.annotation for p in function.definition.parameters if p.name == parameter.name), None)
        cls = _model(judge.machine, function, annotation)
        fields = list(_fields(cls)) if cls is not None else []
        if fields:
            yield from (Parameter(name, "json", kind) for name, kind in fields)
            return
    yield parameter


def _model(machine: Machine, function: Function, annotation: Expr | None) -> Class | None:
    scope = function.scope or function.module.frame
    if annotation is None or scope is None:
        return None
    made = instance_of_annotation(machine, scope, annotation)
    return made.cls if isinstance(made, Instance) else None


def _fields(cls: Class) -> Iterator[tuple[str, str]]:
    names: dict[str, str] = {}
    for owner in reversed(order_of(cls)):
        if isinstance(owner, Class):
            for name, field in owner.fields.items():
                if not name.startswith("_") and name != "model_config":
                    names[name] = written(field.annotation)
    yield from names.items()


def _of_dependencies(judge: Judge, function: Function, path: str, depth: int) -> Iterator[Parameter]:
    if depth == 0:
        return
    for _, target in targets_of(judge, function):
        yield from _of_target(judge, target, path, depth)


def _of_target(judge: Judge, target: Value, path: str, depth: int) -> Iterator[Parameter]:
    if isinstance(target, External):
        known = judge.index.classes.get(target.path.removesuffix("()"))
        for name, word in known.row.attributes if known is not None else ():
            if word in _PLACES:
                yield Parameter(name, _PLACES[word])
        return
    callee, skip = _callable(target)
    if callee is None:
        return
    for parameter in callee.definition.parameters[skip:]:
        if parameter.kind in (2, 4) or f"{{{parameter.name}" in path:
            continue
        place = place_of(judge.machine, callee, parameter.name, parameter.annotation)
        if place is not None and place != "path":
            name = parameter.name.replace("_", "-") if place == "header" else parameter.name
            yield Parameter(name, place, written(parameter.annotation) if parameter.annotation is not None else "")
    yield from _of_dependencies(judge, callee, path, depth - 1)


def _callable(target: Value) -> tuple[Function | None, int]:
    if isinstance(target, Function):
        return target, 0
    owner = target if isinstance(target, Class) else target.cls if isinstance(target, Instance) else None
    if owner is None:
        return None, 0
    found, _ = find_in_class(owner, "__init__" if isinstance(target, Class) else "__call__")
    return (found, 1) if isinstance(found, Function) else (None, 0)


def _read(judge: Judge, activations: list[Activation]) -> Iterator[Parameter]:
    """`request.args["q"]`, `request.POST.get("q")` in what answers and in the functions it calls."""
    queue = [(activation, DEPTH) for activation in activations]
    seen = {id(activation) for activation in activations}
    for current, left in queue:
        for event in current.events:
            holder = event.path.removesuffix("[]") if event.path.endswith("[]") else event.path.removesuffix(".get")
            rows = judge.index.inputs.get(holder) if holder != event.path else None
            if rows and event.arguments.positional:
                for name in texts(event.arguments.positional[0]):
                    if name and "{" not in name:
                        yield Parameter(_header(name) if rows[0].row.place == "header" else name, rows[0].row.place)
        if left and len(seen) < ACTIVATIONS:
            for _, callee in current.calls:
                if id(callee) not in seen:
                    seen.add(id(callee))
                    queue.append((callee, left - 1))


def _header(name: str) -> str:
    """A header by its own name, WSGI's `HTTP_X_TOKEN` too."""
    if name.startswith("HTTP_"):
        return "-".join(part.capitalize() for part in name.removeprefix("HTTP_").split("_"))
    return name
