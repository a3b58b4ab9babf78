"""Answers of the program's own functions that are kept in a name and asked later: `ok, why = check(path)`.

What the answer promises of the arguments holds as long as neither the name nor the arguments were given another value.
"""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.program.checks import kept
from tmscan.program.values import Frame


def remember(frame: Frame, node: ir.Assign) -> None:
    """Note which call gave the answer that a name holds now, or the first of several names."""
    call = node.value.value if isinstance(node.value, ir.Await) else node.value
    if not isinstance(call, ir.Call) or len(node.targets) != 1 or frame.function is None:
        return
    target = node.targets[0]
    if isinstance(target, ir.Display) and target.items and isinstance(call.func, ir.Name | ir.Attribute):
        target = target.items[0]
    if isinstance(target, ir.Name):
        names = [part.value.id for part in call.arguments if isinstance(part.value, ir.Name)]
        held = frame.locals.get(target.id)
        if names and held is not None:
            frame.asked[target.id] = (call, held, tuple((name, frame.locals.get(name)) for name in names))


def recall(frame: Frame, name: str, *, answer: bool) -> None:
    """Mark the arguments of the call whose answer `name` holds."""
    asked = frame.asked.get(name)
    if asked is None:
        return
    call, held, given = asked
    if frame.locals.get(name) is held and all(frame.locals.get(each) is value for each, value in given):
        kept(frame, call, answer=answer)
