"""A function that is called in too many ways runs once for all of them, on marks that each call replaces by its own.

So what a helper gives back carries what it was given, and a sink inside is reached by whatever any caller hands over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tmscan.facts.types import line_of
from tmscan.program.data.addresses import sorted_by_place
from tmscan.program.lattice import join, origins_of
from tmscan.program.machine import Machine
from tmscan.program.values import (
    CLEAN,
    Activation,
    Arguments,
    Checks,
    Choice,
    External,
    Function,
    Origin,
    Origins,
    Place,
    Text,
    Unknown,
    Value,
)

KIND = "parameter"
_REST = "*"
CLEAN_OF_CHECKS: Checks = frozenset()


def for_anyone(function: Function, receiver: Value | None, requests: Mapping[str, Value]) -> Arguments:
    """Arguments that stand for those of all further calls, each marked with its parameter; `requests` as they are."""
    parameters = function.definition.parameters[1 if receiver is not None else 0 :]
    marks: dict[str, Value] = {
        each.name: Unknown(frozenset({_mark(function, each.name)})) for each in parameters if each.kind not in (2, 4)
    }
    marks.update(requests)
    return Arguments([], marks, Unknown(frozenset({_mark(function, _REST)})))


def requests_in(machine: Machine, function: Function, receiver: Value | None, arguments: Arguments) -> dict[str, Value]:
    """The parameters that are handed the request of a framework: what a helper reads from it is input, not theirs."""
    if not machine.request_paths:
        return {}
    parameters = function.definition.parameters[1 if receiver is not None else 0 :]
    found: dict[str, Value] = {}
    for position, parameter in enumerate(parameters):
        value = arguments.keywords.get(parameter.name)
        if position < len(arguments.positional):
            value = arguments.positional[position]
        if type(value) is External and value.path in machine.request_paths and parameter.kind not in (2, 4):
            found[parameter.name] = value
    return found


def given_back(
    machine: Machine, activation: Activation, function: Function, receiver: Value | None, arguments: Arguments
) -> Value:
    """What a call gives its caller; what was handed to one that stands for all is remembered for the sinks inside."""
    result = activation.result
    rest = activation.arguments.unknown if activation.arguments is not None else None
    if not isinstance(rest, Unknown) or not any(origin.kind == KIND for origin in rest.origins):
        return result
    handed = _handed(function, receiver, arguments, _whole)
    for mark, origins in _handed(function, receiver, arguments, sorted_by_place).items():
        machine.handed.setdefault(mark, set()).update(origins)
    return _replaced(result, handed, {})


def resolved(machine: Machine, origins: Origins, over: Checks = CLEAN_OF_CHECKS) -> Origins:
    """The inputs behind origins: marks of parameters are what callers were seen to hand over, however far away.

    Data that had passed one of the checks in `over` by the time it was handed on is left out.
    """
    found: set[Origin] = set()
    for origin in origins:
        if origin.kind != KIND:
            found.add(origin)
        elif not _cleared(origin, over):
            found |= _with_checks(_inputs_behind(machine, _unchecked(origin), over), origin.checks)
    return frozenset(found)


def places_behind(machine: Machine, origins: Origins, over: Checks = CLEAN_OF_CHECKS) -> frozenset[Place]:
    """Where the inputs behind origins came in, and under which name: what `resolved` says, but for checks."""
    known = machine.places_behind.get((origins, over))
    if known is None:
        found: set[Place] = set()
        for origin in origins:
            if _cleared(origin, over):
                continue
            if origin.kind != KIND:
                found.add((origin.file, line_of(origin.at), origin.name))
            else:
                mark = frozenset({_unchecked(origin)})
                if (mark, over) not in machine.places_behind:
                    inputs = _inputs_behind(machine, _unchecked(origin), over)
                    machine.places_behind[mark, over] = frozenset(
                        (one.file, line_of(one.at), one.name) for one in inputs if not _cleared(one, over)
                    )
                found |= machine.places_behind[mark, over]
        known = machine.places_behind[origins, over] = frozenset(found)
    return known


def _inputs_behind(machine: Machine, mark: Origin, over: Checks) -> Origins:
    """The inputs that reach a parameter; checks on the way between callers are left out: they would multiply.

    Parameters that hand data to each other in a ring have the same inputs behind them, and each ring is worked out
    once, after all that it is handed (Tarjan, Depth-first search and linear graph algorithms, 1972).
    """
    known = machine.inputs_behind.setdefault(over, {})
    if mark in known:
        return known[mark]
    number: dict[Origin, int] = {mark: 0}
    lowest: dict[Origin, int] = {mark: 0}
    found: dict[Origin, set[Origin]] = {mark: set(_sorted_out(machine, mark, over)[0])}
    ring = [mark]
    walk = [(mark, iter(_sorted_out(machine, mark, over)[1]))]
    while walk:
        current, callers = walk[-1]
        for caller in callers:
            if caller in known:
                found[current] |= known[caller]
            elif caller in number:
                lowest[current] = min(lowest[current], number[caller])
            else:
                number[caller] = lowest[caller] = len(number)
                inputs, further = _sorted_out(machine, caller, over)
                found[caller] = set(inputs)
                ring.append(caller)
                walk.append((caller, iter(further)))
                break
        else:
            walk.pop()
            if lowest[current] == number[current]:
                members = [ring.pop()]
                while members[-1] != current:
                    members.append(ring.pop())
                known.update(dict.fromkeys(members, frozenset().union(*(found[member] for member in members))))
            if walk:
                below = walk[-1][0]
                lowest[below] = min(lowest[below], lowest[current])
                found[below] |= known.get(current, CLEAN)
    return known[mark]


def _sorted_out(machine: Machine, mark: Origin, over: Checks) -> tuple[Origins, Origins]:
    """What callers hand over under a mark: inputs, and marks of their own parameters, these without checks."""
    known = machine.handed_over.get((mark, over))
    if known is None:
        handed = machine.handed.get(mark, set())
        inputs = frozenset(each for each in handed if each.kind != KIND)
        further = frozenset(_unchecked(each) for each in handed - inputs if not _cleared(each, over))
        known = machine.handed_over[mark, over] = inputs, further
    return known


def _cleared(origin: Origin, over: Checks) -> bool:
    """Whether data has passed one of the checks behind which nobody looks."""
    return bool(origin.checks) and not over.isdisjoint(origin.checks)


def _unchecked(origin: Origin) -> Origin:
    return origin._replace(checks=CLEAN_OF_CHECKS) if origin.checks else origin


def _with_checks(origins: Origins, checks: frozenset[str]) -> Origins:
    return frozenset(each._replace(checks=each.checks | checks) for each in origins) if checks else origins


def _mark(function: Function, name: str) -> Origin:
    return Origin(KIND, name, function.module.path, function.definition.at)


def _handed(
    function: Function, receiver: Value | None, arguments: Arguments, read: Callable[[Value], Origins]
) -> dict[Origin, Origins]:
    """Mark → the origins of what this call hands over under it, as `read` tells them."""
    found: dict[Origin, Origins] = {}
    queue = list(arguments.positional)
    keywords = dict(arguments.keywords)
    rest = origins_of(arguments.unknown, 2)
    for parameter in function.definition.parameters[1 if receiver is not None else 0 :]:
        if parameter.kind in (2, 4):
            continue
        value = queue.pop(0) if queue and parameter.kind < 2 else keywords.pop(parameter.name, None)
        found[_mark(function, parameter.name)] = read(value) if value is not None else rest
    for value in (*queue, *keywords.values()):
        rest |= read(value)
    found[_mark(function, _REST)] = rest
    return found


def _whole(value: Value) -> Origins:
    return origins_of(value, 3)


def _replaced(value: Value, handed: dict[Origin, Origins], done: dict[int, Value]) -> Value:
    """The value with what stands under its marks; `done` holds its parts by identity, as texts share them."""
    known = done.get(id(value))
    if known is None:
        known = done[id(value)] = _with_inputs(value, handed, done)
    return known


def _with_inputs(value: Value, handed: dict[Origin, Origins], done: dict[int, Value]) -> Value:
    if isinstance(value, Unknown):
        origins = _filled(value.origins, handed)
        return value if origins is value.origins else Unknown(origins, value.hint)
    if isinstance(value, External):
        origins = _filled(value.origins, handed)
        if origins is value.origins:
            return value
        return External(value.path, value.base, value.event, origins, value.attributes)
    if isinstance(value, Text):
        origins = _filled(value.origins, handed)
        if origins is value.origins:
            return value
        return Text(tuple(_replaced(part, handed, done) for part in value.parts), origins)
    if isinstance(value, Choice):
        made = [_replaced(option, handed, done) for option in value.options]
        return value if all(new is old for new, old in zip(made, value.options, strict=True)) else join(made)
    return value


def _filled(origins: Origins, handed: dict[Origin, Origins]) -> Origins:
    if not any(origin.kind == KIND for origin in origins):
        return origins
    found: set[Origin] = set()
    for origin in origins:
        behind = handed.get(_unchecked(origin)) if origin.kind == KIND else None
        if behind is None:
            found.add(origin)
        else:
            found |= _with_checks(behind, origin.checks)
    return frozenset(found)
