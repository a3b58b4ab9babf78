"""Gitignore patterns: lists of lines come in, answers "left out, taken in, or nothing said" for a path go out.

Stands apart because three things speak this language: `.gitignore` files, `.git/info/exclude`, and tmscan's own config.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pathspec import GitIgnoreSpec

from tmscan.sources.types import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_IGNORE_BYTES = 200_000
# Each further star of one segment multiplies the tries of the regular expression; no pattern may stop a scan.
MAX_STARS = 4
STARS = re.compile(r"\*+")


@dataclass(frozen=True, slots=True)
class IgnoreSpec:
    """Patterns, and the folder (relative to the scanned root; "" or ending in "/") that they are relative to.

    Where that folder lies above the scanned root, `above` is the way down from it ("" or ending in "/") instead.
    """

    spec: GitIgnoreSpec
    folder: str = ""
    above: str = ""


def parse_patterns(lines: Iterable[str], file: str) -> tuple[GitIgnoreSpec | None, list[Skipped]]:
    """Compile gitignore lines (https://git-scm.com/docs/gitignore#_pattern_format); None when no line says anything.

    Lines that git would not understand either, or whose wildcards would take forever, come back as `Skipped`.
    """
    good: list[str] = []
    problems: list[Skipped] = []
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        if not text.strip() or text.startswith("#"):
            continue
        if any(len(STARS.findall(part)) > MAX_STARS for part in text.split("/")) or text.count("**") > MAX_STARS:
            problems.append(Skipped(file, "ignore pattern has too many wildcards", number))
            continue
        try:
            GitIgnoreSpec.from_lines([text])
        except ValueError:
            problems.append(Skipped(file, "not a gitignore pattern", number))
            continue
        good.append(text)
    return (GitIgnoreSpec.from_lines(good) if good else None), problems


def read_patterns(absolute: str, file: str) -> tuple[GitIgnoreSpec | None, list[Skipped]]:
    """`parse_patterns` of a file on disk; a file that cannot be read is a `Skipped`, a missing one is nothing."""
    path = Path(absolute)
    try:
        if path.is_symlink() or not path.is_file():  # git does not follow such links either
            return None, []
        if path.stat().st_size > MAX_IGNORE_BYTES:
            return None, [Skipped(file, "ignore file is too large")]
        return parse_patterns(path.read_bytes().decode("utf-8-sig", "replace").splitlines(), file)
    except OSError as error:
        return None, [Skipped(file, f"cannot be read: {error.strerror or error}")]


def decide(specs: Sequence[IgnoreSpec], path: str) -> bool | None:
    """What the patterns say of `path` (below the scanned root; folders end in "/"): True left out, False taken in.

    The last of `specs` is the deepest folder's and has the first word, as in git.
    """
    for spec in reversed(specs):
        answer = spec.spec.check_file(spec.above + path[len(spec.folder) :]).include
        if answer is not None:
            return answer
    return None


def outer_specs(folder: Path, path: str) -> list[IgnoreSpec]:
    """The ignore files above `folder` up to the top of its git work tree; `path` is that folder's path in the scan.

    Nothing when they leave out that very folder: who names an ignored folder wants it read. Git's per-user ignore file
    is never read: two people scanning one revision must see the same thing.
    """
    top = next((place for place in (folder, *folder.parents) if _is_work_tree(place)), None)
    if top is None:
        return []
    way = folder.relative_to(top).parts
    places = [(top / ".git" / "info" / "exclude", 0)]
    places += [(top.joinpath(*way[:depth]) / ".gitignore", depth) for depth in range(len(way))]
    specs: list[IgnoreSpec] = []
    for place, depth in places:
        spec, _ = read_patterns(str(place), place.name)
        if spec is not None:
            specs.append(IgnoreSpec(spec, path, "".join(f"{part}/" for part in way[depth:])))
    return [] if way and decide(specs, path) else specs


def _is_work_tree(folder: Path) -> bool:
    try:
        return (folder / ".git").exists()
    except OSError:  # a folder that may not be searched
        return False
