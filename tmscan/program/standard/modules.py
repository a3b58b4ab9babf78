"""Standard library calls that find modules and what is in them: `pkgutil.iter_modules`, loaders, `inspect.getmembers`.

Code that registers all of its packages' modules goes through them this way; they are those of the tree.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TypeAlias

from tmscan.program.data.operators import truth
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.objects.attributes import lookup
from tmscan.program.values import (
    Arguments,
    Bound,
    Class,
    Decorated,
    External,
    Frame,
    Function,
    Known,
    Native,
    Partial,
    Sequence,
    Value,
)

Model: TypeAlias = Callable[[Machine, Frame, External, Arguments, int], Value | None]
_FINDER = "importlib.machinery.FileFinder()"


def _listing(*, deep: bool) -> Model:
    """(finder, name, is package) of each module in the folders that are given, else in the package that calls."""

    def model(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
        given = [*arguments.positional, None, None]
        prefix = _text(arguments.keywords.get("prefix", given[1])) or ""
        folders = _folders(arguments.keywords.get("path", given[0]))
        owner = machine.modules.get(prefix.rstrip("."))
        if not folders and prefix and owner is not None and owner.is_package:
            folders = {posixpath.dirname(owner.path)}
        own = frame.module.path
        folders = folders or {posixpath.dirname(own)}
        found: dict[str, bool] = {}
        for name, module in machine.modules.items():
            if name != module.name or not module.path or module.path == own:
                continue
            place = posixpath.dirname(module.path) if module.is_package else module.path.removesuffix(".py")
            for folder in folders:
                below = place.removeprefix(f"{folder}/" if folder else "")
                if (below != place or not folder) and below and (deep or "/" not in below):
                    found[prefix + below.replace("/", ".")] = module.is_package
        finder = External(_FINDER)
        return Sequence(
            "list", [Sequence("tuple", [finder, Known(name), Known(found[name])]) for name in sorted(found)]
        )

    return model


def _folders(value: Value | None) -> set[str]:
    listed = [item for option in options(value) for item in getattr(option, "items", [option])] if value else []
    texts = [_text(item) for item in listed]
    return {posixpath.normpath(text).strip("/").removeprefix(".") for text in texts if text}


def _text(value: Value | None) -> str | None:
    return value.value if isinstance(value, Known) and isinstance(value.value, str) else None


def _loaded(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`module_from_spec(finder.find_spec(name))` and `finder.find_module(name).load_module()`."""
    given = arguments.positional[0] if arguments.positional else None
    spec = given if isinstance(given, External) else callee.base
    event = spec.event if isinstance(spec, External) else None
    name = _text(event.arguments.positional[0]) if event is not None and event.arguments.positional else _text(given)
    return machine.import_module(machine, name) if name else None


def _members(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """(name, value) pairs of what an object has, those that the predicate does not take left out."""
    names = machine.builtins["dir"]
    if not arguments.positional or not isinstance(names, Native):
        return None
    owner = arguments.positional[0]
    listed = names.run(machine, frame, Arguments([owner]), at)
    if not isinstance(listed, Sequence):
        return None
    predicate = arguments.keywords.get("predicate", [*arguments.positional, None][1])
    pairs: list[Value] = []
    for name in listed.items:
        if isinstance(name, Known) and not str(name.value).startswith("__"):
            value = lookup(machine, frame, owner, str(name.value), at)
            if _taken(machine, frame, predicate, value, at):
                pairs.append(Sequence("tuple", [name, value]))
    return Sequence("list", pairs)


def _taken(machine: Machine, frame: Frame, predicate: Value | None, value: Value, at: int) -> bool:
    inner = value.value if isinstance(value, Decorated) else value
    if isinstance(predicate, External):
        if predicate.path == "inspect.isclass":
            return isinstance(inner, Class | External)
        if predicate.path in ("inspect.isfunction", "inspect.ismethod", "inspect.isroutine"):
            return isinstance(inner, Function | Bound | External)
        return True
    if isinstance(predicate, Function | Bound):
        return truth(machine.call(machine, frame, predicate, Arguments([inner]), at, at)) is not False
    return True


def _awaited(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`iscoroutinefunction(f)`: decorators ask it and make the wrapper that fits."""
    value = arguments.positional[0] if arguments.positional else None
    while isinstance(value, Bound | Partial | Decorated):
        value = value.value if isinstance(value, Decorated) else value.function
    return Known(value.definition.is_async and not value.definition.is_generator) if type(value) is Function else None


MODULES: dict[str, Model] = {
    "asyncio.iscoroutinefunction": _awaited,
    "inspect.iscoroutinefunction": _awaited,
    "inspect.getmembers": _members,
    "pkgutil.iter_modules": _listing(deep=False),
    "pkgutil.walk_packages": _listing(deep=True),
    "importlib.util.module_from_spec": _loaded,
    f"{_FINDER}.find_module().load_module": _loaded,
    f"{_FINDER}.find_spec().loader.load_module": _loaded,
}
