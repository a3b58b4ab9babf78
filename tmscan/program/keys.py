"""Abstract keys of values: two calls with equal keys are one activation, two allocations with equal keys one object.

Objects made inside functions are known by the place that makes them and its constant arguments, so that evaluating a
function twice gives the same objects and the number of activations stays linear in the code.
"""

from __future__ import annotations

from collections.abc import Hashable

from tmscan.program.values import (
    Arguments,
    Bound,
    Choice,
    Class,
    Decorated,
    External,
    Function,
    Known,
    Module,
    Partial,
    Sequence,
    Table,
    Text,
    Unknown,
    Value,
)


def key_of(value: Value, depth: int = 2) -> Hashable:
    """A hashable stand-in for a value."""
    if isinstance(value, Known):
        return (type(value.value), value.value)
    if isinstance(value, Unknown):
        return value.origins or 0
    if isinstance(value, External):
        return (value.path, value.origins, id(value.event) if value.event is not None else 0)
    if isinstance(value, Module | Class):
        return id(value)
    if depth == 0:
        return type(value).__name__
    if isinstance(value, Function):
        return (id(value.definition), id(value.scope))
    if isinstance(value, Bound):
        return (id(value.function.definition), id(value.function.scope), key_of(value.receiver, depth - 1))
    if isinstance(value, Text):
        return ("t", *(key_of(part, depth - 1) for part in value.parts))
    if isinstance(value, Sequence):
        rest = key_of(value.rest, depth - 1) if value.rest is not None else None
        return (value.kind, len(value.items), rest, *(key_of(item, depth - 1) for item in value.items[:12]))
    if isinstance(value, Table):
        rest = key_of(value.rest, depth - 1) if value.rest is not None else None
        return ("d", rest, *((key, key_of(item, depth - 1)) for key, item in list(value.items.items())[:12]))
    if isinstance(value, Choice):
        return ("|", *(key_of(option, depth - 1) for option in value.options))
    if isinstance(value, Decorated):
        return ("@", key_of(value.value, depth))  # however many decorators: the function is what tells them apart
    if isinstance(value, Partial):
        return ("p", key_of(value.function, depth - 1), arguments_key(value.arguments, depth - 1))
    return id(value)


def arguments_key(arguments: Arguments, depth: int = 2) -> Hashable:
    """A hashable stand-in for the arguments of a call."""
    return (
        *(key_of(value, depth) for value in arguments.positional),
        *((name, key_of(value, depth)) for name, value in sorted(arguments.keywords.items())),
        key_of(arguments.unknown, 1) if arguments.unknown is not None else None,
    )
