"""Names of functions as their own application imports them, where two applications of a tree share module names.

While a tree is analysed every module has a name of its own; what is shown in the end says `app.main` for both, told
apart by file and application.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tmscan.inventory.types import Inventory
from tmscan.sources.types import Source


def own_names(sources: Iterable[Source]) -> dict[str, str]:
    """Module name → the name that its application imports it by, for modules that were given another."""
    found: dict[str, str] = {}
    for source in sources:
        root = source.app_root.replace("/", ".")
        rest = source.path.removeprefix(f"{source.app_root}/").removesuffix(".py").removesuffix("/__init__")
        if root and source.module == f"{root}.{rest.replace('/', '.')}":
            found[source.module] = rest.replace("/", ".")
    return found


def own_name(names: dict[str, str], function: str) -> str:
    """The name of a function with its module's own name."""
    parts = function.split(".")
    for length in range(len(parts), 0, -1):
        known = names.get(".".join(parts[:length]))
        if known is not None:
            return ".".join((known, *parts[length:]))
    return function


def with_own_names(inventory: Inventory, names: dict[str, str]) -> Inventory:
    """The inventory with every function under its own name; ids stay as they are."""
    if not names:
        return inventory

    def own(function: str) -> str:
        return own_name(names, function)

    return replace(
        inventory,
        endpoints=tuple(replace(item, handler=own(item.handler)) for item in inventory.endpoints),
        entry_points=tuple(replace(item, handler=own(item.handler)) for item in inventory.entry_points),
        accesses=tuple(replace(item, function=own(item.function)) for item in inventory.accesses),
        outbound=tuple(replace(item, function=own(item.function)) for item in inventory.outbound),
        sinks=tuple(replace(item, function=own(item.function)) for item in inventory.sinks),
        observations=tuple(replace(item, function=own(item.function)) for item in inventory.observations),
    )
