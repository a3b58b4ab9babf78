"""Which store a call works on: the connection it came from, the one that executes its statement, else the likeliest.

A store is assumed only where the program opens none that could be meant.
"""

from __future__ import annotations

from tmscan.facts.types import line_of
from tmscan.inventory.calls.arguments import pick, texts
from tmscan.inventory.effects.stores import Stores, add_store
from tmscan.libraries.types import StoreKind
from tmscan.program.machine import Machine
from tmscan.program.values import Bound, Choice, Decorated, Event, External, Instance, Sequence, Value
from tmscan.sources.types import Location


def link_statements(machine: Machine, stores: Stores) -> None:
    """Note for the calls that build statements which store the statement is executed on."""
    for event in machine.events:
        for known in stores.index.effects.get(event.path, ()):
            if known.row.operation == "sql":
                store = origin_of(stores, event.callee, 12)
                value = pick(event.arguments, known.row.argument) if store is not None else None
                while store is not None and isinstance(value, External):
                    if value.event is not None:
                        stores.statements.setdefault(id(value.event), store)
                    value = value.base


def store_for(stores: Stores, event: Event, library: str, engine: str, kind: StoreKind) -> str:
    """The id of the store that a call works on."""
    found = (
        origin_of(stores, event.callee, 12, library)
        or stores.statements.get(id(event))
        or next((hit for value in event.arguments.positional[:2] if (hit := origin_of(stores, value, 4))), None)
        or stores.aliases.get((library, "default"))
        or _likely(stores, event.module.path, library, engine, kind)
    )
    if found is None:
        place = Location(event.module.path, line_of(event.at))
        found = add_store(stores, "", kind, engine or kind, "", place, provenance="assumed")
    return found


def origin_of(stores: Stores, value: Value | None, depth: int, library: str = "") -> str | None:
    """The store behind a value: the creating call on its chain of bases, or among the arguments of one."""
    while value is not None and depth:
        depth -= 1
        if isinstance(value, Decorated):
            value = value.value
        elif isinstance(value, Bound):
            value = value.receiver
        elif isinstance(value, External):
            event = value.event
            if event is not None:
                if id(event) in stores.by_event:
                    return stores.by_event[id(event)]
                if library:
                    for text in texts(event.arguments.positional[0] if event.arguments.positional else None):
                        if (library, text) in stores.aliases and event.path.rpartition(".")[2] in _NAMING:
                            return stores.aliases[library, text]
                for argument in [*event.arguments.positional[:2], *event.arguments.keywords.values()]:
                    if isinstance(argument, External | Choice):
                        found = origin_of(stores, argument, min(depth, 4))
                        if found is not None:
                            return found
            value = value.base
        elif isinstance(value, Instance):
            if value.event is not None and id(value.event) in stores.by_event:
                return stores.by_event[id(value.event)]
            return None
        elif isinstance(value, Choice):
            hits = [hit for option in value.options[:4] if (hit := origin_of(stores, option, depth, library))]
            return hits[0] if hits else None
        elif isinstance(value, Sequence):
            value = value.items[0] if value.items else value.rest
        else:
            return None
    return None


# Calls that pick a connection by the alias that settings give it: `Model.objects.using("replica")`, `connections["x"]`.
_NAMING = frozenset({"using", "db_manager", "connections[]", "caches[]"})


def _likely(stores: Stores, file: str, library: str, engine: str, kind: StoreKind) -> str | None:
    """The one store that the program opens for such calls; of several, the one that is opened nearest."""
    real = [store for store in stores.found.values() if store.provenance != "assumed" and store.kind == kind]
    own = [store for store in real if library in stores.opened_by.get(store.id, ())]
    if not own and engine in ("", kind):
        defaults = {key for (_, alias), key in stores.aliases.items() if alias == "default"}
        own = [store for store in real if store.id in defaults]
    if not own and engine not in ("", kind, library):
        own = [store for store in real if store.engine == engine]
    elif not own:
        own = [store for store in real if _shared(stores, store.id)] or real
    if not own:
        return None
    return min(own, key=lambda store: (-_together(store.location.file, file), store.engine == "sqlite", store.id)).id


def _shared(stores: Stores, key: str) -> bool:
    """Whether a store was opened by a library for any engine, whose connections other libraries may use."""
    return any(
        library.name in stores.opened_by.get(key, ()) and not library.engine for library in stores.index.libraries
    )


def _together(one: str, other: str) -> int:
    """How many folders two files have in common; a file with itself one more."""
    if one == other:
        return 100
    count = 0
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count
