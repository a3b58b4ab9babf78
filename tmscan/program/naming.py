"""A machine in; the dotted name of every function and lambda of the program by the identity of its definition out.

Stands apart from the interpreter because lambdas are numbered in the order of the source, run or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from tmscan.facts.body import statements
from tmscan.facts.types import ClassDef, FunctionDef, Lambda
from tmscan.program.machine import Machine


def names_of(machine: Machine) -> Mapping[int, str]:
    """`id(definition)` → its name; a lambda is `<lambda1>`, `<lambda2>`, … of what it stands in."""
    names: dict[int, str] = {}
    for module in machine.modules.values():
        facts = machine.facts.get(module.path)
        if facts is not None:
            _within(machine, facts.body, module.name, names)
    return names


def _within(machine: Machine, body: object, scope: str, names: dict[int, str]) -> None:
    lambdas = 0
    for node in _definitions(body):
        if isinstance(node, ClassDef):
            _within(machine, node.body, f"{scope}.{node.name}", names)
            continue
        lambdas += node.name == "<lambda>"
        name = f"<lambda{lambdas}>" if node.name == "<lambda>" else node.name
        names[id(node)] = f"{scope}.{name}"
        block = machine.bodies.get(id(node))
        if block is None:
            block = machine.bodies[id(node)] = statements(node)  # kept: what is gone gives its identity to others
        _within(machine, block, names[id(node)], names)


def _definitions(body: object) -> Iterator[FunctionDef | ClassDef]:
    """The functions, lambdas and classes that stand in a body themselves, in the order of the source."""
    queue: list[object] = [body]
    while queue:
        node = queue.pop()
        if isinstance(node, FunctionDef | ClassDef):
            yield node
            queue.extend([node.decorators[::-1], *_bound_early(node)])
        elif isinstance(node, Lambda):
            yield node.function
            queue.extend(_bound_early(node.function))
        elif isinstance(node, tuple):
            queue.extend(reversed(node))
        elif isinstance(node, msgspec.Struct):
            queue.extend(getattr(node, name) for name in reversed(node.__struct_fields__) if name != "at")


def _bound_early(node: FunctionDef | ClassDef) -> list[object]:
    """What a definition evaluates where it stands: default values, base classes."""
    if isinstance(node, ClassDef):
        return [argument.value for argument in node.bases]
    return [parameter.default for parameter in node.parameters if parameter.default is not None]
