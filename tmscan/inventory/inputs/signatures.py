"""A handler or dependency with typed parameters in; what a framework fills them with from the request, out.

Models are spread into their fields, names are those that a request has: aliases, and headers with dashes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tmscan.facts.types import Expr, Subscript
from tmscan.facts.types import Parameter as Declared
from tmscan.inventory.calls.arguments import listed, pick, texts
from tmscan.inventory.inputs.annotations import written
from tmscan.inventory.inputs.schemas import fields_of, spread
from tmscan.inventory.types import Parameter
from tmscan.libraries.types import Place
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import external_bases
from tmscan.program.objects.typing_hints import LISTED, instance_of_annotation
from tmscan.program.values import Bound, Class, Decorated, External, Function, Instance, Partial, Sequence, Value

_PLACES: dict[str, Place] = {
    "Query": "query", "Path": "path", "Header": "header", "Cookie": "cookie", "Form": "form", "File": "file",
    "Body": "json",
}  # fmt: skip
_NAMED: dict[str, Place] = {"query": "query", "header": "header", "cookie": "cookie"}
_VARIADIC = (2, 4)


def placed(machine: Machine, function: Function, in_path: Collection[str]) -> Iterator[Parameter]:
    """The parameters of a function that a request fills, by their own names and whole: what the handler is run with."""
    for parameter, place, _ in _filled(machine, function, in_path, 0):
        yield Parameter(parameter.name, place, _type(parameter))


def taken_by(machine: Machine, function: Function, in_path: Collection[str], skip: int = 0) -> Iterator[Parameter]:
    """What the parameters of a function take from a request, as the request says it."""
    for parameter, place, marker in _filled(machine, function, in_path, skip):
        if place == "path":
            yield Parameter(parameter.name, place, _type(parameter))
        else:
            yield from _taken(machine, function, parameter, place, marker)


def _filled(
    machine: Machine, function: Function, in_path: Collection[str], skip: int
) -> Iterator[tuple[Declared, Place, External | None]]:
    for parameter in function.definition.parameters[skip:]:
        if parameter.kind in _VARIADIC or (parameter.name == "request" and parameter.annotation is None):
            continue
        if parameter.name in in_path:
            if parameter.annotation is not None:
                yield parameter, "path", None
            continue
        marker = _marker_of(machine, function, parameter)
        place = _place(machine, function, parameter, marker)
        if place is not None:
            yield parameter, place, marker


def _type(parameter: Declared) -> str:
    return written(parameter.annotation) if parameter.annotation is not None else ""


def _taken(
    machine: Machine, function: Function, parameter: Declared, place: Place, marker: External | None
) -> Iterator[Parameter]:
    cls = _model(machine, function, parameter.annotation)
    if cls is not None and fields_of(cls):
        yield from spread(cls, place)
        return
    alias = _alias(marker)
    name = alias or (parameter.name.replace("_", "-") if place == "header" else parameter.name)
    yield Parameter(name, place, _type(parameter))


def _place(machine: Machine, function: Function, parameter: Declared, marker: External | None) -> Place | None:
    """Where a typed parameter comes from; None for a dependency or the request itself."""
    if marker is not None:
        name = _name(marker)
        if name in _PLACES:
            return _PLACES[name]
        said = marker.event.arguments.keywords if marker.event is not None else {}
        named = next((place for word, place in _NAMED.items() if word in said), None)
        if named is not None or _is_dependency(machine, marker):
            return named
    if parameter.annotation is None:
        return "query"
    for option in _made(machine, function, parameter.annotation):
        if isinstance(option, Instance):
            enumerated = any(base.path.startswith("enum.") for base in external_bases(option.cls))
            return "query" if enumerated else "json"
        if isinstance(option, External):
            return "file" if option.path.endswith("UploadFile()") else None
    return "query"


def _marker_of(machine: Machine, function: Function, parameter: Declared) -> External | None:
    """What says where a parameter comes from: `= Query(…)`, `Annotated[…, Header()]`, `Query[Filters]`."""
    default = function.defaults.get(parameter.name)
    found = default if isinstance(default, External) and default.event is not None else None
    scope = function.scope or function.module.frame
    if parameter.annotation is None or scope is None:
        return found
    for kind in options(machine.evaluate(machine, scope, parameter.annotation)):
        if not isinstance(kind, External) or not kind.path.endswith("[]") or kind.event is None:
            continue
        if kind.path.endswith("Annotated[]"):
            parts = listed(kind.event.arguments.positional[0])[1:]
            markers = [part for part in parts if isinstance(part, External)]
            found = next((part for part in reversed(markers) if _name(part) in _PLACES), None) or (
                markers[-1] if markers else found
            )
        elif _name(kind) in _PLACES:
            found = kind
    return found


def _is_dependency(machine: Machine, marker: External) -> bool:
    """`Depends()`, `Provide(f)`: whatever is given something to call. Other markers only say what is valid."""
    given = marker.event.arguments if marker.event is not None else None
    called = [*given.positional[:1], given.keywords.get("dependency")] if given is not None else []
    callables = (Function, Class, Bound, Instance, Decorated, Partial)
    return any(isinstance(value, callables) for value in called) or marker.path in machine.vocabulary.injecting


def _name(marker: External) -> str:
    return marker.path.removesuffix("()").removesuffix("[]").rpartition(".")[2]


def _alias(marker: External | None) -> str:
    if marker is None or marker.event is None or not marker.path.endswith("()"):
        return ""
    return next(iter(texts(pick(marker.event.arguments, ("alias", "validation_alias", *_NAMED)))), "")


def _made(machine: Machine, function: Function, annotation: Expr | None) -> tuple[Value, ...]:
    """What a parameter annotated so can be; of a list, what one of its elements can be."""
    scope = function.scope or function.module.frame
    if annotation is None or scope is None:
        return ()
    if isinstance(annotation, Subscript) and written(annotation.value) in LISTED:
        inner = getattr(annotation.index, "items", None)
        return _made(machine, function, inner[0] if inner else annotation.index)
    made = instance_of_annotation(machine, scope, annotation)
    held = made.rest if isinstance(made, Sequence) else made
    return options(held) if held is not None else ()


def _model(machine: Machine, function: Function, annotation: Expr | None) -> Class | None:
    """The project class whose fields stand in the request: the annotated one, one of several, or that of a list."""
    found = (option.cls for option in _made(machine, function, annotation) if isinstance(option, Instance))
    return next(found, None)
