"""The way of data through calls: from the activation where it came in to the one that uses it.

Calls are walked backwards from the use, on demand: nothing is kept while the program is evaluated. Data comes down with
the arguments of a call or up with its result; whoever was entered for its result was not entered for its arguments.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from tmscan.facts.types import At, line_of
from tmscan.facts.types import Call as Written
from tmscan.program.machine import Machine
from tmscan.program.values import Activation, Function, Instance, Tests
from tmscan.sources.types import Location

REACH = 3_000  # activations that are looked at for one way


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of data between functions: from `source` to `target` at `at`, `down` with a call or up with its result.

    `tests` are the conditions that the call hangs on.
    """

    source: Activation
    target: Activation
    at: At
    down: bool
    tests: Tests


Call = tuple[int, int, At]  # by the ids of caller and callee
Carries = Callable[[Activation, bool], bool]
State = tuple[int, bool]  # an activation, and whether it was entered for its result
Came = dict[State, tuple[Hop, State] | None]
Above = dict[int, tuple[int, Hop | None]]


@dataclass(slots=True)
class Texts:
    """What stands in functions, read once: calls by their place, and the names that are given other values."""

    calls: dict[int, dict[At, list[Written]]] = field(default_factory=dict)
    assigned: dict[int, frozenset[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Calls:
    """Who calls whom, once for all traces of a program."""

    activations: list[Activation]
    callers: dict[int, list[tuple[Activation, At, Tests]]] = field(default_factory=dict)
    hooks: frozenset[int] = frozenset()  # definitions that run before every request
    above: dict[tuple[int, ...], Above] = field(default_factory=dict)
    in_file: dict[str, list[Activation]] = field(default_factory=dict)
    texts: Texts = field(default_factory=Texts)

    def at(self, place: Location) -> list[Activation]:
        """The activations of the innermost function around a place."""
        inside = [(size, one) for one in self.in_file.get(place.file, ()) if (size := _size(one, place.line)) > 0]
        least = min((size for size, _ in inside), default=0)
        return [one for size, one in inside if size == least]


def calls_of(machine: Machine, hooks: Iterable[Function]) -> Calls:
    """The calls between all activations of a program; `hooks` run before every request."""
    unique = {id(one): one for one in (*machine.tops, *machine.activations.values())}
    found = Calls(list(unique.values()), hooks=frozenset(id(hook.definition) for hook in hooks))
    for caller in found.activations:
        found.in_file.setdefault(caller.module.path, []).append(caller)
        for (at, callee), tests in zip(caller.calls, caller.call_tests, strict=False):
            found.callers.setdefault(id(callee), []).append((caller, at, tests))
    return found


def connected(calls: Calls, starts: Collection[Activation], ends: Collection[Activation]) -> list[Hop] | None:
    """The shortest way from `starts` to `ends` by calls alone: up to a common caller, and down. None: there is none."""
    ups, downs = _above(calls, starts), _above(calls, ends)
    few, many = (ups, downs) if len(ups) < len(downs) else (downs, ups)
    met = [one for one in few if one in many]
    if not met:
        return None
    best = min(met, key=lambda one: ups[one][0] + downs[one][0])
    hops: list[Hop] = []
    step = ups[best][1]
    while step is not None:
        hops.append(Hop(step.target, step.source, step.at, False, step.tests))
        step = ups[id(step.target)][1]
    hops.reverse()
    step = downs[best][1]
    while step is not None:
        hops.append(step)
        step = downs[id(step.target)][1]
    return hops


def left_for_later(calls: Calls, starts: Collection[Activation], ends: Collection[Activation]) -> bool:
    """Whether data may be left at `starts` for `ends` without a call: by a hook, or by a method of the same object."""
    first, later = _entered(calls, starts), _entered(calls, ends)
    if any(one.function is not None and id(one.function.definition) in calls.hooks for one in first):
        return True
    classes = {id(one.receiver.cls) for one in first if isinstance(one.receiver, Instance)}
    return any(isinstance(one.receiver, Instance) and id(one.receiver.cls) in classes for one in later)


def _entered(calls: Calls, ones: Collection[Activation]) -> list[Activation]:
    """Those that nothing in the program calls, among some activations and all their callers."""
    above = [*ones, *(hop.source for _, hop in _above(calls, ones).values() if hop is not None)]
    return [one for one in above if id(one) not in calls.callers]


def way_between(
    calls: Calls,
    starts: Collection[Activation],
    ends: Collection[Activation],
    carries: Carries,
    shut: Collection[Call] = (),
) -> list[Hop] | None:
    """The shortest way of data from one of `starts` to one of `ends`; None where there is none but by `shut` calls.

    `carries` says of an activation whether the data is in its arguments (True) or its result (False).
    """
    wanted = {id(one) for one in starts}
    came: Came = {(id(one), False): None for one in ends}
    queue = deque((one, False) for one in ends)
    while queue and len(came) < REACH:
        current, entered = queue.popleft()
        state = (id(current), entered)
        if id(current) in wanted:
            return _followed(came, state)
        if not entered and carries(current, True):
            for caller, at, tests in calls.callers.get(id(current), ()):
                if (id(caller), False) not in came and (id(caller), id(current), at) not in shut:
                    came[id(caller), False] = (Hop(caller, current, at, True, tests), state)
                    queue.append((caller, False))
        for number, (at, callee) in enumerate(current.calls):
            if (id(callee), True) not in came and callee is not current and carries(callee, False):
                came[id(callee), True] = (Hop(callee, current, at, False, current.call_tests[number]), state)
                queue.append((callee, True))
    return None


def _above(calls: Calls, ones: Collection[Activation]) -> Above:
    """All callers of some activations, however far: how far, and the call that leads down. Asked for once."""
    key = tuple(id(one) for one in ones)
    found = calls.above.get(key)
    if found is None:
        found = calls.above[key] = {id(one): (0, None) for one in ones}
        queue = deque(ones)
        while queue:
            current = queue.popleft()
            far = found[id(current)][0] + 1
            for caller, at, tests in calls.callers.get(id(current), ()):
                if id(caller) not in found:
                    found[id(caller)] = (far, Hop(caller, current, at, True, tests))
                    queue.append(caller)
    return found


def _followed(came: Came, state: State) -> list[Hop]:
    hops: list[Hop] = []
    step = came[state]
    while step is not None:
        hops.append(step[0])
        step = came[step[1]]
    return hops


def _size(activation: Activation, line: int) -> int:
    """How many lines the function has that this line stands in; 0 where it does not. A module is the largest."""
    if activation.function is None:
        return 1 << 30
    definition = activation.function.definition
    inside = definition.start <= line <= definition.end or line_of(definition.at) == line
    return definition.end - definition.start + 1 if inside else 0
