"""Third-party distributions: what the code imports, joined with what manifests ask for and lock."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping

from tmscan.facts.types import FileFacts
from tmscan.inventory.types import Dependency
from tmscan.libraries.index import Index
from tmscan.sources.types import Location, Requirement


def dependencies_of(
    facts: Mapping[str, FileFacts], requirements: Iterable[Requirement], index: Index, project: frozenset[str]
) -> tuple[Dependency, ...]:
    """One record per distribution that some file imports, in the order of names.

    `project` are the top-level names of the tree itself. A module belongs to the distribution that the longest part of
    its name is known for; one that is asked for but never imported is not listed.
    """
    wanted = _by_name(requirements)
    files: dict[str, set[str]] = {}
    for path, file in facts.items():
        for name in file.imports:
            top = name.partition(".")[0]
            if top and top not in project and top not in sys.stdlib_module_names:
                files.setdefault(_module(name, index), set()).add(path)
    made: dict[str, tuple[set[str], str, set[str], Requirement | None]] = {}
    for module in sorted(files):
        library = index.imports.get(module)
        names = [_plain(name) for name in index.distributions.get(module, library.pypi[:1] if library else ())]
        candidates = [*names, _plain(module.replace(".", "-"))]
        requirement = next((wanted[name] for name in candidates if name in wanted), None)
        if requirement is None and not names:
            requirement = _like(module, wanted, index)
        distribution = requirement.distribution if requirement is not None else candidates[0]
        entry = made.setdefault(distribution, (set(), library.role if library else "other", set(), requirement))
        entry[0].add(module)
        entry[2].update(files[module])
    return tuple(_dependency(name, *entry) for name, entry in sorted(made.items()))


def _dependency(name: str, modules: set[str], role: str, where: set[str], asked: Requirement | None) -> Dependency:
    version = asked.version if asked else ""
    place = Location(asked.file, asked.line) if asked else None
    return Dependency(name, version, tuple(sorted(modules)), role, tuple(sorted(where)), bool(version), place)


def _module(name: str, index: Index) -> str:
    """The longest part of a module's name that a library file knows, else its first."""
    parts = name.split(".")
    for length in range(min(len(parts), 4), 0, -1):
        module = ".".join(parts[:length])
        if module in index.distributions:
            return module
    return parts[0]


def _like(module: str, wanted: Mapping[str, Requirement], index: Index) -> Requirement | None:
    """The requirement whose name says that it brings a module: `python-slugify` for `slugify`."""
    plain = _plain(module)
    frameworks = (library.name for library in index.libraries if library.role == "web framework")
    for name in (
        f"python-{plain}",
        f"py{plain}",
        f"{plain}-python",
        f"py-{plain}",
        *(f"{each}-{plain}" for each in frameworks),
    ):
        if name in wanted:
            return wanted[name]
    return None


def _plain(name: str) -> str:
    """A distribution's name as PyPI compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _by_name(requirements: Iterable[Requirement]) -> dict[str, Requirement]:
    """The most telling requirement per distribution: one with a version before one without."""
    found: dict[str, Requirement] = {}
    for requirement in requirements:
        name = _plain(requirement.distribution)
        known = found.get(name)
        if known is None or (requirement.version and not known.version):
            found[name] = requirement
    return found
