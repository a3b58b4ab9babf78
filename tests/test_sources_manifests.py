"""Manifests and lock files: what they ask for, on which line, and what a malformed one leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tmscan.sources.manifests import Manifests
from tmscan.sources.project import read_project

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = """\
[build-system]
requires = ["hatchling"]

[project]
name = "shop"
dependencies = [
    "Flask>=3",
    'requests[socks]==2.32.0; python_version >= "3.9"',
    "lib @ git+https://user:secret@example.org/lib.git@v1",
]

[project.optional-dependencies]
pdf = ["reportlab"]

[dependency-groups]
dev = ["pytest>=8", {include-group = "lint"}]
lint = ["ruff"]

[tool.uv]
dev-dependencies = ["mypy"]
"""
POETRY = """\
[tool.poetry]
name = "shop"

[tool.poetry.dependencies]
python = "^3.11"
Django = "^5.0"
celery = {version = "5.4.0", extras = ["redis"], markers = "sys_platform != 'win32'"}
own = {git = "https://example.org/own.git"}
any-thing = "*"
multi = [{version = "1.0", python = "<3.12"}, {version = "2.0", python = ">=3.12"}]

[tool.poetry.group.test.dependencies]
pytest = ">=8"
"""
REQUIREMENTS = """\
# comment
-i https://example.org/simple
--extra-index-url=https://example.org/simple
flask==3.0.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
Requests[socks] >= 2 ; python_version < "3.12"  # why
-e git+https://github.com/x/y.git@main#egg=My_Lib
https://example.org/wheels/pkg_a-1.2-py3-none-any.whl
-e .
./local
b @ https://t:o@example.org/b.zip
-r more/extra.txt
-c constraints.txt
"""
SETUP_PY = """\
from setuptools import setup
import os
BASE = ["flask>=3"]
setup(
    name="shop",
    install_requires=BASE + [
        "requests",
        *os.listdir("."),
    ],
    extras_require={"pdf": ["reportlab"], ":python_version<'3'": ["six"]},
    tests_require='''
        pytest
    ''',
)
"""
SETUP_CFG = """\
[metadata]
name = shop

[options]
install_requires =
    flask>=3
    # comment
    requests; python_version < "4"

[options.extras_require]
pdf = reportlab
"""
PIPFILE = """\
[[source]]
url = "https://example.org/simple"

[packages]
flask = "==3.0.0"
django = {version = ">=4", markers = "os_name == 'posix'"}

[dev-packages]
pytest = "*"
"""
METADATA = """\
Metadata-Version: 2.1
Name: Shop
License: words
~
        more words
Requires-Dist: flask (>=3)
Requires-Dist: six (<2) ; python_version < '3'
Requires-Dist: reportlab>=4; extra == "pdf"

Requires-Dist: not-a-header
""".replace("~", " " * 8)

# file, text, {(distribution, specifier, version, hashed, group, line)}
TABLE = [
    (
        "pyproject.toml",
        PYPROJECT,
        {
            ("flask", ">=3", "", False, "", 7),
            ("requests", "==2.32.0", "2.32.0", False, "", 8),
            ("lib", "@ git+https://example.org/lib.git@v1", "", False, "", 9),
            ("reportlab", "", "", False, "pdf", 13),
            ("pytest", ">=8", "", False, "dev", 16),
            ("ruff", "", "", False, "lint", 17),
            ("mypy", "", "", False, "dev", 20),
        },
    ),
    (
        "pyproject.toml",
        POETRY,
        {
            ("django", "^5.0", "", False, "", 6),
            ("celery", "5.4.0", "5.4.0", False, "", 7),
            ("own", "@ https://example.org/own.git", "", False, "", 8),
            ("any-thing", "", "", False, "", 9),
            ("multi", "1.0", "1.0", False, "", 10),
            ("multi", "2.0", "2.0", False, "", 10),
            ("pytest", ">=8", "", False, "test", 13),
        },
    ),
    (
        "requirements.txt",
        REQUIREMENTS,
        {
            ("flask", "==3.0.0", "3.0.0", True, "", 4),
            ("requests", ">=2", "", False, "", 7),
            ("my-lib", "@ git+https://github.com/x/y.git@main#egg=My_Lib", "", False, "", 8),
            ("pkg-a", "@ https://example.org/wheels/pkg_a-1.2-py3-none-any.whl", "1.2", False, "", 9),
            ("b", "@ https://example.org/b.zip", "", False, "", 12),
        },
    ),
    (
        "setup.py",
        SETUP_PY,
        {
            ("flask", ">=3", "", False, "", 3),
            ("requests", "", "", False, "", 7),
            ("reportlab", "", "", False, "pdf", 10),
            ("six", "", "", False, "", 10),
            ("pytest", "", "", False, "test", 12),
        },
    ),
    (
        "setup.cfg",
        SETUP_CFG,
        {
            ("flask", ">=3", "", False, "", 6),
            ("requests", "", "", False, "", 8),
            ("reportlab", "", "", False, "pdf", 11),
        },
    ),
    (
        "Pipfile",
        PIPFILE,
        {
            ("flask", "==3.0.0", "3.0.0", False, "", 5),
            ("django", ">=4", "", False, "", 6),
            ("pytest", "", "", False, "dev", 9),
        },
    ),
    (
        "shop-1.dist-info/METADATA",
        METADATA,
        {
            ("flask", ">=3", "", False, "", 6),
            ("six", "<2", "", False, "", 7),
            ("reportlab", ">=4", "", False, "pdf", 8),
        },
    ),
    ("requirements/dev.txt", "pytest\n", {("pytest", "", "", False, "dev", 1)}),
    (
        "requirements/base.txt",
        "flask\r\ncelery\r\n",
        {("flask", "", "", False, "", 1), ("celery", "", "", False, "", 2)},
    ),
    ("dev-requirements.in", "pytest\n", {("pytest", "", "", False, "dev", 1)}),
    ("uv.lock", '[[package]]\nname = "six"\nversion = "1.16.0"\n', {("six", "", "1.16.0", False, "locked", 2)}),
]


@pytest.mark.parametrize(("file", "text", "expected"), TABLE)
def test_manifests(tmp_path: Path, file: str, text: str, expected: set[tuple[object, ...]]) -> None:
    found = read(tmp_path, {file: text})
    rows = {(r.distribution, r.specifier, r.version, r.hashed, r.group, r.line) for r in found.requirements}
    assert rows == expected
    assert {r.file for r in found.requirements} == {file}


def test_markers_are_kept(tmp_path: Path) -> None:
    found = read(tmp_path, {"requirements.txt": 'a; python_version < "3.12"\n', "Pipfile": PIPFILE})
    assert {r.distribution: r.marker for r in found.requirements if r.marker} == {
        "a": 'python_version < "3.12"',
        "django": "os_name == 'posix'",
    }


def test_included_files_are_read_once_even_in_a_circle(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "-r more/a.txt\n-c more/limits.txt\nflask\n",
        "more/a.txt": "-r ../requirements.txt\n-r a.txt\nrequests\n",
        "more/limits.txt": "jinja2==3.1.0\n",
    }
    found = read(tmp_path, files)
    assert [(r.distribution, r.file, r.line) for r in found.requirements] == [
        ("requests", "more/a.txt", 3),
        ("jinja2", "more/limits.txt", 1),
        ("flask", "requirements.txt", 3),
    ]
    assert not found.skipped


def test_included_files_outside_the_tree_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "outer.txt").write_text("secret\n")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "link.txt").symlink_to(tmp_path / "outer.txt")
    lines = "-r ../outer.txt\n-r /etc/passwd\n-r https://example.org/r.txt\n-r gone.txt\n-r link.txt\nflask\n"
    found = read(tmp_path / "root", {"requirements.txt": lines})
    assert [r.distribution for r in found.requirements] == ["flask"]
    assert [(note.file, note.line) for note in found.skipped] == [
        ("gone.txt", 0),
        ("requirements.txt", 1),
        ("requirements.txt", 2),
        ("requirements.txt", 3),
        ("requirements.txt", 5),
    ]


POETRY_LOCK = """\
[[package]]
name = "flask"
version = "3.0.3"
files = [{file = "flask.whl", hash = "sha256:aa"}]

[[package]]
name = "jinja2"
version = "3.1.4"
"""
UV_LOCK = """\
version = 1

[[package]]
name = "shop"
source = { editable = "." }

[[package]]
name = "flask"
version = "3.0.3"
sdist = { url = "https://example.org/flask.tar.gz", hash = "sha256:aa" }

[[package]]
name = "numpy"
version = "1.26.0"

[[package]]
name = "numpy"
version = "2.10.0"
"""
PIPFILE_LOCK = """\
{
    "_meta": {"hash": {"sha256": "x"}},
    "default": {
        "flask": {"hashes": ["sha256:aa"], "version": "==3.0.3"},
        "jinja2": {"version": "==3.1.4", "markers": "python_version >= '3'"}
    }
}
"""
PYLOCK = """\
lock-version = "1.0"
[[packages]]
name = "flask"
version = "3.0.3"
wheels = [{url = "https://example.org/flask.whl", hashes = {sha256 = "aa"}}]
[[packages]]
name = "shop"
directory = {path = "."}
"""
LOCKS = [
    ("poetry.lock", POETRY_LOCK, [("jinja2", "3.1.4", 7)]),
    ("uv.lock", UV_LOCK, [("numpy", "1.26.0", 13), ("numpy", "2.10.0", 17)]),
    ("Pipfile.lock", PIPFILE_LOCK, [("jinja2", "3.1.4", 5)]),
    ("pylock.toml", PYLOCK, []),
    ("pylock.prod.toml", PYLOCK, []),
]


@pytest.mark.parametrize(("file", "text", "locked"), LOCKS)
def test_locked_versions_are_put_on_what_is_asked_for(
    tmp_path: Path, file: str, text: str, locked: list[tuple[str, str, int]]
) -> None:
    pyproject = '[project]\nname = "shop"\ndependencies = ["Flask>=3"]\n'
    found = read(tmp_path, {file: text, "pyproject.toml": pyproject})
    asked = [r for r in found.requirements if r.group != "locked"]
    assert [(r.distribution, r.specifier, r.version, r.hashed, r.file) for r in asked] == [
        ("flask", ">=3", "3.0.3", True, "pyproject.toml")
    ]
    assert [(r.distribution, r.version, r.line) for r in found.requirements if r.group == "locked"] == locked


def test_each_application_has_its_own_lock(tmp_path: Path) -> None:
    files = {}
    for app, version in (("a", "1.0"), ("b", "2.0")):
        files[f"{app}/pyproject.toml"] = '[project]\ndependencies = ["flask"]\n'
        files[f"{app}/uv.lock"] = f'[[package]]\nname = "flask"\nversion = "{version}"\n'
    found = read(tmp_path, files)
    assert [(r.file, r.version) for r in found.requirements] == [
        ("a/pyproject.toml", "1.0"),
        ("b/pyproject.toml", "2.0"),
    ]


def test_metadata_counts_where_no_manifest_speaks(tmp_path: Path) -> None:
    found = read(tmp_path, {"PKG-INFO": METADATA, "src/shop.egg-info/PKG-INFO": METADATA, "setup.cfg": SETUP_CFG})
    assert {r.file for r in found.requirements} == {"setup.cfg"}
    assert found.name == "shop"


def test_requirements_from_windows_in_utf16(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes("flask==3.0.0\r\n".encode("utf-16"))
    assert [r.version for r in read(tmp_path, {}).requirements] == ["3.0.0"]


def test_manifests_of_tests_and_documentation_are_left_out(tmp_path: Path) -> None:
    found = read(
        tmp_path, {"docs/requirements.txt": "sphinx\n", "tests/requirements.txt": "x\n", "requirements.txt": "a\n"}
    )
    assert [r.distribution for r in found.requirements] == ["a"]


BAD = [
    ("pyproject.toml", "[project\n", 1),
    ("pyproject.toml", "[project]\ndependencies = ['==']\n", 2),
    ("pyproject.toml", "x = " + "[" * 5000, 0),
    ("pyproject.toml", "a = 1\na = 2\n", 2),
    ("setup.cfg", "[options]\nx\n[options\n", 2),
    ("setup.cfg", "no header\n", 1),
    ("setup.py", "setup(\n", 1),
    ("setup.py", "print 'two'\n", 1),
    ("setup.py", "setup(install_requires=read('x'))\n", 1),
    ("setup.py", "x = " + "(" * 3000, 1),
    ("setup.py", "x = " + "-" * 100_000 + "1", 0),
    ("Pipfile", "[packages]\nx = 1\n", 2),
    ("Pipfile.lock", "{\n,", 2),
    ("Pipfile.lock", "[" * 100_000, 0),
    ("uv.lock", "[[package]]\nname = \n", 2),
    ("requirements.txt", "flask\n== 3\n", 2),
    ("requirements.txt", "flask\nhttps://t:o@example.org/x\n", 2),
    ("requirements.txt", "ordinary words\nand more of them\nin a list of\nthings people want\n", 0),
]


@pytest.mark.parametrize(("file", "text", "line"), BAD)
def test_a_malformed_manifest_is_a_record(tmp_path: Path, file: str, text: str, line: int) -> None:
    found = read(tmp_path, {file: text})
    assert [(note.file, note.line) for note in found.skipped] == [(file, line)]
    assert found.skipped[0].reason
    assert "t:o" not in found.skipped[0].reason


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", "project = 1\n[tool]\npoetry = []\n"),
        ("pyproject.toml", "[project]\nname = 1\ndependencies = {}\n[dependency-groups]\nx = 1\n"),
        ("Pipfile", "packages = 3\n"),
        ("Pipfile.lock", '{"default": [], "x": {"a": 1, "b": {"version": 2}}}'),
        ("uv.lock", 'package = {}\nversion = "a"\n'),
        ("poetry.lock", "package = [1]\n[metadata]\nfiles = 1\n"),
        ("setup.py", "setup(**x)\nsetup(name=y, extras_require={**z})\n"),
        ("setup.cfg", "[options]\ninstall_requires = %(x)s\n"),
        ("requirements.txt", "\\"),
        ("requirements.txt", "-r\n-c\n-e\n--hash\n"),
        ("requirements.txt", "-r a\0b.txt\n-r .\n"),
        ("x-1.dist-info/METADATA", "Requires-Dist:\n\0\n"),
    ],
)
def test_strange_shapes_do_no_harm(tmp_path: Path, file: str, text: str) -> None:
    assert {r.distribution for r in read(tmp_path, {file: text}).requirements} <= {"b"}


def read(root: Path, files: dict[str, str]) -> Manifests:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    project = read_project([root])
    return Manifests(project.requirements, project.skipped, project.name)
