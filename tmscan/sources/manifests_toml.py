"""What `pyproject.toml` and `Pipfile` ask for: a text comes in, requirements with lines and the project's name go out.

Formats: PEP 621, PEP 735, https://python-poetry.org/docs/pyproject/, https://pipenv.pypa.io/en/latest/pipfile.html.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from tmscan.sources.manifests_lines import (
    Reading,
    add_requirement,
    exact_version,
    is_list,
    is_table,
    line_of,
    line_of_key,
    line_of_table,
    strings,
    table,
    without_credentials,
)
from tmscan.sources.types import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable

TOML_PLACE = re.compile(r"\(at line (\d+)")
BARE_VERSION = re.compile(r"v?\d[\w.!+-]*")


def load_toml(text: str, reading: Reading) -> dict[str, object]:
    """Parsed TOML, or an empty table and a note in `reading`."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = TOML_PLACE.search(str(error))
        reading.note(f"not TOML: {error}", int(place.group(1)) if place else 0)
    except RecursionError:
        reading.note("not TOML: nested too deeply")
    return {}


def parse_pyproject(text: str, file: str) -> Reading:
    """PEP 621 dependencies, dependency groups, and the tables of Poetry, uv and PDM."""
    reading = Reading(file)
    data = load_toml(text, reading)
    lines = text.split("\n")
    project, poetry = table(data, "project"), table(data, "tool", "poetry")
    name = project.get("name") or poetry.get("name")
    reading.name = name if isinstance(name, str) else ""
    start = line_of_key(lines, "dependencies", line_of_table(lines, "project"))
    _add_all(reading, lines, strings(project.get("dependencies")), start, "")
    _add_groups(reading, lines, table(project, "optional-dependencies"), "project.optional-dependencies")
    _add_groups(reading, lines, table(data, "dependency-groups"), "dependency-groups")
    _add_groups(reading, lines, table(data, "tool", "pdm", "dev-dependencies"), "tool.pdm.dev-dependencies")
    start = line_of_key(lines, "dev-dependencies", line_of_table(lines, "tool.uv"))
    _add_all(reading, lines, strings(table(data, "tool", "uv").get("dev-dependencies")), start, "dev")
    _add_tables(reading, lines, table(poetry, "dependencies"), "tool.poetry.dependencies", "")
    _add_tables(reading, lines, table(poetry, "dev-dependencies"), "tool.poetry.dev-dependencies", "dev")
    for group in table(poetry, "group"):
        place = f"tool.poetry.group.{group}.dependencies"
        _add_tables(reading, lines, table(poetry, "group", group, "dependencies"), place, group)
    return reading


def parse_pipfile(text: str, file: str) -> Reading:
    """The `packages` of a Pipfile, and every further category as its own group (`dev-packages` as `dev`)."""
    reading = Reading(file)
    data = load_toml(text, reading)
    lines = text.split("\n")
    for category in data:
        if category not in {"source", "requires", "scripts", "pipenv"}:
            group = {"packages": "", "dev-packages": "dev"}.get(category, category)
            _add_tables(reading, lines, table(data, category), category, group)
    return reading


def _add_all(reading: Reading, lines: list[str], asked: Iterable[str], start: int, group: str) -> None:
    for text in asked:
        start = line_of(lines, text, start)
        add_requirement(reading, text, start, group)


def _add_groups(reading: Reading, lines: list[str], groups: dict[str, object], place: str) -> None:
    header = line_of_table(lines, place)
    for group, asked in groups.items():
        _add_all(reading, lines, strings(asked), line_of_key(lines, group, header), group)


def _add_tables(reading: Reading, lines: list[str], asked: dict[str, object], place: str, group: str) -> None:
    """Entries of the form `name = "constraint"` or `name = {version = …, git = …, markers = …}`."""
    header = line_of_table(lines, place)
    for name, value in asked.items():
        if name.lower() == "python":
            continue
        line = line_of_key(lines, name, header)
        for choice in value if is_list(value) else [value]:
            found = _constraint(choice)
            if found is None:
                reading.note(f"no constraint that tmscan understands for {name}", line)
                continue
            specifier, marker = found
            plain = specifier.lstrip("= ") if BARE_VERSION.fullmatch(specifier.lstrip("= ")) else ""
            version = exact_version(specifier) or plain
            distribution = str(canonicalize_name(name))
            reading.requirements.append(
                Requirement(distribution, specifier, version, False, marker, reading.file, line, group)
            )


def _constraint(value: object) -> tuple[str, str] | None:
    """Specifier and marker of one entry; an entry by address has `@ address` for a specifier."""
    if isinstance(value, str):
        return ("" if value.strip() == "*" else value.strip()), ""
    if not is_table(value):
        return None
    marker = value.get("markers", "")
    marker = marker if isinstance(marker, str) else ""
    for key in ("git", "url", "path", "file", "hg", "svn"):
        if isinstance(place := value.get(key), str):
            return f"@ {without_credentials(place)}", marker
    version = value.get("version", "")
    return (("" if version.strip() == "*" else version.strip()), marker) if isinstance(version, str) else None
