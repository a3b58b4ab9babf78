"""From the paths a person names to a `Project`: what to read, what was left out and why, what the manifests ask for.

The room's one way in. It only joins the parts: `walk` lists, `roles` judges, `layout` and `modules` name, `manifests`
reads.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tmscan.sources.deployed import read_deployed
from tmscan.sources.ignore import decide
from tmscan.sources.layout import find_layout
from tmscan.sources.manifests import read_manifests
from tmscan.sources.modules import Named, name_modules
from tmscan.sources.named import below, choose_root, existing, make_filters
from tmscan.sources.otherfiles import kind_of
from tmscan.sources.pages import read_pages
from tmscan.sources.read import read_bytes, too_large
from tmscan.sources.roles import REASONS, file_role, folder_roles
from tmscan.sources.types import OtherFile, Project, Role, Skipped, Source, SourceOptions
from tmscan.sources.walk import EXCLUDED, Filters, Found, Tree, is_python, sorted_notes, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = 4096
DESCRIPTORS = "_pb2.py"  # generated, but the messages and services that the code works with stand nowhere else
TAKEN_WITH_TESTS: frozenset[Role] = frozenset(("test", "migration", "documentation", "example"))


def read_project(paths: Sequence[Path], options: SourceOptions | None = None) -> Project:
    """Find everything to read below folders and among files that a person named.

    Paths in the result are relative to `Project.root`: `options.root`, else the one named folder that holds all other
    paths, else the current folder if it holds them all, else their closest common folder. Named files are read whatever
    git, their role or their size says; a configured exclude counts for them too.
    Raises TmscanError for a path that is missing or cannot be read, and for a pattern that is none.
    """
    options = options or SourceOptions()
    named = [existing(path) for path in paths] or [existing(Path())]
    root = choose_root(named, options)
    filters = make_filters(root, options)
    tree = walk(root, [below(root, path, folder=True) for path in named if path.is_dir()], filters)
    explicit = _add_named_files(tree, root, [path for path in named if not path.is_dir()], filters)
    by_folder = folder_roles(tree.folders)
    kept, roles, heads = _judge(tree, explicit, by_folder, options)
    layout = find_layout(_name_above(root), heads, tree.folders)
    names = name_modules(heads, layout)
    sources = tuple(_source(found, roles[found.path], names[found.path], found.path in explicit) for found in kept)
    others = [
        file
        for file in tree.others
        if options.include_tests or by_folder.get(_folder(file.path), "application") == "application"
    ]
    manifests = read_manifests(str(root), [file for file in others if file.kind == "manifest"])
    deployed, unread = read_deployed(others)
    templates, closed = read_pages(others)
    return Project(
        root=str(root),
        sources=sources,
        skipped=sorted_notes([*tree.skipped, *manifests.skipped, *unread, *closed]),
        left_out=sorted_notes(tree.left_out),
        requirements=manifests.requirements,
        name=manifests.name or root.name,
        search_roots=layout.search_roots,
        package=layout.package,
        deployed=deployed,
        folders=_contents(tree),
        templates=templates,
    )


def _contents(tree: Tree) -> dict[str, tuple[str, ...]]:
    """What stands in each folder that was listed; those of folders end in "/". Names that are no text are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for folder, names in sorted(tree.folders.items()):
        texts = (name for name in names if name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name))
        within = tree.within.get(folder, frozenset())
        found[folder] = tuple(sorted(f"{name}/" if name in within else name for name in texts))
    return found


def _add_named_files(tree: Tree, root: Path, files: Sequence[Path], filters: Filters) -> set[str]:
    """Put named files into `tree`; the paths that a person named come back."""
    found = {file.path for file in tree.files}
    others = {file.path for file in tree.others}
    explicit: set[str] = set()
    for file in sorted(set(files)):
        path = below(root, file, folder=False)
        for folder in (file.parent, *file.parent.parents):
            if folder.is_relative_to(root) and (key := below(root, folder, folder=True)) not in tree.folders:
                tree.folders[key] = _names_in(folder)
        if any(decide([spec], path) for spec in filters.exclude):
            tree.left_out.append(Skipped(path, EXCLUDED))
        elif is_python(file.name, str(file)):
            explicit.add(path)
            if path not in found:
                tree.files.append(Found(path, str(file), 0))
        elif (kind := kind_of(file.name, path.removesuffix(file.name))) is None:
            tree.skipped.append(Skipped(path, "not a Python file"))
        elif path not in others:
            tree.others.append(OtherFile(path, str(file), kind))
    tree.left_out[:] = [note for note in tree.left_out if note.file not in explicit]
    tree.files.sort(key=lambda file: file.path)
    tree.others.sort()
    return explicit


def _names_in(folder: Path) -> frozenset[str]:
    try:
        with os.scandir(folder) as listing:
            return frozenset(entry.name for entry in listing)
    except OSError:
        return frozenset()


def _judge(
    tree: Tree, explicit: set[str], by_folder: dict[str, Role], options: SourceOptions
) -> tuple[list[Found], dict[str, Role], dict[str, bytes]]:
    """Sort out what to read: the files, their roles and their first bytes; everything else is noted in `tree`."""
    kept: list[Found] = []
    out: list[Found] = []
    roles: dict[str, Role] = {}
    heads: dict[str, bytes] = {}
    for found in tree.files:
        folder = _folder(found.path)
        named = found.path in explicit
        role = by_folder.get(folder, "application")
        wanted = named or found.kept or role == "application" or options.include_tests
        head = read_bytes(found.absolute, 0, HEAD) if wanted else b""
        if isinstance(head, str):
            tree.skipped.append(Skipped(found.path, head))
            continue
        if found.size > options.max_bytes > 0 and not named:
            tree.skipped.append(Skipped(found.path, too_large(found.size, options.max_bytes)))
            continue
        if b"\0" in head:
            tree.skipped.append(Skipped(found.path, "binary, not Python text"))
            continue
        packaged = "__init__.py" in tree.folders.get(folder, ())
        role = roles[found.path] = file_role(found.path, found.absolute, head, role, packaged)
        describes = role == "generated" and found.path.endswith(DESCRIPTORS)
        wanted = named or found.kept or role == "application" or describes
        if wanted or (options.include_tests and role in TAKEN_WITH_TESTS):
            kept.append(found)
            heads[found.path] = head
        else:
            out.append(found)
    if not kept:  # a repository of nothing but examples is scanned for them
        kept = [found for found in out if roles[found.path] == "example"]
        heads.update(
            (found.path, head) for found in kept if isinstance(head := read_bytes(found.absolute, 0, HEAD), bytes)
        )
    tree.left_out.extend(Skipped(found.path, REASONS[roles[found.path]]) for found in out if found.path not in heads)
    return [found for found in kept if found.path in heads], roles, heads


def _folder(path: str) -> str:
    return path[: path.rfind("/") + 1]


def _name_above(root: Path) -> str:
    """The dotted name that `root` would have as a package, with those of the packages around it; "" if none can be."""
    parts = [root.name]
    if (root / "__init__.py").exists():
        for folder in root.parents:
            if not (folder / "__init__.py").exists():
                break
            parts.insert(0, folder.name)
    return ".".join(parts) if all(part.isidentifier() for part in parts) else ""


def _source(found: Found, role: Role, named: Named, explicit: bool) -> Source:
    return Source(found.path, found.absolute, named.module, named.is_package, named.app_root, role, explicit)
