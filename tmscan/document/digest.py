"""The line of the model file that tells a generated file from an edited one: the digest of all other lines."""

from __future__ import annotations

import hashlib

MARK = b"# tmscan-digest: sha256:"


def digest_line(head: str, body: str) -> str:
    """The line to stand between `head` and `body`, both whole lines."""
    return f"{MARK.decode()}{_digest((head + body).encode())}\n"


def is_generated(content: bytes) -> bool:
    """Whether the file is exactly as it was written; line ends may have been turned into CRLF by git."""
    head, found, rest = content.replace(b"\r\n", b"\n").partition(MARK)
    digest, _, body = rest.partition(b"\n")
    return bool(found) and digest.decode("ascii", "replace") == _digest(head + body)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
