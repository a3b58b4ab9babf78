"""What people see of the shop, word for word: `pytest --update` rewrites the files, and the diff is reviewed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from command import run

ROOT = Path(__file__).resolve().parent
SHOP = ROOT.parent / "fixtures" / "apps" / "shop"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("shop.scan.txt", ["scan"]),
        ("shop.inventory.txt", ["inventory"]),
        ("shop.mmd", ["diagram", "--format", "mermaid"]),
    ],
)
def test_output(environment: dict[str, str], golden: Callable[[Path, str], None], name: str, words: list[str]) -> None:
    done = run({**environment, "COLUMNS": "120"}, words[0], SHOP, *words[1:])
    golden(ROOT / "golden" / name, done.stdout)
