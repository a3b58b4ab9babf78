"""What frameworks do and run for endpoints besides their handlers: endpoints in, one record for reach out."""

from __future__ import annotations

from collections.abc import Sequence

from tmscan.facts.types import line_of
from tmscan.inventory.effects.connections import store_for
from tmscan.inventory.effects.entities import owners_of
from tmscan.inventory.effects.provided import checking, provided_for, shaping
from tmscan.inventory.effects.reach import Around
from tmscan.inventory.effects.stores import Stores
from tmscan.inventory.guards.before import activations_by_definition, at_route, outside, ran_of
from tmscan.inventory.guards.judges import Judge
from tmscan.inventory.routes.answers import Answer
from tmscan.inventory.types import Endpoint, Step
from tmscan.program.objects.classes import find_in_class
from tmscan.program.values import Activation, Arguments, Class, Event, External, Function, Value
from tmscan.sources.types import Location

_OWN = {"write": "save", "delete": "delete"}  # methods of a model that base classes of handlers call


def around_handlers(judge: Judge, stores: Stores, endpoints: Sequence[tuple[Endpoint, Answer]]) -> Around:
    """What base classes provide and what runs before, by endpoint."""
    machine = judge.machine
    made = Around()
    owners = owners_of(machine)
    ran = activations_by_definition(machine)
    models = {cls.qualname: cls for cls in machine.classes}
    common: dict[tuple[Value, ...], list[Activation]] = {}  # the same for all routes of a router
    made.handlers = frozenset(
        id(run.function.definition) for _, answer in endpoints for run in answer.runs if run.function is not None
    )
    for endpoint, answer in endpoints:
        groups: list[list[Activation]] = []
        for operation, model, cls in provided_for(machine, judge.index, answer, owners):
            access = (_store(stores, cls, answer), operation, model, _step(operation, model, cls))
            made.provided.setdefault(endpoint.id, []).append(access)
            method = find_in_class(models[model], _OWN.get(operation, ""))[0] if model in models else None
            if isinstance(method, Function):
                groups.append(ran.get(id(method.definition), []))
        groups += [
            list(ran_of(judge, at_route(judge, answer), ran)),
            *shaping(machine, answer, ran),
            *checking(answer.runs, ran),
        ]
        known = made.runs.setdefault(endpoint.id, {})
        for group in groups:
            if group:
                known.setdefault(id(group), group)
        met = tuple(outside(judge, answer))
        if met not in common:
            common[met] = list(ran_of(judge, met, ran))
        made.outside[endpoint.id] = common[met]
    return made


def _store(stores: Stores, cls: Class, answer: Answer) -> str:
    at = line_of(cls.definition.at) if cls.definition is not None else 0
    event = Event("", External(""), Arguments(), cls.module, at, at, Activation(None, cls.module))
    return store_for(stores, event, answer.found.library.name, "", "sql")


def _step(operation: str, model: str, cls: Class) -> Step:
    at = line_of(cls.definition.at) if cls.definition is not None else 0
    return Step(f"{operation}s {model}" if model else f"{operation}s", Location(cls.module.path, at))
