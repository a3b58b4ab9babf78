"""Versions of an API: where a library puts `version=2` of a route, a router or a mount before the whole path.

The nearest counts; what takes in one router says more than the router itself, what takes in a group of them less.
"""

from __future__ import annotations

from tmscan.inventory.calls.arguments import pick, texts
from tmscan.inventory.routes.found import Found
from tmscan.inventory.routes.routers import Router
from tmscan.program.values import Event, Known, Value


def with_version(found: Found) -> Found:
    """The route with its version in front, taken from the nearest that has one."""
    row = found.row
    if row is None or not row.version:
        return found
    events = [found.event, *(event for router in reversed(found.routers) for event in _said_by(router))]
    number = next((text for event in events if (text := _number(event, row.version))), "")
    if number:
        prefix = next((text for event in events if (text := _prefix(event, row.version_prefix))), "/v")
        found.path = f"{prefix}{number}/{found.path.lstrip('/')}"
    return found


def _said_by(router: Router) -> tuple[Event | None, ...]:
    own = (router.event, router.copied.event) if router.copied is not None else (router.event,)
    joins = router.row is not None and router.row.joins
    return (*own, router.taken) if joins else (router.taken, *own)


def _number(event: Event | None, reference: tuple[int | str, ...]) -> str:
    value: Value | None = pick(event.arguments, reference) if event is not None else None
    if isinstance(value, Known) and isinstance(value.value, int | float | str):
        return str(value.value).strip("/").removeprefix("v")
    return ""


def _prefix(event: Event | None, reference: tuple[int | str, ...]) -> str:
    return next(iter(texts(pick(event.arguments, reference))), "") if event is not None else ""
