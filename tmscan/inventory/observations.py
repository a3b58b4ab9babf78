"""Shapes of code that rules ask about and that are no calls: errors swallowed, error texts given to the client."""

from __future__ import annotations

from collections.abc import Iterable

from tmscan.facts.types import Assign, Block, Call, Constant, Evaluate, If, Jump, Raise, Return, column_of, line_of
from tmscan.inventory.effects import Effects
from tmscan.inventory.types import Access, Observation, Step
from tmscan.program.machine import Activation, Machine
from tmscan.program.values import origins_of
from tmscan.sources.types import Location


def observations_of(
    machine: Machine, effects: Effects, handlers: Iterable[list[Activation]]
) -> tuple[Observation, ...]:
    """Every observation once, in a stable order. `handlers` are the activations that answer requests."""
    found: set[tuple[Location, str, str, str, tuple[Step, ...]]] = set()
    for activation in machine.activations.values():
        for handler, events in activation.caught:
            accesses = [
                record
                for event in events
                for record in effects.of_event.get(id(event), ())
                if isinstance(record, Access)
            ]
            if accesses and _silent(handler.body):
                place = Location(activation.module.path, line_of(handler.at), column_of(handler.at))
                step = Step(
                    f"{accesses[0].operation} {accesses[0].entity or accesses[0].store} may fail here",
                    accesses[0].location,
                )
                found.add((place, "swallowed-error", "database", _name(activation), (step,)))
    for activations in handlers:
        for activation in activations:
            for origin in origins_of(activation.result, 5):
                if origin.kind == "exception":
                    place = Location(origin.file, line_of(origin.at), column_of(origin.at))
                    found.add((place, "error-text-returned", "exception", _name(activation), ()))
    return tuple(
        Observation(kind, detail, place, function, steps)
        for place, kind, detail, function, steps in sorted(found, key=lambda item: item[:4])
    )


def _name(activation: Activation) -> str:
    return activation.name.replace(".<locals>", "")


def _silent(block: Block) -> bool:
    """Whether an `except` block neither logs, raises nor calls anything that could."""
    for statement in block:
        if isinstance(statement, Raise):
            return False
        if isinstance(statement, Jump):
            continue
        if isinstance(statement, Return):
            if isinstance(statement.value, Call):
                return False
            continue
        if isinstance(statement, Assign) and isinstance(statement.value, Constant):
            continue
        if isinstance(statement, If) and _silent(statement.body) and _silent(statement.orelse):
            continue
        if isinstance(statement, Evaluate) and not isinstance(statement.value, Call):
            continue
        return False
    return True
