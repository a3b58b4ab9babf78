"""The real pre-commit with the real hook: `try-repo`, a commit that is refused and one that passes.

pre-commit builds an environment from the package index, so this runs only when asked for: `pytest -m network`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PRE_COMMIT = shutil.which("pre-commit", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
GIT = shutil.which("git")
BAD = """\
import subprocess
from flask import Flask, request
app = Flask(__name__)


@app.post("/ping")
def ping():
    return subprocess.run("ping " + request.form["host"], shell=True, capture_output=True).stdout
"""
GOOD = 'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get("/fine")\ndef fine():\n    return "ok"\n'
CONFIG = """\
repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: tmscan
"""
OFFLINE = ("Could not fetch URL", "NewConnectionError", "No matching distribution", "Temporary failure in name")

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(PRE_COMMIT is None or GIT is None, reason="pre-commit and git are needed"),
    pytest.mark.skipif(not (REPOSITORY / ".git").exists(), reason="the hook is installed from a git checkout"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """pre-commit's environments, and the clone they are made from, are shared by the tests."""
    place = tmp_path_factory.mktemp("home")
    run(["git", "clone", "--quiet", str(REPOSITORY), str(place / "tmscan")], place, place)
    return place


@pytest.fixture
def repository(home: Path, tmp_path: Path) -> Path:
    run(["git", "init", "--quiet"], tmp_path, home)
    (tmp_path / "app.py").write_text(GOOD)
    run(["git", "add", "app.py"], tmp_path, home)
    return tmp_path


def run(command: list[str], folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    who = {f"GIT_{role}_{what}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        **who,
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    if any(sign in done.stdout + done.stderr for sign in OFFLINE):
        pytest.skip("the package index cannot be reached")
    return done


def test_try_repo(home: Path, repository: Path) -> None:
    command = [str(PRE_COMMIT), "try-repo", str(home / "tmscan"), "tmscan", "--all-files"]
    done = run(command, repository, home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout
    (repository / "app.py").write_text(BAD)
    done = run(command, repository, home)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "app.py:8" in done.stdout


def test_a_refused_and_a_passing_commit(home: Path, repository: Path) -> None:
    revision = run(["git", "rev-parse", "HEAD"], home / "tmscan", home).stdout.strip()
    (repository / ".pre-commit-config.yaml").write_text(
        CONFIG.format(repository=home / "tmscan", revision=revision), encoding="utf-8"
    )
    run(["git", "add", ".pre-commit-config.yaml"], repository, home)
    installed = run([str(PRE_COMMIT), "install"], repository, home)
    assert installed.returncode == 0, installed.stderr
    passed = run(["git", "commit", "-m", "One"], repository, home)
    assert passed.returncode == 0, passed.stdout + passed.stderr

    (repository / "ping.py").write_text(BAD)
    run(["git", "add", "ping.py"], repository, home)
    refused = run(["git", "commit", "-m", "Two"], repository, home)
    assert refused.returncode != 0
    assert "command-from-input" in refused.stdout + refused.stderr
    assert "ping.py:8" in refused.stdout + refused.stderr

    # What is not part of a commit does not hold it up, although it is read.
    run(["git", "reset", "--quiet", "ping.py"], repository, home)
    (repository / "more.py").write_text(GOOD.replace("fine", "more"))
    run(["git", "add", "more.py"], repository, home)
    passed = run(["git", "commit", "-m", "Three"], repository, home)
    assert passed.returncode == 0, passed.stdout + passed.stderr
