"""Objects that hand a request on: the object that a route names and a method go in, who has the method comes out.

A controller is often wrapped in one object for all controllers, which reads the request and calls the method.
"""

from __future__ import annotations

from tmscan.program.objects.classes import find_in_class
from tmscan.program.values import Choice, Decorated, External, Function, Instance, Value


def who_has(value: Value | None, method: str) -> Value | None:
    """The object itself if it has the method or holds nobody who has, else the first object in it that does."""
    if not method or value is None:
        return value
    return next((found for option in _options(value) if (found := _holder(option, method, 3)) is not None), value)


def _options(value: Value) -> tuple[Value, ...]:
    return value.options if isinstance(value, Choice) else (value,)


def _holder(value: Value, method: str, depth: int) -> Value | None:
    if isinstance(value, External) and value.event is not None and depth:
        # third-party code holds what it is given
        given = (*value.event.arguments.positional, *value.event.arguments.keywords.values())
        return next((found for each in given if (found := _holder(each, method, depth - 1)) is not None), None)
    if not isinstance(value, Instance):
        return None
    if isinstance(find_in_class(value.cls, method)[0], Function | Decorated):
        return value
    held = [option for each in value.attributes.values() for option in _options(each)] if depth else []
    return next((found for each in held if (found := _holder(each, method, depth - 1)) is not None), None)
