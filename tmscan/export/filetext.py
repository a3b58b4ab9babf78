"""A reader of files in, their lines and line hashes out: what formats need for end columns and fingerprints."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tmscan.export.linehash import line_hashes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tmscan.sources.types import Location

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class FileText:
    """Lines without their ends, and the hash of each line by number."""

    lines: tuple[str, ...]
    hashes: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Columns:
    """A region on one line: 1-based, the end exclusive, in code points."""

    line: int
    start: int
    end: int


def reader(read_file: Callable[[str], bytes | None]) -> Callable[[str], FileText | None]:
    """`read_file` with what is derived from a file kept: each file is read and hashed once."""
    kept: dict[str, FileText | None] = {}

    def read(file: str) -> FileText | None:
        if file not in kept:
            content = read_file(file)
            kept[file] = None if content is None else FileText(_lines(content), line_hashes(content))
        return kept[file]

    return read


def columns(location: Location, text: FileText | None) -> Columns:
    """The part of the region that stands on its first line, inside that line.

    One line only: code scanning shows an alert in a pull request only when every line of its region was changed.
    """
    line = max(location.line, 1)
    if text is None or line > len(text.lines):
        start = max(location.column, 1)
        return Columns(line, start, location.end_column if start < location.end_column else start + 1)
    width = len(text.lines[line - 1])
    start = min(max(location.column, 1), width + 1)
    ends_here = location.end_line == location.line and location.end_column > start
    end = min(location.end_column, width + 1) if ends_here else width + 1
    return Columns(line, start, max(end, start + 1) if width else 1 + (start == 1))


def _lines(content: bytes) -> tuple[str, ...]:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except SyntaxError:
        encoding = "utf-8"
    return tuple(_LINE_END.split(content.decode(encoding, "replace")))
