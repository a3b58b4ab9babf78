"""Every folder of `fixtures/python`: small programs whose comments say what a scan has to see in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from expectations import check_expectations, read_expectations

from tmscan.scan import scan_sources

SNIPPETS = Path(__file__).resolve().parent.parent / "fixtures" / "python"
FOLDERS = sorted(path for path in SNIPPETS.iterdir() if path.is_dir())


def read(folder: Path, name: str = "*.py") -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob(name))}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_comments_are_in_the_language(folder: Path) -> None:
    assert read_expectations(read(folder))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_snippet(folder: Path) -> None:
    files = read(folder)
    result = scan_sources({name: text.encode() for name, text in (files | read(folder, "*.html")).items()})
    found = check_expectations(files, result.inventory, result.register)
    if found:
        pytest.fail("\n".join(found), pytrace=False)
