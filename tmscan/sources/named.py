"""What a person asked for: paths and patterns come in, real paths, the root and filters go out; mistakes stop here.

Stands apart so that everything below it may rely on paths that exist and patterns that parse.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tmscan.errors import TmscanError
from tmscan.sources.ignore import IgnoreSpec, parse_patterns
from tmscan.sources.walk import Filters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tmscan.sources.types import SourceOptions


def existing(path: Path) -> Path:
    """The real place of a folder; of a file, its folder's (a link keeps its name). Raises TmscanError if missing."""
    try:
        if path.is_dir():
            return path.resolve(strict=True)
        if path.exists():
            return path.parent.resolve(strict=True) / path.name
    except (OSError, RuntimeError, ValueError) as error:
        raise TmscanError(f"{path}: cannot be read: {error}. Name a file or folder that exists.") from error
    raise TmscanError(f"{path}: no such file or folder. Name a file or folder that exists.")


def choose_root(named: Sequence[Path], options: SourceOptions) -> Path:
    """The folder that all paths of the result are relative to; raises TmscanError if a given one does not hold them."""
    if options.root is not None:
        root = existing(Path(options.root))
        for path in named:
            if not path.is_relative_to(root):
                raise TmscanError(f"{path}: is not below the root {root}. Choose a root that holds every path.")
        return root
    for path in named:
        if path.is_dir() and all(other.is_relative_to(path) for other in named):
            return path
    here = Path.cwd().resolve()
    if all(path.is_relative_to(here) for path in named):
        return here
    return Path(os.path.commonpath([path if path.is_dir() else path.parent for path in named]))


def below(root: Path, path: Path, *, folder: bool) -> str:
    """`path` relative to `root`, POSIX style; folders end in "/", the root itself is ""."""
    way = path.relative_to(root).as_posix()
    return "" if way == "." else f"{way}/" if folder else way


def make_filters(root: Path, options: SourceOptions) -> Filters:
    """The configured patterns, ready to match paths below `root`; raises TmscanError for one that is no pattern."""
    base = Path(options.globs_root).resolve() if options.globs_root is not None else root
    above, folder = "", ""
    if root.is_relative_to(base):
        above = below(base, root, folder=True)
    elif base.is_relative_to(root):
        folder = below(root, base, folder=True)
    include = _patterns(options.include, "include", folder, above)
    exclude = _patterns(options.exclude, "exclude", folder, above)
    ways = {way for pattern in options.exclude if pattern.startswith("!") for way in _ways(pattern[1:])}
    return Filters(include, exclude, frozenset(ways))


def _patterns(patterns: tuple[str, ...], option: str, folder: str, above: str) -> tuple[IgnoreSpec, ...]:
    spec, problems = parse_patterns(patterns, option)
    if problems:
        wrong = patterns[problems[0].line - 1]
        raise TmscanError(f"{option}: {wrong!r}: {problems[0].reason}. Write it as in a .gitignore file.")
    return (IgnoreSpec(spec, folder, above),) if spec else ()


def _ways(pattern: str) -> Iterable[str]:
    """The folders on the way to what a pattern takes in: `vendor/` and `vendor/ours/` for `vendor/ours/*.py`."""
    parts = pattern.strip("/").split("/")
    plain = next((number for number, part in enumerate(parts) if set(part) & set("*?[")), len(parts))
    return ("/".join(parts[: number + 1]) + "/" for number in range(plain))
