"""`pytest --update` rewrites golden files instead of comparing with them; the change is then reviewed in the diff."""

from __future__ import annotations

import difflib
import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from calling import tmscan as tmscan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite golden files with what was produced")


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """The command switches the collector off for the rest of its process; this process goes on."""
    yield
    gc.enable()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares a text with a file, and fails with a diff; with `--update` it writes the file instead."""
    update = bool(request.config.getoption("--update"))

    def compare(path: Path, text: str) -> None:
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        name = path.relative_to(REPOSITORY).as_posix()
        if not path.exists():
            pytest.fail(f"{name} does not exist; run `pytest --update` and review it", pytrace=False)
        before = path.read_text(encoding="utf-8")
        if before != text:
            diff = difflib.unified_diff(before.splitlines(), text.splitlines(), name, "produced now", lineterm="")
            pytest.fail("\n".join(diff) or f"{name} differs in line ends only", pytrace=False)

    return compare


@pytest.fixture
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """For the real command: a cache of its own, no terminal, and UTF-8 whatever the locale says."""
    cache = tmp_path_factory.mktemp("cache")
    wanted = {"XDG_CACHE_HOME": str(cache), "PYTHONUTF8": "1", "NO_COLOR": "1", "TERM": "dumb"}
    return {**os.environ, **wanted}
