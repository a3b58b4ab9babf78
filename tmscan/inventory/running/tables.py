"""Functions that put tables of patterns together, in a program that goes through such tables by hand: they run."""

from __future__ import annotations

import re

from tmscan.inventory.routes.handmade import matching_names
from tmscan.inventory.running.waiting import fresh, receiver_of
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments

_TABLE = re.compile(r"(?:^|_)(?:routes?|urls?|handlers|patterns)$", re.IGNORECASE)
MOST = 100


def run_table_makers(machine: Machine) -> None:
    """Run who compiles patterns and speaks of routes, and who has a table matched, if anything matches paths so."""
    through = matching_names(machine)
    if not through:
        return
    ran = 0
    for function in fresh(machine):
        mentions = function.definition.mentions
        named = any(_TABLE.search(name) for name in (function.definition.name, *mentions))
        if (("compile" in mentions and named) or not through.isdisjoint(mentions)) and ran < MOST:
            ran += 1
            call_by_framework(machine, function, receiver_of(function), Arguments())
