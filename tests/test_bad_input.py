"""Paths and files that are broken or absent, through the real command: a clear message or record, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command import GOOD, inventory, mentions, paths, run

# ---------------------------------------------------------------- paths


@pytest.mark.parametrize("subcommand", ["scan", "inventory", "diagram", "model"])
def test_missing_path(environment: dict[str, str], tmp_path: Path, subcommand: str) -> None:
    done = run(environment, subcommand, tmp_path / "nowhere")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert done.stdout == ""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is readable for this user")
def test_unreadable_folder(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0)
    try:
        done = run(environment, "scan", folder)
    finally:
        folder.chmod(0o700)
    assert done.returncode == 2
    assert "closed" in done.stderr


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is readable for this user")
def test_unreadable_file_leaves_the_rest(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(GOOD)
    (tmp_path / "closed.py").write_text(GOOD.replace("fine", "closed"))
    (tmp_path / "closed.py").chmod(0)
    found = inventory(environment, tmp_path)
    assert paths(found) == ["/fine"]
    assert mentions(found, "closed.py")


def test_special_file_is_not_opened(environment: dict[str, str], tmp_path: Path) -> None:
    """A pipe called `.py` would block a reader for ever."""
    (tmp_path / "good.py").write_text(GOOD)
    os.mkfifo(tmp_path / "pipe.py")
    assert paths(inventory(environment, tmp_path, limit=30)) == ["/fine"]


def test_empty_tree(environment: dict[str, str], tmp_path: Path) -> None:
    done = run(environment, "scan", tmp_path)
    assert done.returncode == 0
    assert "no python" in (done.stdout + done.stderr).lower()
    assert inventory(environment, tmp_path)["endpoints"] == []


def test_tree_without_web_framework(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "tool.py").write_text("def route(path):\n    return path\n\n\nprint(route('/x'))\n")
    found = inventory(environment, tmp_path)
    assert found["endpoints"] == []
    assert run(environment, "scan", tmp_path).returncode == 0
    assert run(environment, "diagram", tmp_path, "--format", "mermaid").returncode == 0
    done = run(environment, "inventory", tmp_path)
    assert "endpoint" in (done.stdout + done.stderr).lower()


def test_symlink_loop(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(GOOD)
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.py").symlink_to(tmp_path / "self.py")
    (tmp_path / "gone.py").symlink_to(tmp_path / "not there.py")
    assert paths(inventory(environment, tmp_path, limit=30)) == ["/fine"]


def test_symlink_out_of_the_tree_is_not_followed(environment: dict[str, str], tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.py").write_text(GOOD.replace("fine", "secret"))
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "good.py").write_text(GOOD)
    (tree / "link").symlink_to(outside, target_is_directory=True)
    assert paths(inventory(environment, tree)) == ["/fine"]


# ---------------------------------------------------------------- files


NO_PYTHON = {
    "syntax.py": b"def broken(:\n    pass\n",
    "unfinished.py": b'text = """never ends\n',
    "indent.py": b"if True:\n        a = 1\n    b = 2\n",
    "python2.py": b"print 'hello'\ntry:\n    pass\nexcept Exception, error:\n    print error\n",
    "backticks.py": b"x = `1`\nexec 'y = 2'\n",
    "binary.py": bytes(range(256)) * 40,
    "zeros.py": b"\0" * 5000,
    "utf16.py": "x = 1\n".encode("utf-16"),
    "archive.py": b"PK\x03\x04" + bytes(200),
}


def test_files_that_are_no_python(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(GOOD)
    for name, content in NO_PYTHON.items():
        (tmp_path / name).write_bytes(content)
    found = inventory(environment, tmp_path)
    assert paths(found) == ["/fine"]
    assert [name for name in NO_PYTHON if not mentions(found, name)] == []
    done = run(environment, "scan", tmp_path)
    assert done.returncode in (0, 1)
    assert str(len(NO_PYTHON)) in done.stdout + done.stderr, "the report counts what was not read"


@pytest.mark.parametrize(
    "content",
    ["# \xe9\n".encode("latin-1"), b"# -*- coding: no-such-codec -*-\n", "# -*- coding: ascii -*- \xe9\n".encode()],
)
def test_wrong_encoding_is_read_or_reported(environment: dict[str, str], tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.py").write_bytes(content + GOOD.encode())
    found = inventory(environment, tmp_path)
    assert paths(found) == ["/fine"] or mentions(found, "odd.py")


ODD_PYTHON = {
    "empty.py": b"",
    "blank.py": b"\n\n   \n",
    "bom.py": b"\xef\xbb\xbf" + GOOD.replace("fine", "bom").encode(),
    "crlf.py": GOOD.replace("fine", "crlf").replace("\n", "\r\n").encode(),
    "cr.py": GOOD.replace("fine", "cr").replace("\n", "\r").encode(),
    "no_newline.py": GOOD.replace("fine", "no_newline").rstrip().encode(),
    "declared.py": b"# -*- coding: latin-1 -*-\n" + GOOD.replace("fine", "declared").encode() + b"# \xe9\n",
    "form_feed.py": b"\x0c" + GOOD.replace("fine", "form_feed").encode(),
    "tabs.py": GOOD.replace("fine", "tabs").replace("    ", "\t").encode(),
}


def test_odd_files_that_are_python(environment: dict[str, str], tmp_path: Path) -> None:
    for name, content in ODD_PYTHON.items():
        (tmp_path / name).write_bytes(content)
    found = inventory(environment, tmp_path)
    expected = [f"/{Path(name).stem}" for name in ODD_PYTHON if name not in ("empty.py", "blank.py")]
    assert sorted(map(str, paths(found))) == sorted(expected)
    assert [name for name in ODD_PYTHON if mentions(found, name)] == []


def test_large_generated_file(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(GOOD)
    row = '    {"name": "value %06d", "numbers": [1, 2, 3, 4, 5, 6, 7, 8], "text": "lorem ipsum dolor sit amet"},\n'
    with (tmp_path / "tables.py").open("w") as file:
        file.write("ROWS = [\n")
        file.writelines(row % number for number in range(5_200_000 // len(row)))
        file.write("]\n")
    assert (tmp_path / "tables.py").stat().st_size > 5_000_000
    found = inventory(environment, tmp_path, limit=60)
    assert paths(found) == ["/fine"]
    assert mentions(found, "tables.py"), "either read within the limit or reported; a 5 MB file is reported"


def nested(kind: str, depth: int) -> str:
    return {
        "brackets": "x = " + "[" * depth + "]" * depth + "\n",
        "calls": "x = " + "f(" * depth + "1" + ")" * depth + "\n",
        "sum": "x = " + " + ".join(["a"] * depth) + "\n",
        "concatenation": "x = " + " ".join(['"a"'] * depth) + "\n",
        "attributes": "x = a" + ".b" * depth + "\n",
        "chain": "x = a" + ".b()" * depth + "\n",
        "not": "x = " + "not " * depth + "a\n",
        "if": "".join(" " * level + "if a:\n" for level in range(depth)) + " " * depth + "b\n",
        "elif": "if a:\n    b\n" + "elif c:\n    d\n" * depth,
        "lambda": "x = " + "lambda: " * depth + "1\n",
        "ternary": "x = " + "1 if a else " * depth + "0\n",
    }[kind]


KINDS = ["brackets", "calls", "sum", "concatenation", "attributes", "chain", "not", "if", "elif", "lambda", "ternary"]


def test_deep_nesting(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(GOOD)
    for kind in KINDS:
        (tmp_path / f"{kind}.py").write_text(nested(kind, 2000))
    assert paths(inventory(environment, tmp_path)) == ["/fine"]
    assert run(environment, "scan", tmp_path).returncode in (0, 1)


def test_cycles_in_the_code_end(environment: dict[str, str], tmp_path: Path) -> None:
    """Imports, classes, constants and calls that go in circles."""
    (tmp_path / "good.py").write_text(GOOD)
    (tmp_path / "a.py").write_text("from b import *\nfrom b import X as Y\nclass A(B): pass\nX = Y\nP = f'{Q}'\n")
    (tmp_path / "b.py").write_text("from a import *\nfrom a import Y as X\nclass B(A): pass\nQ = P + P\n")
    (tmp_path / "c.py").write_text(
        "def f(): return g()\ndef g(): return f()\nx = f()()\nclass C(C): pass\nx = x.y[x]\n"
    )
    (tmp_path / "blue.py").write_text(
        "from flask import Blueprint, Flask\none = Blueprint('one', __name__)\ntwo = Blueprint('two', __name__)\n"
        "one.register_blueprint(two, url_prefix='/two')\ntwo.register_blueprint(one, url_prefix='/one')\n"
        "app = Flask(__name__)\napp.register_blueprint(one)\n@one.get('/x')\ndef x(): return ''\n"
    )
    found = inventory(environment, tmp_path, limit=30)
    assert "/fine" in paths(found)
    assert len(found["endpoints"]) < 50


# ---------------------------------------------------------------- manifests


MANIFESTS = [
    ("requirements.txt", "-r requirements.txt\nflask==3.0.0\n"),
    ("requirements.txt", "-r ../../../../../../etc/passwd\n-r /etc/hosts\n-r nowhere.txt\nflask==3.0.0\n"),
    ("requirements.txt", "flask = = 3\n@@@\n--frobnicate\n==\n-e .\nfile:///etc/passwd\n"),
    ("requirements.txt", "x" * 100_000 + "\n"),
    ("setup.py", "import os\nos.abort()\nsetup(install_requires=open('r').read().split())\n"),
    ("setup.cfg", "[metadata\nname = x\n"),
    ("setup.cfg", "[options]\ninstall_requires = %(home)s\n"),
    ("Pipfile", "[packages\n"),
    ("Pipfile.lock", "{"),
    ("poetry.lock", "[[package]]\nname = 3\n"),
    ("uv.lock", "version = 99\n[[package]]\nversion = []\n"),
    ("pylock.toml", "packages = 7\n"),
    (".gitignore", "[\n!!\n\\\n"),
    ("requirements.txt", "\0\0\n"),
]


def test_broken_manifests(environment: dict[str, str], tmp_path: Path) -> None:
    for number, (name, content) in enumerate(MANIFESTS):
        folder = tmp_path / f"m{number}"
        folder.mkdir()
        (folder / "good.py").write_text(GOOD.replace("fine", f"m{number}"))
        (folder / name).write_text(content)
    found = inventory(environment, tmp_path)
    assert sorted(map(str, paths(found))) == sorted(f"/m{number}" for number in range(len(MANIFESTS)))
    assert "root:" not in str(found), "a manifest must not make tmscan read /etc/passwd"
