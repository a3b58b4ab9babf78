"""Stores: what calls open and what settings describe, with engine, host and name read off DSNs and arguments.

Which of them a call works on is another question: `connections.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from tmscan.facts.types import line_of
from tmscan.inventory.calls.arguments import HOLE, pick, show, texts
from tmscan.inventory.effects.configured import Declared
from tmscan.inventory.types import Provenance, Store
from tmscan.libraries.index import Index, Known
from tmscan.libraries.types import StoreKind, StoreRow
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import Event, Table, Value
from tmscan.sources.types import Location

# Schemes of DSNs and last names of backends, in the words that people use for the engine.
_ENGINES = {
    "postgres": "postgresql", "postgresql": "postgresql", "psycopg2": "postgresql", "postgis": "postgresql",
    "postgresql_psycopg2": "postgresql", "pgsql": "postgresql", "cockroachdb": "cockroachdb", "mysql": "mysql",
    "mariadb": "mariadb", "sqlite": "sqlite", "sqlite3": "sqlite", "spatialite": "sqlite", "oracle": "oracle",
    "mssql": "mssql", "mongodb": "mongodb", "redis": "redis", "rediss": "redis", "valkey": "redis",
    "amqp": "rabbitmq", "amqps": "rabbitmq", "pyamqp": "rabbitmq", "sqs": "sqs", "kafka": "kafka", "nats": "nats",
    "memcached": "memcached", "duckdb": "duckdb", "clickhouse": "clickhouse", "snowflake": "snowflake",
    "bigquery": "bigquery", "redshift": "redshift", "neo4j": "neo4j", "bolt": "neo4j", "s3": "s3",
    "RedisCache": "redis", "RedisClusterCache": "redis", "MemcachedCache": "memcached",
    "PyMemcacheCache": "memcached", "PyLibMCCache": "memcached", "LocMemCache": "memory",
    "FileBasedCache": "filesystem", "DatabaseCache": "database",
}  # fmt: skip
_UNSAFE = re.compile(r"[^\w.:/{}?-]+")
_NO_STORE = frozenset({"DummyCache", "dummy"})


@dataclass(slots=True)
class Stores:
    """Stores by id, which creating call made which, and what else tells a call its store.

    `opened_by` are the libraries that a store was opened or described for, `aliases` the names that settings give to
    stores as (library, alias), `statements` the calls that build a statement which a known connection executes.
    """

    index: Index
    found: dict[str, Store] = field(default_factory=dict)
    by_event: dict[int, str] = field(default_factory=dict)
    opened_by: dict[str, set[str]] = field(default_factory=dict)
    aliases: dict[tuple[str, str], str] = field(default_factory=dict)
    statements: dict[int, str] = field(default_factory=dict)


def collect_stores(machine: Machine, index: Index, declarations: Iterable[Declared]) -> Stores:
    """Every store that is opened or configured somewhere in the program."""
    stores = Stores(index)
    for event in machine.events:
        for known in index.stores.get(event.path, ()):
            if _fits(event, known.row.only):
                _open(stores, event, known)
                break
    imported = {name.partition(".")[0] for facts in machine.facts.values() for name in facts.imports}
    for key, value, module, at, _ in declarations:
        for known in index.store_settings.get(key, ()):
            if not known.library.imports or any(name.partition(".")[0] in imported for name in known.library.imports):
                _settle(stores, value, known, Location(module.path, max(1, line_of(at))))
    return stores


def add_store(
    stores: Stores,
    library: str,
    kind: StoreKind,
    engine: str,
    name: str,
    place: Location,
    *,
    host: str = "",
    provenance: Provenance | None = None,
) -> str:
    """The id of the store of this engine and name, made if it is new; two hosts with equal names are two stores."""
    name = name.replace(HOLE, "{}")
    if engine in ("sqlite", "duckdb"):
        name = name.partition("?")[0].removeprefix("file:")
    name = "" if not set(name) - set("{}/ ") else _UNSAFE.sub(" ", name).strip()
    if engine in ("sqlite", "duckdb") and name:
        name = name.rstrip("/").rpartition("/")[2] or name
    key = f"store:{engine}" + (f":{name}" if name else "")
    known = stores.found.get(key)
    if known is not None and known.host and host and known.host != host:
        key = f"{key}@{host}"
        known = stores.found.get(key)
    if known is None:
        provenance = provenance or ("observed" if name or host else "derived")
        stores.found[key] = Store(key, kind, engine, name or engine, place, host, provenance)
    elif host and not known.host:
        stores.found[key] = replace(known, host=host)
    if library:
        stores.opened_by.setdefault(key, set()).add(library)
    return key


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


def _open(stores: Stores, event: Event, known: Known[StoreRow]) -> None:
    row = known.row
    engine, host, name = row.engine, _text(pick(event.arguments, row.host)), _text(pick(event.arguments, row.name))
    dsn = _text(pick(event.arguments, row.dsn))
    if "://" in dsn:
        engine_of, host_of, name_of = read_dsn(dsn)
        engine, host, name = _engine(engine_of, row.engine), host_of or host, name_of or name
    elif dsn and "=" in dsn:
        pairs = dict(part.split("=", 1) for part in dsn.split() if "=" in part)
        host, name = pairs.get("host", host), pairs.get("dbname", name)
    if "://" in host:
        host = read_dsn(host)[1]
    elif HOLE in host or " " in host:
        host = ""
    place = Location(event.module.path, line_of(event.at))
    stores.by_event[id(event)] = add_store(
        stores, known.library.name, row.kind, engine or row.kind, name, place, host=host.partition(":")[0]
    )


def _engine(scheme: str, engine: str) -> str:
    """The engine that a DSN's scheme names; a scheme that is none (https) says nothing against the row's."""
    if scheme in _ENGINES.values():
        return scheme
    return engine or ("" if scheme in ("http", "https", "file", "unix", "tcp") else scheme)


def _text(value: Value | None) -> str:
    """The best-known text of a value: one without holes before one with them."""
    found = [text for text in texts(value) if len(text) < 200]
    return next((text for text in found if text and HOLE not in text), found[0] if found else "")


def _backend(description: Table) -> str:
    """Of the backends that settings choose from, one whose engine is known: a backend of the program's own wraps it."""
    values = [value for key, value in description.items.items() if str(key).upper() in ("ENGINE", "BACKEND")]
    names = (text.rpartition(".")[2] for value in values for text in texts(value))
    return next((name for name in names if name in _ENGINES), "")


def read_dsn(dsn: str) -> tuple[str, str, str]:
    """(engine, host, name) of a database URL; a URL that cannot be read gives empty strings (RFC 3986, loosely)."""
    scheme, _, rest = dsn.partition("://")
    engine = scheme.partition("+")[0].lower()
    engine = _ENGINES.get(engine, engine if engine.isidentifier() else "")
    if engine in ("sqlite", "duckdb"):
        return engine, "", rest.lstrip("/").partition("?")[0] or "memory"
    try:
        parts = urlsplit(f"//{rest}")
        host = parts.hostname or ""
    except ValueError:
        return engine, "", ""
    name = parts.path.strip("/").partition("?")[0]
    return engine, "" if "{" in host else host, "" if HOLE in name else name


def _settle(stores: Stores, value: Value, known: Known[StoreRow], place: Location) -> None:
    """The stores that a setting describes: a DSN, or a table of them (or of their parts) by alias."""
    library, row = known.library.name, known.row
    dsn = _text(value)
    if "://" in dsn:
        engine, host, name = read_dsn(dsn)
        key = add_store(stores, library, row.kind, _engine(engine, row.engine) or row.kind, name, place, host=host)
        stores.aliases.setdefault((library, "default"), key)
    if not isinstance(value, Table):
        return
    if any(str(name).upper() in ("ENGINE", "BACKEND", "HOST", "NAME", "DB") for name in value.items):
        _configured(stores, "default", value, known, place)
        return
    for alias, description in value.items.items():
        tables = [option for option in options(description) if isinstance(option, Table)]
        for table in tables:
            _configured(stores, str(alias), table, known, place)
        if not tables and "://" in _text(description):
            engine, host, name = read_dsn(_text(description))
            key = add_store(stores, library, row.kind, _engine(engine, row.engine) or row.kind, name, place, host=host)
            stores.aliases.setdefault((library, str(alias)), key)


def _configured(stores: Stores, alias: str, description: Table, known: Known[StoreRow], place: Location) -> None:
    named = {str(key).upper(): _text(value) for key, value in description.items.items()}
    backend = _backend(description) or named.get("ENGINE", named.get("BACKEND", "")).rpartition(".")[2]
    if backend in _NO_STORE:
        return
    engine = _ENGINES.get(backend, "" if HOLE in backend else backend) or known.row.engine or known.row.kind
    where = named.get("LOCATION", "")
    host = named.get("HOST", "")
    if not host and where:
        host = read_dsn(where)[1] if "://" in where else where.partition(":")[0]
    if engine in ("memory", "filesystem", "database", "sqlite") or HOLE in host or "/" in host:
        host = ""
    name = named.get("NAME", named.get("DB", ""))
    if not name or HOLE in name:
        name = "" if alias == "default" else alias
    key = add_store(stores, known.library.name, known.row.kind, engine, name, place, host=host)
    before = stores.aliases.get((known.library.name, alias))
    # The settings of a developer's machine and of production stand side by side: the latter speak for the system.
    if before is None or (stores.found[before].engine == "sqlite" and engine != "sqlite"):
        stores.aliases[known.library.name, alias] = key
