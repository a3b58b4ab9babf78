"""Requirements files as pip reads them: a text and its path come in, requirements and followed files go out.

Format: https://pip.pypa.io/en/stable/reference/requirements-file-format/ (`-r`, `-c`, `-e`, `--hash`, markers, URLs).
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from tmscan.sources.manifests_lines import Reading, add_requirement, from_archive, shorten, without_credentials
from tmscan.sources.types import Requirement, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PROBLEMS = 3
COMMENT = re.compile(r"(?:^|\s)#.*$")
OPTION = re.compile(r"\s--?[a-zA-Z][\w-]*(?:[= ]|$)")
FOLLOW = re.compile(r"(?:-r|--requirement|-c|--constraint)(?:\s+|=)?(?P<file>\S.*)")
EDITABLE = re.compile(r"(?:-e|--editable)(?:\s+|=)(?P<place>\S.*)")
EGG = re.compile(r"[#&]egg=(?P<name>[\w.-]+)")
ADDRESS = re.compile(r"(?:\w+\+)?\w+://|git@")
GROUPS = re.compile(r"(?:requirements?|constraints?|base|main|all|common|prod|production)", re.IGNORECASE)


def parse_requirements(text: str, file: str) -> tuple[Reading, list[tuple[str, int]]]:
    """Read one requirements file. The files that it includes come back as (path relative to the root, line)."""
    reading = Reading(file)
    follow: list[tuple[str, int]] = []
    group = _group(file)
    for line, entry in _logical_lines(text):
        if match := FOLLOW.fullmatch(entry):
            target = match.group("file").strip("\"'")
            if ADDRESS.match(target):
                reading.note(f"includes {shorten(target)}, which is not in the tree", line)
            else:
                follow.append((posixpath.normpath(posixpath.join(posixpath.dirname(file), target)), line))
        elif match := EDITABLE.fullmatch(entry):
            _add_place(reading, match.group("place"), line, group)
        elif not entry.startswith("-"):
            _add_entry(reading, entry, line, group)
    if len(reading.problems) > len(reading.requirements) + MAX_PROBLEMS:
        reading.problems[:] = [Skipped(file, "not a requirements file, though it is named like one")]
        reading.requirements.clear()
    return reading, follow


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Entries with the line they begin on: backslashes join lines, comments and blank lines vanish."""
    start, parts = 0, list[str]()
    for number, raw in enumerate([*text.split("\n"), ""], 1):
        start = start or number
        line = raw if not raw.lstrip().startswith("#") else ""
        if line.endswith("\\"):
            parts.append(line[:-1])
            continue
        entry = COMMENT.sub("", " ".join([*parts, line])).strip()
        if entry:
            yield start, entry
        start, parts = 0, []


def _add_entry(reading: Reading, entry: str, line: int, group: str) -> None:
    hashed = "--hash" in entry
    option = OPTION.search(entry)
    asked = entry[: option.start()].strip() if option else entry
    plain_place = ADDRESS.match(asked) or asked.startswith((".", "/")) or asked.endswith((".whl", ".tar.gz", ".zip"))
    if plain_place and " @ " not in asked:
        _add_place(reading, asked, line, group, hashed=hashed)
    else:
        add_requirement(reading, asked, line, group, hashed=hashed)


def _add_place(reading: Reading, place: str, line: int, group: str, *, hashed: bool = False) -> None:
    """A requirement given by where it lies; a folder of the tree itself asks for nothing."""
    place, _, marker = place.partition(" ;")
    egg = EGG.search(place)
    name, version = from_archive(place)
    if egg:
        name = re.sub(r"[-_.]+", "-", egg.group("name")).lower()
    if name:
        where = f"@ {without_credentials(place.strip())}"
        reading.requirements.append(
            Requirement(name, where, version, hashed, marker.strip(), reading.file, line, group)
        )
    elif ADDRESS.match(place):
        reading.note(f"no distribution name in {shorten(without_credentials(place))}", line)


def _group(file: str) -> str:
    """`dev` for `requirements-dev.txt`, `requirements/dev.txt` and `dev-requirements.in`; "" for the main ones."""
    stem = posixpath.basename(file).rpartition(".")[0]
    words = [word for word in re.split(r"[-_.]", stem) if word and not GROUPS.fullmatch(word)]
    return "-".join(words)
