"""What a tree asks for: manifest and lock files come in, requirements with locked versions go out, sorted.

The one place that knows which parser reads which file, and which lock file belongs to which manifest.
"""

from __future__ import annotations

import codecs
import posixpath
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from tmscan.sources.manifests_lines import Reading
from tmscan.sources.manifests_locks import LOCKED, parse_pipfile_lock, parse_toml_lock
from tmscan.sources.manifests_requirements import parse_requirements
from tmscan.sources.manifests_setup import parse_metadata, parse_setup_cfg, parse_setup_py
from tmscan.sources.manifests_toml import parse_pipfile, parse_pyproject
from tmscan.sources.read import decode, read_bytes
from tmscan.sources.types import OtherFile, Requirement, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MAX_MANIFEST = 20_000_000
PARSERS = {
    "pyproject.toml": parse_pyproject,
    "setup.cfg": parse_setup_cfg,
    "setup.py": parse_setup_py,
    "Pipfile": parse_pipfile,
    "Pipfile.lock": parse_pipfile_lock,
    "METADATA": parse_metadata,
    "PKG-INFO": parse_metadata,
}
METADATA = frozenset(("METADATA", "PKG-INFO"))
TOML_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock")


@dataclass(frozen=True, slots=True)
class Manifests:
    """All requirements of a tree; `name` is the distribution that its root builds, "" when none says so."""

    requirements: tuple[Requirement, ...]
    skipped: tuple[Skipped, ...]
    name: str


def read_manifests(root: str, files: Sequence[OtherFile]) -> Manifests:
    """Read the manifests `files` of the tree at `root`; a malformed one becomes a `Skipped`, never an exception.

    A locked version is put on every requirement that asks for the distribution in the lock file's folder or below; what
    no manifest asks for comes as a requirement of the group "locked". METADATA counts where no source manifest speaks.
    """
    readings = _read_all(root, files)
    ordered = [reading for _, reading in sorted(readings.items())]
    asked = [item for reading in ordered for item in reading.requirements if item.group != LOCKED]
    asked = _without_echoes(asked)
    locks = [reading for reading in ordered if _is_lock(reading.file)]
    found = [*_join(asked, locks), *_transitive(asked, locks)]
    own = {str(canonicalize_name(reading.name)) for reading in ordered if reading.name}
    return Manifests(
        requirements=tuple(sorted({item for item in found if item.distribution not in own}, key=_order)),
        skipped=tuple(problem for reading in ordered for problem in reading.problems),
        name=_own_name(ordered),
    )


def _order(item: Requirement) -> tuple[str, int, str, str, str, str]:
    return item.file, item.line, item.distribution, item.group, item.version, item.marker


def _read_all(root: str, files: Sequence[OtherFile]) -> dict[str, Reading]:
    """One reading per file, those included by requirements files among them: each is read once, so cycles end."""
    readings: dict[str, Reading] = {}
    waiting = [(file.path, file.absolute) for file in reversed(files)]
    while waiting:
        path, absolute = waiting.pop()
        if path in readings:
            continue
        data = read_bytes(absolute, MAX_MANIFEST)
        if isinstance(data, str):
            readings[path] = Reading(path, problems=[Skipped(path, data)])
            continue
        text = _text(data)
        name = posixpath.basename(path)
        if name in PARSERS:
            readings[path] = PARSERS[name](text, path)
        elif _is_lock(path):
            readings[path] = parse_toml_lock(text, path)
        else:
            readings[path], follow = parse_requirements(text, path)
            for target, line in follow:
                if not _inside(root, target):
                    readings[path].note(f"includes {target}, which lies outside the tree", line)
                elif target not in readings:
                    waiting.append((target, f"{root}/{target}"))
    return readings


def _inside(root: str, target: str) -> bool:
    """Whether an included file lies in the tree, links resolved: notes quote what they read."""
    try:
        return (Path(root) / target).resolve().is_relative_to(Path(root).resolve())
    except (OSError, RuntimeError, ValueError):  # a loop of links, or a name that no file can have
        return False


def _text(data: bytes) -> str:
    """Manifests are UTF-8 but for Windows, where redirected output of `pip freeze` may be UTF-16."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return decode(data).removeprefix("\ufeff").replace("\r\n", "\n")


def _is_lock(path: str) -> bool:
    name = posixpath.basename(path)
    return name in TOML_LOCKS or name == "Pipfile.lock" or (name.startswith("pylock.") and name.endswith(".toml"))


def _without_echoes(asked: list[Requirement]) -> list[Requirement]:
    """Drop what METADATA repeats: it is built from the manifest beside it."""
    spoken = {_home(item.file) for item in asked if posixpath.basename(item.file) not in METADATA}
    return [item for item in asked if posixpath.basename(item.file) not in METADATA or _home(item.file) not in spoken]


def _home(path: str) -> str:
    """The project folder of a manifest: of `src/shop.egg-info/PKG-INFO` and `requirements/dev.txt`, the root."""
    folder = posixpath.dirname(path)
    if folder.endswith((".egg-info", ".dist-info")):
        folder = posixpath.dirname(folder)
        return folder.removesuffix("src").rstrip("/")
    return posixpath.dirname(folder) if posixpath.basename(folder) == "requirements" else folder


def _join(asked: Iterable[Requirement], locks: Sequence[Reading]) -> list[Requirement]:
    """Put the version and hash of the closest lock file on each requirement that leaves a choice."""
    tables = sorted(
        ((_home(lock.file), _newest(lock.requirements)) for lock in locks), key=lambda entry: -len(entry[0])
    )
    joined: list[Requirement] = []
    for item in asked:
        found = item
        for home, versions in tables:
            if (not home or f"{_home(item.file)}/".startswith(f"{home}/")) and (
                locked := versions.get(item.distribution)
            ):
                version = (
                    item.version if item.version and item.specifier.startswith("==") else locked.version or item.version
                )
                found = replace(item, version=version, hashed=item.hashed or locked.hashed)
                break
        joined.append(found)
    return joined


def _newest(requirements: Iterable[Requirement]) -> Mapping[str, Requirement]:
    """One entry per distribution: where a lock holds several for different platforms, the newest."""
    newest: dict[str, Requirement] = {}
    for item in requirements:
        if item.distribution not in newest or _version(item) > _version(newest[item.distribution]):
            newest[item.distribution] = item
    return newest


def _version(item: Requirement) -> Version:
    try:
        return Version(item.version)
    except InvalidVersion:
        return Version("0")


def _transitive(asked: Iterable[Requirement], locks: Sequence[Reading]) -> list[Requirement]:
    names = {item.distribution for item in asked}
    return [item for lock in locks for item in lock.requirements if item.distribution not in names]


def _own_name(readings: Sequence[Reading]) -> str:
    """The name in the root's manifest, source manifests first."""
    at_root = [reading for reading in readings if reading.name and not _home(reading.file)]
    at_root.sort(key=lambda reading: posixpath.basename(reading.file) in METADATA)
    return at_root[0].name if at_root else ""
