"""Operators on values: truth, comparison, arithmetic and string building, with unknown parts kept as holes."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

from tmscan.program.data.combined import is_class
from tmscan.program.data.pieces import below
from tmscan.program.data.strings import TEXT_LIMIT, percent
from tmscan.program.data.strings import concatenate as concatenate
from tmscan.program.lattice import bounded, differs, join, only_constants, origins_of, unknown
from tmscan.program.machine import Machine, external
from tmscan.program.tables import NO_KEY, sought
from tmscan.program.values import (
    APPENDED,
    NOTHING,
    NUMBER,
    UNKNOWN,
    Arguments,
    Bound,
    Choice,
    Class,
    Decorated,
    External,
    Frame,
    Function,
    Instance,
    Known,
    Module,
    Native,
    Partial,
    Sequence,
    Table,
    Text,
    Unknown,
    Value,
)

_NUMERIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CLASS = re.compile(r"[A-Z]\w*[a-z]\w*")
_OBJECTS = (Function, Class, Module, Bound, Decorated, Native, Partial)


def truth(value: Value) -> bool | None:
    """Whether a value is true in a condition, None when that is not known."""
    if isinstance(value, Known):
        return bool(value.value)
    if isinstance(value, Sequence):
        return True if value.items else (False if value.rest is None else None)
    if isinstance(value, Table):
        return True if value.items else (False if value.rest is None else None)
    if isinstance(value, _OBJECTS):
        return True
    if isinstance(value, Text):
        return True if any(isinstance(part, Known) and part.value for part in value.parts) else None
    if isinstance(value, External) and value.event is None and _CLASS.fullmatch(value.path.rpartition(".")[2]):
        return True  # a class of a library: `[IsAdmin or IsOwner]`
    if isinstance(value, Choice):
        answers = {truth(option) for option in value.options}
        return answers.pop() if len(answers) == 1 else None
    return None


def compare(op: str, left: Value, right: Value) -> bool | None:
    """The answer of one comparison, None when it is not known."""
    if op in ("not in", "in"):
        found = _contains(right, left)
        return found if op == "in" or found is None else not found
    if op in ("!=", "is not"):
        same = _equal(left, right, identity=op == "is not")
        return None if same is None else not same
    if op in ("==", "is"):
        return _equal(left, right, identity=op == "is")
    if isinstance(left, Known) and isinstance(right, Known):
        a, b = left.value, right.value
        if isinstance(a, int | float) and isinstance(b, int | float):
            return _ORDER[op](a, b)
        if isinstance(a, str) and isinstance(b, str):
            return bool(getattr(operator, {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}[op])(a, b))
    return None


_CALLED = frozenset("()[]")


def _equal(left: Value, right: Value, *, identity: bool) -> bool | None:
    if left is right and not isinstance(left, Choice) and left is not UNKNOWN:
        return True if isinstance(left, (Known, *_OBJECTS)) else None
    if isinstance(left, Known) and isinstance(right, Known):
        return (
            type(left.value) is type(right.value) and left.value == right.value
            if identity
            else left.value == right.value
        )
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Known) and isinstance(other, Text | Choice) and differs(other, one.value):
            return False
        if (
            isinstance(one, Known)
            and one.value is None
            and isinstance(other, (Sequence, Table, Text, Instance, *_OBJECTS))
        ):
            return False
    if isinstance(left, _OBJECTS) and isinstance(right, _OBJECTS):
        return False
    if isinstance(left, External) and isinstance(right, External):
        return True if left.path == right.path and _is_name(left) and _is_name(right) else None
    if identity and any(isinstance(one, Function) and _is_name(other) for one, other in ((left, right), (right, left))):
        return False  # a function of the project is none of a library
    return None


def _is_name(value: Value) -> bool:
    """Whether a value is what a library calls by a dotted name: no result and no element, which differ each time."""
    return isinstance(value, External) and value.event is None and _CALLED.isdisjoint(value.path)


def _contains(container: Value, item: Value) -> bool | None:
    if isinstance(container, Choice):
        first, *others = [_contains(option, item) for option in container.options]
        return first if all(other is first for other in others) else None
    if isinstance(container, Table) and (key := sought(item)) is not NO_KEY:
        return True if key in container.items else (False if container.rest is None else None)
    if isinstance(container, Known) and isinstance(item, Known):
        if isinstance(container.value, str) and isinstance(item.value, str):
            return item.value in container.value
        return None
    if isinstance(container, Sequence):
        return _among(container, item)
    return None


def _among(container: Sequence, item: Value) -> bool | None:
    """Whether an element is in a list: long ones are gone through in loops, so constants are compared all at once."""
    answer: bool | None = False if container.rest is None else None
    members = container.items
    if isinstance(item, Known):
        constants = [member.value for member in members if type(member) is Known]
        if item.value in constants:
            return True
        members = [member for member in members if type(member) is not Known] if len(constants) < len(members) else []
    surely = isinstance(
        item, (Known, External, *_OBJECTS)
    )  # nothing else is equal for certain: the first doubt decides
    for member in members:
        same = _equal(member, item, identity=False)
        if same:
            return True
        if same is None:
            if not surely:
                return None
            answer = None
    return answer


def arithmetic(machine: Machine, frame: Frame, op: str, left: Value, right: Value) -> Value:
    """The value of `left op right`."""
    if op in ("&", "|") and is_class(left) and is_class(right):  # of permissions that stand in a `&` all must agree
        return Sequence("tuple", [left, right]) if op == "&" else join([left, right])
    if isinstance(left, Choice) and len(left.options) <= 6:
        return join([arithmetic(machine, frame, op, option, right) for option in left.options])
    if isinstance(right, Choice) and len(right.options) <= 6 and op == "+":
        return join([arithmetic(machine, frame, op, left, option) for option in right.options])
    if isinstance(left, Known) and isinstance(right, Known):
        return _constants(op, left, right)
    if op == "+":
        if isinstance(left, Sequence) and isinstance(right, Sequence):
            rest = (
                left.rest if right.rest is None else right.rest if left.rest is None else join([left.rest, right.rest])
            )
            return bounded(left.kind, [*left.items, *right.items], rest)
        if isinstance(left, Sequence) or isinstance(right, Sequence):
            listed, other = (left, right) if isinstance(left, Sequence) else (right, left)
            if isinstance(listed, Sequence):
                more = external_element(machine, other)
                return Sequence(
                    listed.kind, [*listed.items], more if listed.rest is None else join([listed.rest, more])
                )
        if _lists_routes(machine, left) and _lists_routes(machine, right):
            return Sequence("list", [], join([external_element(machine, left), external_element(machine, right)]))
        if _texty(left) or _texty(right):
            return concatenate([left, right])
    if op == "%" and _texty(left):
        return percent(left, right)
    if op == "|" and (_is_type(left) or _is_type(right)):
        return join([left, right])
    if op in ("|", "-") and isinstance(left, Sequence) and isinstance(right, Sequence) and left.kind == "set":
        return _sets(op, left, right)
    if op == "|" and isinstance(left, Table) and isinstance(right, Table):
        return Table({**left.items, **right.items}, left.rest or right.rest)
    if op == "*" and isinstance(left, Sequence) and isinstance(right, Known) and isinstance(right.value, int):
        return bounded(left.kind, left.items * max(0, min(right.value, 64)), left.rest)
    if op == "*" and only_constants(left) and isinstance(left, Known | Sequence) and not isinstance(right, Known):
        if isinstance(left, Sequence):  # so and so many of these
            return Sequence(left.kind, [], join([*left.items, *([left.rest] if left.rest is not None else [])]))
        return NUMBER
    special = {"+": "__add__", "/": "__truediv__", "|": "__or__", "&": "__and__", "-": "__sub__"}.get(op)
    if special and isinstance(left, Instance):
        method = machine.attribute(machine, frame, left, special, 0)
        if isinstance(method, Bound):
            return machine.call(machine, frame, method, Arguments([right]), 0, 0)
    if op == "+" and origins_of(right) and (not origins_of(left) or _appended(left)):
        return Unknown(origins_of(left) | origins_of(right), APPENDED)
    if isinstance(left, External) and op in ("/", "|", "&", "+", "-"):
        made = external(machine, left.path, left.base, left.event)
        if isinstance(made, External):
            made.origins |= left.origins | (below(origins_of(right)) if op == "/" else origins_of(right))
            if op == "/" and isinstance(right, Known):
                made.attributes, made.base = {"\0below": right}, left
        return made if op == "/" else (left if not origins_of(right) else made)
    if op == "/" and _divides_as_path(left, right):
        made = external(machine, "pathlib.Path()")
        if isinstance(made, External):
            made.origins |= below(origins_of(right))
        return made
    return unknown(origins_of(left) | origins_of(right))


def _divides_as_path(left: Value, right: Value) -> bool:
    """Whether something unknown is a path, as it is "divided" by text: numbers are not, and nothing else can be."""
    if not isinstance(left, Unknown) or left.origins or left.hint == NUMBER.hint:
        return False
    if isinstance(right, Known):
        return isinstance(right.value, str)
    return isinstance(right, Text) or (isinstance(right, Unknown | External) and bool(origins_of(right)))


def _appended(value: Value) -> bool:
    return isinstance(value, Unknown) and value.hint == APPENDED


def external_element(machine: Machine, value: Value) -> Value:
    """What iterating over a value that is no known container gives."""
    return external(machine, f"{value.path}[]", value) if isinstance(value, External) else unknown(origins_of(value))


def _lists_routes(machine: Machine, value: Value) -> bool:
    """Whether this is an attribute that library rows know, and neither input nor a call: the routes of a router."""
    known = machine.vocabulary
    if not isinstance(value, External) or value.path not in known.known:
        return False
    return value.path not in known.recorded and value.path not in known.inputs


def _sets(op: str, left: Sequence, right: Sequence) -> Sequence:
    """The union or the difference of two sets, as far as their elements are known."""
    if op == "|":
        rest = [part for part in (left.rest, right.rest) if part is not None]
        return bounded("set", [*left.items, *right.items], join(rest) if rest else None)
    gone = {item.value for item in right.items if isinstance(item, Known)}
    return Sequence("set", [i for i in left.items if not (isinstance(i, Known) and i.value in gone)], left.rest)


def _is_type(value: Value) -> bool:
    return isinstance(value, Class) or (isinstance(value, External) and "(" not in value.path)


def _texty(value: Value) -> bool:
    return isinstance(value, Text) or (isinstance(value, Known) and isinstance(value.value, str))


def _constants(op: str, left: Known, right: Known) -> Value:
    a, b = left.value, right.value
    if isinstance(a, str) and op == "%":
        return percent(left, right)
    if isinstance(a, str) and isinstance(b, str) and op == "+":
        return Known(a + b) if len(a) + len(b) <= TEXT_LIMIT else UNKNOWN
    if isinstance(a, str) and isinstance(b, int) and op == "*":
        return Known(a * b) if len(a) * max(b, 0) <= TEXT_LIMIT else UNKNOWN
    if isinstance(a, bytes) and isinstance(b, bytes) and op == "+":
        return Known(a + b)
    if isinstance(a, int | float) and isinstance(b, int | float) and op in _NUMERIC:
        wild = (op in ("/", "//", "%") and b == 0) or max(abs(a), abs(b)) > 1e15
        return UNKNOWN if wild else Known(_NUMERIC[op](a, b))
    if isinstance(a, int) and isinstance(b, int) and op in ("&", "|", "^"):
        return Known({"&": a & b, "|": a | b, "^": a ^ b}[op])
    return UNKNOWN


def is_none(value: Value) -> bool:
    """Whether a value is the constant None."""
    return value is NOTHING or (isinstance(value, Known) and value.value is None)
