"""Classes in, the names of those that are applications of the project out: on top of a library's, or its own."""

from __future__ import annotations

from tmscan.libraries.index import Index
from tmscan.libraries.own import FOUND
from tmscan.libraries.types import RouteRow
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import order_of
from tmscan.program.values import Class, External


def own_applications(machine: Machine, index: Index) -> frozenset[str]:
    """The names of the project's classes on top of a library's application: where they are made, all is known of it."""
    roots = {path for path, rows in index.routers.items() if rows[0].row.root}
    roots |= {path.rpartition(".")[0] for row in own_routes(index) for path in row.paths}
    return frozenset(
        cls.qualname.rpartition(".")[2]
        for cls in machine.classes
        if any((base.path if isinstance(base, External) else _place(base)) in roots for base in order_of(cls))
    )


def own_routes(index: Index) -> tuple[RouteRow, ...]:
    """The project's own ways of declaring routes, as they were found in its code."""
    return tuple(row for library in index.libraries if library.name == FOUND for row in library.routes)


def _place(cls: Class) -> str:
    return f"{cls.module.name}.{cls.qualname}"
