"""Texts put together: parts go in, a constant comes out, or a text with holes where parts are not known."""

from __future__ import annotations

from tmscan.program.data.pieces import behind, put_together
from tmscan.program.lattice import join, only_constants, origins_of, unknown
from tmscan.program.values import (
    APPENDED,
    NUMBER,
    Arguments,
    Choice,
    Known,
    Origins,
    Scalar,
    Sequence,
    Table,
    Text,
    Unknown,
    Value,
)

TEXT_LIMIT = 4000


def concatenate(parts: list[Value]) -> Value:
    """The string made of `parts`: a constant if all are known, else a text with holes."""
    flat: list[Value] = []
    origins: Origins = frozenset()
    for part in parts:
        for each in part.parts if isinstance(part, Text) else (part,):
            piece = behind(each) if flat and not _root(flat) else each
            origins |= origins_of(piece, 2)
            if isinstance(piece, Known):
                literal = Known(piece.value.decode("latin-1") if isinstance(piece.value, bytes) else str(piece.value))
                if not literal.value:
                    continue
                if flat and isinstance(flat[-1], Known):
                    flat[-1] = Known(str(flat[-1].value) + str(literal.value))
                else:
                    flat.append(literal)
            else:
                flat.append(piece)
    if not flat:
        return Known("")
    if len(flat) == 1 and isinstance(flat[0], Known):
        return flat[0]
    if sum(len(str(p.value)) for p in flat if isinstance(p, Known)) > TEXT_LIMIT or len(flat) > 64:
        return unknown(origins)
    return _spread(flat) or Text(tuple(flat), origins)


def _root(before: list[Value]) -> bool:
    """Whether nothing but a slash stands before: any path on the machine may follow."""
    return len(before) == 1 and isinstance(before[0], Known) and before[0].value in ("/", "")


def _spread(parts: list[Value]) -> Value | None:
    """A choice of constants where exactly one hole is a choice of constants: `f"{a_or_b}/x"` is one of two strings."""
    holes = [index for index, part in enumerate(parts) if not isinstance(part, Known)]
    if len(holes) != 1:
        return None
    hole = parts[holes[0]]
    if not isinstance(hole, Choice) or not all(isinstance(option, Known) for option in hole.options):
        return None
    return join([concatenate([*parts[: holes[0]], option, *parts[holes[0] + 1 :]]) for option in hole.options])


def percent(template: Value, arguments: Value) -> Value:
    """`template % arguments` with `%s`, `%d` and `%(name)s` replaced; other directives become holes."""
    origins = origins_of(template) | origins_of(arguments)
    if not (isinstance(template, Known) and isinstance(template.value, str)):
        return unknown(origins)
    queue = list(arguments.items) if isinstance(arguments, Sequence) and arguments.kind == "tuple" else [arguments]
    named = arguments.items if isinstance(arguments, Table) else {}
    parts: list[Value] = []
    text, start, index = template.value, 0, 0
    while (index := text.find("%", index)) >= 0:
        parts.append(Known(text[start:index]))
        if text[index + 1 : index + 2] == "%":
            parts.append(Known("%"))
            start = index = index + 2
            continue
        if text[index + 1 : index + 2] == "(":
            close = text.find(")", index)
            name = text[index + 2 : close] if close > 0 else ""
            value: Value = named.get(name, unknown(origins))
            index = close if close > 0 else index
        else:
            value = queue.pop(0) if queue else unknown(origins)
        end = index + 1
        while end < len(text) and text[end] not in "sdrifxXeEgGcoua":
            end += 1
        if text[end : end + 1] in ("d", "i", "u") and not isinstance(value, Known):
            value = NUMBER
        parts.append(value if text[end : end + 1] in ("s", "d", "i", "u") else unknown(origins_of(value)))
        start = index = end + 1
    parts.append(Known(text[start:]))
    return concatenate(parts)


def stripped(value: Text, name: str, constants: list[Scalar]) -> Value:
    """What `strip`, `lstrip` or `rstrip` leaves of a text with holes."""
    letters = constants[0] if constants and isinstance(constants[0], str) else None
    parts = list(value.parts)
    first, last = parts[0], parts[-1]
    if name != "rstrip" and isinstance(first, Known) and isinstance(first.value, str):
        parts[0] = Known(first.value.lstrip(letters))
    if name != "lstrip" and isinstance(last, Known) and isinstance(last.value, str):
        parts[-1] = Known(last.value.rstrip(letters))
    return concatenate(parts)


def formatted(value: Value, arguments: Arguments) -> Value:
    """What `value.format(…)` gives."""
    origins = origins_of(value)
    for argument in [*arguments.positional, *arguments.keywords.values(), arguments.unknown]:
        origins |= origins_of(argument)
    if not (isinstance(value, Known) and isinstance(value.value, str)):
        return unknown(origins)
    further = unknown(origins_of(arguments.unknown)) if arguments.unknown is not None else unknown(origins)
    parts: list[Value] = []
    text, index, automatic, start = value.value, 0, 0, 0
    while index < len(text):
        letter = text[index]
        if text[index : index + 2] in ("{{", "}}"):
            parts.append(Known(text[start : index + 1]))
            index += 2
            start = index
        elif letter == "{":
            parts.append(Known(text[start:index]))
            close = text.find("}", index)
            if close < 0:
                return unknown(origins)
            field = text[index + 1 : close].partition(":")[0].partition("!")[0]
            if field == "":
                field, automatic = str(automatic), automatic + 1
            if field.isdigit():
                found = arguments.positional[int(field)] if int(field) < len(arguments.positional) else further
            else:
                found = arguments.keywords.get(field, further)
            parts.append(found)
            index = start = close + 1
        else:
            index += 1
    parts.append(Known(text[start:]))
    return concatenate(parts)


def joined(value: Value, listed: Value) -> Value:
    """What `value.join(listed)` gives; pieces that are not known stand behind those that are."""
    if isinstance(listed, Sequence) and len(listed.items) <= 64 and (listed.rest is None or listed.items):
        parts: list[Value] = []
        for index, item in enumerate(listed.items):
            parts.extend([value, item] if index else [item])
        if listed.rest is not None:
            parts.append(Unknown(put_together(value, origins_of(value) | origins_of(listed.rest)), APPENDED))
        return concatenate(parts)
    if isinstance(value, Known) and only_constants(listed):
        return NUMBER  # how many there are is not known, but not what they are: `",".join("?" for _ in ids)`
    return unknown(put_together(value, origins_of(value) | origins_of(listed)))
