"""Loads the library files: folders of `*.yaml` go in, one `Catalogue` comes out, or every mistake in them at once.

A library exists because its file exists; nothing lists them.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tmscan.errors import TmscanError
from tmscan.libraries.draft import Draft, read_draft
from tmscan.libraries.link import link
from tmscan.libraries.types import Catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

_RULE = re.compile(rb"^stride:", re.MULTILINE)  # a rule for threats, which may stand in the same folder
_HERE = Path(__file__).resolve().parent


def load_catalogue(folders: Sequence[Path] | None = None) -> Catalogue:
    """The built-in library files and those in `folders` (a person's own), checked and linked.

    Raises TmscanError with one line per mistake: file, line, what is wrong, what may have been meant.
    """
    files = _read(folders)
    problems: list[str] = []
    drafts: list[Draft] = []
    for file, content in files:
        draft = read_draft(file, _decode(file, content), problems)
        if draft is not None:
            drafts.append(draft)
    _stop(problems)
    libraries, aliases = link(drafts, problems)
    _stop(problems)
    bases: dict[str, tuple[str, ...]] = {}
    for library in libraries:
        for row in library.classes:
            bases[row.path] = tuple(dict.fromkeys((*bases.get(row.path, ()), *row.bases)))
    return Catalogue(libraries, aliases, _digest(files), dict(sorted(bases.items())))


def catalogue_digest(folders: Sequence[Path] | None = None) -> str:
    """The digest that `load_catalogue` would give, for looking up a stored catalogue without parsing any YAML."""
    return _digest(_read(folders))


def catalogue_to_bytes(catalogue: Catalogue) -> bytes:
    """The catalogue as msgpack, to be stored under its digest."""
    return msgspec.msgpack.encode(catalogue)


def catalogue_from_bytes(stored: bytes) -> Catalogue | None:
    """A catalogue that `catalogue_to_bytes` wrote; None if the bytes are anything else."""
    try:
        return msgspec.msgpack.decode(stored, type=Catalogue)
    except msgspec.MsgspecError:
        return None


def rules_folder() -> Path:
    """The built-in rules: `tmscan/rules` in an installed package, `rules` beside it in a checkout."""
    package = _HERE.parent
    for folder in (package / "rules", package.parent / "rules"):
        if (folder / "libraries").is_dir():
            return folder
    raise TmscanError(f"{package}: the built-in rules are missing; install tmscan again")


def _read(folders: Sequence[Path] | None) -> list[tuple[Path, bytes]]:
    files: list[tuple[Path, bytes]] = []
    for folder in (rules_folder() / "libraries", *(folders or ())):
        if not folder.is_dir():
            raise TmscanError(f"{folder}: there is no such folder of library files")
        read = [(file, file.read_bytes()) for file in sorted(folder.rglob("*.yaml"))]
        files += [(file, content) for file, content in read if not _RULE.search(content)]
    return list(dict(files).items())


def _digest(files: Sequence[tuple[Path, bytes]]) -> str:
    """Names and contents of the files, and this room's own code: a stored catalogue must not outlive either."""
    digest = hashlib.sha256()
    for file, content in (*files, *((file, file.read_bytes()) for file in sorted(_HERE.glob("*.py")))):
        digest.update(f"{file.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _decode(file: Path, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise TmscanError(f"{file}: not UTF-8 text (byte {error.start})") from error


def _stop(problems: list[str]) -> None:
    if problems:
        raise TmscanError("\n".join(dict.fromkeys(problems)))
