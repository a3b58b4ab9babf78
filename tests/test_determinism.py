"""Same input, same bytes: whatever the hash seed, the cache, the folder it lies in or the order of files on disk."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command import run

SHOP = Path(__file__).resolve().parent.parent / "fixtures" / "apps" / "shop"


@pytest.mark.parametrize(
    ("subcommand", "form"),
    [
        ("scan", "text"),
        ("scan", "json"),
        ("scan", "sarif"),
        ("inventory", "json"),
        ("diagram", "mermaid"),
        ("diagram", "dot"),
    ],
)
def test_same_bytes(environment: dict[str, str], tmp_path: Path, subcommand: str, form: str) -> None:
    copy = tmp_path / "shop"
    copy.mkdir()
    for path in sorted(SHOP.rglob("*"), reverse=True):  # another order of creation than a checkout has
        if path.is_file() and "__pycache__" not in path.parts:
            (copy / path.relative_to(SHOP)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy / path.relative_to(SHOP))
    cold = run({**environment, "PYTHONHASHSEED": "1"}, subcommand, SHOP, "--format", form)
    warm = run({**environment, "PYTHONHASHSEED": "2"}, subcommand, SHOP, "--format", form)
    moved = run({**environment, "PYTHONHASHSEED": "3", "LC_ALL": "C"}, subcommand, copy, "--format", form)
    assert cold.stdout
    assert warm.stdout == cold.stdout
    assert moved.stdout.replace(str(tmp_path), "") == cold.stdout.replace(str(SHOP.parent), "")


def test_lines_do_not_matter_for_fingerprints(environment: dict[str, str], tmp_path: Path) -> None:
    """Two blank lines at the top of every file move every finding and change none."""
    moved = tmp_path / "shop"
    shutil.copytree(SHOP, moved, ignore=shutil.ignore_patterns("__pycache__"))
    for path in moved.rglob("*.py"):
        path.write_text("\n\n" + path.read_text("utf-8"), "utf-8")
    assert fingerprints(environment, SHOP) == fingerprints(environment, moved)


def fingerprints(environment: dict[str, str], folder: Path) -> list[tuple[str, str]]:
    results = json.loads(run(environment, "scan", folder, "--format", "sarif").stdout)["runs"][0]["results"]
    return sorted((item["ruleId"], item["partialFingerprints"]["tmscan/v1"]) for item in results)
