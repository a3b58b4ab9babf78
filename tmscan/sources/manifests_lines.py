"""One requirement and where it stands: texts and positions come in, `Requirement` records or `Skipped` notes go out.

What all manifest formats share: PEP 508 strings, exact pins, normalised names, and the line of a value in a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeGuard
from urllib.parse import urlsplit, urlunsplit

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Parsed
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, canonicalize_name, parse_sdist_filename
from packaging.utils import parse_wheel_filename as parse_wheel

from tmscan.sources.types import Requirement, Skipped

EXACT = re.compile(r"={2,3}\s*([^\s,;*=]+)")
EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)["']""")
ARCHIVE_SUFFIXES = (".whl", ".tar.gz", ".zip")
MAX_SHOWN = 80


@dataclass(slots=True)
class Reading:
    """What one manifest says: filled while it is read."""

    file: str
    requirements: list[Requirement] = field(default_factory=list)
    problems: list[Skipped] = field(default_factory=list)
    name: str = ""

    def note(self, reason: str, line: int = 0) -> None:
        self.problems.append(Skipped(self.file, reason, line))


def add_requirement(reading: Reading, text: str, line: int, group: str = "", *, hashed: bool = False) -> None:
    """Read one PEP 508 string (https://peps.python.org/pep-0508/) into `reading`; a bad one becomes a note there."""
    text = text.strip()
    try:
        parsed = Parsed(text)
    except (InvalidRequirement, RecursionError):
        reading.note(f"not a requirement: {shorten(text)}", line)
        return
    specifier = f"@ {without_credentials(parsed.url)}" if parsed.url else str(parsed.specifier)
    marker = str(parsed.marker) if parsed.marker else ""
    if not group and (extra := EXTRA.search(marker)):
        group = extra.group(1)
    version = exact_version(str(parsed.specifier)) or (from_archive(parsed.url)[1] if parsed.url else "")
    reading.requirements.append(
        Requirement(str(canonicalize_name(parsed.name)), specifier, version, hashed, marker, reading.file, line, group)
    )


def exact_version(specifier: str) -> str:
    """The version that `==1.2` pins; "" for anything that leaves a choice."""
    match = EXACT.fullmatch(specifier.strip())
    return match.group(1) if match else ""


def from_archive(url: str) -> tuple[str, str]:
    """Distribution and version that the file name of a wheel or source archive tells; ("", "") when it does not."""
    name = url.partition("#")[0].partition("?")[0].rstrip("/").rpartition("/")[2]
    try:
        if name.endswith(".whl"):
            found, version, _, _ = parse_wheel(name)
            return str(found), str(version)
        if name.endswith(ARCHIVE_SUFFIXES):
            found, version = parse_sdist_filename(name)
            return str(found), str(version)
    except (InvalidWheelFilename, InvalidSdistFilename):
        pass
    return "", ""


def without_credentials(url: str) -> str:
    """A URL that may stand in a report: without user, password and token."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "a URL that cannot be read"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", parts.fragment))


def line_of(lines: list[str], text: str, start: int = 1) -> int:
    """The first line, from `start` on, that holds `text`; `start` when none does (a value written with escapes)."""
    for number in range(max(start, 1), len(lines) + 1):
        if text in lines[number - 1]:
            return number
    return max(start, 1)


def line_of_key(lines: list[str], key: str, start: int = 1) -> int:
    """The first line, from `start` on, that begins with `key` (plain or quoted) as a TOML or INI key."""
    pattern = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[=:.]""", re.IGNORECASE)
    for number in range(max(start, 1), len(lines) + 1):
        if pattern.match(lines[number - 1]):
            return number
    return max(start, 1)


def line_of_table(lines: list[str], name: str) -> int:
    """The line of the TOML or INI header `[name]`; 1 when the table is written some other way."""
    pattern = re.compile(
        r"\s*\[\s*" + r"\s*\.\s*".join(rf"""["']?{re.escape(part)}["']?""" for part in name.split(".")) + r"\s*\]"
    )
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), 1)


def shorten(text: str) -> str:
    """A piece of a manifest for a message: one line, not long, no credentials."""
    plain = " ".join(re.sub(r"//[^/\s@]*@", "//", text).split())
    return plain if len(plain) <= MAX_SHOWN else plain[: MAX_SHOWN - 1] + "…"


def is_table(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def strings(value: object) -> list[str]:
    """The strings of a list; anything else counts as empty."""
    return [item for item in value if isinstance(item, str)] if is_list(value) else []


def table(value: object, *keys: str) -> dict[str, object]:
    """The table at a path of keys; an empty one when there is none."""
    for key in keys:
        value = value.get(key) if is_table(value) else None
    return value if is_table(value) else {}
