"""What a function that nobody was seen to call is handed: the one application of the program, where it asks for it.

Plug-in loaders import modules by name and call `setup(app)`; what such a function declares belongs to that application.
"""

from __future__ import annotations

import re

from tmscan.inventory.routes.routers import identity
from tmscan.libraries.index import Index
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, External, Function, Instance, Value

NAME = re.compile(r"app|application|\w*_app")


def only_application(machine: Machine, index: Index) -> Value | None:
    """The application of the program, if it makes exactly one."""
    found = applications(machine, index)
    return found[0] if len(found) == 1 else None


def applications(machine: Machine, index: Index) -> list[Value]:
    """The applications that the program makes."""
    found: dict[object, Value] = {}
    for event in machine.events:
        rows = index.routers.get(event.path, ())
        if rows and rows[0].row.root and isinstance(event.result, External | Instance):
            found.setdefault(identity(event.result), event.result)
    return list(found.values())


def offered(application: Value | None, function: Function) -> Arguments:
    """Arguments for a function that is called by name: the application where a parameter is called so."""
    arguments = Arguments()
    for parameter in function.definition.parameters if application is not None else ():
        wanted = parameter.kind in (0, 1, 3) and parameter.annotation is None and parameter.default is None
        if wanted and NAME.fullmatch(parameter.name) and application is not None:
            arguments.keywords[parameter.name] = application
    return arguments
