"""What a router answers itself, beside what is registered on it: a router in, its page of everything below it out.

The library has such a page; a project puts its own class into an attribute, or makes the page in a method.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.routes.found import Found, Here, Walk, join_path
from tmscan.inventory.routes.handlers import unwrap
from tmscan.inventory.routes.routers import Router
from tmscan.libraries.types import RouterRow
from tmscan.program.data.operators import truth
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.values import Arguments, External, Function, Instance, Value


def front_of(walk: Walk, router: Router, here: Here) -> Iterator[Found]:
    """The route of the router's own page, if its library gives it one and the project does not switch it off."""
    row, event = router.row, router.event
    if row is None or not row.front or event is None:
        return
    held = event.result
    switch = _attribute(held, row.front_switch) if row.front_switch else None
    if switch is not None and truth(switch) is False:
        return
    target = _made(walk.machine, held, row) or _attribute(held, row.front_view[0])
    yield Found(
        router.library, None, join_path(here.prefix, row.front, "regex"), ("GET",),
        target or External(row.front_view[1]), event, here.guards, here.routers, here.app, here.group, "regex",
    )  # fmt: skip


def _made(machine: Machine, router: Value | None, row: RouterRow) -> Value | None:
    """What the project's own method makes, where that can be seen."""
    method = find_in_class(router.cls, row.front_made_by)[0] if isinstance(router, Instance) else None
    made = call_by_framework(machine, method, router, Arguments()) if isinstance(method, Function) else None
    return made.result if made is not None and unwrap(machine, made.result) is not None else None


def _attribute(router: Value | None, name: str) -> Value | None:
    if isinstance(router, Instance):
        return router.attributes.get(name) or find_in_class(router.cls, name)[0]
    return (router.attributes or {}).get(name) if isinstance(router, External) else None
