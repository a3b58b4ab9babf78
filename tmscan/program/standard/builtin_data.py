"""Builtins that make and transform data: `dict`, `zip`, `sorted`, `range`, `map`, `str`, `int`, …"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tmscan.program.data.iteration import iterate
from tmscan.program.data.operators import concatenate, truth
from tmscan.program.data.subscripts import element
from tmscan.program.lattice import join
from tmscan.program.machine import Machine
from tmscan.program.values import (
    FALSE,
    NUMBER,
    TRUE,
    UNKNOWN,
    Arguments,
    Frame,
    Known,
    Sequence,
    Table,
    Text,
    Value,
)

RANGE_LIMIT = 64  # batches are long and alike; ranges that number routes or databases are short

Model: TypeAlias = Callable[[Machine, Frame, Arguments, int], Value]


def _first(arguments: Arguments) -> Value:
    return arguments.positional[0] if arguments.positional else UNKNOWN


def _number(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    value = _first(arguments)
    if isinstance(value, Known) and isinstance(value.value, str | int | float) and len(str(value.value)) < 16:
        text = str(value.value).strip()
        return Known(int(text)) if text.lstrip("-").isdigit() else NUMBER
    return NUMBER  # a number carries nothing of the text it was read from


def _bool(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    known = truth(_first(arguments)) if arguments.positional else False
    return UNKNOWN if known is None else TRUE if known else FALSE


def _quantified(*, decisive: bool) -> Model:
    """`any(…)` and `all(…)`: one element that is true (or false) decides, and so do all of them together."""

    def model(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
        value = _first(arguments)
        items, exact = iterate(machine, frame, value)
        answers = [truth(item) for item in (value.items if isinstance(value, Sequence) else items)]
        if decisive in answers and (exact or isinstance(value, Sequence)):
            return TRUE if decisive else FALSE
        return (FALSE if decisive else TRUE) if exact and None not in answers else UNKNOWN

    return model


def _len(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    value = _first(arguments)
    if isinstance(value, Sequence | Table) and value.rest is None:
        return Known(len(value.items))
    if isinstance(value, Known) and isinstance(value.value, str | bytes):
        return Known(len(value.value))
    return NUMBER


def _listed(kind: str) -> Model:
    def model(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
        if not arguments.positional:
            return Sequence(kind, [])
        items, exact = iterate(machine, frame, arguments.positional[0])
        return (
            Sequence(kind, list(items)) if exact else Sequence(kind, list(items[:-1]), items[-1] if items else UNKNOWN)
        )

    return model


def _sorted(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    items, exact = iterate(machine, frame, _first(arguments))
    if exact and all(isinstance(item, Known) and isinstance(item.value, str) for item in items):
        items = sorted(items, key=lambda item: str(item.value) if isinstance(item, Known) else "")
    return Sequence("list", list(items)) if exact else Sequence("list", list(items[:-1]), join(items[-1:]))


def _reversed(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    items, exact = iterate(machine, frame, _first(arguments))
    return Sequence("list", items[::-1]) if exact else Sequence("list", [], join(items))


def _dict(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    table = Table({})
    for value in arguments.positional[:1]:
        if isinstance(value, Table):
            table = Table(dict(value.items), value.rest)
            continue
        items, exact = iterate(machine, frame, value)
        for item in items:
            pair = item.items if isinstance(item, Sequence) else []
            if len(pair) == 2 and isinstance(pair[0], Known):
                table.items[pair[0].value] = pair[1]
            else:
                table.rest = element(machine, item)
        table.rest = table.rest if exact else (table.rest or UNKNOWN)
    table.items.update(arguments.keywords)
    table.rest = arguments.unknown if arguments.unknown is not None else table.rest
    return table


def _zip(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    columns = [iterate(machine, frame, value) for value in arguments.positional]
    rows: list[Value] = [Sequence("tuple", list(row)) for row in zip(*(column for column, _ in columns), strict=False)]
    return Sequence("list", rows, None if all(exact for _, exact in columns) else UNKNOWN)


def _enumerate(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    items, exact = iterate(machine, frame, _first(arguments))
    if not exact:
        return Sequence("list", [], Sequence("tuple", [UNKNOWN, join(items)]))
    return Sequence("list", [Sequence("tuple", [Known(index), item]) for index, item in enumerate(items)])


def _range(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    bounds = [
        value.value for value in arguments.positional if isinstance(value, Known) and isinstance(value.value, int)
    ]
    if 0 < len(bounds) == len(arguments.positional) <= 3 and (len(bounds) < 3 or bounds[2] != 0):
        numbers = range(*bounds)
        if len(numbers) <= RANGE_LIMIT:
            return Sequence("list", [Known(number) for number in numbers])
    return Sequence("list", [], NUMBER)


def _map(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    if len(arguments.positional) < 2:
        return UNKNOWN
    items, exact = iterate(machine, frame, arguments.positional[1])
    results = [machine.call(machine, frame, arguments.positional[0], Arguments([item]), at, at) for item in items]
    return Sequence("list", results) if exact else Sequence("list", [], join(results))


def _filter(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    if len(arguments.positional) < 2:
        return UNKNOWN
    test = arguments.positional[0]
    items, exact = iterate(machine, frame, arguments.positional[1])
    kept: list[Value] = []
    for item in items:
        plain = isinstance(test, Known)  # `filter(None, …)` keeps what is true
        known = truth(item if plain else machine.call(machine, frame, test, Arguments([item]), at, at))
        exact = exact and known is not None
        if known is not False:
            kept.append(item)
    return Sequence("list", kept) if exact else Sequence("list", [], join(kept) if kept else UNKNOWN)


def _next(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    value = _first(arguments)
    found = element(machine, value)
    return join([found, arguments.positional[1]]) if len(arguments.positional) > 1 else found


def _str(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    value = _first(arguments)
    return value if isinstance(value, Text) else concatenate([value]) if arguments.positional else Known("")


DATA: dict[str, Model] = {
    "str": _str, "int": _number, "float": _number, "bool": _bool, "len": _len, "list": _listed("list"),
    "any": _quantified(decisive=True), "all": _quantified(decisive=False),
    "tuple": _listed("tuple"), "set": _listed("set"), "frozenset": _listed("set"), "sorted": _sorted,
    "reversed": _reversed, "dict": _dict, "zip": _zip, "enumerate": _enumerate, "range": _range, "map": _map,
    "filter": _filter, "next": _next,
}  # fmt: skip
