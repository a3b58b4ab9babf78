"""Effects: recorded calls in; store accesses, outbound calls and sinks out, each with its place and what reaches it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from tmscan.facts.types import At, column_of, line_of
from tmscan.inventory.arguments import pick, show, texts
from tmscan.inventory.sqltext import read_sql
from tmscan.inventory.stores import Stores, store_for
from tmscan.inventory.types import Access, Outbound, Sink, Step
from tmscan.libraries.index import Index
from tmscan.libraries.types import EffectRow, Library, Operation
from tmscan.program.machine import Machine
from tmscan.program.operators import is_none
from tmscan.program.values import (
    Bound,
    Class,
    Decorated,
    Event,
    External,
    Instance,
    Known,
    Sequence,
    Text,
    Value,
    origins_of,
)
from tmscan.sources.types import Location

Shape = Literal["constant", "built", "unknown"]
_WORDS = {
    "query": "the query string", "form": "a form field", "json": "the JSON body", "path": "the path", "header": "a header",
    "cookie": "a cookie", "file": "an uploaded file", "body": "the request body",
}  # fmt: skip


@dataclass(slots=True)
class Effects:
    """Everything the program does to the outside; `of_event` says which records one recorded call gave."""

    accesses: list[Access] = field(default_factory=list)
    outbound: list[Outbound] = field(default_factory=list)
    sinks: list[Sink] = field(default_factory=list)
    of_event: dict[int, list[Access | Outbound | Sink]] = field(default_factory=dict)
    processed: dict[int, list[str]] = field(default_factory=dict)


def effects_of(machine: Machine, index: Index, stores: Stores) -> Effects:
    """The effects of every recorded call, each once, in a stable order."""
    effects = Effects()
    merged: dict[tuple[object, ...], Access | Outbound | Sink] = {}
    for event in machine.events:
        for known in index.effects.get(event.path, ()):
            if not applies(event, known.row):
                continue
            if known.row.does == "process":
                effects.processed.setdefault(id(event), []).append(known.library.name)
            for record in _records(stores, event, known.library, known.row):
                key = _key(record, event)
                kept = merged.get(key)
                if kept is None or (isinstance(kept, Sink) and isinstance(record, Sink) and _worse(record, kept)):
                    merged[key] = record
                effects.of_event.setdefault(id(event), []).append(record)
    for record in merged.values():
        if isinstance(record, Access):
            effects.accesses.append(record)
        elif isinstance(record, Outbound):
            effects.outbound.append(record)
        else:
            effects.sinks.append(record)
    effects.accesses.sort(key=lambda item: (item.location, item.store, item.operation, item.entity))
    effects.outbound.sort(key=lambda item: (item.location, item.target, item.callee))
    effects.sinks.sort(key=lambda item: (item.location, item.kind, item.callee))
    return effects


def _key(record: Access | Outbound | Sink, event: Event) -> tuple[object, ...]:
    detail = (
        record.kind
        if isinstance(record, Sink)
        else record.target
        if isinstance(record, Outbound)
        else (record.operation, record.entity)
    )
    return (type(record).__name__, event.module.path, event.at, event.end, detail)


def _worse(one: Sink, other: Sink) -> bool:
    return (bool(one.inputs), one.argument != "constant") > (bool(other.inputs), other.argument != "constant")


def applies(event: Event, row: EffectRow) -> bool:
    """Whether the constant arguments of a call are such that the row applies (`only`, `unless`)."""
    needed: dict[str, bool] = {}
    for key, text in row.only:
        needed[key] = needed.get(key, False) or _has(event, key, text)
    return all(needed.values()) and not any(_has(event, key, text) for key, text in row.unless)


def _has(event: Event, key: str, text: str) -> bool:
    value = pick(event.arguments, (int(key) if key.isdigit() else key,))
    shown = show(value)
    return value is not None and (shown == text or shown.rpartition(".")[2] == text)


def _records(stores: Stores, event: Event, library: Library, row: EffectRow) -> list[Access | Outbound | Sink]:
    made: list[Access | Outbound | Sink] = []
    for does in (row.does, *row.also):
        if does == "access":
            made.append(_access(stores, event, library, row))
        elif does == "send":
            made.append(_outbound(event, library, row))
        elif does != "process":
            made.append(_sink(event, library, row, does))
    return made


def place_of(event: Event) -> Location:
    """The region of a call."""
    end: At = event.end
    if end <= event.at:
        return Location(event.module.path, line_of(event.at), column_of(event.at))
    return Location(event.module.path, line_of(event.at), column_of(event.at), line_of(end), column_of(end))


def function_of(event: Event) -> str:
    """The qualified name of the function that makes a call."""
    return event.activation.name.replace(".<locals>", "")


def _access(stores: Stores, event: Event, library: Library, row: EffectRow) -> Access:
    operation: Operation = "execute"
    entity = ""
    raw = row.operation == "sql"
    if row.operation == "sql":
        statement = _statement(pick(event.arguments, row.argument))
        if statement:
            operation, entity = read_sql(statement)
        else:
            raw = not isinstance(pick(event.arguments, row.argument), External)
    elif row.operation:
        operation = row.operation
    if not entity:
        entity = _receiver_entity(event) if row.entity == "receiver" else _entity(pick(event.arguments, row.entity))
    kind = row.kind or "sql"
    store = store_for(stores, event, row.engine, kind)
    return Access(store, library.name, operation, entity, raw, place_of(event), function_of(event))


def _statement(value: Value | None) -> str:
    if isinstance(value, External) and value.event is not None and value.event.arguments.positional:
        value = value.event.arguments.positional[0]
    found = texts(value)
    return found[0] if found else ""


def _receiver_entity(event: Event) -> str:
    value: Value | None = event.callee
    for _ in range(16):
        if isinstance(value, Decorated):
            value = value.value
        elif isinstance(value, Bound):
            value = value.receiver
        elif isinstance(value, Class):
            return value.qualname
        elif isinstance(value, Instance):
            return value.cls.qualname
        elif isinstance(value, External):
            if value.event is not None and value.base is None:
                value = value.event.callee
                continue
            if value.event is not None and isinstance(value.event.callee, External):
                for argument in value.event.arguments.positional[:1]:
                    if isinstance(argument, Class):
                        return argument.qualname
            value = value.base
        else:
            return ""
    return ""


def _entity(value: Value | None) -> str:
    if isinstance(value, Decorated):
        return _entity(value.value)
    if isinstance(value, Class):
        return value.qualname
    if isinstance(value, Instance):
        return value.cls.qualname
    if isinstance(value, External):
        inner = value.base
        if isinstance(inner, Class | Instance | Decorated):
            return _entity(inner)
        if value.event is not None and value.event.arguments.positional:
            return _entity(value.event.arguments.positional[0])
        return ""
    if isinstance(value, Sequence) and value.items:
        return _entity(value.items[0])
    found = texts(value)
    return found[0][:80] if found else ""


def _outbound(event: Event, library: Library, row: EffectRow) -> Outbound:
    target = host_of(pick(event.arguments, row.target)) if row.target else ""
    if not target:
        target = _base_target(event.callee)
    options = _options(event, row)
    timeout: bool | None = None
    if row.timeout:
        given = pick(event.arguments, row.timeout)
        timeout = (
            (given is not None and not is_none(given)) or event.arguments.unknown is not None or _client_has(event, row)
        )
    return Outbound(
        library.name, target or ("" if not row.vendor else row.vendor), row.protocol or "http", place_of(event),
        function_of(event), event.path, row.vendor, options, timeout,
    )  # fmt: skip


def _client_has(event: Event, row: EffectRow) -> bool:
    """Whether the client object was made with a timeout."""
    value = event.callee.base if isinstance(event.callee, External) else None
    while isinstance(value, External):
        if value.event is not None and pick(value.event.arguments, row.timeout) is not None:
            return True
        value = value.base
    return False


def _base_target(value: Value | None) -> str:
    """The host that a client was made for: `Client(base_url="https://…")`."""
    for _ in range(6):
        if not isinstance(value, External):
            return ""
        if value.event is not None:
            for name in ("base_url", "host", "url", "endpoint_url", 0):
                host = host_of(pick(value.event.arguments, (name,)), bare=name == "host")
                if host:
                    return host
        value = value.base
    return ""


def host_of(value: Value | None, *, bare: bool = True) -> str:
    """The host of a URL as far as it is constant: `https://api.example.com/{?}` is api.example.com."""
    for text in texts(value):
        if "://" in text:
            try:
                host = urlsplit(text).hostname or ""
            except ValueError:
                return ""
            if host and "{" not in host:
                return host
        elif bare and "/" not in text and "{" not in text and text and " " not in text:
            return text.partition(":")[0]
    return ""


def _options(event: Event, row: EffectRow) -> tuple[tuple[str, str], ...]:
    found = []
    for name in row.options:
        value = event.arguments.keywords.get(name)
        if value is not None:
            found.append((name, show(value)))
    return tuple(found)


def _sink(event: Event, library: Library, row: EffectRow, does: str) -> Sink:
    value = pick(event.arguments, row.argument) if row.argument else None
    origins = sorted(
        (origin for origin in origins_of(value) if origin.kind not in ("exception", "environment")),
        key=lambda origin: (origin.file, origin.at, origin.kind, origin.name),
    )
    steps: list[Step] = []
    for origin in origins[:3]:
        words = _WORDS.get(origin.kind, origin.kind)
        steps.append(
            Step(f"{origin.name} comes from {words}", Location(origin.file, line_of(origin.at), column_of(origin.at)))
        )
    if steps:
        steps.append(Step(f"it reaches {event.path.rpartition(':')[2]}()", place_of(event)))
    kinds = tuple(dict.fromkeys(origin.kind for origin in origins))
    return Sink(
        does,
        library.name,
        event.path,
        shape_of(value),
        place_of(event),
        function_of(event),
        kinds,
        tuple(steps),
        _options(event, row),
    )


def shape_of(value: Value | None, depth: int = 4) -> Shape:
    """Whether a value is constant, assembled from parts that are not, or simply not known."""
    if isinstance(value, Known):
        return "constant"
    if isinstance(value, Text):
        return "built"
    if depth and isinstance(value, Sequence):
        shapes = {shape_of(item, depth - 1) for item in value.items}
        if value.rest is not None:
            shapes.add("unknown")
        return (
            "constant"
            if shapes <= {"constant"}
            else "built"
            if "built" in shapes or "constant" in shapes
            else "unknown"
        )
    if depth and isinstance(value, External) and value.event is not None and value.event.arguments.positional:
        return shape_of(value.event.arguments.positional[0], depth - 1)
    choices = getattr(value, "options", None)
    if depth and choices:
        shapes = {shape_of(option, depth - 1) for option in choices}
        return shapes.pop() if len(shapes) == 1 else "built" if "built" in shapes else "unknown"
    return "unknown"
