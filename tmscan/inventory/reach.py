"""What each endpoint can get to: from its activations along the calls to the effects, with the shortest way there."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from tmscan.facts.types import At, line_of
from tmscan.inventory.effects import Effects
from tmscan.inventory.types import Access, Dependency, Outbound, Reach, Step
from tmscan.program.classes import order_of
from tmscan.program.values import Activation, Class, Event
from tmscan.sources.types import Location

STEP_LIMIT = 12


def reaches_of(
    starts: dict[str, list[Activation]],
    effects: Effects,
    libraries: dict[str, Dependency],
    classes: Mapping[str, Class] | None = None,
) -> tuple[Reach, ...]:
    """One record per source (endpoint or entry-point id) and target, in a stable order.

    `libraries` maps a library file's name to the dependency it is, for those that become elements of the diagram.
    `classes` are the handler classes by source: what their bodies prepare (`queryset = …`), their requests do.
    """
    found: list[Reach] = []
    for source, activations in starts.items():
        gathered: dict[str, tuple[set[str], set[str], tuple[Step, ...]]] = {}
        for event in _prepared((classes or {}).get(source), effects):
            for target, operation, entity in _targets(event, effects, libraries):
                _gather(gathered, target, operation, entity, (_step(event),))
        for activation, way in _walk(activations):
            for event in activation.events:
                for target, operation, entity in _targets(event, effects, libraries):
                    _gather(gathered, target, operation, entity, (*way, _step(event)))
            for at, access in effects.of_call.get(id(activation), ()):
                step = Step(f"reads {access.entity}", Location(activation.module.path, line_of(at)))
                _gather(gathered, access.store, access.operation, access.entity, (*way, step))
        for target, (operations, entities, steps) in gathered.items():
            found.append(Reach(source, target, tuple(sorted(operations)), tuple(sorted(entities)), steps))
    return tuple(sorted(found, key=lambda reach: (reach.source, reach.target)))


def _prepared(cls: Class | None, effects: Effects) -> list[Event]:
    """The calls in the body of a handler class and of the classes of the program that it inherits from."""
    if cls is None:
        return []
    return [event for owner in order_of(cls) for event in effects.in_bodies.get(id(owner), ())]


def _gather(
    gathered: dict[str, tuple[set[str], set[str], tuple[Step, ...]]],
    target: str,
    operation: str,
    entity: str,
    steps: tuple[Step, ...],
) -> None:
    known = gathered.setdefault(target, (set(), set(), steps))
    if operation:
        known[0].add(operation)
    if entity:
        known[1].add(entity)


def _walk(activations: list[Activation]) -> list[tuple[Activation, tuple[Step, ...]]]:
    """Every activation that can be got to, nearest first, with the calls that lead there."""
    seen = {id(activation) for activation in activations}
    queue: deque[tuple[Activation, tuple[Step, ...]]] = deque((activation, ()) for activation in activations)
    order: list[tuple[Activation, tuple[Step, ...]]] = []
    while queue:
        current, way = queue.popleft()
        order.append((current, way))
        for at, callee in current.calls:
            if id(callee) not in seen:
                seen.add(id(callee))
                step = _call(current, callee, at)
                queue.append((callee, (*way, step) if len(way) < STEP_LIMIT else way))
    return order


def _call(caller: Activation, callee: Activation, at: At) -> Step:
    name = callee.function.qualname.replace(".<locals>", "") if callee.function is not None else callee.module.name
    return Step(f"calls {name}()", Location(caller.module.path, line_of(at)))


def _step(event: Event) -> Step:
    return Step(f"calls {event.path.rpartition(':')[2]}()", Location(event.module.path, line_of(event.at)))


def _targets(event: Event, effects: Effects, libraries: dict[str, Dependency]) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    names = [event.path.split(".", 1)[0].split(":", 1)[0], *effects.processed.get(id(event), ())]
    for record in effects.of_event.get(id(event), ()):
        if isinstance(record, Access):
            found.append((record.store, record.operation, record.entity))
        elif isinstance(record, Outbound):
            found.append((f"host:{record.target or '?'}", record.kind, ""))
        else:
            names.append(record.library)
            if record.kind == "command":
                found.append(("host:programs", "commands", ""))
    known = next((libraries[name] for name in names if name in libraries), None)
    if known is not None:
        found.append((f"library:{known.distribution}", "call", ""))
    return found
