"""The commands in this process: what they write where, and the code they leave with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from calling import Call, Said
from command import GOOD

from tmscan.cli import main

BAD = """\
import sqlite3
from flask import Flask, request
app = Flask(__name__)


@app.get("/notes")
def notes():
    word = request.args["word"]
    return sqlite3.connect("notes.db").execute("SELECT * FROM notes WHERE text = '" + word + "'").fetchall()
"""
ODD = "from flask import Flask\napp = Flask(__name__)\nimport rules\napp.add_url_rule(rules.path(), view_func=print)\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "good.py").write_text(GOOD)
    (folder / "bad.py").write_text(BAD)
    return folder


# ---------------------------------------------------------------- exit codes


def test_findings_make_the_exit_code(tmscan: Call, tree: Path) -> None:
    said = tmscan("scan", tree)
    assert said.code == 1
    assert "[sql-built-from-input]" in said.out
    assert said.err == ""
    assert tmscan("scan", tree, "--fail-on", "never").code == 0
    (tree / "bad.py").unlink()
    assert tmscan("scan", tree).code == 0


@pytest.mark.parametrize(("threshold", "code"), [("note", 1), ("warning", 0), ("error", 0), ("never", 0)])
def test_threshold(tmscan: Call, tree: Path, threshold: str, code: int) -> None:
    """A store that is read for anybody is a note."""
    (tree / "bad.py").write_text(BAD.replace("+ word +", "+").replace('word = request.args["word"]', "pass"))
    rules = {item["rule"]: item["level"] for item in json.loads(tmscan("scan", tree, "-f", "json").out)["findings"]}
    assert set(rules.values()) == {"note"}, rules
    assert tmscan("scan", tree, "--fail-on", threshold).code == code


def test_strict(tmscan: Call, tree: Path) -> None:
    (tree / "bad.py").write_text(ODD)
    assert tmscan("inventory", tree).code == 0
    assert tmscan("inventory", tree, "--strict").code == 1
    assert tmscan("scan", tree, "--strict", "--fail-on", "never").code == 1
    (tree / "bad.py").unlink()
    assert tmscan("scan", tree, "--strict").code == 0


def test_mistake_of_ours_is_confessed(
    tmscan: Call, tree: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("odd \x1b[31m value")

    monkeypatch.setattr("tmscan.dfd.model.build_model", broken)
    said = tmscan("scan", tree)
    assert said.code == 2
    assert "internal error: ValueError: odd \\x1b[31m value" in said.err
    assert "tmscan --debug" in said.err
    monkeypatch.setattr(sys, "argv", ["tmscan", "--debug", "scan", str(tree)])
    with pytest.raises(ValueError, match="odd"):
        main()
    capfdbinary.readouterr()


def test_interrupt(tmscan: Call, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tmscan.dfd.model.build_model", interrupted)
    assert tmscan("scan", tree).code == 130


# ---------------------------------------------------------------- suppression and settings


def test_suppressed_findings_do_not_count(tmscan: Call, tree: Path) -> None:
    line = '    return sqlite3.connect("notes.db")'
    comment = "    # tmscan: ignore[sql-built-from-input] reason=one reader, see notes\n"
    (tree / "bad.py").write_text(BAD.replace(line, comment + line))
    said = tmscan("scan", tree)
    assert said.code == 0, said.out
    assert "1 suppressed" in said.out
    assert "see notes" not in said.out
    assert "bad.py:10  sql-built-from-input: one reader, see notes" in tmscan("scan", tree, "--show-suppressed").out
    assert "sql-built-from-input" not in results(tmscan("scan", tree, "-f", "sarif"))
    assert "sql-built-from-input" in results(tmscan("scan", tree, "-f", "sarif", "--show-suppressed"))


def results(said: Said) -> list[str]:
    return [result["ruleId"] for result in json.loads(said.out)["runs"][0]["results"]]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("", 1),
        ("fail-on = 'never'", 0),
        ("exclude = ['bad.py']", 0),
        ("include = ['good.py']", 0),
        ("rules.disable = ['sql-built-from-input']", 0),
        ("rules.enable = ['any-origin']", 0),
        ("rules.enable = ['sql-built-from-input']", 1),
        ("[[per-path]]\npaths = ['bad.py']\ndisable = ['sql-built-from-input']", 0),
        ("[[per-path]]\npaths = ['good.py']\ndisable = ['sql-built-from-input']", 1),
        ("rules.disable = ['sql-built-from-inptu']", 2),
        ("[[per-path]]\npaths = ['bad.py']\ndisable = ['sql-built-from-inptu']", 2),
    ],
)
def test_settings(tmscan: Call, tree: Path, settings: str, code: int) -> None:
    (tree / "tmscan.toml").write_text(settings)
    said = tmscan("scan", tree)
    assert said.code == code
    if code == 2:
        assert "did you mean 'sql-built-from-input'" in said.err
        assert "tmscan.toml: " in said.err
    assert tmscan("scan", tree, "--no-config").code == 1


def test_settings_hold_for_named_files(tmscan: Call, tree: Path) -> None:
    (tree / "tmscan.toml").write_text("exclude = ['bad.py']")
    assert tmscan("scan", tree / "bad.py").code == 0
    (tree / "tmscan.toml").write_text("[[per-path]]\npaths = ['bad.py']\ndisable = ['sql-built-from-input']")
    said = tmscan("scan", tree / "bad.py", "--show-suppressed")
    assert said.code == 0
    assert "switched off for bad.py in tmscan.toml" in said.out


def test_settings_file_by_name(tmscan: Call, tree: Path, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("fail-on = 'never'")
    assert tmscan("scan", tree, "--config", tmp_path / "own.toml").code == 0
    assert tmscan("scan", tree, "--config", tmp_path / "gone.toml").code == 2
    assert tmscan("scan", tree, "--config", tmp_path / "own.toml", "--fail-on", "error").code == 1


def test_rules_of_ones_own_from_settings(tmscan: Call, tree: Path) -> None:
    own = tree / "own"
    own.mkdir()
    (own / "any-sql.yaml").write_text(
        "title: SQL\nstride: tampering\nlevel: error\nconfidence: high\neach: sink\nwhere:\n  kind: sql\n"
        'message: "SQL in {function}"\nwhy: because\nfix: do not\n'
    )
    (tree / "tmscan.toml").write_text("rule-folders = ['own']\nrules.enable = ['any-sql']\n")
    said = tmscan("scan", tree)
    assert said.code == 1
    assert "SQL in bad.notes" in said.out
    assert "any-sql" in tmscan("rules", "--rules", own).out
    assert "SQL." in tmscan("explain", "any-sql", "--rules", own).out


def test_verbose_says_what_applies(tmscan: Call, tree: Path) -> None:
    (tree / "tmscan.toml").write_text("exclude = ['bad.py']")
    said = tmscan("scan", tree, "--verbose")
    assert "tree/tmscan.toml" in said.err
    assert "left out: bad.py" in said.err
    assert tmscan("scan", tree).err == ""


# ---------------------------------------------------------------- output


@pytest.mark.parametrize("form", ["text", "sarif", "json", "github", "markdown"])
def test_output_file_is_what_would_be_printed(tmscan: Call, tree: Path, tmp_path: Path, form: str) -> None:
    printed = tmscan("scan", tree, "--format", form)
    written = tmscan("scan", tree, "--format", form, "--output", "out.txt")
    assert (written.out, written.code) == ("", 1)
    assert (tmp_path / "out.txt").read_text("utf-8") == printed.out
    assert [path.name for path in tmp_path.glob(".out*")] == []


def test_output_replaces_and_keeps_the_mode(tmscan: Call, tree: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("before")
    out.chmod(0o640)
    (tmp_path / "link.json").symlink_to(out)
    assert tmscan("inventory", tree, "--format", "json", "--output", "link.json").code == 0
    assert json.loads(out.read_text())["files"] == 2
    assert (tmp_path / "link.json").is_symlink()
    assert out.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("place", ["nowhere/out.json", "tree"])
def test_output_that_cannot_be(tmscan: Call, tree: Path, place: str) -> None:
    for words in (("scan", tree), ("inventory", tree), ("diagram", tree), ("model", tree), ("rules",)):
        said = tmscan(*words, "--output", place)
        assert said.code == 2
        assert place in said.err


def test_output_to_nowhere(tmscan: Call, tree: Path) -> None:
    assert tmscan("inventory", tree, "--output", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


def test_paths_are_relative_to_the_root(tmscan: Call, tree: Path) -> None:
    assert [item["file"] for item in endpoints(tmscan("inventory", tree, "-f", "json"))] == ["good.py", "bad.py"]
    below = endpoints(tmscan("inventory", tree, "-f", "json", "--root", "."))
    assert [item["file"] for item in below] == ["tree/good.py", "tree/bad.py"]
    assert tmscan("inventory", tree, "--root", tree / "nowhere").code == 2


def endpoints(said: Said) -> list[dict[str, str]]:
    return list(json.loads(said.out)["endpoints"])


# ---------------------------------------------------------------- diagram, model, rules


def test_diagrams(tmscan: Call, tree: Path) -> None:
    assert "flowchart" in tmscan("diagram", tree).out
    assert tmscan("diagram", tree, "--format", "dot").out.startswith("digraph")
    context = tmscan("diagram", tree, "--level", "context").out
    assert "context" in context
    assert "abc123" in tmscan("diagram", tree, "--revision", "abc123").out
    several = tmscan("diagram", tree, "--level", "component")
    assert several.code == 2
    assert "--focus" in several.err
    name = several.err.rpartition(": ")[2].split(",")[0].strip()
    assert "flowchart" in tmscan("diagram", tree, "--focus", name).out
    wrong = tmscan("diagram", tree, "--focus", name + "x")
    assert wrong.code == 2
    assert f"did you mean '{name}'" in wrong.err


def test_picture(tmscan: Call, tree: Path) -> None:
    pytest.importorskip("pygraphviz", reason="the extra `diagram` is not installed")
    assert tmscan("diagram", tree, "--format", "svg", "--output", "d.svg").code == 0
    assert b"<svg" in Path("d.svg").read_bytes()


def test_model_is_written_again_until_it_is_edited(tmscan: Call, tree: Path) -> None:
    said = tmscan("model", tree)
    assert said.code == 0
    wrote, *flaws = said.err.splitlines()
    assert wrote.startswith("tmscan: wrote threatmodel.yaml: ")
    assert all(line.startswith("tmscan: look again: ") for line in flaws)
    file = Path("threatmodel.yaml")
    first = file.read_bytes()
    assert yaml.safe_load(first)["name"] == "tree"
    assert tmscan("model", tree, "--quiet") == Said(0, "", "")
    assert file.read_bytes() == first
    assert tmscan("model", tree, "--output", "-").out.encode() == first
    file.write_bytes(first + b"# ours\n")
    refused = tmscan("model", tree)
    assert refused.code == 2
    assert "--force" in refused.err
    assert file.read_bytes() == first + b"# ours\n"
    assert tmscan("model", tree, "--force").code == 0
    assert file.read_bytes() == first


def test_rules_and_their_prose(tmscan: Call) -> None:
    listed = json.loads(tmscan("rules", "--format", "json").out)["rules"]
    assert len(listed) >= 20
    text = tmscan("rules").out
    assert all(rule["id"] in text for rule in listed)
    prose = " ".join(tmscan("explain", "sql-built-from-input").out.split())
    for part in ("CWE-89", "Why it matters:", "What to do:", "When it is a false alarm:", "Example 1:", "level error"):
        assert part in prose
    wrong = tmscan("explain", "sql-built-from-inptu")
    assert wrong.code == 2
    assert "did you mean 'sql-built-from-input'" in wrong.err


# ---------------------------------------------------------------- terminals and pipes


def test_a_reader_that_goes_away_is_no_error(tree: Path, environment: dict[str, str]) -> None:
    read, written = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "tmscan", "inventory", str(tree), "--format", "json"],
        env=environment, stdout=written, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(written)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_output_that_is_full_or_closed(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "tmscan", "rules"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("tmscan: standard output: cannot be written")
    closed = ["sh", "-c", 'exec "$@" >&-', "sh", *command]
    done = subprocess.run(closed, env=environment, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "tmscan: standard output is closed; name a file with --output\n"


def test_colour_only_on_a_terminal(tree: Path, environment: dict[str, str]) -> None:
    plain = on_terminal(environment, "inventory", str(tree))
    assert "\x1b" not in plain, "NO_COLOR is set"
    coloured = {name: value for name, value in environment.items() if name != "NO_COLOR"}
    assert "\x1b[" in on_terminal({**coloured, "TERM": "xterm-256color"}, "inventory", str(tree))
    assert "\x1b" not in on_terminal({**coloured, "TERM": "dumb"}, "inventory", str(tree))


def on_terminal(environment: dict[str, str], *words: str) -> str:
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tmscan", *words], env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    parts: list[bytes] = []
    while part := read_terminal(ours):
        parts.append(part)
    os.close(ours)
    assert process.wait() == 0
    return b"".join(parts).decode()


def read_terminal(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that the other side is closed
        return b""
