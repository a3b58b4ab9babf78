"""Keys in, bytes out: what earlier runs worked out, in one SQLite file in the user's cache directory.

Nothing in it is code or pickled, and nothing depends on it: a cache that is missing, locked, full, foreign or broken
costs time, leaves one warning, and never stops a scan.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import time

import platformdirs

DIRECTORY_VARIABLE = "TMSCAN_CACHE_DIR"
MAX_BYTES = 1 << 30
_APPLICATION = 0x746D7363  # "tmsc": SQLite's application_id, so that a file of another program is told apart
_SCHEMA = 1
_CHUNK = 500  # below the number of variables that any SQLite takes in one statement
_TABLE = """
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, day INTEGER NOT NULL,
    UNIQUE (kind, key)
)"""


@dataclass(slots=True)
class Cache:
    """An open cache. `connection` is None when it cannot be used; `warnings` says why, for the report."""

    connection: sqlite3.Connection | None
    max_bytes: int = MAX_BYTES
    warnings: list[str] = field(default_factory=list)


def cache_directory() -> Path:
    """Where the cache lives: the directory named by TMSCAN_CACHE_DIR, else the user's cache directory."""
    named = os.environ.get(DIRECTORY_VARIABLE)
    return Path(named) if named else Path(platformdirs.user_cache_dir("tmscan", appauthor=False))


def open_cache(directory: Path | None = None, max_bytes: int = MAX_BYTES) -> Cache:
    """Opens the cache, making it where it is missing and anew where the file is broken or not ours. Never raises."""
    folder = cache_directory() if directory is None else directory
    file = folder / f"cache-{_SCHEMA}.sqlite3"
    cache = Cache(None, max_bytes)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            cache.connection = _connect(file)
        except sqlite3.OperationalError:
            raise  # locked or unwritable: not ours to delete
        except sqlite3.DatabaseError as error:
            cache.warnings.append(f"the cache {file} was not usable ({error}) and was made anew")
            _remove(file)
            cache.connection = _connect(file)
    except (OSError, sqlite3.Error) as error:
        cache.warnings.append(f"running without a cache: {file}: {error}")
    return cache


def close_cache(cache: Cache) -> None:
    """Closes the file; the cache reads as empty from then on."""
    if cache.connection is not None:
        cache.connection.close()
        cache.connection = None


def read_entries(cache: Cache, kind: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    """The values there are for these keys, and notes that they were used today."""
    found: dict[bytes, bytes] = {}
    connection, today = cache.connection, _today()
    if connection is None:
        return found
    stale: list[int] = []
    try:
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            query = f"SELECT id, key, value, day FROM entry WHERE kind = ? AND key IN ({marks})"  # noqa: S608 - `?` only
            for number, key, value, day in connection.execute(query, (kind, *chunk)):
                found[key] = zlib.decompress(value)
                if day != today:
                    stale.append(number)
        if stale:
            with connection:
                connection.executemany("UPDATE entry SET day = ? WHERE id = ?", ((today, number) for number in stale))
    except (sqlite3.Error, zlib.error, TypeError) as error:
        _give_up(cache, error)
    return found


def write_entries(cache: Cache, kind: str, entries: Mapping[bytes, bytes] | Iterable[tuple[bytes, bytes]]) -> None:
    """Keeps the values under their keys, in one transaction; drops what was unused for longest if it is too large."""
    connection, today = cache.connection, _today()
    if connection is None:
        return
    pairs = entries.items() if isinstance(entries, Mapping) else entries
    rows = [(kind, key, zlib.compress(value, 1), today) for key, value in pairs]
    try:
        with connection:
            connection.executemany("INSERT OR REPLACE INTO entry (kind, key, value, day) VALUES (?, ?, ?, ?)", rows)
        _evict(connection, cache.max_bytes)
    except sqlite3.Error as error:
        _give_up(cache, error)


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=5)
    try:
        with suppress(sqlite3.OperationalError):  # busy at once, as another run is switching it on; it holds for all
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")  # after a power cut the cache is made anew
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        # Asked second: another run that is just making the file sets both in one transaction.
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if application != _APPLICATION and tables:
            raise sqlite3.DatabaseError("not a file of tmscan")
        if not tables:
            _create(connection)
        connection.execute("SELECT id, kind, key, value, day FROM entry LIMIT 1").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _create(connection: sqlite3.Connection) -> None:
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not tables:  # another run may have been quicker
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(_TABLE)


def _remove(file: Path) -> None:
    for name in (file, Path(f"{file}-wal"), Path(f"{file}-shm"), Path(f"{file}-journal")):
        name.unlink(missing_ok=True)


def _evict(connection: sqlite3.Connection, max_bytes: int) -> None:
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    excess = (pages - free) * size - max_bytes
    if excess <= 0:
        return
    excess += max_bytes // 4
    oldest: list[tuple[int]] = []
    for number, length in connection.execute("SELECT id, length(value) FROM entry ORDER BY day, id"):
        if excess <= 0:
            break
        oldest.append((number,))
        excess -= length + 100
    with connection:
        connection.executemany("DELETE FROM entry WHERE id = ?", oldest)


def _give_up(cache: Cache, error: Exception) -> None:
    cache.warnings.append(f"the rest of the run did without the cache: {error}")
    close_cache(cache)


def _today() -> int:
    return int(time()) // 86_400
