"""What a rule may be about (`each:`) and every name it may ask there: fields, properties and related records.

Names come from the records and from `properties.py`, so a new field can be asked for at once and a typo never loads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Literal, get_args, get_origin

from tmscan.dfd import types as dfd_types
from tmscan.dfd.types import Boundary, Element, Flow
from tmscan.inventory import types as inventory_types
from tmscan.inventory.types import (
    Access,
    Dependency,
    Endpoint,
    EntryPoint,
    Guard,
    Observation,
    Outbound,
    Parameter,
    Reach,
    Setting,
    Sink,
)
from tmscan.threats.context import endpoints_of
from tmscan.threats.properties import PROPERTIES
from tmscan.threats.types import SuppressionUse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tmscan.threats.context import Context
    from tmscan.threats.model_properties import Value

Record = (
    Endpoint
    | EntryPoint
    | Access
    | Outbound
    | Sink
    | Observation
    | Dependency
    | Setting
    | Flow
    | Element
    | Boundary
    | Guard
    | Parameter
    | Reach
    | SuppressionUse
)
Shape = Literal["text", "flag", "number", "texts", "options"]

RECORDS: Mapping[str, type[Record]] = {
    "endpoint": Endpoint,
    "entry-point": EntryPoint,
    "access": Access,
    "outbound": Outbound,
    "sink": Sink,
    "observation": Observation,
    "dependency": Dependency,
    "setting": Setting,
    "flow": Flow,
    "element": Element,
    "boundary": Boundary,
    "guard": Guard,
    "parameter": Parameter,
    "reach": Reach,
    "suppression": SuppressionUse,
}
EACH: Mapping[str, str] = {
    **{name: name for name in RECORDS if name not in {"element", "guard", "parameter", "reach"}},
    **dict.fromkeys(("process", "store", "entity", "library"), "element"),
}
"""What `each:` may be, and the kind of record behind it."""

RELATIONS: Mapping[str, Mapping[str, tuple[str, Callable[..., tuple[Record, ...]]]]] = {
    "endpoint": {
        "guards": ("guard", lambda endpoint, _: (*endpoint.guards, *endpoint.auth.evidence)),
        "parameters": ("parameter", lambda endpoint, _: endpoint.parameters),
        "reaches": ("reach", lambda endpoint, context: context.reaches.get(endpoint.id, ())),
        "sinks": ("sink", lambda endpoint, context: context.endpoint_sinks.get(endpoint.id, ())),
        "accesses": ("access", lambda endpoint, context: context.endpoint_accesses.get(endpoint.id, ())),
        "outbound": ("outbound", lambda endpoint, context: context.endpoint_outbound.get(endpoint.id, ())),
        "observations": ("observation", lambda endpoint, context: context.endpoint_observations.get(endpoint.id, ())),
        "settings": ("setting", lambda _, context: context.inventory.settings),
    },
    "entry-point": {"reaches": ("reach", lambda entry, context: context.reaches.get(entry.id, ()))},
    **{
        kind: {
            "endpoints": ("endpoint", lambda record, context: endpoints_of(context.by_handler, record.function)),
            "settings": ("setting", lambda _, context: context.inventory.settings),
        }
        for kind in ("access", "outbound", "observation")
    },
    "sink": {
        "endpoints": ("endpoint", lambda record, context: endpoints_of(context.by_handler, record.function)),
        "settings": ("setting", lambda _, context: context.inventory.settings),
        "outbound": ("outbound", lambda sink, context: context.outbound_at.get(sink.location, ())),
    },
    "dependency": {
        "reached": ("reach", lambda library, context: context.reached.get(f"library:{library.distribution}", ())),
    },
    "setting": {"settings": ("setting", lambda _, context: context.inventory.settings)},
    "flow": {
        "endpoints": ("endpoint", lambda flow, _: flow.endpoints),
        "source": ("element", lambda flow, context: _present(context.elements.get(flow.source))),
        "target": ("element", lambda flow, context: _present(context.elements.get(flow.target))),
    },
    "element": {
        "endpoints": ("endpoint", lambda element, _: element.endpoints),
        "flows_in": ("flow", lambda element, context: context.flows_to.get(element.id, ())),
        "flows_out": ("flow", lambda element, context: context.flows_from.get(element.id, ())),
        "settings": ("setting", lambda _, context: context.inventory.settings),
    },
}


_SHAPES: Mapping[str, Shape] = {"str": "text", "bool": "flag", "int": "number", "tuple[str, ...]": "texts"}
_LITERAL = re.compile(r"['\"]([^'\"]*)['\"]")
_ALIASES: Mapping[str, tuple[str, ...]] = {
    name: tuple(str(word) for word in get_args(alias))
    for module in (inventory_types, dfd_types)
    for name, alias in vars(module).items()
    if get_origin(alias) is Literal
}


@dataclass(frozen=True, slots=True)
class Name:
    """One name a rule may ask for: what comes back, whether it may be null, and the words it can be ("" any)."""

    shape: Shape
    optional: bool
    choices: tuple[str, ...]
    read: Callable[[Record, Context], Value]


@cache
def names_of(kind: str) -> Mapping[str, Name]:
    """Every field (of a shape that can be compared) and property of a kind of record; a property hides a field."""
    found: dict[str, Name] = {}
    for field in fields(RECORDS[kind]):
        if field.name == "options":
            found[field.name] = Name("options", False, (), _field(field.name))
        elif shape := _shape(str(field.type)):
            found[field.name] = Name(*shape, _field(field.name))
        elif field.name == "location":
            found["file"] = Name("text", False, (), lambda record, _: _place(record)[0])
            found["line"] = Name("number", False, (), lambda record, _: _place(record)[1])
    for name, read in PROPERTIES[kind].items():
        shape = _shape(str(read.__annotations__["return"]))
        if shape is None:
            raise TypeError(f"property {kind}.{name} returns a value that no rule can compare")
        found[name] = Name(*shape, read)
    return found


def _shape(annotation: str) -> tuple[Shape, bool, tuple[str, ...]] | None:
    """Shape of an annotation as written: as text, since its names may come from imports for type checkers only."""
    plain = annotation.removesuffix(" | None")
    if plain in _SHAPES:
        return _SHAPES[plain], plain != annotation, ()
    words = _LITERAL.findall(plain) if plain.startswith("Literal[") else _ALIASES.get(plain, ())
    return ("text", plain != annotation, tuple(words)) if words else None


def _field(name: str) -> Callable[[Record, Context], Value]:
    def read(record: Record, _: Context) -> Value:
        value: Value = getattr(record, name)
        return value

    return read


def _place(record: Record) -> tuple[str, int]:
    location = getattr(record, "location", None)
    return (location.file, location.line) if location else ("", 0)


def _present(element: Element | None) -> tuple[Element, ...]:
    return (element,) if element else ()
