"""Classes that list routes for a framework which loads them: what each subclass lists is added as a call would add it.

Nothing in the program calls them: whoever installs the package names it in a configuration.
"""

from __future__ import annotations

from tmscan.inventory.routes.actions import provided_by
from tmscan.libraries.index import Index
from tmscan.program.evaluation.calls import call_by_framework, call_external
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import Arguments, External, Function, Known, Sequence, Value


def run_extensions(machine: Machine, index: Index) -> None:
    """Add the routes that classes on top of a framework's list, once the method that completes the list has run."""
    rows = {path: known.row for path, known in index.classes.items() if known.row.lists and known.row.adds}
    for cls in list(machine.classes):
        row = next((rows[path] for path in sorted(provided_by(machine, cls)) if path in rows), None)
        if row is None or cls.module.frame is None:
            continue
        made = specimen(cls)
        for name in row.lists[1:]:
            method, _ = find_in_class(cls, name)
            if isinstance(method, Function):
                call_by_framework(machine, method, made, Arguments())
        listed = machine.attribute(machine, cls.module.frame, made, row.lists[0], 0)
        if isinstance(listed, Sequence):
            routes = Sequence("list", [_rooted(each) for each in listed.items], listed.rest)
            at = cls.definition.at if cls.definition is not None else 0
            call = External(row.adds[0], External(row.adds[0].rpartition(".")[0]))
            call_external(machine, cls.module.frame, call, Arguments([Known(".*"), routes]), at, at)


def _rooted(route: Value) -> Value:
    """A path is put behind the server's own with a slash between them."""
    head = route.items[0] if isinstance(route, Sequence) and route.items else None
    if not (isinstance(route, Sequence) and isinstance(head, Known) and isinstance(head.value, str)):
        return route
    return Sequence(route.kind, [Known(f"/{head.value.lstrip('/')}"), *route.items[1:]], route.rest)
