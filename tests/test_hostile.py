"""Code that attacks its reader: control characters and markup in names, modules that want to run; and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command import GOOD, command, inventory, paths, run

HOSTILE = Path(__file__).resolve().parent.parent / "fixtures" / "hostile"
ESC = "\x1b"


FORMATS = [
    ("scan", "text"),
    ("scan", "json"),
    ("scan", "sarif"),
    ("inventory", "text"),
    ("inventory", "json"),
    ("diagram", "mermaid"),
    ("diagram", "dot"),
]


@pytest.mark.parametrize(("subcommand", "form"), FORMATS)
def test_hostile_names(environment: dict[str, str], subcommand: str, form: str) -> None:
    words = [] if (subcommand, form) == ("inventory", "text") else ["--format", form]
    done = run(environment, subcommand, HOSTILE / "names", *words)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout
    assert ESC not in done.stdout + done.stderr, "an escape sequence of the scanned code reaches the terminal"
    assert "\x07" not in done.stdout
    assert "\u202e" not in done.stdout.replace("\\u202e", ""), "a right-to-left override reaches the reader"
    if form in ("json", "sarif"):
        json.loads(done.stdout)
    if form == "mermaid":
        assert "<script" not in done.stdout
        assert "\nclick " not in done.stdout
        assert "%%{init" not in done.stdout


def test_hostile_names_are_kept(environment: dict[str, str]) -> None:
    """JSON says what stands in the code, whatever it is."""
    found = paths(inventory(environment, HOSTILE / "names"))
    assert '/quo"te' in found
    assert "/new\nline" in found
    assert f"/{ESC}[31mred" in found
    assert "/<script>alert(1)</script>" in found


def test_hostile_file_name(environment: dict[str, str], tmp_path: Path) -> None:
    names = ["new\nline.py", f"{ESC}[2Jclear.py", "per%cent #hash.py", "ünïcode.py", "-dash.py"]
    for name in names:
        (tmp_path / name).write_text(GOOD)
    (tmp_path / os.fsdecode(b"\xff\xfe.py")).write_text(GOOD)
    for form in ("text", "json", "sarif"):
        done = run(environment, "scan", tmp_path, "--format", form)
        assert done.returncode in (0, 1)
        assert ESC not in done.stdout + done.stderr
    found = inventory(environment, tmp_path)
    assert len(found["endpoints"]) == len(names)
    assert len(found["skipped"]) == 1, "a name that is no text cannot stand in a report: it is left out, with a record"


def test_nothing_of_the_tree_is_executed(environment: dict[str, str], tmp_path: Path) -> None:
    """Modules that would leave a mark when imported, under every name that Python or a plug-in system might pick up."""
    mark = tmp_path / "mark"
    bomb = f"open({str(mark)!r}, 'w').close()\n"
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in ("sitecustomize", "usercustomize", "conftest", "setup", "tmscan", "libcst", "json", "yaml", "app"):
        (tree / f"{name}.py").write_text(bomb + GOOD)
    done = subprocess.run(
        command("scan", "."), cwd=tree, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    if mark.exists():
        # `python -m` puts the current folder first on the path; the installed command must not.
        mark.unlink()
        script = Path(sys.executable).with_name("tmscan")
        if not script.exists():
            pytest.skip("the console script is not installed")
        done = subprocess.run(
            [str(script), "scan", "."],
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert not mark.exists()
    assert done.returncode in (0, 1), done.stderr


# ---------------------------------------------------------------- interruption


def test_interrupt(environment: dict[str, str], tmp_path: Path) -> None:
    """Ctrl-C in a big scan: no traceback, no process left, within two seconds (twice that beside other tests)."""
    line = (
        "def f{0}(a, b):\n    if a > {0}:\n        return [g(x, y={0}) for x in b if x.z]\n    return h(a)[b].c\n\n\n"
    )
    text = "".join(line.format(number) for number in range(1500))
    for number in range(60):
        (tmp_path / f"m{number}.py").write_text(f"# {number}\n{text}")
    process = subprocess.Popen(
        command("scan", tmp_path),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    group = os.getpgid(process.pid)
    time.sleep(3)
    assert process.poll() is None, "the tree is too small to interrupt"
    started = time.monotonic()
    os.killpg(group, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    elapsed = time.monotonic() - started
    assert process.returncode in (130, 2, -signal.SIGINT), err
    assert "Traceback" not in out + err, err
    assert elapsed < 4, f"took {elapsed:.1f} s to stop"
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("child processes are left")
