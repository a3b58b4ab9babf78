"""The house rules that are plain to check: who may import a heavy library, how long a file may be, its name.

The arrows between rooms stand in pyproject.toml ([tool.importlinter]) and are checked here too, so pytest alone tells.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "tmscan").rglob("*.py"))
LONGEST = 300

# A library that costs start-up time or that only one room should know, and the files that may import it.
IMPORTERS = {
    "libcst": ["facts/extract*.py", "facts/extract*/*.py", "fix/*.py"],
    "networkx": ["dfd/*.py"],
    "sarif_om": ["export/sarif*.py", "export/sarif*/*.py"],
    "pygraphviz": ["export/*.py"],
    "typer": ["cli/*.py", "cli.py"],
    "rich": ["cli/*.py", "cli.py", "export/text*.py"],
}
VAGUE_NAMES = {"base", "common", "core", "helper", "helpers", "manager", "misc", "util", "utils"}
CODE_RUNNING = {"pickle", "marshal", "shelve", "runpy"}


@pytest.mark.parametrize("library", IMPORTERS)
def test_a_library_is_imported_only_where_it_belongs(library: str) -> None:
    allowed = IMPORTERS[library]
    wrong = [
        shown(file, node)
        for file in FILES
        for node, name in imports(file)
        if name == library and not any(PurePosixPath(room_path(file)).match(pattern) for pattern in allowed)
    ]
    assert wrong == []


def test_networkx_is_imported_late() -> None:
    tops = {file: {node.lineno for node in tree(file).body} for file in FILES}
    early = [(file, node) for file in FILES for node, name in imports(file) if name == "networkx"]
    assert [shown(file, node) for file, node in early if node.lineno in tops[file]] == []


def test_nothing_loads_code_from_data() -> None:
    wrong = [shown(file, node) for file in FILES for node, name in imports(file) if name in CODE_RUNNING]
    wrong += [
        shown(file, node)
        for file in FILES
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}
    ]
    assert wrong == []


def test_no_file_is_too_long() -> None:
    lengths = {room_path(file): len(file.read_text(encoding="utf-8").splitlines()) for file in FILES}
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST} == {}


def test_no_module_has_a_vague_name() -> None:
    assert [room_path(file) for file in FILES if {file.stem, file.parent.name} & VAGUE_NAMES] == []


def test_every_module_says_what_it_is() -> None:
    assert [room_path(file) for file in FILES if not ast.get_docstring(tree(file))] == []


def test_rooms_use_only_the_rooms_below_them() -> None:
    lint_imports = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert lint_imports, "import-linter belongs to the dev group"
    run = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def room_path(file: Path) -> str:
    return file.relative_to(ROOT / "tmscan").as_posix()


def shown(file: Path, node: ast.AST) -> str:
    return f"{room_path(file)}:{getattr(node, 'lineno', 0)}"


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(file: Path) -> list[tuple[ast.stmt, str]]:
    """Every import statement of the file, wherever it stands, with the top-level package it names."""
    found: list[tuple[ast.stmt, str]] = []
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found += [(node, alias.name.split(".")[0]) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append((node, node.module.split(".")[0]))
    return found
