"""Stores: where a value's connection was opened, what DSNs and settings say about engine, host and name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tmscan.facts.types import line_of
from tmscan.inventory.arguments import pick, show, texts
from tmscan.inventory.types import Store
from tmscan.libraries.index import Index
from tmscan.libraries.types import StoreKind, StoreRow
from tmscan.program.machine import Machine
from tmscan.program.values import Bound, Decorated, Event, External, Instance, Table, Value
from tmscan.sources.types import Location

_ENGINES = {
    "postgres": "postgresql", "postgresql": "postgresql", "psycopg2": "postgresql", "postgis": "postgresql", "mysql": "mysql",
    "mariadb": "mariadb", "sqlite": "sqlite", "sqlite3": "sqlite", "spatialite": "sqlite", "oracle": "oracle",
    "mssql": "mssql", "mongodb": "mongodb", "redis": "redis", "rediss": "redis", "amqp": "rabbitmq",
}  # fmt: skip
_UNSAFE = re.compile(r"[^\w.:/{}?-]+")


@dataclass(slots=True)
class Stores:
    """Stores by id, and which creating call made which."""

    index: Index
    found: dict[str, Store] = field(default_factory=dict)
    by_event: dict[int, str] = field(default_factory=dict)


def collect_stores(machine: Machine, index: Index) -> Stores:
    """Every store that is opened or configured somewhere in the program."""
    stores = Stores(index)
    for event in machine.events:
        for known in index.stores.get(event.path, ()):
            if _fits(event, known.row.only):
                _open(stores, event, known.row)
                break
    for key, rows in index.store_settings.items():
        for module in machine.modules.values():
            value = module.frame.locals.get(key) if module.frame is not None else None
            if isinstance(value, Table):
                for alias, description in value.items.items():
                    if isinstance(description, Table):
                        _configured(stores, str(alias), description, rows[0].row, module.path)
    return stores


def _fits(event: Event, only: tuple[tuple[str, str], ...]) -> bool:
    """Whether the call has the constant arguments that a row needs; several pairs of one key are alternatives."""
    wanted: dict[str, set[str]] = {}
    for key, text in only:
        wanted.setdefault(key, set()).add(text)
    for key, allowed in wanted.items():
        value = pick(event.arguments, (int(key) if key.isdigit() else key,))
        if value is None or (show(value) not in allowed and show(value).rpartition(".")[2] not in allowed):
            return False
    return True


def _open(stores: Stores, event: Event, row: StoreRow) -> None:
    engine, host, name = row.engine, _text(pick(event.arguments, row.host)), _text(pick(event.arguments, row.name))
    dsn = _text(pick(event.arguments, row.dsn))
    if "://" in dsn:
        engine_of, host_of, name_of = read_dsn(dsn)
        engine, host, name = engine_of or engine, host_of or host, name_of or name
    elif dsn and "=" in dsn:
        pairs = dict(part.split("=", 1) for part in dsn.split() if "=" in part)
        host, name = pairs.get("host", host), pairs.get("dbname", name)
    place = Location(event.module.path, line_of(event.at))
    stores.by_event[id(event)] = _add(stores, row.kind, engine or row.kind, name, host, place)


def _text(value: Value | None) -> str:
    found = texts(value)
    return found[0] if found and len(found[0]) < 200 else ""


def read_dsn(dsn: str) -> tuple[str, str, str]:
    """(engine, host, name) of a database URL; a URL that cannot be read gives empty strings (RFC 3986, loosely)."""
    scheme, _, rest = dsn.partition("://")
    engine = scheme.partition("+")[0].lower()
    engine = _ENGINES.get(engine, engine if engine.isidentifier() else "")
    if engine == "sqlite":
        return engine, "", rest.lstrip("/").partition("?")[0] or "memory"
    try:
        parts = urlsplit(f"//{rest}")
        host = parts.hostname or ""
    except ValueError:
        return engine, "", ""
    return engine, "" if "{" in host else host, parts.path.strip("/").partition("?")[0]


def _configured(stores: Stores, alias: str, description: Table, row: StoreRow, file: str) -> None:
    named = {str(key).upper(): _text(value) for key, value in description.items.items()}
    backend = named.get("ENGINE", named.get("BACKEND", "")).rpartition(".")[2]
    engine = _ENGINES.get(backend, backend) or row.engine or row.kind
    host = named.get("HOST", "") or urlsplit(named.get("LOCATION", "")).hostname or ""
    name = named.get("NAME", "") or alias
    store = _add(stores, row.kind, engine, name, host, Location(file, 1))
    stores.by_event[hash((row.setting, alias))] = store


def _add(stores: Stores, kind: StoreKind, engine: str, name: str, host: str, place: Location) -> str:
    name = "" if set(name) <= set("{?}/ ") else _UNSAFE.sub(" ", name).strip()
    if kind == "sql" and engine == "sqlite" and name:
        name = name.rpartition("/")[2] or name
    key = f"store:{engine}" + (f":{name}" if name else "")
    if key not in stores.found:
        provenance = "observed" if name else "derived"
        stores.found[key] = Store(key, kind, engine, name or engine, place, host, provenance)  # type: ignore[arg-type]
    return key


def store_for(stores: Stores, event: Event, engine: str, kind: StoreKind) -> str:
    """The id of the store that a call works on: the connection it came from, else the only one of its kind."""
    found = _origin(stores, event.callee, 12) or next(
        (hit for value in event.arguments.positional[:2] if (hit := _origin(stores, value, 4))), None
    )
    if found is not None:
        return found
    same = [
        store.id for store in stores.found.values()
        if store.kind == kind and (not engine or store.engine == engine) and store.provenance != "assumed"
    ]  # fmt: skip
    if len(same) == 1:
        return same[0]
    if kind == "sql" and not engine:
        default = [store for store in same if store.endswith(":default")]
        engine = "sql" if not default else engine
    key = f"store:{engine or kind}"
    if key not in stores.found:
        place = Location(event.module.path, line_of(event.at))
        stores.found[key] = Store(key, kind, engine or kind, engine or kind, place, "", "assumed")
    return key


def _origin(stores: Stores, value: Value | None, depth: int) -> str | None:
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
                for argument in [*event.arguments.positional[:2], *event.arguments.keywords.values()]:
                    if isinstance(argument, External):
                        found = _origin(stores, argument, min(depth, 4))
                        if found is not None:
                            return found
            value = value.base
        elif isinstance(value, Instance):
            if value.event is not None and id(value.event) in stores.by_event:
                return stores.by_event[id(value.event)]
            return None
        else:
            return None
    return None
