"""The libraries, read once: from the cache when the rule files are the ones of last time, else from their YAML."""

from __future__ import annotations

from functools import lru_cache

from tmscan.facts.cache import Cache, read_entries, write_entries
from tmscan.inventory.vocabulary import vocabulary_of
from tmscan.libraries.index import Index, index
from tmscan.libraries.load import catalogue_digest, catalogue_from_bytes, catalogue_to_bytes, load_catalogue
from tmscan.libraries.types import Catalogue
from tmscan.program.machine import Vocabulary


def libraries(cache: Cache | None) -> tuple[Index, Vocabulary]:
    """The index of all library rows and what the interpreter has to notice because of them."""
    return _indexed(catalogue_digest(), cache)


def _indexed(digest: str, cache: Cache | None) -> tuple[Index, Vocabulary]:
    catalogue: Catalogue | None = None
    key = bytes.fromhex(digest)
    stored = read_entries(cache, "catalogue", [key]).get(key) if cache is not None else None
    if stored is not None:
        catalogue = catalogue_from_bytes(stored)
    if catalogue is None:
        catalogue = _loaded(digest)
        if cache is not None:
            write_entries(cache, "catalogue", {key: catalogue_to_bytes(catalogue)})
    rows = index(catalogue)
    return rows, vocabulary_of(catalogue, rows)


@lru_cache(maxsize=2)
def _loaded(_digest: str) -> Catalogue:
    """The catalogue under its digest; a process that scans many small trees reads the YAML once."""
    return load_catalogue()
