"""What a user asked of a scan in; the scan itself out: settings found, options joined, progress shown.

Stands apart from the commands because all of them that read code begin like this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tmscan.cli.output import complain, visible_error
from tmscan.config import Config, find_config, read_config

if TYPE_CHECKING:
    from tmscan.scan import Scan, ScanOptions


@dataclass(frozen=True, slots=True)
class Request:
    """The words of a command line that say what is scanned and how."""

    paths: tuple[Path, ...] = ()
    rules: tuple[Path, ...] = ()
    include_tests: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    root: Path | None = None
    config: Path | None = None
    no_config: bool = False
    no_cache: bool = False
    workers: int = 0
    quiet: bool = False
    verbose: bool = False


def settings(request: Request) -> Config:
    """The settings that apply to the paths: of the file that was named, or of the nearest above all paths."""
    if request.no_config:
        return Config()
    if request.config is not None:
        return read_config(request.config)
    return find_config(common_folder(request.paths))


def scan_request(request: Request, config: Config) -> Scan:
    """Scan what was asked for. Raises TmscanError for bad paths, patterns, rules and ids of rules."""
    from tmscan.cli.progress import shown_progress
    from tmscan.cli.switches import check_switches, switch_off
    from tmscan.scan import scan

    check_switches(config, (*config.rule_folders, *request.rules))
    with shown_progress(quiet=request.quiet) as progress:
        found = scan(request.paths, replace(scan_options(request, config), progress=progress))
    if not request.quiet:
        _say(found, config, request)
    return switch_off(found, config)


def scan_options(request: Request, config: Config) -> ScanOptions:
    """Settings and command line joined: lists add up, a closed list (`--include`) on the command line replaces.

    Patterns of both are relative to the folder of the settings file, and without one to the scanned root.
    """
    from tmscan.scan import ScanOptions
    from tmscan.sources.types import SourceOptions

    sources = SourceOptions(
        include_tests=request.include_tests or config.include_tests,
        include=request.include or config.include,
        exclude=(*config.exclude, *request.exclude),
        root=str(request.root) if request.root else None,
        globs_root=str(config.file.parent.resolve()) if config.file else None,
    )
    return ScanOptions(
        sources=sources,
        rules=(*config.rule_folders, *request.rules),
        libraries=(*config.library_folders, *config.rule_folders, *request.rules),
        declared=config.declared,
        enable=config.enable,
        disable=config.disable,
        cache=not request.no_cache,
        workers=request.workers or None,
    )


def common_folder(paths: Sequence[Path]) -> Path:
    """The closest folder that holds all paths; the current one when there are none."""
    import os

    folders = [str(path.resolve() if path.is_dir() else path.resolve().parent) for path in paths]
    return Path(os.path.commonpath(folders)) if folders else Path.cwd()


def _say(found: Scan, config: Config, request: Request) -> None:
    if request.verbose:
        complain(f"tmscan: settings: {config.file or 'none'}")
        complain(f"tmscan: root: {found.root}")
        for note in found.left_out:
            complain(visible_error(Exception(f"tmscan: left out: {note.file}: {note.reason}")))
    if not found.inventory.files:
        where = ", ".join(str(path) for path in request.paths) or "this folder"
        complain(visible_error(Exception(f"tmscan: no Python files to read in {where}")))
