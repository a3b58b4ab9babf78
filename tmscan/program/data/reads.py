"""Input that is read more than once: `if is_safe(request.args["next"]): return redirect(request.args["next"])`.

What was read is kept under how it is written, as if that were a local name; so what a test says of it holds for the
next time it is read.
"""

from __future__ import annotations

import msgspec

from tmscan.facts import types as ir
from tmscan.program.machine import Machine
from tmscan.program.values import External, Frame, Instance, Sequence, Text, Unknown, Value

READING = frozenset({"get", "getlist", "get_argument", "get_query_argument", "get_body_argument"})
_DEPTH = 4
READ = "\0"  # what such names begin with; those of what was there when they were written down with two


def read_again(machine: Machine, frame: Frame, node: ir.Call | ir.Subscript, value: Value) -> Value:
    """What a function knows of some input by now, if it reads it once more."""
    if type(value) is not External or not value.origins or frame.function is None or not _is_input(machine, value):
        return value
    name = _written(frame, node)
    if name and name not in frame.locals:
        _note(frame, name, node, value)
    return frame.locals[name] if name else value


def looked_up_again(frame: Frame, node: ir.Attribute, owner: Value, value: Value) -> Value:
    """What a function knows of data in an attribute by now, as long as the attribute holds the same."""
    if type(owner) is not Instance or frame.function is None or not isinstance(value, External | Unknown | Text):
        return value
    name = _written(frame, node) if value.origins else ""
    if not name:
        return value
    seen = frame.locals.get(f"{READ}{name}")
    if not isinstance(seen, Sequence) or seen.items[0] is not value:
        _note(frame, name, node, value)
    return frame.locals[name]


def _note(frame: Frame, name: str, node: ir.Expr, value: Value) -> None:
    """Write down what was read. The object that it was read from stays, so that no other one gets its identity."""
    while isinstance(node, ir.Attribute | ir.Subscript | ir.Call):
        node = node.func if isinstance(node, ir.Call) else node.value
    root = frame.locals.get(node.id) if isinstance(node, ir.Name) else None
    frame.locals[f"{READ}{name}"] = Sequence("tuple", [value, *([root] if root is not None else [])])
    frame.locals[name] = value
    frame.reads = True


def by_name(frame: Frame, node: ir.Expr) -> ir.Expr:
    """A condition with names in the place of input that was read before."""
    if isinstance(node, ir.Call | ir.Subscript | ir.Attribute) and (name := _written(frame, node)) in frame.locals:
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
        own = frame.locals.get(node.id) if all(parameter.name != node.id for parameter in parameters) else None
        local = "" if own is None else f"@{id(own)}"  # it may be given another value
        return f"{READ}{node.id}{local}"
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
