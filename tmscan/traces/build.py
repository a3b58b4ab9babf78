"""Inventory in; for each sink that request input reaches, the way there out, step by step.

Nothing of this is kept while the program is evaluated: the way is looked for afterwards, for the few that need it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tmscan.facts.types import line_of
from tmscan.inventory.calls.places import place_of
from tmscan.inventory.effects.sinks import argument_of
from tmscan.inventory.running.hooks import hooks_of
from tmscan.inventory.types import Inventory, Sink, Step
from tmscan.libraries.index import Index
from tmscan.libraries.types import ArgumentRef
from tmscan.program.checks import INDIRECT
from tmscan.program.evaluation.summaries import places_behind
from tmscan.program.lattice import origins_of
from tmscan.program.machine import Machine
from tmscan.program.values import Activation, Arguments, Checks, Event, Origin, Origins, Place, Tests, Value
from tmscan.sources.types import Location
from tmscan.traces.changes import changes_of
from tmscan.traces.handed import kept_in_object, lost_at
from tmscan.traces.looked import looked_at, validators
from tmscan.traces.types import Trace
from tmscan.traces.ways import Call, Calls, Carries, Hop, calls_of, connected, left_for_later, way_between

STEPS = 16
EVENTS = 4  # ways of calling one function that are looked at for one input
_Carries = Callable[[Value | None], bool]
_Reached = list[tuple[Event, Value, ArgumentRef]]
_Inside = dict[tuple[int, bool, Checks], frozenset[Place]]


@dataclass(frozen=True, slots=True)
class _Data:
    """The data of one source: where it came in, and which values and activations hold it."""

    starts: list[Activation]
    carries: _Carries
    held: Carries


def traces_of(machine: Machine, index: Index, sinks: Sequence[Sink], pages: Sequence[Event] = ()) -> tuple[Trace, ...]:
    """One trace for each sink that input reaches and each input that was named for it, in the order of the sinks.

    `pages` are the calls that nobody wrote: what handlers and templates put into pages.
    """
    wanted = [sink for sink in sinks if len(sink.steps) > 1]
    if not wanted:
        return ()
    places = {(sink.callee, sink.location) for sink in wanted}
    events: dict[tuple[str, Location], list[Event]] = {}
    for event in (*machine.events, *pages):
        place = (event.path, place_of(event))
        if place in places:
            events.setdefault(place, []).append(event)
    calls = calls_of(machine, hooks_of(machine, index))
    holding = _holders(calls, events)
    found: list[Trace] = []
    inside: _Inside = {}
    for sink in wanted:
        for source in sink.steps[:-1]:
            seen = events.get((sink.callee, sink.location), [])
            trace = _trace(machine, index, calls, holding, inside, sink, source, seen)
            if trace is not None:
                found.append(trace)
    return tuple(found)


def believed(inventory: Inventory, traces: Sequence[Trace]) -> Inventory:
    """The inventory without inputs of sinks to which no way leads.

    Functions that run once for all callers mix what these hand over, and so do objects that all share; what no chain of
    calls explains comes from there.
    """
    sources: dict[Sink, list[Step]] = {}
    for trace in traces:
        sources.setdefault(trace.sink, []).append(trace.steps[0])
    sinks: list[Sink] = []
    for sink in inventory.sinks:
        if len(sink.steps) > 1 and sink not in sources:
            sinks.append(replace(sink, inputs=(), steps=()))
        else:
            sinks.append(sink)
    return replace(inventory, sinks=tuple(sinks))


def _holders(calls: Calls, events: dict[tuple[str, Location], list[Event]]) -> dict[int, list[Activation]]:
    """Event → the activations that it happened in: equal calls from one place are one event."""
    found = {id(event): [event.activation] for same in events.values() for event in same}
    for activation in calls.activations:
        for event in activation.events:
            if id(event) in found and event.activation is not activation:
                found[id(event)].append(activation)
    return found


def _trace(
    machine: Machine,
    index: Index,
    calls: Calls,
    holding: dict[int, list[Activation]],
    inside: _Inside,
    sink: Sink,
    source: Step,
    events: list[Event],
) -> Trace | None:
    """The way from one input to a sink; None where neither calls connect them nor an object that both belong to."""
    harmless = frozenset({"plain", sink.kind})
    data = _data(machine, calls, inside, source, harmless | {INDIRECT})
    sure = _by_calls(machine, calls, holding, data, sink, source, _reached(index, data, events))
    if sure is not None and sure.sure:
        return sure
    data = _data(machine, calls, inside, source, harmless)
    reached = _reached(index, data, events)
    found = _by_calls(machine, calls, holding, data, sink, source, reached)
    if found is not None:
        return replace(found, sure=False)
    if any(left_for_later(calls, data.starts, holding[id(event)]) for event, *_ in reached[:EVENTS]):
        return Trace(sink, (source, sink.steps[-1]), connected=False)
    return None


def _data(machine: Machine, calls: Calls, inside: _Inside, source: Step, over: Checks) -> _Data:
    """The data that came in with a source, as long as it has passed none of the checks in `over`."""
    place = (source.location.file, source.location.line, source.text.partition(" ")[0])
    held = partial(_holds, machine, inside, place, over)
    return _Data(calls.at(source.location), _carrying(machine, place, over), held)


def _reached(index: Index, data: _Data, events: list[Event]) -> _Reached:
    """The calls of a sink that the data is in the dangerous argument of, with that argument."""
    found: _Reached = []
    for event in events:
        for known in index.effects.get(event.path, ()):
            value = argument_of(event, known.row)
            if value is not None and data.carries(value):
                found.append((event, value, known.row.argument))
    return found


def _by_calls(
    machine: Machine,
    calls: Calls,
    holding: dict[int, list[Activation]],
    data: _Data,
    sink: Sink,
    source: Step,
    reached: _Reached,
) -> Trace | None:
    """The way where calls lead from the source to the sink: one that the data is seen to go, if there is one."""
    found: tuple[Event, Value, list[Hop], bool] | None = None
    for event, value, argument in reached[:EVENTS]:
        hops = connected(calls, data.starts, holding[id(event)])
        if hops is None:
            continue
        found = found or (event, value, hops, False)
        carried = _carried(calls, data, holding[id(event)], event, argument)
        if carried is not None:
            found = (event, value, carried, True)
            break
    if found is None:
        return None
    event, value, hops, followed = found
    steps = _told(event, source, sink.steps[-1], hops, changes_of(machine, value, data.carries), data)
    return Trace(sink, _bounded(steps), sure=followed and not any(step.kind == "doubt" for step in steps))


def _carried(
    calls: Calls, data: _Data, ends: list[Activation], event: Event, argument: ArgumentRef
) -> list[Hop] | None:
    """The shortest way of the data to a call that each call on it hands it on along."""
    shut: set[Call] = set()
    for _ in range(EVENTS):
        hops = way_between(calls, data.starts, ends, data.held, shut)
        lost = lost_at(calls.texts, hops, event, argument, data.carries) if hops is not None else None
        if lost is None:
            return hops
        shut.add((id(lost.source), id(lost.target), lost.at))
    return None


def _carrying(machine: Machine, place: Place, over: Checks) -> _Carries:
    """Tells whether the data that came in at a place is in a value, and has passed none of some checks."""
    known: dict[Origins, bool] = {}

    def carries(value: Value | None) -> bool:
        origins = origins_of(value)
        if origins not in known:
            known[origins] = place in places_behind(machine, origins, over)
        return known[origins]

    return carries


def _holds(machine: Machine, known: _Inside, place: Place, over: Checks, activation: Activation, given: bool) -> bool:
    """Whether data that came in at a place is in what an activation was given, or in what it gives back."""
    key = (id(activation), given, over)
    if key not in known:
        values: list[Value | None] = [activation.result]
        if given:
            arguments = activation.arguments or Arguments()
            values = [*arguments.positional, *arguments.keywords.values(), arguments.unknown, activation.receiver]
        origins = frozenset[Origin]().union(*(origins_of(value) for value in values))
        known[key] = places_behind(machine, origins, over)
    return place in known[key]


def _told(event: Event, source: Step, last: Step, hops: list[Hop], changes: list[Event], data: _Data) -> list[Step]:
    """The whole way in words: what happens inside each function, then how the data leaves it."""
    steps = [Step(source.text, source.location, "source")]
    way = {id(one) for hop in hops for one in (hop.source, hop.target)}
    left = list(changes)
    for hop in hops:
        before = line_of(hop.at) if hop.down else 1 << 30
        steps += _inside(hop.source, left, before)
        if hop.down:
            steps += _checks(hop.source, hop.tests, before, data, way)
        steps.append(_hop(hop, data.carries))
        if kept_in_object(hop, data.carries):
            words = "it is kept in an object that stands for all of its class here, whoever made them"
            steps.append(Step(words, Location(hop.source.module.path, line_of(hop.at)), "doubt"))
    inner = hops[-1].target if hops else event.activation
    steps += [_change(event) for event in left]  # here, and in functions that were asked on the way
    steps += _checks(inner, inner.under.get(id(event), ()), line_of(event.at), data, way)
    steps.append(Step(last.text, last.location, "sink"))
    return _once(steps)


def _inside(activation: Activation, left: list[Event], before: int) -> Iterator[Step]:
    """The changes that happen in this function, and those in functions that it calls, taken off the list."""
    function = activation.function
    mine = [
        number
        for number, event in enumerate(left)
        if event.activation.function is not None
        and function is not None
        and event.activation.function.definition is function.definition
        and line_of(event.at) <= before
    ]
    if not mine:
        return
    taken, left[:] = left[: mine[-1] + 1], left[mine[-1] + 1 :]
    yield from (_change(event) for event in taken)


def _change(event: Event) -> Step:
    return Step(f"goes through {_short(event.path)}()", place_of(event), "change")


def _checks(activation: Activation, tests: Tests, before: int, data: _Data, way: set[int]) -> Iterator[Step]:
    for at, callee, kind in validators(activation, before, data.carries, data.held, way):
        why = "but what it asks does not make" if kind == "check" else "and nobody can say from here whether that makes"
        words = f"{_called(callee)}() looks at it and can refuse it, {why} the data harmless"
        yield Step(words, Location(activation.module.path, line_of(at)), kind)
        for _, _, where, inner in callee.ends:
            if where and inner:
                yield from looked_at(callee, inner, data.carries)
                break
    yield from looked_at(activation, tests, data.carries)


def _hop(hop: Hop, carries: _Carries) -> Step:
    if not hop.down:
        place = Location(hop.target.module.path, line_of(hop.at))
        return Step(f"comes back from {_called(hop.source)}()", place, "return")
    place = Location(hop.source.module.path, line_of(hop.at))
    frame, function = hop.target.frame, hop.target.function
    name = ""
    if frame is not None and function is not None:
        names = [parameter.name for parameter in function.definition.parameters]
        name = next((each for each in names if carries(frame.locals.get(each))), "")
    words = f"goes into {_called(hop.target)}()" + (f" as `{name}`" if name else "")
    return Step(words, place, "call")


def _called(activation: Activation) -> str:
    return activation.function.qualname.replace(".<locals>", "") if activation.function else activation.module.name


def _short(path: str) -> str:
    return path.rpartition(":")[2].removesuffix("()")


def _once(steps: list[Step]) -> list[Step]:
    return list(dict.fromkeys(steps))


def _bounded(steps: list[Step]) -> tuple[Step, ...]:
    """Where there are too many, what libraries did on the way goes first, then the middle."""
    while len(steps) > STEPS and any(step.kind == "change" for step in steps):
        steps.remove(next(step for step in steps if step.kind == "change"))
    half = STEPS // 2
    return tuple(steps) if len(steps) <= STEPS else (*steps[:half], *steps[-half:])
