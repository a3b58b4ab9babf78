"""The pipeline on one screen: paths in; inventory, data-flow model and STRIDE register out."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tmscan.dfd.model import build_model
from tmscan.dfd.types import DataFlowModel
from tmscan.facts.extract import extract
from tmscan.facts.types import FileFacts
from tmscan.inventory.build import take_inventory
from tmscan.inventory.types import Inventory
from tmscan.inventory.vocabulary import vocabulary_of
from tmscan.libraries.index import index
from tmscan.libraries.load import load_catalogue, rules_folder
from tmscan.program.link import link
from tmscan.sources.project import read_project
from tmscan.sources.read import read_source
from tmscan.sources.types import Project, Skipped, Source, SourceOptions
from tmscan.threats.assess import assess
from tmscan.threats.load import load_rules
from tmscan.threats.switches import active_rules
from tmscan.threats.types import Register, Rule


@dataclass(frozen=True, slots=True)
class Scan:
    """What one scan found: three views of the same tree."""

    inventory: Inventory
    model: DataFlowModel
    register: Register
    rules: tuple[Rule, ...] = ()
    root: str = ""
    left_out: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What to look at (`sources`), with which rules besides the built-in ones (`rules`: folders).

    `enable` is a closed list of rule ids (None: all), `disable` takes some away. `cache` says whether what earlier runs
    read is used and kept, `workers` how many processes read files (None: as many as there are cores).
    """

    sources: SourceOptions = field(default_factory=SourceOptions)
    rules: tuple[Path, ...] = ()
    enable: tuple[str, ...] | None = None
    disable: tuple[str, ...] = ()
    progress: Callable[[int, int], None] | None = None
    cache: bool = True
    workers: int | None = None


def scan(paths: Sequence[Path], options: ScanOptions | None = None) -> Scan:
    """Scan files and folders. Raises TmscanError for a bad path or a bad rule; a bad file becomes a record."""
    options = options or ScanOptions()
    with no_collection():
        project = read_project(paths, options.sources)
        contents: dict[str, bytes] = {}
        skipped = list(project.skipped)
        for source in project.sources:
            data = read_source(source, options.sources.max_bytes)
            if isinstance(data, Skipped):
                skipped.append(data)
            else:
                contents[source.path] = data
        return _scan(project, contents, skipped, options)


def scan_sources(files: dict[str, bytes], options: ScanOptions | None = None) -> Scan:
    """Scan a tree that exists only in memory: path → content, as examples and tests have it."""
    sources = []
    for path in sorted(files):
        if path.endswith(".py"):
            stem = path.removesuffix(".py")
            package = stem.endswith("__init__")
            module = stem.removesuffix("__init__").strip("/").replace("/", ".")
            sources.append(Source(path, path, module, package, "", "application"))
    project = Project("", tuple(sources), (), (), (), "example")
    return _scan(project, {source.path: files[source.path] for source in sources}, [], options or ScanOptions())


def _scan(project: Project, contents: dict[str, bytes], skipped: list[Skipped], options: ScanOptions) -> Scan:
    facts: dict[str, FileFacts] = {}
    for path, data in contents.items():
        found = extract(data)
        if isinstance(found, FileFacts):
            facts[path] = found
        else:
            skipped.append(Skipped(path, found.reason, found.line))
    catalogue = load_catalogue()
    rows = index(catalogue)
    rules = load_rules([rules_folder() / "threats", *options.rules])
    sources = [source for source in project.sources if source.path in facts]
    program = link(sources, facts, vocabulary_of(catalogue, rows), project.search_roots)
    inventory = take_inventory(program, rows, project, facts, tuple(sorted(skipped, key=lambda item: (item.file, item.line))))
    model = build_model(inventory)
    register = assess(inventory, model, rules, active=active_rules(rules, options.enable, options.disable))
    return Scan(inventory, model, register, rules, project.root, project.left_out)


@contextmanager
def no_collection() -> Iterator[None]:
    """Without the cyclic garbage collector: nothing here is garbage before the end, and looking for it costs a third."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
