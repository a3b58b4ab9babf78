"""A guard's function in, the name a reader would call it by out: the decorator's, not that of its wrapper."""

from __future__ import annotations

from tmscan.inventory.calls.arguments import listed, texts
from tmscan.program.lattice import options
from tmscan.program.values import Decorated, Frame, Function


def title_of(function: Function) -> tuple[str, tuple[str, ...]]:
    """What a reader would call a guard (the decorator's name, not its wrapper's), and the roles that it was given."""
    name, scope, roles = function.definition.name, function.scope, list[str]()
    definition = function.definition
    while scope is not None and scope.function is not None and _returns(scope, definition):
        definition = scope.function.definition
        name = definition.name
        for parameter in definition.parameters:
            given = scope.locals.get(parameter.name)
            items = listed(given) or ([given] if given is not None else [])
            roles.extend(text for item in items for text in texts(item))
        scope = scope.enclosing
    return name, tuple(dict.fromkeys(roles))


def _returns(scope: Frame, definition: object) -> bool:
    for value in scope.returns:
        for option in options(value):
            inner = option.value if isinstance(option, Decorated) else option
            if isinstance(inner, Function) and inner.definition is definition:
                return True
    return False
