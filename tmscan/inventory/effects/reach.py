"""What each endpoint can get to: from its activations along the calls to the effects, with the shortest way there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from tmscan.facts.types import At, Try, line_of
from tmscan.inventory.calls.leads import leads_to
from tmscan.inventory.effects.recorded import Effects
from tmscan.inventory.types import Access, Dependency, Outbound, Reach, Sink, Step
from tmscan.program.objects.classes import order_of
from tmscan.program.values import Activation, Class, Event, Sequence
from tmscan.sources.types import Location

STEP_LIMIT = 12
COMMIT = "commit"
CHANGING = frozenset({"write", "delete", "ddl", "execute"})
LOG_DEPTH, LOG_WIDTH = 2, 200  # how far from the code that answers, and through how many calls, a log entry counts

# By target, what is done with what (operation, entity), and the shortest way there.
Uses = set[tuple[str, str]]
Gathered = dict[str, tuple[Uses, tuple[Step, ...]]]
Came = dict[int, tuple[Activation, At] | None]  # by `id` of an activation, which one calls it and where


@dataclass(slots=True)
class Around:
    """By endpoint, what base classes do for its handler and what runs before it; `handlers` are all definitions.

    What runs for all routes of an application or router, middleware and hooks, stands apart in `outside`.

    `runs` holds groups by their `id`: the activations of a method that many classes inherit are one list for all
    endpoints, as there are too many of them to go through for each.
    """

    provided: dict[str, list[tuple[str, str, str, Step]]] = field(default_factory=dict)
    runs: dict[str, dict[int, list[Activation]]] = field(default_factory=dict)
    outside: dict[str, list[Activation]] = field(default_factory=dict)
    handlers: frozenset[int] = frozenset()


def reaches_of(
    starts: dict[str, list[Activation]],
    effects: Effects,
    libraries: dict[str, Dependency],
    classes: Mapping[str, Class] | None = None,
    around: Around | None = None,
) -> tuple[Reach, ...]:
    """One record per source (endpoint or entry-point id) and target, in a stable order.

    `libraries` maps a library file's name to the dependency it is, for those that become elements of the diagram.
    `classes` are the handler classes by source: what their bodies prepare (`queryset = …`), their requests do.
    `around` is what frameworks do and run for an endpoint besides its handler.
    """
    around = around or Around()
    found: list[Reach] = []
    known: dict[int, list[tuple[str, str, str, Step]]] = {}
    leading: dict[int, bool] = {}
    following: dict[int, list[tuple[At, Activation]]] = {}
    useful: dict[int, list[Activation]] = {}
    nothing: list[Activation] = []

    def effects_in(activation: Activation) -> list[tuple[str, str, str, Step]]:
        if id(activation) not in known:
            known[id(activation)] = list(_effects_of(activation, effects, libraries))
        return known[id(activation)]

    def leads(activation: Activation) -> bool:
        return leads_to(activation, lambda one: bool(effects_in(one)), leading)

    def onward(activation: Activation) -> list[tuple[At, Activation]]:
        """The calls that lead to an effect, each callee once: worked out once for all endpoints that come by."""
        if id(activation) not in following:
            firsts: dict[int, tuple[At, Activation]] = {}
            for call in activation.calls:
                firsts.setdefault(id(call[1]), call)
            following[id(activation)] = [call for call in firsts.values() if leads(call[1])]
        return following[id(activation)]

    def leading_of(group: list[Activation]) -> list[Activation]:
        if id(group) not in useful:
            useful[id(group)] = [activation for activation in group if leads(activation)]
        return useful[id(group)]

    for source, activations in starts.items():
        gathered: Gathered = {}
        for event in _prepared((classes or {}).get(source), effects):
            for target, operation, entity in _targets(event, effects, libraries):
                _gather(gathered, target, operation, entity, (_step(event),))
        for target, operation, entity, step in around.provided.get(source, ()):
            _gather(gathered, target, operation, entity, (step,))
        besides, outside = around.runs.get(source, {}), around.outside.get(source, nothing)
        handlers = {id(start.function.definition) for start in activations if start.function is not None}
        others = around.handlers - handlers if besides or outside else frozenset()
        came: Came = {}
        own: dict[str, Uses] = {}
        for starting in ([*activations, *chain.from_iterable(map(leading_of, besides.values()))], leading_of(outside)):
            own = {target: set(uses) for target, (uses, _) in gathered.items()}  # last, what is done but outside
            for activation, way in _walk(starting, came, onward, others):
                for target, operation, entity, step in effects_in(activation):
                    if operation == COMMIT and not _says_changed(activation):
                        continue
                    if _is_new(gathered, target, operation, entity):
                        _gather(gathered, target, operation, entity, (*way(), step))
        if (logged := _log_near(activations, effects)) is not None:
            gathered["log:"], own["log:"] = ({("write", "")}, logged), {("write", "")}
        found += [
            _reach(source, target, uses, steps, own.get(target, set())) for target, (uses, steps) in gathered.items()
        ]
    return tuple(sorted(found, key=lambda reach: (reach.source, reach.target)))


def _reach(source: str, target: str, uses: Uses, steps: tuple[Step, ...], own: Uses) -> Reach:
    uses, own = _committed(uses), _committed(own)
    operations, done = ({operation for operation, _ in each if operation} for each in (uses, own))
    return Reach(
        source,
        target,
        tuple(sorted(operations)),
        tuple(sorted({entity for _, entity in uses if entity})),
        steps,
        uses=tuple(sorted(use for use in uses if all(use))),
        outside=tuple(sorted(operations - done)),
    )


def _committed(uses: Uses) -> Uses:
    """What is done, where a commit says that an object which was only read has been changed."""
    left = {use for use in uses if use[0] != COMMIT}
    if len(left) == len(uses) or any(operation in CHANGING for operation, _ in left):
        return left
    return left | {("write", entity) for _, entity in uses}


def _log_near(activations: list[Activation], effects: Effects) -> tuple[Step, ...] | None:
    """The way to an entry in the log of what was done: in the code that answers, or two calls further on at most.

    What is only written when something failed says nothing of a change that worked, and neither does a debugging aid.
    """
    level: list[tuple[Activation, tuple[Step, ...]]] = [(activation, ()) for activation in activations]
    seen = {id(activation) for activation in activations}
    for _ in range(LOG_DEPTH + 1):
        following: list[tuple[Activation, tuple[Step, ...]]] = []
        for activation, way in level:
            for event in activation.events:
                if _is_entry(activation, event, effects):
                    return (*way, _step(event))
            for at, callee in activation.calls:
                if id(callee) not in seen:
                    seen.add(id(callee))
                    following.append((callee, (*way, _call(activation, callee, at))))
        level = following[:LOG_WIDTH]
    return None


def _is_entry(activation: Activation, event: Event, effects: Effects) -> bool:
    return (
        any(isinstance(record, Sink) and record.kind == "log" for record in effects.of_event.get(id(event), ()))
        and not event.path.endswith(".debug")
        and not any(isinstance(test, Try) for test in activation.under.get(id(event), ()))
    )


def _prepared(cls: Class | None, effects: Effects) -> list[Event]:
    """The calls in the body of a handler class and of the classes of the program that it inherits from."""
    if cls is None:
        return []
    return [event for owner in order_of(cls) for event in effects.in_bodies.get(id(owner), ())]


def _gather(gathered: Gathered, target: str, operation: str, entity: str, steps: tuple[Step, ...]) -> None:
    gathered.setdefault(target, (set(), steps))[0].add((operation, entity))


def _is_new(gathered: Gathered, target: str, operation: str, entity: str) -> bool:
    return target not in gathered or (operation, entity) not in gathered[target][0]


def _effects_of(
    activation: Activation, effects: Effects, libraries: dict[str, Dependency]
) -> Iterator[tuple[str, str, str, Step]]:
    """(target, operation, entity, step) of all that an activation does itself."""
    for event in activation.events:
        for target, operation, entity in _targets(event, effects, libraries):
            yield target, operation, entity, _step(event)
        if id(event) in effects.commits:
            yield effects.commits[id(event)], COMMIT, "", _step(event)
    for at, access in effects.of_call.get(id(activation), ()):
        step = Step(f"reads {access.entity}", Location(activation.module.path, line_of(at)))
        yield access.store, access.operation, access.entity, step


def _walk(
    activations: list[Activation],
    came: Came,
    onward: Callable[[Activation], list[tuple[At, Activation]]],
    others: frozenset[int] = frozenset(),
) -> Iterator[tuple[Activation, Callable[[], tuple[Step, ...]]]]:
    """Every activation on the way to an effect, nearest first, with the calls that lead there if they are asked for.

    What is in `came` has been visited. The definitions in `others` are the handlers of other endpoints: what wraps
    many calls them as well.
    """
    queue = deque({id(each): each for each in activations if id(each) not in came}.values())
    came.update(dict.fromkeys(map(id, queue)))

    def way_to(activation: Activation) -> tuple[Step, ...]:
        steps: list[Step] = []
        before = came[id(activation)]
        while before is not None:
            caller, at = before
            steps.append(_call(caller, activation, at))
            activation, before = caller, came[id(caller)]
        return tuple(reversed(steps))[:STEP_LIMIT]

    while queue:
        current = queue.popleft()
        yield current, partial(way_to, current)
        for at, callee in onward(current):
            if id(callee) not in came and not _is_one(callee, others):
                came[id(callee)] = (current, at)
                queue.append(callee)


def _says_changed(activation: Activation) -> bool:
    """Whether a commit says that something was changed: one at the end of every use of a session does not."""
    made = activation.result
    return not (isinstance(made, Sequence) and made.kind == "generator")


def _is_one(activation: Activation, definitions: frozenset[int]) -> bool:
    return bool(definitions) and activation.function is not None and id(activation.function.definition) in definitions


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
