"""The files of a commit in; for each project among them, its whole scan with only what stands in these files, out.

Routes, guards and flows run through files: the names that pre-commit passes say what is reported, not what is read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tmscan.cli.request import scan_request, settings
from tmscan.config import find_config
from tmscan.errors import TmscanError

if TYPE_CHECKING:
    from collections.abc import Collection

    from tmscan.cli.request import Request
    from tmscan.config import Config
    from tmscan.scan import Scan

MARKS = ("tmscan.toml", "pyproject.toml", "setup.py", "setup.cfg", ".git")


def scan_commit(request: Request, *, one: bool) -> list[tuple[Scan, Config]]:
    """Scan the project of every file of `request.paths`.

    Raises TmscanError for a missing file, and for several projects if the output can hold only `one`.
    """
    here = Path.cwd().resolve()
    projects: defaultdict[Path, set[Path]] = defaultdict(set)
    for path in request.paths:
        if not path.exists():
            raise TmscanError(f"{path}: no such file")
        file = path.resolve() if path.is_dir() else path.parent.resolve() / path.name
        projects[_project(file, here)].add(file)
    if one and len(projects) > 1:
        raise TmscanError(
            f"the files belong to {len(projects)} projects ({', '.join(str(each) for each in sorted(projects))}); "
            "this format holds only one: use --format text, or name the files of one project"
        )
    runs: list[tuple[Scan, Config]] = []
    for project, files in sorted(projects.items()):
        root = request.root or (here if project.is_relative_to(here) else None)
        whole = replace(request, paths=(project,), root=root)
        config = settings(whole)
        runs.append((_only(scan_request(whole, config), files), config))
    return runs


def _project(file: Path, here: Path) -> Path:
    """The folder with the settings that hold for the file, else the nearest that looks like a project's top."""
    config = find_config(file)
    if config.file is not None:
        return config.file.parent.resolve()
    for folder in file.parents:
        if any((folder / mark).exists() for mark in MARKS):
            return folder
    return here if file.is_relative_to(here) else file.parent


def _only(scan: Scan, files: Collection[Path]) -> Scan:
    root = Path(scan.root)
    names = {file.relative_to(root).as_posix() for file in files if file.is_relative_to(root)}
    inventory = replace(
        scan.inventory,
        unknowns=tuple(each for each in scan.inventory.unknowns if each.location.file in names),
        skipped=tuple(each for each in scan.inventory.skipped if each.file in names),
    )
    findings = tuple(each for each in scan.register.findings if each.location.file in names)
    return replace(scan, inventory=inventory, register=replace(scan.register, findings=findings))
