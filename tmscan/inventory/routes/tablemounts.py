"""Applications that a table puts under prefixes: `DispatcherMiddleware(app, {"/api": api})`.

A mount goes in, each prefix with what is served there comes out; trees of objects are found by the call that made them.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.calls.arguments import pick, texts
from tmscan.libraries.index import Index
from tmscan.libraries.types import MountRow
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import Event, External, Known, Table, Value


def children_by_prefix(row: MountRow, event: Event, child: Value | None) -> Iterator[tuple[Value | None, Value | None]]:
    """The prefix and the child of a mount, or those of every entry of its table."""
    if not row.table:
        yield pick(event.arguments, row.prefix), child
        return
    for option in options(child) if child is not None else ():
        for key, value in option.items.items() if isinstance(option, Table) else ():
            yield Known(key), value


def prefixes_of_trees(machine: Machine, index: Index) -> dict[int, list[str]]:
    """Where tables put what certain calls made, by the identity of the call's event."""
    found: dict[int, list[str]] = {}
    for event in machine.events:
        for known in index.mounts.get(event.path, ()) if event.path in index.mounts else ():
            child = pick(event.arguments, known.row.child) if known.row.table else None
            for prefix, value in children_by_prefix(known.row, event, child) if child is not None else ():
                for option in options(value) if value is not None else ():
                    if isinstance(option, External) and option.event is not None:
                        found.setdefault(id(option.event), []).extend(each.rstrip("/") for each in texts(prefix))
    return found
