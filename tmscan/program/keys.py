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
    if type(value) is Known:
        return (type(value.value), value.value)
    if type(value) is Unknown:
        return value.origins or 0
    if type(value) is External:
        return (value.path, value.origins, id(value.event) if value.event is not None else 0)
    if type(value) is Module or type(value) is Class:
        return id(value)
    if depth == 0:
        return type(value).__name__
    if type(value) is Function:
        return (id(value.definition), id(value.scope))
    if type(value) is Bound:
        return (id(value.function.definition), id(value.function.scope), key_of(value.receiver, depth - 1))
    if type(value) is Text:
        return ("t", *(key_of(part, depth - 1) for part in value.parts))
    if type(value) is Sequence:
        rest = key_of(value.rest, depth - 1) if value.rest is not None else None
        return (value.kind, len(value.items), rest, *(key_of(item, depth - 1) for item in value.items[:12]))
    if type(value) is Table:
        rest = key_of(value.rest, depth - 1) if value.rest is not None else None
        return ("d", rest, *((key, key_of(item, depth - 1)) for key, item in list(value.items.items())[:12]))
    if type(value) is Choice:
        return ("|", *(key_of(option, depth - 1) for option in value.options))
    if type(value) is Decorated:
        return ("@", key_of(value.value, depth))  # however many decorators: the function is what tells them apart
    if type(value) is Partial:
        return ("p", key_of(value.function, depth - 1), arguments_key(value.arguments, depth - 1))
    return id(value)


def arguments_key(arguments: Arguments, depth: int = 2) -> Hashable:
    """A hashable stand-in for the arguments of a call."""
    found: list[Hashable] = [key_of(value, depth) for value in arguments.positional]
    if arguments.keywords:
        found.extend((name, key_of(value, depth)) for name, value in sorted(arguments.keywords.items()))
    if arguments.unknown is not None:
        found.append(("*", key_of(arguments.unknown, 1)))
    return tuple(found)
