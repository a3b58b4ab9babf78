"""Import roots: file paths and the names that the files import come in, the folders that stand on `sys.path` go out.

No rule about folders alone can tell `backend/app` from the namespace package `google.cloud`, nor see that a package
folder was put on `sys.path`. What the files import can: a folder is a root if more of the imports below it name its
children than name the folder itself.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+(\.*)(\w*)|import[ \t]+()(\w+))", re.MULTILINE)
PROJECT_FILES = frozenset(("pyproject.toml", "setup.py", "setup.cfg", "manage.py"))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where imports begin. `roots`: "" or ending in "/", deepest last; `package`: the name of the scanned root."""

    roots: tuple[str, ...]
    search_roots: tuple[str, ...]
    package: str = ""


@dataclass(frozen=True, slots=True)
class _Votes:
    own: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    outer: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def find_layout(above: str, heads: Mapping[str, bytes], folders: Mapping[str, AbstractSet[str]]) -> Layout:
    """Decide which folders are import roots.

    `above` is the dotted name that the scanned root has or could have itself, `heads` the first bytes of each file,
    `folders` the names in each folder ("" or ending in "/").
    """
    if (
        above
        and "__init__.py" not in folders.get("", frozenset())
        and not _imports_child(above, heads, folders.get("", frozenset()))
    ):
        above = ""  # a folder that is only called like what it uses: `examples/flask/app.py`
    prefix = above.replace(".", "/") + "/" if above else ""
    children = _children(heads, prefix)
    votes = _count(heads, prefix, children)
    wheel = any(name.endswith(".dist-info") for name in folders.get("", frozenset()))
    roots = {folder for folder in folders if _is_root(folder, prefix + folder, folders, children, votes, wheel)}
    package = "" if "" in roots or not above else above
    roots.add("")
    ranked = sorted(roots, key=lambda folder: (-votes.own[prefix + folder], folder.count("/"), folder))
    # A folder of scripts that import each other is on `sys.path` only while one of them runs: no one else looks there.
    search = tuple(
        folder.rstrip("/")
        for folder in ranked
        if not folder
        or _is_project(folder, folders)
        or any(prefix + folder + name + "/" in children for name in folders[folder])
    )
    return Layout(tuple(sorted(roots, key=lambda folder: (folder.count("/"), folder))), search, package)


def _imports_child(name: str, heads: Mapping[str, bytes], names: AbstractSet[str]) -> bool:
    """Whether some file imports one of `names` by the name of the folder that they are in."""
    wanted = re.compile(
        rb"^\s*(?:from|import)\s+" + name.encode() + rb"(?:\.(\w+)|[^\S\n]+import\s+([\w ,(\n]+))", re.M
    )
    held = {child.removesuffix(".py") for child in names}
    return any(
        not held.isdisjoint(re.findall(r"\w+", (module or listed).decode()))
        for head in heads.values()
        for module, listed in wanted.findall(head)
    )


def _ancestors(path: str) -> list[str]:
    """The folders that hold `path`, the outermost ("") first."""
    found = [""]
    at = path.find("/")
    while at >= 0:
        found.append(path[: at + 1])
        at = path.find("/", at + 1)
    return found


def _children(paths: Iterable[str], prefix: str) -> dict[str, set[str]]:
    """The names that could be imported from each folder."""
    children: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        below = prefix + path
        for folder in _ancestors(below):
            name = below[len(folder) :].partition("/")[0]
            children[folder].add(name.removesuffix(".py"))
    return children


def _imported(head: bytes) -> Iterator[tuple[int, str]]:
    """Each distinct (dots, first name) that is imported; the standard library says nothing about folders."""
    seen = set()
    for dots, name, _, plain in IMPORT.findall(head):
        found = (len(dots), (name or plain).decode("utf-8", "replace"))
        if found not in seen and (found[0] or found[1] not in sys.stdlib_module_names):
            seen.add(found)
            yield found


def _count(heads: Mapping[str, bytes], prefix: str, children: Mapping[str, set[str]]) -> _Votes:
    votes = _Votes()
    for path, head in heads.items():
        file = prefix + path
        chain = _ancestors(file)
        for dots, name in _imported(head):
            if dots:  # `from ..x`: the folder two up is a package, and so is each between
                for folder in chain[-dots:]:
                    votes.outer[folder] += 1
                continue
            for depth, folder in enumerate(chain):
                if name not in children[folder] or file == f"{folder}{name}.py":
                    continue
                votes.own[folder] += 1
                votes.names[folder].add(name)
                if depth + 1 < len(chain) and chain[depth + 1] == f"{folder}{name}/":
                    for below in chain[depth + 1 :]:
                        votes.outer[below] += 1
    return votes


def _is_root(
    folder: str,
    place: str,
    folders: Mapping[str, AbstractSet[str]],
    children: Mapping[str, set[str]],
    votes: _Votes,
    wheel: bool,
) -> bool:
    names = folders[folder]
    own, outer = votes.own[place], votes.outer[place]
    if place not in children:
        return False
    if "__init__.py" in names:
        if not PROJECT_FILES.isdisjoint(names):
            return own > 0 and own >= outer
        return own > outer and own > 1 and len(votes.names[place]) > 1
    if folder == "" or _is_project(folder, folders):
        return own >= outer
    if own or outer or wheel:
        return own > outer
    return _holds_packages(folder, folders)


def _is_project(folder: str, folders: Mapping[str, AbstractSet[str]]) -> bool:
    """Whether a folder holds a project's own files, or is called `src`: such folders are import roots by custom."""
    return folder == "src/" or folder.endswith("/src/") or not PROJECT_FILES.isdisjoint(folders[folder])


def _holds_packages(folder: str, folders: Mapping[str, AbstractSet[str]]) -> bool:
    return any("__init__.py" in folders.get(f"{folder}{name}/", ()) for name in folders.get(folder, ()))
