"""The version of the extraction: part of every cache key, apart from extract.py so that reading the cache needs no libcst."""

from __future__ import annotations

# Raise it with every change of what is extracted or of the records in types.py.
EXTRACTOR = "1"
