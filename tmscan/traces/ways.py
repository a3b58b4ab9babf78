"""The way of data through calls: from the activation where it came in to the one that uses it.

Calls are walked backwards from the use, on demand: nothing is kept while the program is evaluated. Data comes down with
the arguments of a call or up with its result; whoever was entered for its result was not entered for its arguments.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from tmscan.facts.types import At, line_of
from tmscan.program.machine import Machine
from tmscan.program.values import Activation, Tests
from tmscan.sources.types import Location

REACH = 4_000  # activations that are looked at for one way


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


@dataclass(slots=True)
class Calls:
    """Who calls whom, once for all traces of a program."""

    activations: list[Activation]
    callers: dict[int, list[tuple[Activation, At, Tests]]] = field(default_factory=dict)
    in_file: dict[str, list[Activation]] = field(default_factory=dict)

    def at(self, place: Location) -> list[Activation]:
        """The activations of the innermost function around a place."""
        inside = [(size, one) for one in self.in_file.get(place.file, ()) if (size := _size(one, place.line)) > 0]
        least = min((size for size, _ in inside), default=0)
        return [one for size, one in inside if size == least]


def calls_of(machine: Machine) -> Calls:
    """The calls between all activations of a program."""
    unique = {id(one): one for one in (*machine.tops, *machine.activations.values())}
    found = Calls(list(unique.values()))
    for caller in found.activations:
        found.in_file.setdefault(caller.module.path, []).append(caller)
        for (at, callee), tests in zip(caller.calls, caller.call_tests, strict=False):
            found.callers.setdefault(id(callee), []).append((caller, at, tests))
    return found


def way_between(
    calls: Calls,
    starts: Collection[Activation],
    ends: Collection[Activation],
    carries: Callable[[Activation, bool], bool],
) -> list[Hop] | None:
    """The shortest way from one of `starts` to one of `ends`; None where there is none.

    `carries` says of an activation whether the data is in its arguments (True) or its result (False).
    """
    wanted = {id(one) for one in starts}
    came: dict[tuple[int, bool], tuple[Hop, tuple[int, bool]] | None] = {(id(one), False): None for one in ends}
    queue = deque((one, False) for one in ends)
    while queue and len(came) < REACH:
        current, entered = queue.popleft()
        state = (id(current), entered)
        if id(current) in wanted:
            return _followed(came, state)
        for hop in _before(calls, current, entered, carries):
            behind = (id(hop.source), entered or not hop.down)
            if behind not in came:
                came[behind] = (hop, state)
                queue.append((hop.source, behind[1]))
    return None


def _before(
    calls: Calls, current: Activation, entered: bool, carries: Callable[[Activation, bool], bool]
) -> Iterator[Hop]:
    if not entered and carries(current, True):
        for caller, at, tests in calls.callers.get(id(current), ()):
            yield Hop(caller, current, at, True, tests)
    for (at, callee), tests in zip(current.calls, current.call_tests, strict=False):
        if callee is not current and carries(callee, False):
            yield Hop(callee, current, at, False, tests)


def _followed(came: dict[tuple[int, bool], tuple[Hop, tuple[int, bool]] | None], state: tuple[int, bool]) -> list[Hop]:
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
