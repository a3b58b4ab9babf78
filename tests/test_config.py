"""Settings: what is read, where it is found, and what is said about mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tmscan.config import Config, PathSwitch, find_config, read_config
from tmscan.errors import TmscanError
from tmscan.libraries.declared import Declarations, DeclaredGuard, DeclaredPublic, DeclaredWrapper

FULL = """\
include = ["src/"]
exclude = ["src/old/", "!src/old/kept.py"]
include-tests = true
fail-on = "warning"
rule-folders = ["security/rules"]
rules = {enable = ["a", "b"], disable = ["b"]}
library-folders = ["security/libraries"]
public = ["/health", "GET,HEAD /docs"]
guards = ["shop.auth.signed_in"]

[[per-path]]
paths = ["scripts/*.py"]
disable = ["swallowed-error"]

[[per-path]]
paths = ["site/"]
public = ["/*"]

[[guard]]
name = "shop.auth.has_role"
kind = "authorization"
roles = ["clerk"]
methods = ["post"]

[[guard]]
name = "gateway"
covers = ["/internal/*"]
paths = ["services/"]

[[wrapper]]
name = "shop.web.page"

[[wrapper]]
name = "shop.web.Site.add"
path = [1]
handler = [0, "view"]
methods = ["verbs"]
default = ["post"]
"""


def expected(file: Path) -> Config:
    lines = file.read_text().splitlines()

    def line(word: str) -> int:
        return next(number for number, text in enumerate(lines, 1) if word in text)

    return Config(
        file=file,
        include=("src/",),
        exclude=("src/old/", "!src/old/kept.py"),
        include_tests=True,
        fail_on="warning",
        rule_folders=(file.parent / "security/rules",),
        enable=("a", "b"),
        disable=("b",),
        per_path=(PathSwitch(("scripts/*.py",), ("swallowed-error",)),),
        library_folders=(file.parent / "security/libraries",),
        declared=Declarations(
            file=str(file),
            folder=str(file.parent.resolve()),
            guards=(
                DeclaredGuard("shop.auth.signed_in"),
                DeclaredGuard("shop.auth.has_role", "authorization", ("clerk",), ("POST",), line=line("has_role")),
                DeclaredGuard("gateway", covers=("/internal/*",), paths=("services/",), line=line("gateway")),
            ),
            wrappers=(
                DeclaredWrapper("shop.web.page"),
                DeclaredWrapper("shop.web.Site.add", (1,), (0, "view"), ("verbs",), ("POST",)),
            ),
            public=(
                DeclaredPublic("/health", (), (), line("/health")),
                DeclaredPublic("/docs", ("GET", "HEAD"), (), line("/docs")),
                DeclaredPublic("/*", (), ("site/",), line("/*")),
            ),
        ),
    )


def test_every_key_of_a_file_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "tmscan.toml"
    file.write_text(FULL)
    assert read_config(file) == expected(file)


def test_every_key_of_pyproject(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text("[project]\nname='x'\n[tool.tmscan]\n" + FULL.replace("\n[[", "\n[[tool.tmscan."))
    assert read_config(file) == expected(file)


def test_nothing_set(tmp_path: Path) -> None:
    (tmp_path / "tmscan.toml").write_text("")
    assert read_config(tmp_path / "tmscan.toml") == Config(file=tmp_path / "tmscan.toml")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("exclud = []", ":1", ["'exclud'", "did you mean 'exclude'"]),
        ("fail_on = 'error'", ":1", ["'fail_on'", "did you mean 'fail-on'"]),
        ("\nfail-on = 'catastrophe'", ":2", ["catastrophe", "note, warning, error, never"]),
        ("fail-on = 3", ":1", ["fail-on", "choose one of"]),
        ("zebra = 1", ":1", ["'zebra'", "known: include"]),
        ("exclude = 'x'", ":1", ["exclude must be a list of texts"]),
        ("exclude = [1]", ":1", ["exclude must be a list of texts"]),
        ("include-tests = 'yes'", ":1", ["true or false"]),
        ("rules = ['a']", ":1", ["rules must be a table"]),
        ("rules = {enabel = ['a']}", ":1", ["'enabel'", "did you mean 'enable'"]),
        ("rules.disable = 'a'", ":1", ["disable must be a list"]),
        ("per-path = 1", ":1", ["per-path must be a list of tables"]),
        ("[[per-path]]\npaths = ['a']", ":1", ["per-path needs disable or public"]),
        ("[[per-path]]\ndisable = ['a']", ":1", ["per-path needs paths"]),
        ("guards = ['login']", ":1", ["'login'", "the whole dotted name"]),
        ("guards = ['a.b()']", ":1", ["'a.b()'", "the whole dotted name"]),
        ("public = ['health']", ":1", ["'health'", "write a path"]),
        ("public = ['/a /b']", ":1", ["'/a /b'", "write a path"]),
        ("guard = 1", ":1", ["guard must be a list of tables"]),
        ("[[guard]]\nkind = 'csrf'", ":1", ["guard needs name"]),
        ("[[guard]]\nname = 'a.b'\nkind = 'magic'", ":3", ["'magic'", "authentication, authorization"]),
        ("[[guard]]\nname = 'a.b'\nrole = ['x']", ":3", ["'role'", "did you mean 'roles'"]),
        ("[[guard]]\nname = 'gate'", ":1", ["'gate'", "the whole dotted name"]),
        ("[[wrapper]]\nname = 'a.b'\npath = 0", ":3", ["path must be a list of positions"]),
        ("[[wrapper]]\nname = 'a.b'\npath = [0.5]", ":3", ["path must be a list of positions"]),
        ("[[wrapper]]\nname = 3", ":1", ["wrapper needs name"]),
        ("[[per-path]]\npaths = ['a']\ndisable = ['b']\npath = 'c'", ":4", ["'path'", "did you mean 'paths'"]),
        ("exclude = [", "", ["not valid TOML", "end of document"]),
        ("a = 1\na = 2", "", ["not valid TOML"]),
    ],
)
def test_mistakes(tmp_path: Path, text: str, line: str, words: list[str]) -> None:
    file = tmp_path / "tmscan.toml"
    file.write_text(text)
    with pytest.raises(TmscanError) as caught:
        read_config(file)
    assert str(caught.value).startswith(f"{file}{line}: ")
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"[tool]\ntmscan = 'yes'\n", "must be a table"),
        (b"\xff# tmscan", "cannot be read"),
        (b"[tool.tmscan]\nx = " + b"[" * 5000, "not valid TOML"),
    ],
)
def test_mistakes_in_pyproject(tmp_path: Path, content: bytes, word: str) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_bytes(content)
    with pytest.raises(TmscanError, match=word):
        find_config(tmp_path)


def test_line_is_looked_for_below_our_heading(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text("[tool.ruff]\nexclude = 3\n\n[tool.tmscan]\nexclude = 3\n")
    with pytest.raises(TmscanError, match=r"pyproject\.toml:5: "):
        find_config(tmp_path)


def test_found_upward(tmp_path: Path) -> None:
    deep = tmp_path / "service" / "app"
    deep.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.tmscan]\nfail-on = 'note'\n")
    (tmp_path / "service" / "pyproject.toml").write_text("[project]\nname = 'service'\n")
    (deep / "views.py").write_text("")
    assert find_config(deep / "views.py").fail_on == "note", "a pyproject.toml without [tool.tmscan] says nothing"
    (tmp_path / "service" / "tmscan.toml").write_text("fail-on = 'warning'\n")
    assert find_config(deep).fail_on == "warning", "the nearest one holds"
    (tmp_path / "service" / "pyproject.toml").write_text("[tool.tmscan]\nfail-on = 'never'\n")
    assert find_config(deep).fail_on == "warning", "a file of its own comes before pyproject.toml"


def test_search_ends_at_the_work_tree(tmp_path: Path) -> None:
    (tmp_path / "tmscan.toml").write_text("fail-on = 'note'\n")
    (tmp_path / "checkout" / ".git").mkdir(parents=True)
    assert find_config(tmp_path / "checkout") == Config()


def test_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(TmscanError, match="no such configuration file"):
        read_config(tmp_path / "gone.toml")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    with pytest.raises(TmscanError, match=r"has no \[tool\.tmscan\]"):
        read_config(tmp_path / "pyproject.toml")
