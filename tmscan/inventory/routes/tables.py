"""The table of routes that a class of routers declares instead of the framework's: patterns, verbs, methods."""

from __future__ import annotations

from dataclasses import dataclass

from tmscan.inventory.calls.arguments import pick, texts
from tmscan.inventory.routes.routers import Router
from tmscan.libraries.routing import ResourceRow
from tmscan.program.data.operators import truth
from tmscan.program.objects.classes import find_in_class
from tmscan.program.values import External, Instance, Known, Sequence, Table


@dataclass(frozen=True, slots=True)
class OwnTable:
    """(pattern, verb, method) of each route, and the patterns for marked methods of lists and of single things."""

    routes: tuple[tuple[str, str, str], ...]
    action: str
    detail: str


def own_table(row: ResourceRow, router: Router) -> OwnTable | None:
    """What the class of a router says of its routes; None where the framework's table holds."""
    made = router.value if isinstance(router.value, Instance) else None
    if made is None or not row.table:
        return None
    held = made.attributes.get(row.table) or find_in_class(made.cls, row.table)[0]
    if not isinstance(held, Sequence) or held.rest is not None:
        return None
    routes: list[tuple[str, str, str]] = []
    action = detail = ""
    for item in held.items:
        event = item.event if isinstance(item, External) else None
        if event is None:
            return None
        template = next(iter(texts(pick(event.arguments, (0, "url")))), "")
        for old, new in row.renamed:
            template = template.replace(f"{{{old}}}", f"{{{new}}}")
        mapping = pick(event.arguments, (1, "mapping"))
        if event.path in row.entry and isinstance(mapping, Table):
            for verb, method in mapping.items.items():
                if isinstance(verb, str) and isinstance(method, Known):
                    routes.append((template, verb.upper(), str(method.value)))
        elif event.path in row.dynamic and truth(pick(event.arguments, (2, "detail")) or Known(False)):
            detail = template
        elif event.path in row.dynamic:
            action = template
        else:
            return None
    return OwnTable(tuple(routes), action, detail)
