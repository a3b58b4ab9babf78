"""Functions that Azure's `function.json` and Zappa's settings name: trees come in, records go out.

Formats: https://learn.microsoft.com/en-us/azure/azure-functions/functions-reference-python (model v1),
https://github.com/zappa/Zappa#scheduling.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tmscan.sources.types import Deployed, Trigger
from tmscan.sources.yamltree import Tree


def read_function_json(root: Tree, file: str) -> Iterator[Deployed]:
    """The trigger of one Azure function; its name is that of the folder."""
    folder = posixpath.dirname(file)
    name = posixpath.basename(folder)
    script = root.said("scriptFile") or "__init__.py"
    path = posixpath.normpath(posixpath.join(folder, script))
    entry = root.said("entryPoint") or "main"
    bindings = root.get("bindings")
    if bindings is None or path.startswith(("..", "/")) or not path.endswith(".py") or not entry.isidentifier():
        return
    handler = f"{path}:{entry}"
    for binding in bindings.items:
        kind = binding.said("type")
        if kind == "httpTrigger":
            verbs = binding.get("methods")
            methods = (
                tuple(item.text.upper() for item in verbs.items) if verbs is not None and verbs.items else ("ANY",)
            )
            level = binding.said("authLevel").lower() or "function"
            route = f"/api/{binding.said('route') or name}"
            guard = "" if level == "anonymous" else f"{level} key"
            yield Deployed("http", name, handler, file, binding.line, methods, route, guard)
        elif kind.endswith("Trigger"):
            yield Deployed("schedule" if kind == "timerTrigger" else "consumer", name, handler, file, binding.line)


def read_zappa(root: Tree, file: str) -> Iterator[Deployed]:
    """The functions that events and schedules of a stage call."""
    for _, stage in root.all_pairs():
        events = stage.get("events")
        for event in events.items if events is not None else ():
            module, _, function = event.said("function").rpartition(".")
            if module and function.isidentifier():
                kind: Trigger = "consumer" if event.get("event_source") is not None else "schedule"
                yield Deployed(kind, function, f"{module}:{function}", file, event.line)
