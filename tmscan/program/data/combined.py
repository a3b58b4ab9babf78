"""Classes that are combined: `IsAdmin & IsOwner` asks for both. Values go in; whether they are classes comes out."""

from __future__ import annotations

from tmscan.program.values import Choice, Class, External, Sequence, Value


def is_class(value: Value) -> bool:
    """Whether this is a class, by the look of its name where it is a library's, or several of them combined."""
    if isinstance(value, Choice):
        return all(map(is_class, value.options))
    if isinstance(value, Sequence):
        return value.kind == "tuple" and bool(value.items) and all(map(is_class, value.items))
    if not isinstance(value, External):
        return isinstance(value, Class)
    name = value.path.rpartition(".")[2]
    return name[:1].isupper() and not name.isupper() and "(" not in name and "[" not in name
