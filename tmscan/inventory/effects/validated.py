"""Whether code looked at what a dangerous call is made of, letter by letter or by a pattern, and refused the rest.

For calls that no request was seen to reach: their data has no origins that could carry checks, so that text is read. A
recorded call goes in; out comes whether every part that is not constant was tested on the way, here or in a function
of the program that raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from tmscan.facts.body import statements
from tmscan.facts.types import (
    At,
    Attribute,
    Await,
    Block,
    Bytes,
    Call,
    Compare,
    Comprehension,
    Constant,
    Evaluate,
    Expr,
    FunctionDef,
    If,
    Jump,
    Lambda,
    Name,
    Raise,
    Return,
)
from tmscan.program.values import Event, Function, Known, Module

_PATTERNS = frozenset({"match", "fullmatch"})
_LETTERS = frozenset({"isalnum", "isalpha", "isidentifier", "isdigit", "isdecimal", "isnumeric", "isascii", "issubset"})
_DEPTH = 6
_MOST = 400  # assignments and tests of one function that are looked at


@dataclass(slots=True)
class Read:
    """What a body says: the values that names were given, and what was tested where."""

    given: dict[str, list[Expr]] = field(default_factory=dict)
    tested: list[tuple[At, str]] = field(default_factory=list)
    calls: dict[At, Call] = field(default_factory=dict)


Readings = dict[int, Read]


def is_validated(event: Event, readings: Readings) -> bool:
    """Whether all that is not constant in the arguments of a call was tested before it."""
    function = event.activation.function
    if function is None:
        return False
    known = _read(function, readings)
    call = known.calls.get(event.end)
    if call is None:
        return False
    passed = {name for at, name in known.tested if at < event.at}
    for at, activation in event.activation.calls:
        if at < event.at and activation.function is not None and (caller := known.calls.get(-at)) is not None:
            passed |= _refused(caller, activation.function, readings)
    if not passed:
        return False
    covered = _Cover(known, passed, function.module)
    return all(covered.of(part.value) for part in call.arguments) and covered.used


def _refused(call: Call, function: Function, readings: Readings) -> set[str]:
    """The names that a call as a statement hands to a function which raises unless they pass its tests."""
    tested = {name for _, name in _read(function, readings).tested}
    parameters = [each.name for each in function.definition.parameters]
    shift = 1 if function.owner is not None and function.kind != "staticmethod" else 0
    found: set[str] = set()
    for position, part in enumerate(call.arguments):
        name = part.keyword or (parameters[position + shift] if position + shift < len(parameters) else "")
        if name in tested and not part.star:
            found.add(dotted(part.value))
    return found - {""}


@dataclass(slots=True)
class _Cover:
    """Walks an expression down to what it is made of; `used` says whether a tested name was among it."""

    known: Read
    passed: set[str]
    module: Module
    used: bool = False

    def of(self, node: Expr, depth: int = _DEPTH) -> bool:
        if isinstance(node, Constant | Bytes):
            return True
        if isinstance(node, Name | Attribute):
            name = dotted(node)
            if name in self.passed:
                self.used = True
                return True
            values = self.known.given.get(name, ())
            if values:
                return depth > 0 and all(self.of(value, depth - 1) for value in values)
            held = self.module.frame.locals.get(name) if self.module.frame is not None else None
            return isinstance(held, Known)
        if isinstance(node, Call | Lambda) or depth == 0:
            return isinstance(node, Call) and depth > 0 and self._call(node, depth - 1)
        return all(self.of(part, depth - 1) for part in _expressions(node))

    def _call(self, node: Call, depth: int) -> bool:
        """What a call gives is made of its arguments and what it is a method of."""
        owner = node.func.value if isinstance(node.func, Attribute) else None
        held = self.module.frame.locals.get(dotted(owner)) if owner is not None and self.module.frame else None
        own = owner is None or (held is not None and not isinstance(held, Known)) or self.of(owner, depth)
        return own and all(self.of(part.value, depth) for part in node.arguments)


def dotted(node: Expr) -> str:
    """`name` or `self.name`; "" for anything else."""
    if isinstance(node, Name):
        return node.id
    inner = dotted(node.value) if isinstance(node, Attribute) else ""
    return f"{inner}.{node.attr}" if isinstance(node, Attribute) and inner else ""


def _read(function: Function, readings: Readings) -> Read:
    key = id(function.definition)
    if key not in readings:
        readings[key] = Read()  # a function that calls itself says nothing of itself
        found = Read()
        for node in _nodes(statements(function.definition)):
            if isinstance(node, Call):
                found.calls[node.end] = node
            elif isinstance(node, Evaluate):
                said = node.value.value if isinstance(node.value, Await) else node.value
                if isinstance(said, Call):
                    found.calls[-said.at] = said
            elif isinstance(node, If) and _leaves(node.body):
                found.tested += [(node.at, name) for name in tested_by(node.test)]
            for target in getattr(node, "targets", None) or (getattr(node, "target", None),):
                value = getattr(node, "value", None)
                if isinstance(target, Name | Attribute) and value is not None and len(found.given) < _MOST:
                    found.given.setdefault(dotted(target), []).append(value)
        readings[key] = found
    return readings[key]


def tested_by(test: Expr) -> Iterator[str]:
    """The names whose text a condition looks at: by a pattern, letter by letter, or among what is allowed."""
    for node in _nodes((test,)):
        if isinstance(node, Compare) and node.ops[0] in ("in", "not in"):
            yield dotted(node.left)
        if not isinstance(node, Call):
            continue
        word = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
        if word in _PATTERNS:
            yield from (dotted(part.value) for part in node.arguments[-2:])
        elif word in _LETTERS and isinstance(node.func, Attribute):
            yield dotted(node.func.value)
        elif word in ("all", "any") and node.arguments and isinstance(node.arguments[0].value, Comprehension):
            yield from (dotted(clause.iterable) for clause in node.arguments[0].value.clauses)


def _leaves(body: Block) -> bool:
    """Whether a block ends what goes on, saying no."""
    return bool(body) and isinstance(body[-1], Raise | Return | Jump)


def _expressions(node: Expr) -> Iterator[Expr]:
    waiting: list[object] = [getattr(node, name) for name in node.__struct_fields__]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            waiting.extend(part)
        elif isinstance(part, msgspec.Struct):
            yield part  # type: ignore[misc]  # what stands in an expression is one


def _nodes(body: Iterable[object]) -> Iterator[object]:
    """Everything in a body, outer things first; nested functions run at another time."""
    waiting: list[object] = list(body)[::-1]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(node[::-1])
        elif isinstance(node, msgspec.Struct) and not isinstance(node, FunctionDef):
            yield node
            waiting.extend(getattr(node, name) for name in reversed(node.__struct_fields__))
