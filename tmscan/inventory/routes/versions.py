"""Versions of an API: where a library puts `version=2` of a route or of a router on the way before the whole path."""

from __future__ import annotations

from tmscan.inventory.calls.arguments import pick, texts
from tmscan.inventory.routes.found import Found
from tmscan.program.values import Event, Known, Value


def with_version(found: Found) -> Found:
    """The route with its version in front, taken from the nearest that has one."""
    row = found.row
    if row is None or not row.version:
        return found
    events = [found.event, *(router.event for router in reversed(found.routers))]
    number = next((text for event in events if (text := _number(event, row.version))), "")
    if number:
        prefix = next((text for event in events if (text := _prefix(event, row.version_prefix))), "/v")
        found.path = f"{prefix}{number}/{found.path.lstrip('/')}"
    return found


def _number(event: Event | None, reference: tuple[int | str, ...]) -> str:
    value: Value | None = pick(event.arguments, reference) if event is not None else None
    if isinstance(value, Known) and isinstance(value.value, int | float | str):
        return str(value.value).strip("/").removeprefix("v")
    return ""


def _prefix(event: Event | None, reference: tuple[int | str, ...]) -> str:
    return next(iter(texts(pick(event.arguments, reference))), "") if event is not None else ""
