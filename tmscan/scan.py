"""The pipeline on one screen: paths in; inventory, data-flow model and STRIDE register out.

A tree in which nothing changed is answered from the cache: neither libcst nor the rooms of the analysis load then.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from tmscan.dfd.types import DataFlowModel
from tmscan.facts.cache import Cache, close_cache, open_cache, read_entries, write_entries
from tmscan.facts.collect import collect, source_key
from tmscan.facts.types import FileFacts
from tmscan.inventory.types import Inventory
from tmscan.libraries.declared import Declarations
from tmscan.processes import beside, cores
from tmscan.sources.otherfiles import kind_of
from tmscan.sources.pages import read_page
from tmscan.sources.project import read_project
from tmscan.sources.read import read_source
from tmscan.sources.types import Project, Skipped, Source, SourceOptions
from tmscan.threats.types import Register, Rule


@dataclass(frozen=True, slots=True)
class Scan:
    """What one scan found: three views of the same tree, the rules it went by, and the files it left out."""

    inventory: Inventory
    model: DataFlowModel
    register: Register
    rules: tuple[Rule, ...] = ()
    root: str = ""
    left_out: tuple[Skipped, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What to look at (`sources`), with which rules and library files besides the built-in ones (`rules`, `libraries`:
    folders), and what a person `declared` about guards and endpoints.

    `enable` is a closed list of rule ids (None: all), `disable` takes some away. `cache` says whether what earlier runs
    read is used and kept, `workers` how many processes work at a time (None: as many as there are cores).
    """

    sources: SourceOptions = field(default_factory=SourceOptions)
    rules: tuple[Path, ...] = ()
    libraries: tuple[Path, ...] = ()
    declared: Declarations = field(default_factory=Declarations)
    enable: tuple[str, ...] | None = None
    disable: tuple[str, ...] = ()
    progress: Callable[[int, int], None] | None = None
    cache: bool = True
    workers: int | None = None


def scan(paths: Sequence[Path], options: ScanOptions | None = None) -> Scan:
    """Scan files and folders. Raises TmscanError for a bad path or a bad rule; a bad file becomes a record."""
    options = options or ScanOptions()
    with no_collection(), _cache(options) as cache:
        project = read_project(paths, options.sources)
        contents: dict[str, bytes] = {}
        skipped = list(project.skipped)
        for source in project.sources:
            data = read_source(source, options.sources.max_bytes)
            if isinstance(data, Skipped):
                skipped.append(data)
            else:
                contents[source.path] = data
        key = _key(project, contents, skipped, options)
        found = _remembered(cache, key)
        if found is None:
            found = _scan(project, contents, skipped, options, cache)
            if cache is not None:
                write_entries(cache, "scan", {key: msgspec.msgpack.encode(replace(found, rules=()))})
            return found
        return replace(found, rules=_rules(options))


def scan_sources(files: dict[str, bytes], options: ScanOptions | None = None) -> Scan:
    """Scan a tree that exists only in memory: path → content, as examples and tests have it."""
    sources = []
    pages = [
        read_page(path, data)
        for path, data in sorted(files.items())
        if kind_of(path.rpartition("/")[2], path.rpartition("/")[0]) == "template"
    ]
    for path in sorted(files):
        if path.endswith(".py"):
            stem = path.removesuffix(".py")
            package = stem.endswith("__init__")
            module = stem.removesuffix("__init__").strip("/").replace("/", ".")
            sources.append(Source(path, path, module, package, "", "application"))
    templates = tuple(page for page in pages if page is not None)
    project = Project("", tuple(sources), (), (), (), "example", templates=templates)
    return _scan(project, {source.path: files[source.path] for source in sources}, [], options or ScanOptions(), None)


def _is_template(path: str) -> bool:
    folder, slash, name = path.rpartition("/")
    return kind_of(name, folder + slash) == "template"


def call_graph(paths: Sequence[Path], options: ScanOptions | None = None) -> dict[str, list[str]]:
    """Who calls whom in files and folders: names of functions and modules, each with the names that it calls."""
    from tmscan.program.callgraph import call_graph as graph_of
    from tmscan.vocabulary import libraries

    options = options or ScanOptions()
    with no_collection(), _cache(options) as cache:
        project = read_project(paths, options.sources)
        read = {source.path: read_source(source, options.sources.max_bytes) for source in project.sources}
        contents = ((path, data) for path, data in read.items() if not isinstance(data, Skipped))
        found = collect(contents, cache, workers=options.workers, progress=options.progress)
        facts = {path: file for path, file in found.items() if isinstance(file, FileFacts)}
        _, vocabulary = libraries(cache, options.libraries)
        sources = [source for source in project.sources if source.path in facts]
        return graph_of(sources, facts, vocabulary, project.search_roots)


def _scan(
    project: Project, contents: dict[str, bytes], skipped: list[Skipped], options: ScanOptions, cache: Cache | None
) -> Scan:
    # The rooms of the analysis are loaded here, so that a run answered from the cache does not pay for them.
    from tmscan.dfd.model import build_model
    from tmscan.inventory.build import take_inventory
    from tmscan.inventory.explored import explore
    from tmscan.inventory.overrides import declare
    from tmscan.inventory.shown import own_name, own_names, with_own_names
    from tmscan.program.dispatchers import dispatchers
    from tmscan.program.link import link
    from tmscan.threats.assess import assess
    from tmscan.threats.switches import active_rules
    from tmscan.traces.build import believed, traces_of
    from tmscan.vocabulary import libraries

    rules = _rules(options)
    active = active_rules(rules, options.enable, options.disable)
    facts: dict[str, FileFacts] = {}
    read = collect(contents.items(), cache, workers=options.workers, progress=options.progress)
    for path, found in read.items():
        if isinstance(found, FileFacts):
            facts[path] = found
        else:
            skipped.append(Skipped(path, found.reason, found.line))
    sources = [source for source in project.sources if source.path in facts]
    own = dispatchers(sources, facts)
    rows, vocabulary = libraries(cache, options.libraries, options.declared, own)
    program = link(sources, facts, vocabulary, project.search_roots, folders=project.folders)
    missing = tuple(sorted(skipped, key=lambda item: (item.file, item.line)))
    explored = explore(program, rows, project, options.workers or cores())
    followed = beside(
        lambda: traces_of(program.machine, rows, explored.effects.sinks, explored.effects.pages), copied=explored.copied
    )
    inventory = take_inventory(explored, project, facts, missing)
    traces = followed()
    inventory = believed(inventory, traces)
    inventory = declare(inventory, options.declared, project.root)
    model = build_model(inventory)
    register = assess(inventory, model, rules, active=active, traces=traces)
    names = own_names(project.sources)
    if names:  # the analysis is done: what is shown need not tell modules of the same name apart
        inventory = with_own_names(inventory, names)
        told = (replace(finding, function=own_name(names, finding.function)) for finding in register.findings)
        register = replace(register, findings=tuple(told))
    warnings = tuple(cache.warnings) if cache is not None else ()
    return Scan(inventory, model, register, rules, project.root, project.left_out, warnings)


def _rules(options: ScanOptions) -> tuple[Rule, ...]:
    from tmscan.threats.load import load_rules
    from tmscan.version import rules_folder

    return load_rules([rules_folder() / "threats", *options.rules])


def _key(project: Project, contents: dict[str, bytes], skipped: list[Skipped], options: ScanOptions) -> bytes:
    """What a scan depends on: tmscan itself, its rules and options, the day (suppressions lapse), every file."""
    from tmscan.version import tool_digest

    digest = sha256(tool_digest((*options.rules, *options.libraries)))
    about = (options.enable, options.disable, options.sources, options.declared, datetime.now(UTC).date().isoformat())
    digest.update(msgspec.msgpack.encode((about, project, skipped)))
    for path, content in contents.items():
        digest.update(path.encode("utf-8", "surrogatepass"))
        digest.update(source_key(content))
    return digest.digest()


@dataclass(frozen=True, slots=True)
class _Kept:
    """A scan as the cache keeps it: everything but the rules, which are read anew."""

    inventory: Inventory
    model: DataFlowModel
    register: Register
    root: str
    left_out: tuple[Skipped, ...]
    warnings: tuple[str, ...]


def _remembered(cache: Cache | None, key: bytes) -> Scan | None:
    stored = read_entries(cache, "scan", [key]).get(key) if cache is not None else None
    if stored is None:
        return None
    try:
        kept = msgspec.msgpack.decode(stored, type=_Kept)
    except msgspec.MsgspecError:
        return None  # written by something else under our key: scan again
    return Scan(kept.inventory, kept.model, kept.register, (), kept.root, kept.left_out, kept.warnings)


@contextmanager
def _cache(options: ScanOptions) -> Iterator[Cache | None]:
    if not options.cache:
        yield None
        return
    cache = open_cache()
    try:
        yield cache
    finally:
        close_cache(cache)


@contextmanager
def no_collection() -> Iterator[None]:
    """Without the cyclic garbage collector: nothing is garbage before the end, and looking for it costs a third."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
