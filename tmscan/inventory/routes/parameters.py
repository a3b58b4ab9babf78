"""What an endpoint takes by its declaration: what varies in its path, and the typed parameters of its handler.

Models are still whole here, and names are the handler's own: it is run with them. `reading.py` takes them apart.
"""

from __future__ import annotations

from tmscan.inventory.inputs.signatures import placed
from tmscan.inventory.routes.found import Found
from tmscan.inventory.routes.handlers import Handler
from tmscan.inventory.routes.templates import template_of
from tmscan.inventory.types import Parameter
from tmscan.program.machine import Machine
from tmscan.program.values import Function


def parameters_of(
    machine: Machine, found: Found, handler: Handler, method: Function | None, path: str
) -> tuple[Parameter, ...]:
    """The parameters of an endpoint, path first, each once."""
    taken: dict[tuple[str, str], Parameter] = {}
    for varying in template_of(path).varying:
        taken[(varying.name, "path")] = Parameter(varying.name, "path", varying.kind)
    function = method or handler.function
    if function is not None and found.row is not None and found.row.signature:
        for parameter in placed(machine, function, {name for name, _ in taken}):
            if parameter.place == "path":
                taken[(parameter.name, "path")] = parameter
            else:
                taken.setdefault((parameter.name, parameter.place), parameter)
    return tuple(taken.values())
