"""Methods of strings, lists and dictionaries, as far as tables of routes and query strings are built with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tmscan.program.data.operators import external_element
from tmscan.program.data.pieces import rest_of
from tmscan.program.data.strings import formatted, joined, stripped
from tmscan.program.lattice import add, join, origins_of, unknown
from tmscan.program.machine import Machine, keep_before
from tmscan.program.tables import NO_KEY, key_for, key_value, sought, take_out
from tmscan.program.values import (
    FALSE,
    NOTHING,
    TRUE,
    UNKNOWN,
    Arguments,
    Frame,
    Known,
    Native,
    Sequence,
    Table,
    Text,
    Value,
)

Method: TypeAlias = Callable[[Machine, Frame, Value, Arguments], Value]
_PURE = frozenset(
    {"lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "replace", "removeprefix", "removesuffix",
     "startswith", "endswith", "swapcase", "casefold", "isdigit", "isidentifier", "islower", "isupper", "find", "count",
     "isalnum", "isalpha", "rfind", "zfill", "isnumeric"}
)  # fmt: skip
_CHANGING = frozenset({"append", "appendleft", "add", "insert", "extend", "update", "pop", "setdefault"})
_SPLITTING = frozenset({"split", "rsplit", "partition", "rpartition", "splitlines"})


def method_of(value: Value, name: str) -> Native | None:
    """The method `name` of a constant, text, sequence or table, bound to it; None if it is not modelled."""
    if isinstance(value, Known | Text):
        table, of = _TEXT, "str"
        if name in _PURE or name in _SPLITTING:
            return Native(name, lambda machine, frame, arguments, at: _pure(value, name, arguments), of)
    elif isinstance(value, Sequence):
        table, of = _SEQUENCE, value.kind
    else:
        table, of = _TABLE, "dict"
    method = table.get(name)
    if method is None:
        return None
    if name in _CHANGING:
        return Native(
            name, lambda machine, frame, arguments, at: _changed(machine, frame, value, method, arguments), of
        )
    return Native(name, lambda machine, frame, arguments, at: method(machine, frame, value, arguments), of)


def _changed(machine: Machine, frame: Frame, value: Value, method: Method, arguments: Arguments) -> Value:
    keep_before(machine, value)
    return method(machine, frame, value, arguments)


def _pure(value: Value, name: str, arguments: Arguments) -> Value:
    """A string method without side effects: computed when everything is constant."""
    if name in ("startswith", "endswith") and arguments.positional and isinstance(arguments.positional[0], Sequence):
        return _any_end(value, name, arguments.positional[0])
    if name in ("startswith", "endswith") and len(arguments.positional) == 1 and isinstance(value, Known):
        part = arguments.positional[0]
        if isinstance(part, Text) and isinstance(value.value, str) and _lacks(value.value, part):
            return FALSE
    constants = [argument.value for argument in arguments.positional if isinstance(argument, Known)]
    origins = origins_of(value)
    for argument in arguments.positional:
        origins |= origins_of(argument)
    if isinstance(value, Known) and isinstance(value.value, str) and len(constants) == len(arguments.positional):
        if arguments.keywords or not all(isinstance(constant, str | int) for constant in constants):
            return unknown(origins)
        try:
            result = getattr(value.value, name)(*constants)
        except (TypeError, ValueError):
            return UNKNOWN
        if isinstance(result, list | tuple):
            return Sequence("list" if isinstance(result, list) else "tuple", [Known(piece) for piece in result])
        return Known(result) if not (isinstance(result, str) and len(result) > 4000) else UNKNOWN
    if name in _SPLITTING:
        return Sequence("list", [], unknown(origins))
    if name in ("strip", "lstrip", "rstrip") and isinstance(value, Text) and value.parts:
        return stripped(value, name, constants)
    return unknown(origins)


def _lacks(text: str, part: Text) -> bool:
    """Whether some piece of a text with holes does not stand in another text: then neither does the whole."""
    return any(isinstance(piece, Known) and str(piece.value) not in text for piece in part.parts)


def _any_end(value: Value, name: str, among: Sequence) -> Value:
    """`path.startswith(("/static/", "/health"))`."""
    answers = [_pure(value, name, Arguments([item])) for item in among.items]
    if any(isinstance(answer, Known) and answer.value is True for answer in answers):
        return TRUE
    return FALSE if among.rest is None and all(isinstance(answer, Known) for answer in answers) else UNKNOWN


def _format_map(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    """`"/{kind}".format_map(words)`: as `format` with the words as keywords."""
    words = arguments.positional[0] if arguments.positional else None
    if not isinstance(words, Table):
        return formatted(value, Arguments([], {}, words))
    named = {key: item for key, item in words.items.items() if isinstance(key, str)}
    return formatted(value, Arguments([], named, words.rest))


def _format(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    return formatted(value, arguments)


def _join(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    return joined(value, arguments.positional[0] if arguments.positional else UNKNOWN)


def _same_text(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    return value


def _append(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    if isinstance(value, Sequence) and arguments.positional:
        add(value, arguments.positional[-1:])
    return NOTHING


def _insert(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    if isinstance(value, Sequence) and len(arguments.positional) == 2:
        at = arguments.positional[0]
        index = at.value if isinstance(at, Known) and isinstance(at.value, int) else len(value.items)
        value.items.insert(index, arguments.positional[1])
    return NOTHING


def _extend(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    if isinstance(value, Sequence) and arguments.positional:
        other = arguments.positional[0]
        listed = [option for option in getattr(other, "options", (other,)) if isinstance(option, Sequence)]
        for option in listed:
            value.rest = value.rest if option.rest is None else option.rest
            add(value, list(option.items))
        if isinstance(other, Table):
            add(value, list(map(key_value, other.items)))
        elif not listed:
            rest = external_element(machine, other)
            value.rest = rest if value.rest is None else join([value.rest, rest])
    return NOTHING


def _pop(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    if isinstance(value, Table):
        found = _get(machine, frame, value, arguments)
        if arguments.positional:
            take_out(frame, value, arguments.positional[0])
        return found
    if isinstance(value, Sequence) and value.rest is None and frame.uncertain <= value.level:
        index = arguments.positional[0] if arguments.positional else Known(-1)
        place = index.value if isinstance(index, Known) and isinstance(index.value, int) else len(value.items)
        if -len(value.items) <= place < len(value.items):
            return value.items.pop(place)
    return join([*value.items[:24], *([value.rest] if value.rest else [])]) if isinstance(value, Sequence) else UNKNOWN


def _copy(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    if isinstance(value, Sequence):
        return Sequence(value.kind, list(value.items), value.rest)
    return Table(dict(value.items), value.rest) if isinstance(value, Table) else value


def _nothing(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    return NOTHING


def _get(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    if not isinstance(value, Table) or not arguments.positional:
        return UNKNOWN
    key = sought(arguments.positional[0])
    default = arguments.positional[1] if len(arguments.positional) > 1 else arguments.keywords.get("default", NOTHING)
    if key is not NO_KEY:
        found = value.items.get(key)
        if found is not None:
            return found
        return default if value.rest is None else join([value.rest, default])
    return join([*list(value.items.values())[:24], *([value.rest] if value.rest else []), default])


def _items(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    if not isinstance(value, Table):
        return UNKNOWN
    pairs: list[Value] = [Sequence("tuple", [key_value(key), item]) for key, item in value.items.items()]
    return Sequence("list", pairs, Sequence("tuple", [UNKNOWN, value.rest]) if value.rest is not None else None)


def _keys(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    if not isinstance(value, Table):
        return UNKNOWN
    return Sequence("list", [key_value(key) for key in value.items], UNKNOWN if value.rest is not None else None)


def _values(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    return Sequence("list", list(value.items.values()), value.rest) if isinstance(value, Table) else UNKNOWN


def _update(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    if not isinstance(value, Table):
        if isinstance(value, Sequence):
            return _extend(machine, frame, value, arguments)
        return NOTHING
    for other in arguments.positional:
        if isinstance(other, Table):
            value.items.update(other.items)
            value.rest = other.rest if value.rest is None else value.rest
        else:
            value.rest = rest_of(other)
    value.items.update(arguments.keywords)
    return NOTHING


def _setdefault(machine: Machine, frame: Frame, value: Value, arguments: Arguments) -> Value:
    key = key_for(arguments.positional[0]) if arguments.positional else NO_KEY
    if isinstance(value, Table) and key is not NO_KEY:
        default = arguments.positional[1] if len(arguments.positional) > 1 else NOTHING
        return value.items.setdefault(key, default)
    return UNKNOWN


_TEXT: dict[str, Method] = {
    "format": _format,
    "format_map": _format_map,
    "join": _join,
    "encode": _same_text,
    "decode": _same_text,
    "__str__": _same_text,
}
_SEQUENCE: dict[str, Method] = {
    "append": _append, "appendleft": _append, "add": _append, "insert": _insert, "extend": _extend, "update": _update,
    "pop": _pop, "copy": _copy, "sort": _nothing, "reverse": _nothing, "union": _copy,
}  # fmt: skip
_TABLE: dict[str, Method] = {
    "get": _get, "items": _items, "keys": _keys, "values": _values, "update": _update, "setdefault": _setdefault,
    "pop": _pop, "copy": _copy,
}  # fmt: skip
