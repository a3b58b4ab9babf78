"""Ways in that are not plain HTTP routes: tasks, consumers, commands, sockets, calls by name, and who may use them."""

from __future__ import annotations

from collections.abc import Iterable

from tmscan.facts.types import line_of
from tmscan.inventory.entries.calls import called_ways
from tmscan.inventory.entries.classes import class_ways
from tmscan.inventory.entries.guards import guard_ways
from tmscan.inventory.entries.settings import setting_ways
from tmscan.inventory.guards.judges import Judge
from tmscan.inventory.routes.answers import Answer
from tmscan.inventory.routes.ways import Way, start
from tmscan.inventory.types import Auth, Endpoint, EntryPoint, Guard
from tmscan.program.values import Activation
from tmscan.sources.types import Location

Routed = tuple[Endpoint, Answer]
Started = tuple[EntryPoint, list[Activation]]


def entry_points_of(judge: Judge, deployed: Iterable[Way] = ()) -> list[Started]:
    """Every entry point with the activations that it starts, in a stable order.

    `deployed` are those that deployment files name.
    """
    ways = [*class_ways(judge), *deployed]
    ways.extend(called_ways(judge, {(way.kind, way.handler) for way in ways}))
    ways.extend(setting_ways(judge, ways))
    kept = _without_repeats(ways)
    guards = guard_ways(judge, kept)
    found: dict[str, Started] = {}
    for way, (auth, asked) in zip(kept, guards, strict=True):
        entry = _entry(way.kind, way.name, way, auth, asked)
        if entry.id not in found:
            found[entry.id] = (entry, start(judge.machine, way))
    return sorted(found.values(), key=lambda item: item[0].id)


def sockets_of(endpoints: list[Routed]) -> list[Started]:
    """The endpoints that hold a connection open, as entry points, which carry what they reach."""
    sockets: list[Started] = []
    for endpoint, answer in endpoints:
        if endpoint.methods == ("WEBSOCKET",):
            name, handler = endpoint.path, endpoint.handler
            entry = EntryPoint(
                f"entry:websocket {name} {handler}", "websocket", name, handler, _opening(endpoint, answer),
                endpoint.auth, endpoint.guards,
            )  # fmt: skip
            sockets.append((entry, answer.runs))
    return sockets


def _opening(endpoint: Endpoint, answer: Answer) -> Location:
    """Where the method of a class stands that is called when a connection opens; elsewhere the handler."""
    for run in answer.runs:
        if run.function is not None and run.function.definition.name in answer.found.actions[:1]:
            return Location(run.module.path, line_of(run.function.definition.at))
    return endpoint.location


def _without_repeats(ways: list[Way]) -> list[Way]:
    """Each handler under the names it was given; under its own name only if it was given none."""
    named = {(way.kind, way.handler) for way in ways if way.given}
    kept: dict[tuple[str, str, str], Way] = {}
    for way in ways:
        if way.given or (way.kind, way.handler) not in named:
            kept.setdefault((way.kind, way.name, way.handler), way)
    return list(kept.values())


def _entry(kind: str, name: str, way: Way, auth: Auth | None, guards: tuple[Guard, ...]) -> EntryPoint:
    return EntryPoint(f"entry:{kind} {name} {way.handler}", kind, name, way.handler, way.location, auth, guards)
