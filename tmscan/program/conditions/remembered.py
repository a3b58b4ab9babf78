"""Answers that are kept in a name and asked later: `ok, why = check(path)`, `known = host in HOSTS`.

What the answer says of other names holds as long as neither the name nor these were given another value.
"""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.facts.body import names_in
from tmscan.program.values import Frame, Known, Unknown


def remember(frame: Frame, node: ir.Assign) -> None:
    """Note which condition, or call that may answer one, gave what a name holds now, or the first of several names."""
    said = node.value.value if isinstance(node.value, ir.Await) else node.value
    if len(node.targets) != 1 or frame.function is None:
        return
    target = node.targets[0]
    if isinstance(target, ir.Display) and target.items and isinstance(said, ir.Call):
        target = target.items[0] if isinstance(said.func, ir.Name | ir.Attribute) else target
    if not isinstance(target, ir.Name):
        return
    frame.asked.pop(target.id, None)
    if isinstance(said, ir.Call):
        names = [part.value.id for part in said.arguments if isinstance(part.value, ir.Name)]
        names += list(names_in(said.arguments)) if _asks_each(said) else []
    elif isinstance(said, ir.Compare | ir.Boolean) or (isinstance(said, ir.Unary) and said.op == "not"):
        names = list(names_in(said))
        said = ir.Call(said.at, said.at, ir.Name(said.at, "bool"), (ir.Argument(said),))
    else:
        return
    held = frame.locals.get(target.id)
    if names and held is not None and type(held) is not Known and target.id not in names:
        if type(held) is Unknown:  # one that no other name holds
            held = frame.locals[target.id] = Unknown(held.origins, held.hint)
        frame.asked[target.id] = (said, held, tuple((name, frame.locals.get(name)) for name in names))


def recalled(frame: Frame, name: str) -> ir.Expr | None:
    """The condition that gave what `name` holds, if it still says something."""
    said, held, given = frame.asked.get(name, (None, None, ()))
    if held is None or frame.locals.get(name) is not held:
        return None
    if said is None or not all(frame.locals.get(each) is value for each, value in given):
        return None
    return condition_in(said)


def condition_in(asked: ir.Call) -> ir.Expr:
    """What was kept: a call, or the condition that stands in one of `bool`."""
    kept = isinstance(asked.func, ir.Name) and asked.func.id == "bool" and len(asked.arguments) == 1
    return asked.arguments[0].value if kept else asked


def _asks_each(call: ir.Call) -> bool:
    return isinstance(call.func, ir.Name) and call.func.id in ("any", "all")
