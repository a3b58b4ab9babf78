"""Decorators that a library makes of one function which is handed the other: `decorator(caller, function)`, wrapt.

The two functions go in, the function that stands in place of the second comes out. It is one of the program's, with a
body of one line, so that whatever looks through wrappers looks through this one, too.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from tmscan.facts.types import Argument, Call, Constant, FunctionDef, Name, Parameter, Return
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, Bound, Decorated, External, Frame, Function, Instance, Partial, Value

_CALLER, _FUNCTION, _MAKER, _ARGS, _KWARGS = "caller", "function", "maker", "args", "kwargs"
_TAKES = (Parameter(_ARGS, 2), Parameter(_KWARGS, 4))
# What the caller is handed: the function and its arguments, or these in a tuple and a table behind the object.
_UNPACKED = (
    Argument(Name(0, _FUNCTION)), Argument(Name(0, _ARGS), None, 1), Argument(Name(0, _KWARGS), None, 2),
)  # fmt: skip
_PACKED = tuple(Argument(each) for each in (Name(0, _FUNCTION), Constant(0, None), Name(0, _ARGS), Name(0, _KWARGS)))
_FORMS = {"decorator.decorator": _UNPACKED, "decorator.decorate": _UNPACKED, "wrapt.decorator": _PACKED}
_MAKERS = {"decorator.decorator", "wrapt.decorator"}


def decorated_with_maker(machine: Machine, frame: Frame, path: str, caller: Value, at: int) -> Value | None:
    """`@decorator def logged(function, *args, **kwargs)`: a decorator of other functions; None for other decorators."""
    if path not in _MAKERS or not isinstance(caller, Function):
        return None
    held: dict[str, Value] = {_CALLER: caller, _MAKER: External(path)}
    given = (Argument(Name(0, _CALLER)), Argument(Name(0, _FUNCTION)))
    return _made(frame, caller, held, _MAKER, (Parameter(_FUNCTION),), given)


def _wrapping(first: str, second: str) -> Callable[[Machine, Frame, External, Arguments, int], Value | None]:
    def wrap(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
        given = dict(zip((first, second), arguments.positional, strict=False))
        caller, function = given.get(_CALLER), given.get(_FUNCTION)
        inner = next((found for each in options(function) if (found := _plain(each))), None) if function else None
        if caller is None or not isinstance(caller, Function | Bound | Partial | Instance):
            return None
        if function is None or inner is None:
            return decorated_with_maker(machine, frame, callee.path, caller, at) if function is None else None
        held: dict[str, Value] = {_CALLER: caller, _FUNCTION: function}
        made = _made(frame, inner, held, _CALLER, _TAKES, _FORMS[callee.path], _title(caller, inner))
        made.wraps, made.owner, made.kind = function, inner.owner, inner.kind
        return made

    return wrap


WRAPPING = {
    "decorator.decorator": _wrapping(_CALLER, _FUNCTION),
    "decorator.decorate": _wrapping(_FUNCTION, _CALLER),
    "wrapt.decorator": _wrapping(_CALLER, _FUNCTION),
}


def _made(
    frame: Frame, like: Function, held: dict[str, Value], called: str, takes: tuple[Parameter, ...],
    given: tuple[Argument, ...], title: str = "",
) -> Function:  # fmt: skip
    """A function that returns what one of the values it holds gives, called with the others."""
    shown = like.definition
    body = (Return(shown.at, Call(shown.at, shown.at, Name(shown.at, called), given)),)
    definition = FunctionDef(
        shown.at, title or shown.name, shown.start, shown.end, takes, (), None, False, False, "", tuple(sorted(held)),
        msgspec.Raw(msgspec.msgpack.encode(body)),
    )  # fmt: skip
    scope = Frame(like.module, held, frame.activation)
    return Function(definition, like.module, like.qualname, scope)


def _plain(value: Value) -> Function | None:
    while isinstance(value, Decorated):
        value = value.value
    return value.function if isinstance(value, Bound) else value if isinstance(value, Function) else None


def _title(caller: Value, inner: Function) -> str:
    """What a reader would call the decorator: the class of an object that has the caller as a method, or its name."""
    if isinstance(caller, Bound) and isinstance(caller.receiver, Instance):
        return caller.receiver.cls.qualname.rpartition(".")[2]
    plain = _plain(caller)
    return (plain or inner).definition.name
