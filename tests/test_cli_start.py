"""Starting up: what asking for help, a version or the rules may load, and how long it may take."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

# What only a command that scans, draws or writes SARIF may load.
HEAVY = {"libcst", "networkx", "sarif_om", "pygraphviz", "rich", "jsonschema", "multiprocessing", "asyncio", "sqlite3"}
TIMES = 2.2  # what a program costs that only loads typer


ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def started(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tmscan", *words],
        env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [("--help",), ("--version",), ("scan", "--help"), ("rules",), ("explain", "sql-built-from-input"), ("scam",)],
    ids=" ".join,
)
def test_nothing_heavy_is_loaded(words: tuple[str, ...]) -> None:
    done = started(*words)
    assert done.returncode == (2 if words == ("scam",) else 0), done.stderr
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert "tmscan" in loaded
    assert HEAVY & loaded == set()


@pytest.mark.parametrize("words", [("--help",), ("--version",)], ids=" ".join)
@pytest.mark.skipif(os.name == "nt", reason="wait4 is needed to measure one child")
def test_the_answer_comes_at_once(words: tuple[str, ...]) -> None:
    """Processor time, the best of five, beside that of the library for commands: a busy machine slows down both."""
    started(*words)  # compiles what is not compiled yet
    pairs = [(processor_time("-m", "tmscan", *words), processor_time("-c", "import typer")) for _ in range(5)]
    assert min(mine for mine, _ in pairs) < TIMES * min(bare for _, bare in pairs)


def processor_time(*words: str) -> float:
    process = subprocess.Popen([sys.executable, *words], env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime
