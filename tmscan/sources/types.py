"""Records of the `sources` room: where a piece of code stands, what a file is, what a manifest promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["application", "test", "migration", "documentation", "example", "generated"]
Trigger = Literal["http", "websocket", "lambda", "schedule", "consumer", "command", "operation", "application"]
FileKind = Literal["manifest", "deployment", "template"]


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A region of a file: `file` below the root in POSIX style, lines and columns 1-based, `end_column` exclusive.

    `end_line` 0 means "not known"; exporters then take the rest of the line.
    """

    file: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file to read.

    `path` is relative to the scanned root (POSIX), `absolute` where to open it, `module` its dotted name in `app_root`
    (`shop.views`; a package's `__init__.py` has its name; no two alike in a `Project`), `app_root` the folder
    relative to the root that would stand on `sys.path` ("" for the root itself), `explicit` whether a person named this
    very file.
    """

    path: str
    absolute: str
    module: str
    is_package: bool
    app_root: str
    role: Role
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read, and why: it is counted in every report."""

    file: str
    reason: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Requirement:
    """A distribution that a manifest asks for. `version` is the locked or exactly pinned version, "" when it floats."""

    distribution: str
    specifier: str
    version: str
    hashed: bool
    marker: str
    file: str
    line: int
    group: str = ""


@dataclass(frozen=True, slots=True)
class Deployed:
    """Code that a deployment file or manifest names as a way in.

    `handler` is `folder/file.py:function` below the root, or `dotted.module:function`. For `http`, `methods` and `path`
    say which requests come here, and `guard` names the authorizer or key that they must pass ("" for none). For
    `application` the handler is a factory, `path` where it is served, `guard` the filters before it, in one text, and
    `options` what the factory is given by name.
    """

    kind: Trigger
    name: str
    handler: str
    file: str
    line: int
    methods: tuple[str, ...] = ()
    path: str = ""
    guard: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class OtherFile:
    """A file that is not Python but says something about the system; `path` and `absolute` as in `Source`."""

    path: str
    absolute: str
    kind: FileKind


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What a run wants to see of a tree.

    `include` and `exclude` hold gitignore patterns, relative to `globs_root` (default: the scanned root). An `include`
    is a closed list: what matches none of it is left out. An `exclude` applies to files named by hand as well; a
    negated one (`!vendor/ours/`) takes in what tmscan or git would leave out. `root` is the folder that reported paths
    are relative to; None means the one folder among the paths, or the closest folder that holds them all.
    """

    include_tests: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_bytes: int = 2_000_000
    root: str | None = None
    globs_root: str | None = None


@dataclass(frozen=True, slots=True)
class RawOutput:
    """A place where a template shows something without escaping it: a name of its context, and attributes behind."""

    line: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageTemplate:
    """A template of pages: `outputs` go into the page as they are, `uses` names templates it includes or extends."""

    path: str
    outputs: tuple[RawOutput, ...]
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """All that `sources` knows of a tree: files to read, files left out and why, requirements, what is deployed.

    `search_roots` are the folders (relative to the root, "" for the root itself) whose children are top-level names,
    the likeliest first: an import is looked up in the file's own `app_root`, then in these. `package` is the dotted
    name of the root itself where the root is a package whose own name its files import ("" otherwise): modules then
    start with it although their `app_root` is "".
    """

    root: str
    sources: tuple[Source, ...]
    skipped: tuple[Skipped, ...]
    left_out: tuple[Skipped, ...]
    requirements: tuple[Requirement, ...]
    name: str = ""
    search_roots: tuple[str, ...] = ("",)
    package: str = ""
    deployed: tuple[Deployed, ...] = ()
    folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    templates: tuple[PageTemplate, ...] = ()
