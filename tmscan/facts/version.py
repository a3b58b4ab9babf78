"""The version of the extraction, part of every cache key.

Apart from extract.py so that reading the cache does not import libcst.
"""

from __future__ import annotations

# Raise it with every change of what is extracted or of the records in types.py.
EXTRACTOR = "1"
