"""Runs the real command in a process of its own, and reads what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

GOOD = 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.get("/fine")\ndef fine():\n    return "ok"\n'


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "tmscan.cli", *map(str, words)]


def run(environment: dict[str, str], *words: str | Path, limit: float = 120) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(*words), env=environment, capture_output=True, text=True, timeout=limit, check=False, encoding="utf-8"
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said and "internal error" not in said, done.stderr
    assert done.returncode in (0, 1, 2), done.stderr
    return done


def inventory(
    environment: dict[str, str], *words: str | Path, limit: float = 120
) -> dict[str, list[dict[str, object]]]:
    done = run(environment, "inventory", *words, "--format", "json", limit=limit)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert isinstance(result, dict)
    return result


def paths(found: dict[str, list[dict[str, object]]]) -> list[object]:
    return [endpoint["path"] for endpoint in found["endpoints"]]


def mentions(found: dict[str, list[dict[str, object]]], file: str) -> bool:
    """Whether some record says that this file was not (wholly) read."""
    records = [*found["unknowns"], *found.get("skipped", [])]
    return any(item.get("file") == file and item.get("reason") for item in records)
