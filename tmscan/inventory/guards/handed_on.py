"""Whether a function hands on what another one answered: `error = check(request)` refuses nobody if it is only read.

Two activations in, the caller and whom it called. Where a value is not known, it is taken to be handed on.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.program.lattice import options
from tmscan.program.values import Activation, Arguments, External, Instance, Sequence, Unknown, Value

_DEPTH = 3


def hands_on(caller: Activation, callee: Activation) -> bool:
    """Whether the caller returns or raises what the callee returned, sends it, or gives it to somebody else."""
    answers = {_key(option) for option in options(callee.result) if isinstance(option, External | Instance)}
    if not caller.done or not answers or any(not _is_object(option) for option in options(callee.result)):
        return True
    for value in (caller.result, *(value for _, value, _, _ in caller.ends)):
        if any(isinstance(part, Unknown) or _key(part) in answers for part in _parts(value, _DEPTH)):
            return True
    given = [event.arguments for event in caller.events]
    given += [other.arguments for _, other in caller.calls if other is not callee and other.arguments is not None]
    called = [event.callee for event in caller.events]
    values = [value for arguments in given for value in _values(arguments)]
    return any(_key(part) in answers for value in (*called, *values) for part in _parts(value, _DEPTH))


def _is_object(value: Value) -> bool:
    """Whether it is an answer, or nothing at all: of texts and tuples one cannot tell where they go."""
    return not isinstance(value, Unknown | Sequence)


def _key(value: Value) -> int:
    """What stays the same of an answer while it is handed around: the call that made it."""
    event = getattr(value, "event", None)
    return id(event if event is not None else value)


def _values(arguments: Arguments) -> Iterator[Value]:
    yield from arguments.positional
    yield from arguments.keywords.values()


def _parts(value: Value, depth: int) -> Iterator[Value]:
    for option in options(value):
        yield option
        if isinstance(option, Sequence) and depth:
            for item in (*option.items, *([option.rest] if option.rest is not None else [])):
                yield from _parts(item, depth - 1)
