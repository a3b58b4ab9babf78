"""What an endpoint takes besides its signature: reads of the request, fields of body models, parameters
of dependencies.

It runs after the handlers have run: their recorded reads go in, the endpoint's whole list of parameters comes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from tmscan.inventory.calls.arguments import listed, pick, texts
from tmscan.inventory.guards.judges import Judge
from tmscan.inventory.inputs.schemas import PLACES, named_by_view, spread, taken_in
from tmscan.inventory.inputs.signatures import taken_by
from tmscan.inventory.routes.found import Found
from tmscan.inventory.routes.handlers import Handler
from tmscan.inventory.running.injected import targets_of
from tmscan.inventory.types import Endpoint, Parameter
from tmscan.inventory.vocabulary import GETTERS
from tmscan.libraries.index import Known
from tmscan.libraries.types import InputRow
from tmscan.program.lattice import origins_of
from tmscan.program.objects.classes import find_in_class
from tmscan.program.values import Activation, Class, Event, External, Function, Instance, Native, Value

DEPTH, ACTIVATIONS = 6, 300
_TYPES = frozenset({"int", "float", "bool", "str", "list", "dict"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def whole_parameters(
    judge: Judge, endpoint: Endpoint, handler: Handler, found: Found, activations: list[Activation]
) -> tuple[Parameter, ...]:
    """The parameters of an endpoint, path first, each once: its signature's, models spread out, then what is read."""
    taken: dict[tuple[str, str], Parameter] = {}
    for one in _of_signature(judge, endpoint, handler, found):
        taken.setdefault((one.name.lower(), one.place), one)
    if handler.function is not None and found.row is not None and found.row.signature:
        for one in _of_dependencies(judge, handler.function, endpoint.path, DEPTH):
            taken.setdefault((one.name.lower(), one.place), one)
    for value in (item for guards, _ in found.guards for item in listed(guards)):
        if isinstance(value, External) and value.event is not None and value.event.arguments.positional:
            for one in _of_target(judge, value.event.arguments.positional[0], endpoint.path, DEPTH):
                taken.setdefault((one.name.lower(), one.place), one)
    for one in (*_declared(judge, endpoint, handler), *_read(judge, activations)):
        taken.setdefault((one.name.lower(), one.place), one)
    return tuple(taken.values())


def _of_signature(judge: Judge, endpoint: Endpoint, handler: Handler, found: Found) -> Iterator[Parameter]:
    """What the declaration says: the path first, then the handler's parameters as a request writes them."""
    if handler.function is None or found.row is None or not found.row.signature:
        yield from endpoint.parameters
        if found.event is not None and found.event.path in judge.index.trees:
            yield from _by_name(endpoint, handler, found)
        return
    in_path = [one for one in endpoint.parameters if one.place == "path"]
    yield from in_path
    yield from taken_by(judge.machine, handler.function, {one.name for one in in_path})


def _by_name(endpoint: Endpoint, handler: Handler, found: Found) -> Iterator[Parameter]:
    """The parameters of what answers in a tree of objects: query and form fields are handed over by name."""
    if endpoint.path.endswith("/{path}"):
        return  # what is left of the path is handed over, whatever the names
    place: Literal["query", "form"] = "query" if not {"GET", "ANY"}.isdisjoint(endpoint.methods) else "form"
    functions: list[Value | None] = [handler.function]
    if handler.cls is not None:
        functions.extend(find_in_class(handler.cls, name)[0] for name in found.actions)
    in_path = {one.name for one in endpoint.parameters}
    for function in functions:
        parameters = function.definition.parameters[1:] if isinstance(function, Function) else ()
        for parameter in parameters:
            if parameter.kind not in (2, 4) and parameter.name not in in_path:
                yield Parameter(parameter.name, place)


def _declared(judge: Judge, endpoint: Endpoint, handler: Handler) -> Iterator[Parameter]:
    """What a decorator that parses the request is given to parse with, and what a class view names to do so."""
    for wrapper in handler.wrappers:
        event = wrapper.by.event if isinstance(wrapper.by, External) else None
        rows = judge.index.inputs.get(f"{event.path}()") if event is not None else None
        if event is not None and rows and event.arguments.positional:
            said = next(iter(texts(pick(event.arguments, ("location",)))), "")
            row = rows[0].row
            if row.name:
                yield Parameter(row.name, row.place, row.type)
            else:
                yield from spread(event.arguments.positional[0], PLACES.get(said) or row.place)
    if handler.cls is not None and not _READING.issuperset(endpoint.methods):
        yield from named_by_view(judge.index, handler.cls)


def _of_dependencies(judge: Judge, function: Function, path: str, depth: int) -> Iterator[Parameter]:
    if depth == 0:
        return
    for _, target in targets_of(judge.machine, function):
        yield from _of_target(judge, target, path, depth)


def _of_target(judge: Judge, target: Value, path: str, depth: int) -> Iterator[Parameter]:
    if isinstance(target, External):
        known = judge.index.classes.get(target.path.removesuffix("()"))
        for name, word in known.row.attributes if known is not None else ():
            if word in PLACES:
                yield Parameter(name, PLACES[word])
        return
    callee, skip = _callable(target)
    if callee is None:
        return
    in_path = {parameter.name for parameter in callee.definition.parameters if f"{{{parameter.name}" in path}
    for one in taken_by(judge.machine, callee, in_path, skip):
        if one.place != "path":
            yield one
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
            yield from taken_in(judge.index, event)
            rows = _rows(judge, event.path)
            if rows:
                yield from _parts(event, rows[0].row)
        if left and len(seen) < ACTIVATIONS:
            for _, callee in current.calls:
                if id(callee) not in seen:
                    seen.add(id(callee))
                    queue.append((callee, left - 1))


def _parts(event: Event, row: InputRow) -> Iterator[Parameter]:
    """What one read takes, by the names it gives; of a body that a call takes apart, the fields of the class named."""
    if row.of:
        if event.path in row.paths or f"{event.path}()" in row.paths:
            data = pick(event.arguments, row.of)
            if row.model and _from_body(data):
                yield from spread(pick(event.arguments, row.model), row.place)
            return
        callee = event.callee
        holder = callee.base if isinstance(callee, External) and event.kind == "call" else callee
        if not _from_body(holder):
            return
    if row.name or not event.arguments.positional:
        return
    for name in texts(event.arguments.positional[0]):
        if name and "{" not in name:
            yield Parameter(_header(name) if row.place == "header" else name, row.place, row.type or _turned(event))


def _from_body(value: Value | None) -> bool:
    """Whether a value is made of the body of a request as it is, and not of one field in it."""
    kinds = {origin.kind for origin in origins_of(value)}
    return "body" in kinds


def _turned(event: Event) -> str:
    """`int` of `request.args.get("page", 1, type=int)`."""
    kind = pick(event.arguments, ("type", 2))
    name = kind.name.rpartition(".")[2] if isinstance(kind, Native) else ""
    return name if name in _TYPES else ""


def _rows(judge: Judge, path: str) -> tuple[Known[InputRow], ...]:
    """The rows of input that a read such as `request.args[…]`, `request.form.get(…)`, `get_argument(…)` is of."""
    if path.endswith("[]"):
        return judge.index.inputs.get(path[:-2], ())
    holder, _, method = path.rpartition(".")
    if method in GETTERS:
        return judge.index.inputs.get(holder, ())
    return judge.index.inputs.get(f"{path}()", ())


def _header(name: str) -> str:
    """A header by its own name, WSGI's `HTTP_X_TOKEN` too."""
    if name.startswith("HTTP_"):
        return "-".join(part.capitalize() for part in name.removeprefix("HTTP_").split("_"))
    return name
