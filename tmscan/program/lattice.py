"""Joining values where control flow meets, and asking where the data in them comes from."""

from __future__ import annotations

from collections.abc import Mapping

from tmscan.program.values import (
    APPENDED,
    CLEAN,
    UNKNOWN,
    Choice,
    Decorated,
    External,
    Instance,
    Known,
    Origins,
    Scalar,
    Sequence,
    Table,
    Text,
    Unknown,
    Value,
)

SEVERAL, LONGEST = 64, 10_000  # elements of a list that grows
WIDEST = 500  # how many containers inside one value are opened to see where its data comes from
_VAGUE = (Unknown, Text)
_HOLDERS = frozenset((Sequence, Table, Choice, Instance, Decorated))


def table_of(names: Mapping[str, Value]) -> Table:
    """A table with these names as keys."""
    return Table({name: value for name, value in names.items()})  # noqa: C416 - a dict of str is no dict of Scalar


def bounded(kind: str, items: list[Value], rest: Value | None) -> Sequence:
    """A sequence of these elements, as far as `add` tells them apart."""
    made = Sequence(kind, items[:SEVERAL], rest)
    add(made, items[SEVERAL:])
    return made


def add(sequence: Sequence, more: list[Value]) -> None:
    """Put elements at the end. After the first few those that nobody can tell from others are not known one by one:
    lists that grow in loops would take any time and memory otherwise.
    """
    for item in more:
        held = sequence.items
        if len(held) < SEVERAL or (len(held) < LONGEST and _tells(item, held)):
            held.append(item)
        else:
            sequence.rest = item if sequence.rest is None else join([sequence.rest, item])


def _tells(value: Value, held: list[Value]) -> bool:
    """Whether an element says something that those before it do not: an object that is not among the last of them,
    a constant, code, what a library made, or something that holds any of these.
    """
    if isinstance(value, Choice):
        return any(_tells(option, held) for option in value.options)
    if isinstance(value, Sequence | Table):
        return any(not isinstance(part, _VAGUE) for part in parts_of(value))
    return not isinstance(value, _VAGUE) and not any(value is other for other in held[-SEVERAL:])


def unknown(origins: Origins) -> Unknown:
    """An unknown value that carries `origins`."""
    return Unknown(origins) if origins else UNKNOWN


def origins_of(value: Value | None, depth: int = 4) -> Origins:
    """Where the data in a value comes from, looking `depth` containers deep."""
    kind = type(value)
    if kind is Text or kind is Unknown or kind is External:
        return value.origins  # type: ignore[union-attr]  # `kind` says so; isinstance is slower here
    if kind not in _HOLDERS or value is None:
        return CLEAN
    found: Origins = CLEAN
    level: list[Value] = [value]
    seen = {id(value)}
    while level and depth:
        below: list[Value] = []
        for holder in level:
            for part in parts_of(holder):
                kind = type(part)
                if kind is Text or kind is Unknown or kind is External:
                    origins = part.origins  # type: ignore[union-attr]  # as above
                    found = found | origins if origins else found
                elif kind in _HOLDERS and id(part) not in seen and len(seen) < WIDEST:
                    seen.add(id(part))
                    below.append(part)
        level, depth = below, depth - 1
    return found


def parts_of(value: Value) -> list[Value]:
    """What is directly in a container, choice or object: its elements, not their keys, and of many the first."""
    if isinstance(value, Sequence):
        return value.items[:64] + ([value.rest] if value.rest is not None else [])
    if isinstance(value, Table):
        return [*list(value.items.values())[:64], *([value.rest] if value.rest is not None else [])]
    if isinstance(value, Choice):
        return list(value.options)
    if isinstance(value, Instance):
        return list(value.attributes.values())
    if isinstance(value, Decorated):
        return [value.value]
    return []


def join(values: list[Value]) -> Value:
    """The least value that covers all of `values`; nested choices are flattened, equal constants fold, 12 at most."""
    flat: list[Value] = []
    seen: set[object] = set()
    origins: Origins = CLEAN
    lost, leads = False, False
    for value in values:
        for option in value.options if type(value) is Choice else (value,):
            if type(option) is Unknown:
                leads = leads or _leads(option)
                origins |= option.origins
                lost = True
                continue
            key: object = (type(option.value), option.value) if type(option) is Known else id(option)
            if key not in seen:
                seen.add(key)
                flat.append(option)
    if len(flat) > 12:
        for option in flat[12:]:
            leads = leads or _leads(option)
            origins |= origins_of(option)
        flat, lost = flat[:12], True
    if lost:
        flat.append(unknown(origins) if leads else Unknown(origins, APPENDED) if origins else UNKNOWN)
    if not flat:
        return UNKNOWN
    return flat[0] if len(flat) == 1 else Choice(tuple(flat))


def _leads(value: Value) -> bool:
    """Whether data stands where a text begins, as far as one can tell: it may say where an address leads."""
    if type(value) is Unknown and value.hint == APPENDED:
        return False
    start = next((part for part in value.parts if not isinstance(part, Known)), None) if type(value) is Text else value
    return bool(origins_of(start))


def only_constants(value: Value | None) -> bool:
    """Whether nothing is in a value, or in the elements of a collection, but constants and numbers."""
    if isinstance(value, Sequence):
        return all(only_constants(part) for part in (*value.items, value.rest))
    return value is None or isinstance(value, Known) or (isinstance(value, Unknown) and value.hint == "number")


def options(value: Value) -> tuple[Value, ...]:
    """The alternatives of a value: itself, unless it is a choice."""
    return value.options if type(value) is Choice else (value,)


def differs(value: Value, constant: Scalar) -> bool:
    """Whether a text with holes can for certain not be this constant: some part that is known does not fit into it."""
    if isinstance(value, Choice):
        return all(differs(option, constant) for option in value.options)
    if isinstance(value, Known):
        return value.value != constant
    if not isinstance(value, Text) or not isinstance(constant, str):
        return isinstance(value, Text)
    position = 0
    for index, part in enumerate(value.parts):
        if isinstance(part, Known):
            piece = str(part.value)
            found = constant.find(piece, position)
            if found < 0 or (index == 0 and found > 0):
                return True
            position = found + len(piece)
    last = value.parts[-1] if value.parts else None
    return isinstance(last, Known) and not constant.endswith(str(last.value))
