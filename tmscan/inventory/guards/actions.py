"""What an action of a viewset is about: all objects, or one that it looks up, for which permission is asked."""

from __future__ import annotations

from tmscan.program.objects.classes import find_in_class
from tmscan.program.values import Class, Decorated, Function, Scalar

LISTS = frozenset({"list", "create"})
DETAIL = frozenset({"retrieve", "update", "partial_update", "destroy"})
_ASKS = "check_object_permissions"


def is_of_one(cls: Class, action: Scalar) -> bool:
    """Whether an action looks up one object, for which the library asks permission: `self.get_object()`."""
    method = find_in_class(cls, str(action))[0]
    while isinstance(method, Decorated):
        method = method.value
    mentions = method.definition.mentions if isinstance(method, Function) else ()
    if action in DETAIL or _ASKS in mentions:
        return True
    own = find_in_class(cls, "get_object")[0]
    asks = not isinstance(own, Function) or not {_ASKS, "super"}.isdisjoint(own.definition.mentions)
    return asks and "get_object" in mentions
