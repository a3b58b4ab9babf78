"""The libraries, read once: from the cache when the rule files are the ones of last time, else from their YAML."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from tmscan.facts.cache import Cache, read_entries, write_entries
from tmscan.inventory.vocabulary import vocabulary_of
from tmscan.libraries.declared import Declarations
from tmscan.libraries.index import Index, index
from tmscan.libraries.load import catalogue_digest, catalogue_from_bytes, catalogue_to_bytes, load_catalogue
from tmscan.libraries.own import with_declared, with_found
from tmscan.libraries.types import Catalogue, RouteRow
from tmscan.program.dispatchers import Dispatcher
from tmscan.program.vocabulary import Vocabulary


def libraries(
    cache: Cache | None,
    folders: tuple[Path, ...] = (),
    declared: Declarations | None = None,
    own: tuple[Dispatcher, ...] = (),
) -> tuple[Index, Vocabulary]:
    """The index of all library rows and what the interpreter has to notice because of them; with the library files in
    `folders`, what settings declare, and the code's `own` ways to declare routes.
    """
    catalogue = _read(catalogue_digest(folders), folders, cache)
    if declared is not None:
        catalogue = with_declared(catalogue, declared)
    catalogue = with_found(catalogue, tuple(_row(dispatcher) for dispatcher in own))
    rows = index(catalogue)
    return rows, vocabulary_of(catalogue, rows)


def _row(own: Dispatcher) -> RouteRow:
    return RouteRow(
        shape="registered" if own.handler else "decorated",
        paths=(own.name,),
        path=own.path,
        handler=own.handler,
        methods=own.methods,
        default=own.default,
        syntax="anchored",
    )


def _read(digest: str, folders: tuple[Path, ...], cache: Cache | None) -> Catalogue:
    catalogue: Catalogue | None = None
    key = bytes.fromhex(digest)
    stored = read_entries(cache, "catalogue", [key]).get(key) if cache is not None else None
    if stored is not None:
        catalogue = catalogue_from_bytes(stored)
    if catalogue is None:
        catalogue = _loaded(digest, folders)
        if cache is not None:
            write_entries(cache, "catalogue", {key: catalogue_to_bytes(catalogue)})
    return catalogue


@lru_cache(maxsize=2)
def _loaded(_digest: str, folders: tuple[Path, ...]) -> Catalogue:
    """The catalogue under its digest; a process that scans many small trees reads the YAML once."""
    return load_catalogue(folders)
