"""Objects for which a site of a framework makes pages: a model goes in, the prefix of its pages comes out.

And the routes that the class of such pages lists in a method of its own.
"""

from __future__ import annotations

from tmscan.inventory.calls.arguments import listed
from tmscan.libraries.types import ResourceRow
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.objects.lookups import label_of
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import Arguments, Class, Event, External, Function, Known, Value


def model_paths(machine: Machine, event: Event) -> tuple[str, ...]:
    """`shop/note` for each model that a registration, or the decorator of one, is given."""
    maker = event.callee.event if isinstance(event.callee, External) else None
    given = maker.arguments.positional if maker is not None else event.arguments.positional[:1]
    found = (_path(machine, model) for value in given for model in (listed(value) or [value]))
    return tuple(dict.fromkeys(path for path in found if path))


def listed_by_class(machine: Machine, row: ResourceRow, cls: Class | None) -> Value | None:
    """What the method of the class that lists further routes returns, if the project wrote it."""
    method = find_in_class(cls, row.lists)[0] if cls is not None and row.lists else None
    if cls is None or not isinstance(method, Function):
        return None
    made = call_by_framework(machine, method, specimen(cls), Arguments())
    return made.result if made is not None else None


def _path(machine: Machine, model: Value) -> str:
    if isinstance(model, Class):
        module, name = model.module.name, model.qualname.rpartition(".")[2]
        meta = model.namespace.get("Meta")
        said = meta.namespace.get("app_label") if isinstance(meta, Class) else None
        package = ".".join(_before_models(module))
        given = str(said.value) if isinstance(said, Known) else ""
        label = given or label_of(machine, package) or package.rpartition(".")[2]
        return f"{label}/{name.lower()}"
    if isinstance(model, External) and ".models." in model.path and "(" not in model.path:
        return f"{_before_models(model.path)[-1]}/{model.path.rpartition('.')[2].lower()}"
    return ""


def _before_models(module: str) -> list[str]:
    parts = module.split(".")
    return parts[: parts.index("models")] if "models" in parts[1:] else parts[:-1] or parts
