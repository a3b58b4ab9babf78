"""Classes go in, the names of those that the project builds on a library's application come out."""

from __future__ import annotations

from tmscan.libraries.index import Index
from tmscan.program.classes import external_bases
from tmscan.program.machine import Machine


def own_applications(machine: Machine, index: Index) -> frozenset[str]:
    """The names of the project's classes on top of a library's application: where they are made, all is known of it."""
    roots = {path for path, rows in index.routers.items() if rows[0].row.root}
    return frozenset(
        cls.qualname.rpartition(".")[2]
        for cls in machine.classes
        if any(base.path in roots for base in external_bases(cls))
    )
