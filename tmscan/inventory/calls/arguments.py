"""Reading the arguments of a recorded call the way a library row describes them."""

from __future__ import annotations

from tmscan.libraries.types import ArgumentRef
from tmscan.program.values import Arguments, Choice, Decorated, External, Function, Known, Sequence, Table, Text, Value

HOLE = "{?}"


def pick(arguments: Arguments, reference: ArgumentRef) -> Value | None:
    """The first argument of `reference` that is present: positions, keywords, `1+` for a position and all behind
    it, `conditions.method` for an entry of a table.
    """
    for wanted in reference:
        if isinstance(wanted, str) and wanted.endswith("+"):
            rest = arguments.positional[int(wanted[:-1]) :]
            if rest:
                return Sequence("list", rest)
        elif isinstance(wanted, int):
            if wanted < len(arguments.positional):
                return arguments.positional[wanted]
        elif wanted in arguments.keywords:
            return arguments.keywords[wanted]
        elif "." in wanted:
            outer, _, key = wanted.partition(".")
            table = arguments.keywords.get(outer)
            if isinstance(table, Table) and key in table.items:
                return table.items[key]
    return None


def pick_all(arguments: Arguments, reference: ArgumentRef) -> Value | None:
    """All arguments of `reference` that are present, as one list where there are several: guards add up."""
    found = [value for wanted in reference if (value := pick(arguments, (wanted,))) is not None]
    if len(found) < 2:
        return found[0] if found else None
    return Sequence("list", [item for value in found for item in (listed(value) or [value])])


def texts(value: Value | None) -> tuple[str, ...]:
    """The strings a value can be; what is not known of one stands as `{?}`. Empty when it is no string at all."""
    if isinstance(value, Known):
        return (value.value,) if isinstance(value.value, str) else ()
    if isinstance(value, Text):
        pieces = [_piece(part) for part in value.parts]
        return ("".join(pieces),)
    if isinstance(value, Choice):
        found = dict.fromkeys(text for option in value.options for text in texts(option))
        # what may stand before it is a matter of deployment where nothing before it is possible too
        return tuple(text for text in found if not (text.startswith(HOLE) and text[len(HOLE) :] in found))
    if isinstance(value, External):
        return texts(value.attributes.get("\0default")) if value.attributes else ()
    return ()


def _piece(part: Value) -> str:
    if isinstance(part, Known):
        return str(part.value)
    found = texts(part)
    return next((text for text in found if HOLE not in text), found[0]) if found else HOLE


def words(value: Value | None) -> tuple[str, ...] | None:
    """The strings in a list, tuple, set or single string; None when some element is not known."""
    if value is None:
        return None
    if isinstance(value, Sequence):
        found: list[str] = []
        for item in value.items:
            inner = texts(item)
            if not inner:
                return None
            found.extend(inner)
        return tuple(found) if value.rest is None else None
    if isinstance(value, Table):
        return tuple(str(key) for key in value.items)
    if isinstance(value, Choice):
        for option in value.options:
            inner_words = words(option)
            if inner_words:
                return inner_words
        return None
    return texts(value) or None


def listed(value: Value | None) -> list[Value]:
    """The elements of a list-like value, alternatives included; empty for anything else."""
    if isinstance(value, Sequence):
        return list(value.items) + ([value.rest] if value.rest is not None else [])
    if isinstance(value, Choice):
        return [item for option in value.options for item in listed(option)]
    if isinstance(value, Table):
        return list(value.items.values())
    return []


def show(value: Value | None, limit: int = 80) -> str:
    """A short text of a value for options, roles and reasons: constants as Python writes them, names for the rest."""
    if isinstance(value, Known):
        text = value.value if isinstance(value.value, str) else repr(value.value)
    elif isinstance(value, Text):
        text = "".join(_piece(part) for part in value.parts)
    elif isinstance(value, External):
        text = value.path
    elif isinstance(value, Function):
        text = value.definition.name
    elif isinstance(value, Decorated):
        text = show(value.value, limit)
    elif isinstance(value, Sequence):
        text = ", ".join(show(item, 30) for item in value.items[:8])
    else:
        text = getattr(value, "qualname", "")
    return text[:limit]
