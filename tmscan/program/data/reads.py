"""Input that is read more than once: `if is_safe(request.args["next"]): return redirect(request.args["next"])`.

What was read is kept under how it is written, as if that were a local name; so what a test says of it holds for the
next time it is read.
"""

from __future__ import annotations

import msgspec

from tmscan.facts import types as ir
from tmscan.program.machine import Machine
from tmscan.program.values import External, Frame, Value

READING = frozenset({"get", "getlist", "get_argument", "get_query_argument", "get_body_argument"})
_DEPTH = 4


def read_again(machine: Machine, frame: Frame, node: ir.Call | ir.Subscript, value: Value) -> Value:
    """What a function knows of some input by now, if it reads it once more."""
    if type(value) is not External or not value.origins or frame.function is None or not _is_input(machine, value):
        return value
    name = _written(frame, node)
    if not name:
        return value
    frame.reads = True
    return frame.locals.setdefault(name, value)


def by_name(frame: Frame, node: ir.Expr) -> ir.Expr:
    """A condition with names in the place of input that was read before."""
    if isinstance(node, ir.Call | ir.Subscript) and (name := _written(frame, node)) in frame.locals:
        return ir.Name(node.at, name)
    if isinstance(node, ir.Call):
        given = tuple(msgspec.structs.replace(part, value=by_name(frame, part.value)) for part in node.arguments)
        return msgspec.structs.replace(node, func=by_name(frame, node.func), arguments=given)
    if isinstance(node, ir.Attribute):
        return msgspec.structs.replace(node, value=by_name(frame, node.value))
    if isinstance(node, ir.Compare):
        rights = tuple(by_name(frame, part) for part in node.rights)
        return msgspec.structs.replace(node, left=by_name(frame, node.left), rights=rights)
    if isinstance(node, ir.Unary):
        return msgspec.structs.replace(node, value=by_name(frame, node.value))
    return node


def forget(frame: Frame, node: ir.Subscript) -> None:
    """Input that is given another value is read anew: `request.data["owner"] = …`."""
    frame.locals.pop(_written(frame, node), None)


def _is_input(machine: Machine, value: External) -> bool:
    source: Value | None = value
    while isinstance(source, External) and source.path not in machine.vocabulary.inputs:
        source = source.base
    return isinstance(source, External)


def _written(frame: Frame, node: ir.Expr, depth: int = _DEPTH) -> str:
    """How the reading is written; "" where it may give something else another time."""
    if isinstance(node, ir.Name):
        parameters = frame.function.definition.parameters if frame.function is not None else ()
        own = node.id in frame.locals and all(parameter.name != node.id for parameter in parameters)
        return "" if own else node.id  # a local name may be given another value
    if depth == 0:
        return ""
    if isinstance(node, ir.Attribute):
        owner = _written(frame, node.value, depth - 1)
        return f"{owner}.{node.attr}" if owner else ""
    if isinstance(node, ir.Subscript) and isinstance(node.index, ir.Constant):
        owner = _written(frame, node.value, depth - 1)
        return f"{owner}[{node.index.value!r}]" if owner else ""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in READING:
        said = [part.value for part in node.arguments if not part.star]
        owner = _written(frame, node.func, depth - 1)
        if owner and said and len(said) == len(node.arguments):
            told = [part.value for part in said if isinstance(part, ir.Constant)]
            return f"{owner}({told!r})" if len(told) == len(said) else ""
    return ""
