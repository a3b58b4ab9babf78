"""Who may use a way in that is no route: decorators, what its declaration and its server are given, its own checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tmscan.facts.types import line_of
from tmscan.inventory.calls.arguments import listed, pick
from tmscan.inventory.guards.identity import assigned, caller_words
from tmscan.inventory.guards.judges import Asked, Judge, Judged
from tmscan.inventory.guards.judging import judge_function
from tmscan.inventory.guards.permissions import permission_guards
from tmscan.inventory.guards.verdict import guards_of, verdict
from tmscan.inventory.routes.answers import Answer
from tmscan.inventory.routes.found import Found
from tmscan.inventory.routes.handlers import Handler
from tmscan.inventory.routes.ways import Way
from tmscan.inventory.types import Auth, Guard
from tmscan.libraries.types import EntryRow
from tmscan.program.data.operators import is_none
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.lattice import options
from tmscan.program.objects.classes import find_in_class
from tmscan.program.values import FALSE, Arguments, Class, Event, Function, Instance, Known, Sequence, Unknown, Value
from tmscan.sources.types import Location

# Kinds that people outside can use; tasks, schedules, commands and the like are started by the system itself.
OUTSIDE = frozenset({"websocket", "graphql", "rpc", "bot"})
Verdict = tuple[Auth | None, tuple[Guard, ...]]


def guard_ways(judge: Judge, ways: list[Way]) -> list[Verdict]:
    """For each way in whether somebody nobody knows is refused, and by what."""
    servers: dict[tuple[str, str], list[Judged]] = {}
    judged: list[list[Judged]] = []
    for way in ways:
        if way.kind not in OUTSIDE or way.code is None:
            judged.append([])
            continue
        key = (way.library.name, way.kind)
        if key not in servers:
            servers[key] = list(_server(judge, *key))
        judged.append([*servers[key], *_own(judge, way, way.code)])
    _pass_gates(ways, judged)
    return [
        (verdict(tuple(found), way.code, ()), tuple(one.guard for one in found))
        if way.kind in OUTSIDE and way.code is not None
        else (None, ())
        for way, found in zip(ways, judged, strict=True)
    ]


def _own(judge: Judge, way: Way, handler: Handler) -> Iterator[Judged]:
    given = pick(way.event.arguments, way.row.guards) if way.event is not None and way.row.guards else None
    found = Found(way.library, None, way.name, None, None, way.event, (), (), "", "", "")
    if given is not None:
        yield from permission_guards(judge, given, Asked("handler"))
    for judged in guards_of(judge, Answer(found, handler, (), handler.function, way.name, ()), ()):
        if judged.guard.scope not in ("middleware", "framework"):  # those stand before HTTP routes
            yield judged
    receiver = handler.receiver.cls if isinstance(handler.receiver, Instance) else None
    gate = find_in_class(receiver, way.row.gate)[0] if receiver is not None and way.row.gate else None
    opens = way.row.gate != "" and way.name.rpartition(".")[2] == way.row.gate.removeprefix("on_")
    if opens and handler.function is not None:
        denied = _denies(judge, handler.function, handler.receiver)
        if denied is not None:
            yield denied
    elif isinstance(gate, Function):
        refused = judge_function(judge, gate, handler.receiver, Asked("body"))
        refused = refused or _denies(judge, gate, handler.receiver)
        if refused is not None:
            yield Judged(replace(refused.guard, scope="class"), refused.public, refused.methods)


def _pass_gates(ways: list[Way], judged: list[list[Judged]]) -> None:
    """What refuses in the handler that opens a connection stands before all handlers of the library."""
    gates: dict[tuple[str, str], list[Judged]] = {}
    for way, found in zip(ways, judged, strict=True):
        if way.row.gate and way.name == way.row.gate and way.row.shape != "class":
            gates.setdefault((way.library.name, way.row.gate), []).extend(found)
    for way, found in zip(ways, judged, strict=True):
        if way.row.shape != "class" and way.name != way.row.gate:
            found.extend(
                Judged(replace(one.guard, scope="router"), one.public, one.methods)
                for one in gates.get((way.library.name, way.row.gate), ())
            )


def _server(judge: Judge, library: str, kind: str) -> Iterator[Judged]:
    """What the calls that start a library's servers put before all of its ways in."""
    rows: dict[str, list[EntryRow]] = {}
    for row in next((known.entries for known in judge.index.libraries if known.name == library), ()):
        if row.shape == "server" and row.kind == kind:
            for path in row.paths:
                rows.setdefault(path, []).append(row)
    if not rows:
        return
    for event in judge.machine.events:
        for row in rows.get(event.path, ()):
            value = pick(event.arguments, row.guards)
            if value is None or is_none(value) or value is FALSE:
                continue
            if row.gives:
                place = Location(event.module.path, line_of(event.at))
                yield Judged(Guard(row.gives, _called(event, row, value), "app", place))
                continue
            for item in listed(value) if isinstance(value, Sequence) else [value]:
                yield from _hook(judge, row, item)


def _called(event: Event, row: EntryRow, value: Value) -> str:
    return next((name for name, held in event.arguments.keywords.items() if held is value), str(row.guards[0]))


def _hook(judge: Judge, row: EntryRow, value: Value) -> Iterator[Judged]:
    """The guard that an interceptor makes, by the method that the library calls on it."""
    asked = Asked("app")
    for option in options(value):
        cls = option.cls if isinstance(option, Instance) else option if isinstance(option, Class) else None
        receiver = option if isinstance(option, Instance) else Instance(cls, ready=False) if cls is not None else None
        for name in row.methods if cls is not None else ():
            method = find_in_class(cls, name)[0] if cls is not None else None
            if not isinstance(method, Function) or receiver is None:
                continue
            judged = judge_function(judge, method, receiver, asked) or _diverts(judge, method, receiver)
            if judged is not None and cls is not None:
                yield Judged(replace(judged.guard, name=cls.qualname.rpartition(".")[2]), judged.public)
        if cls is None and not isinstance(option, Known):
            yield from permission_guards(judge, option, asked)


def _diverts(judge: Judge, method: Function, receiver: Instance) -> Judged | None:
    """Whether an interceptor gives something else than what it was handed on, depending on who calls."""
    return _returns(judge, method, receiver, lambda value: not isinstance(value, Unknown))


def _denies(judge: Judge, gate: Function, receiver: Value | None) -> Judged | None:
    """Whether what opens connections returns False, which is a refusal there, depending on who calls."""
    return _returns(judge, gate, receiver, lambda value: isinstance(value, Known) and value.value is False)


def _returns(
    judge: Judge, function: Function, receiver: Value | None, refusing: Callable[[Value], bool]
) -> Judged | None:
    activation = call_by_framework(judge.machine, function, receiver, Arguments())
    sources = assigned(function.definition, judge.machine.bodies)
    for kind, value, _, tests in activation.ends if activation is not None else ():
        if kind == "return" and refusing(value):
            words: set[str] = set()
            for test in tests:
                words |= caller_words(sources, test, judge.reader.words)
            if words:
                place = Location(function.module.path, line_of(function.definition.at))
                return Judged(Guard("authentication", function.definition.name, "app", place))
    return None
