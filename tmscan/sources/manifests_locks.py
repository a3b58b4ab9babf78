"""Lock files: a text comes in, locked distributions with version, hash and line go out (requirements, group "locked").

Formats: uv.lock, poetry.lock, pdm.lock, pylock.toml (https://packaging.python.org/en/latest/specifications/pylock-toml/),
Pipfile.lock. Which manifest asked for what is not their matter: `manifests` joins them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from tmscan.sources.manifests_lines import Reading, is_list, is_table, line_of, table
from tmscan.sources.manifests_toml import load_toml
from tmscan.sources.types import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCKED = "locked"
ENTRY = re.compile(r"""\s*\[\[\s*packages?\s*\]\]""")
# Where uv keeps the project itself and its workspace members.
OWN_SOURCES = frozenset(("editable", "virtual", "directory"))


def parse_toml_lock(text: str, file: str) -> Reading:
    """The packages of a TOML lock file, except the project's own."""
    reading = Reading(file)
    data = load_toml(text, reading)
    found = data.get("packages", data.get("package"))
    packages = found if is_list(found) else []
    places = [number for number, line in enumerate(text.split("\n"), 1) if ENTRY.match(line)]
    lines = text.split("\n")
    old_hashes = table(data, "metadata", "files")
    for index, package in enumerate(packages):
        if (
            not is_table(package)
            or not OWN_SOURCES.isdisjoint(table(package, "source"))
            or is_table(package.get("directory"))
        ):
            continue
        name, version = package.get("name"), package.get("version", "")
        if isinstance(name, str) and isinstance(version, str):
            place = places[index] if len(places) == len(packages) else 1
            hashed = any(map(_has_hash, _files(package, old_hashes.get(name))))
            line = line_of(lines, name, place)
            marker = package.get("marker", "")
            marker = marker if isinstance(marker, str) else ""
            reading.requirements.append(_locked(name, version, hashed, marker, file, line))
    return reading


def parse_pipfile_lock(text: str, file: str) -> Reading:
    """The packages of every category of a Pipfile.lock."""
    reading = Reading(file)
    try:
        data: object = json.loads(text)
    except json.JSONDecodeError as error:
        reading.note(f"not JSON: {error.msg}", error.lineno)
        return reading
    except RecursionError:
        reading.note("not JSON: nested too deeply")
        return reading
    lines = text.split("\n")
    for category, packages in table(data).items():
        start = line_of(lines, f'"{category}"')
        for name, entry in packages.items() if category != "_meta" and is_table(packages) else ():
            if is_table(entry):
                version, marker = entry.get("version", ""), entry.get("markers", "")
                version = version.removeprefix("==") if isinstance(version, str) else ""
                marker = marker if isinstance(marker, str) else ""
                line = line_of(lines, f'"{name}"', start)
                reading.requirements.append(_locked(name, version, bool(entry.get("hashes")), marker, file, line))
    return reading


def _locked(name: str, version: str, hashed: bool, marker: str, file: str, line: int) -> Requirement:
    return Requirement(str(canonicalize_name(name)), "", version, hashed, marker, file, line, LOCKED)


def _files(package: dict[str, object], elsewhere: object) -> Iterator[object]:
    """Every archive entry of a package, under whichever key its format keeps them."""
    for value in (package.get("files"), package.get("wheels"), package.get("sdist"), package.get("archive"), elsewhere):
        if is_list(value):
            yield from value
        elif value is not None:
            yield value


def _has_hash(archive: object) -> bool:
    return is_table(archive) and bool(archive.get("hash") or archive.get("hashes"))
