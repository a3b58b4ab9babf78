"""YAML that would end the process: seen before it is loaded, and said by every room that loads some."""

from __future__ import annotations

from pathlib import Path

import pytest

from tmscan.document.published import read_description
from tmscan.errors import TmscanError
from tmscan.libraries.load import load_catalogue
from tmscan.sources.nesting import is_too_deep
from tmscan.threats.load import load_rules

DEEP = {
    "brackets": "a: " + "[" * 100_000,
    "braces": "a: " + "{a: " * 100_000,
    "dashes": "- " * 100_000 + "a",
    "lines": "".join(" " * level + "a:\n" for level in range(2000)),
    "keys": "? " * 100_000 + "a",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep(name: str) -> None:
    assert is_too_deep(DEEP[name])


@pytest.mark.parametrize(
    "text", ["", "a: 1", "- [[1], {a: [2]}]\n" * 1000, "a: '" + "[" * 1000 + "'", "a:\n" + " " * 300 + "b"]
)
def test_not_deep(text: str) -> None:
    assert not is_too_deep(text)


@pytest.mark.parametrize("name", DEEP)
def test_it_is_refused_with_its_place(tmp_path: Path, name: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(DEEP[name])
    for load in (lambda: load_rules([tmp_path]), lambda: load_catalogue([tmp_path]), lambda: read_description(file)):
        with pytest.raises(TmscanError, match=r"x\.yaml.*nested too deeply"):
            load()
