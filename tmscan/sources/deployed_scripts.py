"""Console scripts that a distribution installs: the text of a manifest comes in, one record for each command goes out.

Format: https://packaging.python.org/en/latest/specifications/entry-points/. `setup.py` is parsed, never run.
"""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
import warnings
from collections.abc import Iterator

from tmscan.sources.manifests_lines import is_table, line_of, table
from tmscan.sources.types import Deployed

SCRIPT = re.compile(r"\s*(?P<name>[\w.-]+)\s*=\s*(?P<module>[\w.]+):(?P<function>[\w.]+)\s*(?:\[.*\])?\s*")
GROUPS = ("console_scripts", "gui_scripts")


def read_pyproject_scripts(text: str, file: str) -> Iterator[Deployed]:
    """`[project.scripts]`, `[project.gui-scripts]` and Poetry's table."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return  # the reader of manifests says so
    lines = text.split("\n")
    for place in (("project", "scripts"), ("project", "gui-scripts"), ("tool", "poetry", "scripts")):
        for name, value in table(data, *place).items():
            target = value.get("callable") or value.get("reference") if is_table(value) else value
            if isinstance(target, str):
                yield from _script(f"{name} = {target}", file, line_of(lines, target, 0))


def read_setup_cfg_scripts(text: str, file: str) -> Iterator[Deployed]:
    """`[options.entry_points]` of setup.cfg."""
    config = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        config.read_string(text)
    except configparser.Error:
        return
    lines = text.split("\n")
    for group in GROUPS:
        for entry in config.get("options.entry_points", group, fallback="").splitlines():
            yield from _script(entry, file, line_of(lines, entry.strip(), 0))


def read_setup_py_scripts(text: str, file: str) -> Iterator[Deployed]:
    """The literal `entry_points` of a `setup(…)` call."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
            nodes = list(ast.walk(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in nodes:
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in GROUPS and isinstance(value, ast.List | ast.Tuple):
                    for item in value.elts:
                        if isinstance(item, ast.Constant) and isinstance(item.value, str):
                            yield from _script(item.value, file, item.lineno)


def _script(entry: str, file: str, line: int) -> Iterator[Deployed]:
    found = SCRIPT.fullmatch(entry)
    if found is not None:
        yield Deployed("command", found["name"], f"{found['module']}:{found['function']}", file, max(line, 1))
