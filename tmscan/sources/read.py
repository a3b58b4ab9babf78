"""File contents: a `Source` comes in, its bytes (or the reason why not) go out; bytes come in, text goes out.

The only place that opens scanned files. Nothing here raises for a bad one: what cannot be read is a record.
"""

from __future__ import annotations

import codecs
import io
import os
import stat
import tokenize
from typing import TYPE_CHECKING

from tmscan.sources.types import Skipped

if TYPE_CHECKING:
    from tmscan.sources.types import Source

DEFAULT_MAX_BYTES = 2_000_000
# Codecs that are no character sets: some take quadratic time, and no interpreter reads source in them.
NOT_CHARSETS = frozenset(("punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"))


def read_source(source: Source, max_bytes: int = DEFAULT_MAX_BYTES) -> bytes | Skipped:
    """The bytes of a file, or a `Skipped` when it is unreadable, binary, or larger than `max_bytes` (0: no limit).

    A file that a person named is read whatever its size.
    """
    data = read_bytes(source.absolute, 0 if source.explicit else max_bytes)
    if isinstance(data, str):
        return Skipped(source.path, data)
    if b"\0" in data:
        return Skipped(source.path, "binary, not Python text")
    return data


def read_bytes(absolute: str, max_bytes: int, head: int = -1) -> bytes | str:
    """The first `head` bytes of a regular file (all by default), or the reason why they cannot be had."""
    try:
        handle = os.open(absolute, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        return f"cannot be read: {getattr(error, 'strerror', None) or error}"
    try:
        if head >= 0:
            return os.read(handle, head)
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            return "not a regular file"
        if 0 < max_bytes < status.st_size:
            return too_large(status.st_size, max_bytes)
        with open(handle, "rb", closefd=False) as stream:
            return stream.read()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    finally:
        os.close(handle)


def too_large(size: int, limit: int) -> str:
    return f"too large: {size:,} bytes, the limit is {limit:,}"


def decode(data: bytes) -> str:
    """Python source as text, by its byte order mark or coding cookie (PEP 263), else UTF-8; line ends stay as they are.

    Where the cookie is unknown or wrong, bytes become the characters of the same number: positions stay right.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if codecs.lookup(encoding).name.replace("_", "-") not in NOT_CHARSETS:
            return data.decode(encoding)
    except (SyntaxError, LookupError, UnicodeError):
        pass
    return data.decode("latin-1")
