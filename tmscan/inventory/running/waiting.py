"""The functions of the program that have not run, and what a method among them runs on."""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.program.machine import Machine
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import Function, Value


def fresh(machine: Machine) -> Iterator[Function]:
    """The functions that have not run, those included that come to be meanwhile."""
    start = 0
    while start < len(machine.functions):
        batch = machine.functions[start:]
        start = len(machine.functions)
        for function in batch:
            if not started(machine, function):
                yield function


def started(machine: Machine, function: Function) -> bool:
    """Whether some activation of this function exists."""
    return id(function.definition) in machine.started


def receiver_of(function: Function) -> Value | None:
    if function.owner is None or function.kind == "staticmethod":
        return None
    return function.owner if function.kind == "classmethod" else specimen(function.owner)
