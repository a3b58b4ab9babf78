"""What an endpoint takes: path converters, typed parameters of the handler, what its body reads of the request."""

from __future__ import annotations

import re

from tmscan.facts.types import Attribute, Expr, Name, Subscript
from tmscan.inventory.handlers import Handler
from tmscan.inventory.routes import Found
from tmscan.inventory.types import Parameter
from tmscan.libraries.types import Place
from tmscan.program.machine import Machine
from tmscan.program.typing_hints import instance_of_annotation
from tmscan.program.values import Class, External, Function, Instance, Value

_CONVERTERS = re.compile(
    r"<(?:(?P<kind>[^:<>]+):)?(?P<name>\w+)>|\{(?P<brace>\w+)(?::(?P<type>[^{}]*))?\}|\(\?P<(?P<group>\w+)>"
)
_PLACES: dict[str, Place] = {
    "Query": "query", "Path": "path", "Header": "header", "Cookie": "cookie", "Form": "form", "File": "file",
    "Body": "json",
}  # fmt: skip


def parameters_of(
    machine: Machine, found: Found, handler: Handler, method: Function | None, path: str
) -> tuple[Parameter, ...]:
    """The parameters of an endpoint, path first, each once."""
    taken: dict[tuple[str, str], Parameter] = {}
    for match in _CONVERTERS.finditer(path):
        name = match["name"] or match["brace"] or match["group"]
        kind = match["kind"] or match["type"] or ""
        taken.setdefault((name, "path"), Parameter(name, "path", kind))
    function = method or handler.function
    if function is not None and found.row is not None and found.row.signature:
        in_path = {name for name, _ in taken}
        for parameter in function.definition.parameters:
            if parameter.name in in_path or parameter.kind in (2, 4):
                if parameter.name in in_path and parameter.annotation is not None:
                    taken[(parameter.name, "path")] = Parameter(parameter.name, "path", written(parameter.annotation))
                continue
            if parameter.name == "request" and parameter.annotation is None:
                continue  # the request itself
            place = place_of(machine, function, parameter.name, parameter.annotation)
            if place is not None:
                kind = written(parameter.annotation) if parameter.annotation is not None else ""
                taken.setdefault((parameter.name, place), Parameter(parameter.name, place, kind))
    return tuple(taken.values())


def place_of(machine: Machine, function: Function, name: str, annotation: Expr | None) -> Place | None:
    """Where a typed parameter comes from; None for a dependency or the request itself."""
    default = function.defaults.get(name)
    marker = _marker(default)
    scope = function.scope or function.module.frame
    if annotation is not None and scope is not None:
        kind = machine.evaluate(machine, scope, annotation)
        if isinstance(kind, External) and kind.event is not None and kind.path.endswith("Annotated[]"):
            for part in getattr(kind.event.arguments.positional[0], "items", [])[1:]:
                marker = _marker(part) or marker
        elif isinstance(kind, External) and kind.path.endswith("[]"):  # `Query[Filters]`
            marker = kind.path.removesuffix("[]").rpartition(".")[2]
            marker = marker if marker in _PLACES else None
    if marker is not None:
        return _PLACES.get(marker)
    if annotation is None:
        return "query"
    if scope is None:
        return None
    made = instance_of_annotation(machine, scope, annotation)
    if isinstance(made, Instance):
        return "json" if isinstance(made.cls, Class) else None
    if isinstance(made, External):
        return "file" if made.path.endswith("UploadFile()") else None
    return "query"


def _marker(value: Value | None) -> str | None:
    """`Query` of `Query(...)`, `Depends` of `Depends(...)`."""
    if isinstance(value, External) and value.event is not None:
        return value.event.path.rpartition(".")[2]
    return None


def written(annotation: Expr) -> str:
    """An annotation as short text."""
    if isinstance(annotation, Name):
        return annotation.id
    if isinstance(annotation, Attribute):
        return annotation.attr
    if isinstance(annotation, Subscript):
        return f"{written(annotation.value)}[{written(annotation.index)}]"
    items = getattr(annotation, "items", None)
    if items is not None:
        return ", ".join(written(item) for item in items)
    left, right = getattr(annotation, "left", None), getattr(annotation, "right", None)
    if left is not None and right is not None and not isinstance(right, tuple):
        return f"{written(left)} | {written(right)}"
    value = getattr(annotation, "value", "")
    return "None" if value is None else str(value) if isinstance(value, str) else ""
