"""The tree the way git sees it: a root comes in, the Python files and other telling files below it go out, sorted.

Stands apart from what files *are* (roles, module names): this is the place that lists folders, and it must be quick.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tmscan.errors import TmscanError
from tmscan.sources.folders import SILENT, foreign
from tmscan.sources.ignore import IgnoreSpec, decide, outer_specs, read_patterns
from tmscan.sources.otherfiles import kind_of
from tmscan.sources.types import OtherFile, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PYTHON = (".py", ".pyw")
IGNORED = "ignored by git"
EXCLUDED = "excluded by configuration"


@dataclass(frozen=True, slots=True)
class Found:
    """A Python file; `kept` when configuration takes it in by name, against git and the usual rules."""

    path: str
    absolute: str
    size: int
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """The configured patterns: `include` (a closed list), `exclude`, and the folders on the way to what it takes in."""

    include: tuple[IgnoreSpec, ...] = ()
    exclude: tuple[IgnoreSpec, ...] = ()
    ways: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Tree:
    """What a walk found.

    `folders` maps each folder ("" or ending in "/") to the names of everything in it, `within` to those of the folders.
    """

    files: list[Found] = field(default_factory=list)
    others: list[OtherFile] = field(default_factory=list)
    folders: dict[str, frozenset[str]] = field(default_factory=dict)
    within: dict[str, frozenset[str]] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    left_out: list[Skipped] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder still to list; `reason` is set while on the way through a folder that is otherwise left out."""

    absolute: str
    path: str
    specs: tuple[IgnoreSpec, ...]
    reason: str = ""


def walk(root: Path, starts: Sequence[str], filters: Filters) -> Tree:
    """List the folders `starts` (relative to `root`, which is a real path; "" or ending in "/") and all below them.

    Raises TmscanError when a start cannot be listed; whatever cannot be read further down becomes a `Skipped`.
    """
    tree = Tree()
    for start in sorted(set(starts)):
        if any(start != other and start.startswith(other) for other in starts):
            continue
        folder = root / start
        stack = [_Folder(str(folder), start, tuple(outer_specs(folder, start)))]
        while stack:
            stack.extend(reversed(_list(stack.pop(), start, str(root), filters, tree)))
    _follow_links(tree)
    tree.files.sort(key=lambda found: found.path)
    tree.others.sort()
    return tree


def is_python(name: str, absolute: str) -> bool:
    """Whether a regular file is Python by its name, or, without any suffix, by its `#!` line."""
    if name.endswith(PYTHON):
        return True
    if "." in name:
        return False
    try:
        handle = os.open(absolute, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False
    try:
        head = os.read(handle, 64)
    except OSError:
        return False
    finally:
        os.close(handle)
    return head.startswith(b"#!") and b"python" in head.split(b"\n", 1)[0]


def _list(folder: _Folder, start: str, root: str, filters: Filters, tree: Tree) -> list[_Folder]:
    """List one folder into `tree`; the folders below it that are worth listing come back, in order."""
    path = folder.path
    try:
        with os.scandir(folder.absolute) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        if path == start:
            raise TmscanError(
                f"{folder.absolute}: cannot be read: {error.strerror}. Name a folder that you may list."
            ) from error
        tree.skipped.append(Skipped(path, f"cannot be read: {error.strerror}"))
        return []
    names = frozenset(entry.name for entry in entries)
    reason = folder.reason
    if (
        path != start
        and not reason
        and (why := foreign(path[:-1].rpartition("/")[2], names))
        and not _kept(path, filters)
    ):
        tree.left_out.append(Skipped(path, why))
        if not _on_the_way(path, filters):
            return []
        reason = why
    tree.folders[path] = names
    tree.within[path] = frozenset(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    specs = _own_specs(folder, start, names, tree)
    below: list[_Folder] = []
    for entry in entries:
        if entry.is_symlink():
            _note_link(entry, path, root, tree)
        elif entry.is_dir(follow_symlinks=False):
            if entry.name not in SILENT and (child := _child(entry, path, specs, reason, filters, tree)):
                below.append(child)
        else:
            _file(entry, path, specs, reason, filters, tree)
    return below


def _own_specs(folder: _Folder, start: str, names: frozenset[str], tree: Tree) -> tuple[IgnoreSpec, ...]:
    specs = folder.specs
    if ".git" in names and folder.path != start:  # a repository in the repository: git lets the outer patterns end here
        spec, problems = read_patterns(f"{folder.absolute}/.git/info/exclude", f"{folder.path}.git/info/exclude")
        specs = (IgnoreSpec(spec, folder.path),) if spec else ()
        tree.skipped.extend(problems)
    if ".gitignore" in names:
        spec, problems = read_patterns(f"{folder.absolute}/.gitignore", f"{folder.path}.gitignore")
        specs = (*specs, IgnoreSpec(spec, folder.path)) if spec else specs
        tree.skipped.extend(problems)
    return specs


def _child(
    entry: os.DirEntry[str], path: str, specs: tuple[IgnoreSpec, ...], reason: str, filters: Filters, tree: Tree
) -> _Folder | None:
    below = f"{path}{entry.name}/"
    if not _readable_name(below, tree):
        return None
    said = decide(filters.exclude, below) if filters.exclude else None
    if said is False:
        reason = ""
    elif said:
        tree.left_out.append(Skipped(below, EXCLUDED))
        return None
    elif not reason and specs and decide(specs, below):
        tree.left_out.append(Skipped(below, IGNORED))
        reason = IGNORED
    if reason and not _on_the_way(below, filters):
        return None
    return _Folder(entry.path, below, specs, reason)


def _file(
    entry: os.DirEntry[str], path: str, specs: tuple[IgnoreSpec, ...], reason: str, filters: Filters, tree: Tree
) -> None:
    name = entry.name
    file = path + name
    kind = None if name.endswith(PYTHON) and name != "setup.py" else kind_of(name, path)
    python = name.endswith(PYTHON) or (kind is None and "." not in name)
    if not python and kind is None:
        return
    if not entry.is_file(follow_symlinks=False):
        if name.endswith(PYTHON):
            tree.skipped.append(Skipped(file, "not a regular file"))
        return
    if not _readable_name(file, tree):
        return
    said = decide(filters.exclude, file) if filters.exclude else None
    why = EXCLUDED if said else "" if said is False else reason or (IGNORED if specs and decide(specs, file) else "")
    if not why and filters.include and not decide(filters.include, file):
        why = "not in the configured include list"
    if why:
        if why != reason and name.endswith(PYTHON):
            tree.left_out.append(Skipped(file, why))
        return
    if kind is not None:
        tree.others.append(OtherFile(file, entry.path, kind))
    if name.endswith(PYTHON) or (kind is None and is_python(name, entry.path)):
        try:
            size = entry.stat(follow_symlinks=False).st_size
        except OSError as error:
            tree.skipped.append(Skipped(file, f"cannot be read: {error.strerror}"))
            return
        tree.files.append(Found(file, entry.path, size, said is False))


def _readable_name(path: str, tree: Tree) -> bool:
    """Names that are not UTF-8 cannot stand in any report; they are skipped, spelled with escapes."""
    if path.isascii():
        return True
    try:
        path.encode()
    except UnicodeEncodeError:
        tree.skipped.append(Skipped(path.encode(errors="backslashreplace").decode(), "file name is not UTF-8"))
        return False
    return True


def _kept(path: str, filters: Filters) -> bool:
    return bool(filters.exclude) and decide(filters.exclude, path) is False


def _on_the_way(path: str, filters: Filters) -> bool:
    return bool(filters.ways) and (filters.exclude[0].above + path[len(filters.exclude[0].folder) :]) in filters.ways


def _note_link(entry: os.DirEntry[str], path: str, root: str, tree: Tree) -> None:
    """Git does not follow links. A linked file of this tree is read (once); a link to anywhere else is only noted."""
    file = path + entry.name
    try:
        mode = entry.stat().st_mode
    except OSError as error:
        if entry.name.endswith(PYTHON) or "." not in entry.name:
            tree.skipped.append(Skipped(file, f"symbolic link that leads nowhere: {error.strerror}"))
        return
    target = os.path.realpath(entry.path)
    inside = target == root or target.startswith(root.rstrip("/") + "/")
    if stat.S_ISDIR(mode):
        loop = (entry.path + "/").startswith(target.rstrip("/") + "/")
        what = "symbolic link loop" if loop else "symbolic link to a folder" + ("" if inside else " outside the tree")
        (tree.left_out if inside and not loop else tree.skipped).append(Skipped(file, what))
    elif entry.name.endswith(PYTHON):
        if not inside:
            tree.skipped.append(Skipped(file, "symbolic link to a file outside the tree"))
        elif stat.S_ISREG(mode):
            tree.links.append((file, entry.path, target))


def _follow_links(tree: Tree) -> None:
    read = {found.absolute for found in tree.files}
    for file, absolute, target in sorted(tree.links):
        if target in read:
            tree.left_out.append(Skipped(file, "symbolic link to a file that is read under its own name"))
            continue
        read.add(target)
        try:
            tree.files.append(Found(file, absolute, Path(absolute).stat().st_size))
        except OSError as error:
            tree.skipped.append(Skipped(file, f"cannot be read: {error.strerror}"))


def sorted_notes(notes: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """Notes in the order of their places, each once."""
    return tuple(sorted(set(notes), key=lambda note: (note.file, note.line, note.reason)))
