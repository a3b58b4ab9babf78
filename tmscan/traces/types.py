"""Traces as they leave the room: the way of one input to one sink, in steps that a person can follow."""

from __future__ import annotations

from dataclasses import dataclass

from tmscan.inventory.types import Sink, Step


@dataclass(frozen=True, slots=True)
class Trace:
    """From where data comes in to where it does harm: `sink` is that of the inventory, `steps` go in order.

    The kinds of steps are `source`, `call` (handed to a function), `return` (given back by one), `change` (a library
    makes something else of it), `check` (looked at, but not so that it helps), `doubt` (looked at or changed in a way
    that nobody can judge from here) and `sink`. Where it is not `connected` by calls, the data was left somewhere and
    taken up by code that runs at another time. `sure` is one whose every step was seen, without doubts.
    """

    sink: Sink
    steps: tuple[Step, ...]
    connected: bool = True
    sure: bool = False
