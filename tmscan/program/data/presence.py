"""What a comparison comes to: of values, or in a rehearsal of what a request is taken to carry.

It stands apart because `"user" in request.session` is no rule of the language, but known of an anonymous request.
"""

from __future__ import annotations

from tmscan.program.data.operators import compare
from tmscan.program.data.subscripts import assumed_item
from tmscan.program.machine import Machine
from tmscan.program.values import NOTHING, External, Value


def answer_of(machine: Machine, op: str, left: Value, right: Value) -> bool | None:
    """The answer of one comparison, None when it is not known."""
    answer = compare(op, left, right)
    if answer is None and op in ("in", "not in") and isinstance(right, External):
        path = f"{right.path}.get()"
        if path in machine.vocabulary.asked:
            machine.asked += 1
        held = assumed_item(machine, right.path, left)
        if held is None and machine.assumed.get(path) is NOTHING:
            machine.consulted.add(path)
            held = NOTHING
        if held is not None:
            return (held is not NOTHING) is (op == "in")
    return answer
