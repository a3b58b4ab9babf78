"""`tmscan scan --hook`: whole projects are read, the files being committed are reported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from calling import Call

MODELS = """\
import sqlite3


def find(word):
    return sqlite3.connect("notes.db").execute("SELECT * FROM notes WHERE text = '" + word + "'").fetchall()
"""
VIEWS = """\
from flask import Flask, request

from models import find

app = Flask(__name__)


@app.get("/notes")
def notes():
    return find(request.args["word"])
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with an input in one file and the statement it reaches in another."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "views.py").write_text(VIEWS)
    return tmp_path


def findings(text: str) -> set[tuple[str, str]]:
    return {(item["file"], item["rule"]) for item in json.loads(text)["findings"] if item["state"] == "open"}


def test_the_whole_project_is_read_and_the_files_are_reported(tmscan: Call, project: Path) -> None:
    said = tmscan("scan", "--hook", "models.py", "--format", "json")
    assert ("models.py", "sql-built-from-input") in findings(said.out), "the input is in another file"
    assert {file for file, _ in findings(said.out)} == {"models.py"}
    assert said.code == 1
    other = tmscan("scan", "--hook", "views.py")
    assert other.code == 0
    assert "sql-built-from-input" not in other.out
    assert tmscan("scan", "--hook", project / "views.py", project / "models.py").code == 1


def test_what_is_not_seen_is_told_of_these_files_only(tmscan: Call, project: Path) -> None:
    (project / "broken.py").write_text("def broken(:\n")
    assert "broken.py" not in tmscan("scan", "--hook", "views.py").out
    assert tmscan("scan", "--hook", "views.py", "--strict").code == 0
    assert "broken.py" in tmscan("scan", "--hook", "broken.py").out
    assert tmscan("scan", "--hook", "broken.py", "--strict").code == 1


def test_settings_hold(tmscan: Call, project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.tmscan]\nexclude = ['models.py']\n")
    assert tmscan("scan", "--hook", "models.py").code == 0
    (project / "pyproject.toml").write_text("[tool.tmscan]\nfail-on = 'never'\n")
    assert tmscan("scan", "--hook", "models.py").code == 0
    assert tmscan("scan", "--hook", "models.py", "--fail-on", "error").code == 1


def test_tests_are_not_read_because_they_are_committed(tmscan: Call, project: Path) -> None:
    (project / "tests").mkdir()
    (project / "tests" / "test_models.py").write_text(VIEWS + MODELS)
    assert tmscan("scan", "--hook", "tests/test_models.py").code == 0


def test_several_projects_in_one_commit(tmscan: Call, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").write_text(f"[project]\nname = '{name}'\n")
        (tmp_path / name / "models.py").write_text(MODELS)
        (tmp_path / name / "views.py").write_text(VIEWS)
    said = tmscan("scan", "--hook", "one/models.py", "two/models.py")
    assert said.code == 1
    assert "one/models.py:5" in said.out
    assert "two/models.py:5" in said.out
    assert "two" not in tmscan("scan", "--hook", "one/models.py").out
    several = tmscan("scan", "--hook", "one/models.py", "two/models.py", "--format", "sarif")
    assert several.code == 2
    assert "2 projects" in several.err


def test_no_files_and_missing_files(tmscan: Call, project: Path) -> None:
    assert tmscan("scan", "--hook").code == 0
    assert (project / "models.py").exists()
    assert tmscan("scan", "--hook", "gone.py").code == 2
