"""Nothing in, the version of the extraction out: part of every cache key.

Apart from extract.py so that reading the cache does not import libcst. Taken from the code itself, so that nobody can
forget to raise a number.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path


@cache
def extractor_version() -> bytes:
    """A digest of the modules that make facts, of their records, and of the version of libcst."""
    here = Path(__file__).parent
    records = (here / f"{name}.py" for name in ("types", "expressions", "statements"))
    files = [*sorted(here.glob("extract*.py")), *records, here.parent / "sources" / "read.py"]
    libcst = find_spec("libcst")
    if libcst is not None and libcst.origin is not None:
        files.append(Path(libcst.origin).with_name("_version.py"))
    digest = sha256()
    for file in files:
        digest.update(file.read_bytes() if file.exists() else file.name.encode())
    return digest.digest()
