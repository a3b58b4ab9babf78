"""What tmscan is made of: a digest of its code and rules that every remembered result hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def tool_digest(folders: Sequence[Path] = ()) -> bytes:
    """A digest over the package's modules, the built-in rules and the rules in `folders`: names and contents."""
    digest = sha256()
    for folder, pattern in ((PACKAGE, "*.py"), (rules_folder(), "*.yaml"), *((folder, "*.yaml") for folder in folders)):
        for file in sorted(folder.rglob(pattern)):
            content = file.read_bytes()
            digest.update(f"{file.name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.digest()


def rules_folder() -> Path:
    """The built-in rules: `tmscan/rules` in an installed package, `rules` beside it in a checkout."""
    return PACKAGE / "rules" if (PACKAGE / "rules").is_dir() else PACKAGE.parent / "rules"
