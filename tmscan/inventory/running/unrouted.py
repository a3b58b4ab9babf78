"""Handlers that no route of this program leads to: whoever uses a package of handlers sends them requests."""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.routes.actions import provided_by
from tmscan.inventory.running.inputs import REQUESTS
from tmscan.inventory.running.waiting import started
from tmscan.libraries.index import Index
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import Arguments, Class, Decorated, External, Function, Origin, Unknown

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")


def run_unrouted(machine: Machine, index: Index) -> None:
    """Run the methods that answer verbs and have not run, with parts of a path for arguments."""
    kinds = {
        path: known.library.name
        for path, rows in index.routes.items()
        for known in rows
        if known.row.shape == "class" and known.row.protocol != "websocket"
    }
    for cls in list(machine.classes):
        library = next((kinds[path] for path in sorted(provided_by(machine, cls)) if path in kinds), None)
        for function in _answering(cls) if library is not None else ():
            if not started(machine, function):
                call_by_framework(machine, function, specimen(cls), _arguments(machine, function, f"{library}:Request"))


def _answering(cls: Class) -> Iterator[Function]:
    for verb in _VERBS:
        found, _ = find_in_class(cls, verb)
        while isinstance(found, Decorated):
            found = found.value
        if isinstance(found, Function) and found.kind == "function":
            yield found


def _arguments(machine: Machine, function: Function, request: str) -> Arguments:
    arguments = Arguments()
    for parameter in function.definition.parameters[1:]:
        if parameter.name in REQUESTS:
            if request in machine.request_paths:
                arguments.keywords[parameter.name] = External(request)
        elif parameter.kind not in (2, 4):
            origin = Origin("path", parameter.name, function.module.path, function.definition.at)
            arguments.keywords[parameter.name] = Unknown(frozenset({origin}))
    return arguments
