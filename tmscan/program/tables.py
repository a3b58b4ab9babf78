"""Keys of dictionaries: values come in, what a table keeps them under goes out, and back.

Constants are their own keys. Objects and tuples get a handle, so that tables of classes, of blueprints and of (method,
path) pairs are as good as those of names.
"""

from __future__ import annotations

from tmscan.program.values import Class, External, Frame, Function, Instance, Known, Scalar, Sequence, Table, Value


class Handle(str):
    """The key of an object: a text that no constant has, and the object itself."""

    __slots__ = ("value",)

    def __new__(cls, text: str, value: Value) -> Handle:
        made = super().__new__(cls, text)
        made.value = value
        return made

    value: Value


NO_KEY = Handle("\0?", Known(None))


def key_for(value: Value) -> Scalar:
    """The key that `value` has in a table; NO_KEY when it may be one of many, as what somebody sends is."""
    if isinstance(value, Known):
        return value.value
    if isinstance(value, External) and value.origins:
        return NO_KEY
    if isinstance(value, Class | Function):
        return Handle(f"\0{value.module.name}.{value.qualname}", value)
    if isinstance(value, Sequence) and value.kind in ("tuple", "set") and value.rest is None and len(value.items) <= 8:
        parts = [key_for(item) for item in value.items]
        if all(part is not NO_KEY for part in parts):
            told = repr(tuple(parts)) if value.kind == "tuple" else f"{{{', '.join(sorted(map(repr, parts)))}}}"
            return Handle(f"\0{told}", value)
        return NO_KEY
    if isinstance(value, External | Instance) and value.event is not None and value.event.kind == "call":
        return Handle(f"\0{id(value.event)}", value)
    return Handle(f"\0{value.path}", value) if isinstance(value, External) else NO_KEY


def sought(value: Value) -> Scalar:
    """The key to look for, NO_KEY where a third-party value may equal any other."""
    key = key_for(value)
    return NO_KEY if isinstance(value, External) else key


def take_out(frame: Frame, table: Table, key: Value) -> None:
    """Take an entry out of a call's own keywords, where it is sure that this happens."""
    if frame.uncertain <= table.level:
        table.items.pop(key_for(key), None)


def key_value(key: Scalar) -> Value:
    """The value that stands under this key in a table."""
    return key.value if isinstance(key, Handle) else Known(key)
