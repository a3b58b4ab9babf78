"""Calls the command in this process: quicker than `command.py`, with the same words, streams and exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tmscan.cli import main


@dataclass(frozen=True, slots=True)
class Said:
    code: int
    out: str
    err: str


Call = Callable[..., Said]


@pytest.fixture
def tmscan(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> Callable[..., Said]:
    """Calls `tmscan` with words, standing in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))

    def call(*words: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["tmscan", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capfdbinary.readouterr()
        assert b"Traceback" not in out + err
        return Said(int(left.value.code or 0), out.decode(), err.decode())

    return call
