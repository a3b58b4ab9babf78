"""Ways in that are not HTTP: tasks, consumers, commands, signals, from the calls and base classes that make them."""

from __future__ import annotations

from tmscan.inventory.arguments import pick, texts
from tmscan.inventory.handlers import Handler, unwrap
from tmscan.inventory.judges import Judge
from tmscan.inventory.routes import Found
from tmscan.inventory.types import Endpoint, EntryPoint
from tmscan.libraries.types import EntryRow
from tmscan.program.calls import call_by_framework
from tmscan.program.classes import find_in_class, order_of
from tmscan.program.typing_hints import specimen
from tmscan.program.values import Activation, Arguments, Event, External, Function, Value
from tmscan.sources.types import Location

Routed = tuple[Endpoint, Handler, Found]
Started = tuple[EntryPoint, list[Activation]]


def entry_points_of(judge: Judge) -> list[tuple[EntryPoint, list[Activation]]]:
    """Every entry point with the activations that it starts, in a stable order."""
    found: dict[str, tuple[EntryPoint, list[Activation]]] = {}
    for event in judge.machine.events:
        for row, target, made in _declared(judge, event):
            handler = unwrap(judge.machine, target)
            if handler is not None and handler.location is not None:
                name = (texts(pick(made.arguments, row.name)) or (handler.name.rpartition(".")[2],))[0]
                entry = _entry(row.kind, name, handler.name, handler.location)
                found.setdefault(entry.id, (entry, _run(judge, handler)))
    for library in judge.index.libraries:
        for row in library.entries:
            if row.shape == "class":
                for entry, activations in _subclasses(judge, row):
                    found.setdefault(entry.id, (entry, activations))
    return sorted(found.values(), key=lambda item: item[0].id)


def sockets_of(endpoints: list[Routed], starts: dict[str, list[Activation]]) -> tuple[list[Routed], list[Started]]:
    """All endpoints, and those that hold a connection open once more as entry points, which carry what they reach."""
    sockets = [
        (_entry("websocket", endpoint.path, endpoint.handler, endpoint.location), starts.pop(endpoint.id, []))
        for endpoint, _, _ in endpoints
        if endpoint.methods == ("WEBSOCKET",)
    ]
    return endpoints, sockets


def _declared(judge: Judge, event: Event) -> list[tuple[EntryRow, Value | None, Event]]:
    found: list[tuple[EntryRow, Value | None, Event]] = []
    head = event.arguments.positional[0] if event.arguments.positional else None
    for known in judge.index.entries.get(event.path, ()):
        if known.row.shape == "decorated" and event.decorates:
            found.append((known.row, head, event))
        elif known.row.shape == "registered":
            found.append((known.row, pick(event.arguments, known.row.handler), event))
    inner = event.callee.event if isinstance(event.callee, External) else None
    if inner is not None and event.path.endswith("()"):
        rows = judge.index.entries.get(inner.path, ())
        found.extend((known.row, head, inner) for known in rows if known.row.shape == "decorated")
    return found


def _entry(kind: str, name: str, handler: str, location: Location) -> EntryPoint:
    return EntryPoint(f"entry:{kind} {name} {handler}", kind, name, handler, location)


def _run(judge: Judge, handler: Handler) -> list[Activation]:
    if handler.function is None:
        return []
    receiver = handler.receiver
    if receiver is None and handler.function.owner is not None:
        receiver = specimen(handler.function.owner)
    activation = call_by_framework(judge.machine, handler.function, receiver, Arguments())
    return [activation] if activation is not None else []


def _subclasses(judge: Judge, row: EntryRow) -> list[tuple[EntryPoint, list[Activation]]]:
    found: list[tuple[EntryPoint, list[Activation]]] = []
    for cls in judge.machine.classes:
        bases = {owner.path for owner in order_of(cls) if isinstance(owner, External)}
        if not bases & set(row.paths):
            continue
        method, _ = find_in_class(cls, row.method) if row.method else (None, None)
        if isinstance(method, Function):
            handler = Handler(function=method, receiver=specimen(cls))
            place = Handler(cls=cls).location
            name = cls.module.name.rpartition(".")[2] if cls.qualname == "Command" else cls.qualname
            if place is not None:
                whole = f"{cls.module.name}.{cls.qualname}.{row.method}".replace(".<locals>", "")
                found.append((_entry(row.kind, name, whole, place), _run(judge, handler)))
    return found
