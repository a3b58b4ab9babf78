"""What setuptools and built distributions ask for: setup.cfg, setup.py and METADATA come in, requirements go out.

`setup.py` is parsed, never run: only literal arguments count, and what is computed is noted as not read.
Formats: https://setuptools.pypa.io/en/latest/references/keywords.html, .../userguide/declarative_config.html,
https://packaging.python.org/en/latest/specifications/core-metadata/.
"""

from __future__ import annotations

import ast
import configparser
import re
import warnings
from typing import TYPE_CHECKING

from tmscan.sources.manifests_lines import Reading, add_requirement, line_of, line_of_key, line_of_table

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTRA_MARKER = re.compile(r"""\s*;?\s*(?:and\s+)?extra\s*==\s*["']([^"']+)["']""")
HEADER = re.compile(r"(?P<name>[A-Za-z-]+):\s*(?P<value>.*)")


def parse_setup_cfg(text: str, file: str) -> Reading:
    """`install_requires`, `extras_require` and `tests_require` of setup.cfg."""
    reading = Reading(file)
    config = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        config.read_string(text)
    except configparser.Error as error:
        line = getattr(error, "lineno", None) or (getattr(error, "errors", None) or [(0,)])[0][0]
        reading.note(f"not INI: {str(error).splitlines()[0]}", line if isinstance(line, int) else 0)
        return reading
    lines = text.split("\n")
    reading.name = config.get("metadata", "name", fallback="").strip()
    for key, group in (("install_requires", ""), ("tests_require", "test")):
        start = line_of_key(lines, key, line_of_table(lines, "options"))
        _add_lines(reading, lines, config.get("options", key, fallback=""), start, group)
    if config.has_section("options.extras_require"):
        header = line_of_table(lines, "options.extras_require")
        for group in config.options("options.extras_require"):
            value = config.get("options.extras_require", group)
            _add_lines(reading, lines, value, line_of_key(lines, group, header), group)
    return reading


def parse_setup_py(text: str, file: str) -> Reading:
    """The literal `install_requires`, `extras_require` and `tests_require` of a `setup(…)` call."""
    reading = Reading(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        reading.note(f"not Python: {getattr(error, 'msg', None) or error}", getattr(error, "lineno", None) or 0)
        return reading
    except (RecursionError, MemoryError):
        reading.note("not Python: nested too deeply")
        return reading
    values = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) == "setup"):
        for keyword in call.keywords:
            if (
                keyword.arg == "name"
                and isinstance(keyword.value, ast.Constant)
                and isinstance(keyword.value.value, str)
            ):
                reading.name = keyword.value.value
            elif keyword.arg in {"install_requires", "tests_require"}:
                _add_literal(reading, keyword.value, values, "" if keyword.arg == "install_requires" else "test")
            elif keyword.arg == "extras_require":
                _add_extras(reading, keyword.value, values)
    return reading


def parse_metadata(text: str, file: str) -> Reading:
    """`Requires-Dist` of a wheel's METADATA or a source distribution's PKG-INFO; extras become groups."""
    reading = Reading(file)
    for number, line in enumerate(text.split("\n"), 1):
        if not line:
            break  # the description follows
        match = HEADER.fullmatch(line)
        if match and match["name"].lower() == "name":
            reading.name = match["value"].strip()
        elif match and match["name"].lower() == "requires-dist":
            extra = EXTRA_MARKER.search(match["value"])
            asked = EXTRA_MARKER.sub("", match["value"]) if extra and "(" not in match["value"] else match["value"]
            add_requirement(reading, asked, number, extra.group(1) if extra else "")
    return reading


def _add_lines(reading: Reading, lines: list[str], value: str, start: int, group: str) -> None:
    for entry in (
        re.split(r"[\n;](?=\s*[A-Za-z0-9][\w.-]*\s*(?:[<>=!~\[;@,(]|$))", value)
        if "\n" not in value
        else value.split("\n")
    ):
        text = entry.split(" #", 1)[0].strip()
        if text and not text.startswith(("#", "file:")):
            start = line_of(lines, text, start)
            add_requirement(reading, text, start, group)


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _add_literal(reading: Reading, value: ast.expr, values: dict[str, ast.expr], group: str) -> None:
    """Add the strings of a list; the parts that are computed are noted, the others still count."""
    for item in _items(value, values, 0):
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            for number, text in enumerate(item.value.splitlines()):
                if text.strip() and not text.lstrip().startswith("#"):
                    add_requirement(reading, text, item.lineno + (number if "\n" in item.value else 0), group)
        else:
            reading.note("a requirement is computed; only literal ones are read", item.lineno)


def _add_extras(reading: Reading, value: ast.expr, values: dict[str, ast.expr]) -> None:
    value = values.get(value.id, value) if isinstance(value, ast.Name) else value
    if not isinstance(value, ast.Dict):
        reading.note("extras_require is computed; only literal ones are read", value.lineno)
        return
    for key, asked in zip(value.keys, value.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            _add_literal(reading, asked, values, key.value.lstrip(":") if not key.value.startswith(":") else "")
        else:
            reading.note("an extra's name is computed; only literal ones are read", asked.lineno)


def _items(value: ast.expr, values: dict[str, ast.expr], depth: int) -> Iterator[ast.expr]:
    """The elements of a list, through names of the module, `+`, `*` and `list(…)`; whatever else it is, itself."""
    if depth > 20:
        yield value
    elif isinstance(value, ast.List | ast.Tuple | ast.Set):
        for item in value.elts:
            yield from _items(item, values, depth + 1)
    elif isinstance(value, ast.Starred):
        yield from _items(value.value, values, depth + 1)
    elif isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        yield from _items(value.left, values, depth + 1)
        yield from _items(value.right, values, depth + 1)
    elif isinstance(value, ast.Name) and value.id in values:
        yield from _items(values[value.id], values, depth + 1)
    elif isinstance(value, ast.Call) and _called(value) in {"list", "tuple", "sorted"} and len(value.args) == 1:
        yield from _items(value.args[0], values, depth + 1)
    else:
        yield value
