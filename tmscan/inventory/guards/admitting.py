"""Guards that let in by what they answer: callables of a declaration go in, the judgement on each comes out.

Elsewhere a guard refuses by raising or answering; these are asked who calls, and nobody gets in for whom all of them
answer nothing.
"""

from __future__ import annotations

from tmscan.facts.types import line_of
from tmscan.inventory.calls.arguments import listed
from tmscan.inventory.guards.judges import Asked, Judge, Judged
from tmscan.inventory.guards.judging import judge_function, judge_value
from tmscan.inventory.guards.rehearsal import rehearse
from tmscan.inventory.guards.titles import title_of
from tmscan.inventory.types import Guard
from tmscan.program.data.operators import truth
from tmscan.program.lattice import options
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.values import (
    NOTHING,
    UNKNOWN,
    Arguments,
    Bound,
    Decorated,
    External,
    Function,
    Instance,
    Sequence,
    Value,
)
from tmscan.sources.types import Location


def admitted_by(judge: Judge, value: Value, asked: Asked) -> list[Judged]:
    """The guards among those of which one has to know the caller: none if one of them takes anybody."""
    found: list[Judged] = []
    for item in listed(value) if isinstance(value, Sequence) else [value]:
        judged = [one for option in options(item) if (one := _one(judge, option, asked)) is not None]
        closing = [one for one in judged if not one.public]
        if judged and not closing:
            return []
        found.extend(closing)
    return found


def _one(judge: Judge, value: Value, asked: Asked) -> Judged | None:
    while isinstance(value, Decorated):
        value = value.value
    if isinstance(value, Function):
        return _function(judge, value, None, asked)
    if isinstance(value, Bound):
        return _function(judge, value.function, value.receiver, asked)
    if isinstance(value, Instance):
        return _object(judge, value, asked)
    judged = judge_value(judge, value, asked)
    if judged is None and isinstance(value, External) and value.event is not None:  # third-party code that is asked
        place = Location(value.event.module.path, line_of(value.event.at))
        name = value.path.removesuffix("()").rpartition(".")[2]
        return Judged(Guard("authentication", name, asked.scope, place))
    return judged


def _object(judge: Judge, value: Instance, asked: Asked) -> Judged | None:
    """An object that is called: by its own `__call__`, or by a method that the one of its third-party base asks."""
    called, _ = find_in_class(value.cls, "__call__")
    if isinstance(called, Function):
        return _function(judge, called, value, asked)
    for base in order_of(value.cls):
        for known in judge.index.guards.get(base.path, ()) if isinstance(base, External) else ():
            method = find_in_class(value.cls, known.row.method)[0] if known.row.method else None
            if isinstance(method, Function):
                return _function(judge, method, value, asked)
    return judge_value(judge, value, asked)


def _function(judge: Judge, function: Function, receiver: Value | None, asked: Asked) -> Judged | None:
    """Whether it knows an anonymous request: it is given the request, and nothing for what it looks for in it."""
    refusing = judge_function(judge, function, receiver, asked)
    if refusing is not None:
        return refusing
    skipped = 1 if receiver is not None and function.owner is not None else 0
    taken = [one for one in function.definition.parameters[skipped:] if one.kind < 2]
    given: list[Value] = [asked.request or UNKNOWN, *(NOTHING for _ in taken[1:])][: len(taken)]
    key = ("admits", id(function.definition), id(function.scope), id(receiver))
    whole = (*key, asked.situation.key)
    if key not in judge.admitting and whole not in judge.admitting:
        made = rehearse(judge.machine, function, receiver, Arguments(given), asked.situation)
        depends = not judge.facts.isdisjoint(judge.machine.consulted)
        takes = made is not None and made.done and truth(made.result) is True
        judge.admitting[whole if depends else key] = takes
    public = judge.admitting.get(key, judge.admitting.get(whole, False))
    name, roles = title_of(function)
    if isinstance(receiver, Instance):
        name, roles = receiver.cls.qualname.rpartition(".")[2], ()
    place = Location(function.module.path, line_of(function.definition.at))
    return Judged(Guard("authentication", name, asked.scope, place, roles), public, rehearsed=True)
