"""Handlers that a decorator only marks: they answer where a list of routes or a class of handlers takes them in.

It stands apart because a marked handler carries its declaration along, wherever it goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tmscan.inventory.calls.arguments import texts
from tmscan.inventory.routes.found import Here, Walk, join_path
from tmscan.inventory.routes.routers import RouteCall
from tmscan.libraries.index import Known
from tmscan.libraries.types import ArgumentRef, RouterRow
from tmscan.program.objects.classes import external_bases, find_in_class, order_of
from tmscan.program.values import Arguments, Bound, Class, Decorated, External, Function, Value


def marked_as(walk: Walk, entry: Decorated) -> RouteCall | None:
    """The declaration on a marked handler, below whatever else it is decorated with."""
    value: Value = entry
    while isinstance(value, Decorated):
        made = value.by.event if isinstance(value.by, External) else None
        for event in filter(None, (made, value.event)):
            for known in walk.index.routes.get(event.path, ()):
                if known.row.shape == "decorated":
                    return RouteCall(known.library, known.row, event, entry)
        value = value.value
    return None


def members(cls: Class) -> Iterator[Decorated]:
    """The decorated methods of a class, inherited ones included, each name once."""
    seen: set[str] = set()
    for owner in order_of(cls):
        for name, value in list(owner.namespace.items()) if isinstance(owner, Class) else ():
            if name not in seen and isinstance(value, Decorated):
                yield value
            seen.add(name)


def place_in_class(walk: Walk, cls: Class, here: Here) -> Here | None:
    """Where the handlers of a class stand: attributes say what other routers are told. None for another class."""
    known = _row(walk, cls)
    if known is None:
        return None
    prefix = next(iter(texts(_attribute(walk, cls, known.row.prefix))), "")
    if not prefix and known.row.under:
        name = cls.qualname.rpartition(".")[2].removesuffix("Controller").lower()
        prefix = known.row.under.replace("{name}", name)
    guards = _attribute(walk, cls, known.row.guards)
    chain = (*here.guards, *(((guards, "class"),) if guards is not None else ()))
    return replace(here, prefix=join_path(here.prefix, prefix, ""), guards=chain)


def place_of_method(walk: Walk, call: RouteCall, here: Here) -> Here:
    """The same for a method that was declared on no router: its class may say where it stands."""
    target = call.target
    while isinstance(target, Decorated):
        target = target.value
    owner = target.owner if isinstance(target, Function) else None
    return (place_in_class(walk, owner, here) if owner is not None else None) or here


def _row(walk: Walk, cls: Class) -> Known[RouterRow] | None:
    for base in external_bases(cls):
        for known in walk.index.routers.get(base.path, ()):
            return known
    return None


def _attribute(walk: Walk, cls: Class, names: ArgumentRef) -> Value | None:
    """The first of these attributes that the class has; a method without arguments says it when it is called."""
    for name in names:
        found = find_in_class(cls, name)[0] if isinstance(name, str) else None
        inner = found.value if isinstance(found, Decorated) else found
        if isinstance(inner, Function):
            receiver = None if inner.kind == "staticmethod" else cls
            callee = Bound(inner, receiver) if receiver is not None else inner
            return walk.machine.call(walk.machine, walk.machine.nowhere, callee, Arguments(), 0, 0)
        if found is not None:
            return found
    return None
