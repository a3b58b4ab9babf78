"""A serialized protobuf file descriptor in, its messages, enumerations, services and options out as plain records.

The wire format is read as data, with bounds: https://protobuf.dev/programming-guides/encoding/. Field numbers are those
of google/protobuf/descriptor.proto.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from struct import unpack_from
from typing import TypeAlias

DEPTH = 20
REPEATED = 3
MESSAGE, TEXT, BYTES, BOOLEAN = (10, 11), 9, 12, 8
FRACTIONS = {1: "<d", 2: "<f"}
METHOD_OPTIONS = "google.protobuf.MethodOptions"
Raw: TypeAlias = dict[int, list[int | bytes]]


class MalformedError(ValueError):
    """The bytes are no message."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message, or an extension (`name` is then the full one, `extends` what it adds to)."""

    name: str
    number: int
    repeated: bool
    kind: int
    type_name: str
    extends: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message type by its full name, with what is declared inside it."""

    name: str
    fields: tuple[Field, ...]
    messages: tuple[Message, ...] = ()
    enums: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """An RPC: full names of what goes in and out, and the options as they were serialized."""

    name: str
    takes: str
    gives: str
    options: bytes


@dataclass(frozen=True, slots=True)
class Service:
    """A service by its full name."""

    name: str
    methods: tuple[Method, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """One .proto file."""

    package: str = ""
    messages: tuple[Message, ...] = ()
    enums: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    services: tuple[Service, ...] = ()
    extensions: tuple[Field, ...] = ()
    by_name: dict[str, Message] = field(default_factory=dict)


@lru_cache(maxsize=256)
def read_schema(data: bytes) -> Schema:
    """The file that a generated module carries; raises MalformedError."""
    raw = fields_of(data)
    package = _text(raw, 2)
    prefix = f"{package}." if package else ""
    messages = tuple(_message(part, prefix, 0) for part in _parts(raw, 4))
    schema = Schema(
        package,
        messages,
        tuple(_enum(part) for part in _parts(raw, 5)),
        tuple(_service(part, prefix) for part in _parts(raw, 6)),
        tuple(_field(part, prefix) for part in _parts(raw, 7)),
    )
    pending = list(messages)
    for message in pending:
        schema.by_name[message.name] = message
        pending.extend(message.messages)
    return schema


def fields_of(data: bytes) -> Raw:
    """What a message says, by field number: numbers as they stand, everything else as bytes."""
    found: Raw = {}
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        number, wire = key >> 3, key & 7
        value: int | bytes
        if wire == 0:
            value, place = _varint(data, place)
        else:
            if wire == 2:
                size, place = _varint(data, place)
            elif wire in (1, 5):
                size = 8 if wire == 1 else 4
            else:
                raise MalformedError(f"wire type {wire}")
            value, place = data[place : place + size], place + size
            if len(value) < size:
                raise MalformedError("cut off")
        found.setdefault(number, []).append(value)
    return found


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(data) or shift > 63:
            raise MalformedError("cut off")
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
        shift += 7


def scalars(of: Field, given: int | bytes) -> Iterator[str | int | float | bool | bytes]:
    """The values that one occurrence of a field holds: several if it is packed."""
    if of.kind in FRACTIONS and isinstance(given, bytes):
        size = 8 if of.kind == 1 else 4
        for place in range(0, len(given) - size + 1, size):
            yield float(unpack_from(FRACTIONS[of.kind], given, place)[0])
    elif of.kind == TEXT and isinstance(given, bytes):
        yield given.decode("utf-8", "replace")
    elif of.kind == BYTES:
        yield given
    elif isinstance(given, bytes):
        place = 0
        while place < len(given):
            number, place = _varint(given, place)
            yield bool(number) if of.kind == BOOLEAN else _signed(number)
    else:
        yield bool(given) if of.kind == BOOLEAN else _signed(given)


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number


def _message(data: bytes, prefix: str, depth: int) -> Message:
    if depth > DEPTH:
        raise MalformedError("nested too deeply")
    raw = fields_of(data)
    name = prefix + _text(raw, 1)
    return Message(
        name,
        tuple(_field(part, "") for part in _parts(raw, 2)),
        tuple(_message(part, f"{name}.", depth + 1) for part in _parts(raw, 3)),
        tuple(_enum(part) for part in _parts(raw, 4)),
    )


def _field(data: bytes, prefix: str) -> Field:
    raw = fields_of(data)
    name, extends = _text(raw, 1), _text(raw, 2).lstrip(".")
    return Field(
        prefix + name, _number(raw, 3), _number(raw, 4) == REPEATED, _number(raw, 5), _text(raw, 6)[1:], extends
    )


def _enum(data: bytes) -> tuple[str, tuple[tuple[str, int], ...]]:
    raw = fields_of(data)
    pairs = (fields_of(part) for part in _parts(raw, 2))
    return _text(raw, 1), tuple((_text(pair, 1), _signed(_number(pair, 2))) for pair in pairs)


def _service(data: bytes, prefix: str) -> Service:
    raw = fields_of(data)
    methods = (fields_of(part) for part in _parts(raw, 2))
    made = (Method(_text(m, 1), _text(m, 2)[1:], _text(m, 3)[1:], b"".join(_parts(m, 4))) for m in methods)
    return Service(prefix + _text(raw, 1), tuple(made))


def _parts(raw: Raw, number: int) -> list[bytes]:
    return [part for part in raw.get(number, ()) if isinstance(part, bytes)]


def _text(raw: Raw, number: int) -> str:
    parts = _parts(raw, number)
    return parts[-1].decode("utf-8", "replace") if parts else ""


def _number(raw: Raw, number: int) -> int:
    found = [part for part in raw.get(number, ()) if isinstance(part, int)]
    return found[-1] if found else 0
