"""Third-party distributions: what the code imports, joined with what manifests ask for and lock."""

from __future__ import annotations

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

    `project` are the top-level names of the tree itself.
    """
    wanted = _by_name(requirements)
    files: dict[str, set[str]] = {}
    for path, file in facts.items():
        for name in file.imports:
            top = name.partition(".")[0]
            if top and top not in project and top not in sys.stdlib_module_names:
                files.setdefault(top, set()).add(path)
    made: dict[str, tuple[set[str], str, set[str], Requirement | None]] = {}
    for top in sorted(files):
        library = index.imports.get(top)
        names = [name.lower().replace("_", "-") for name in (library.pypi if library is not None else ())]
        candidates = [*names, top.lower().replace("_", "-")]
        requirement = next((wanted[name] for name in candidates if name in wanted), None)
        distribution = requirement.distribution if requirement is not None else (names[0] if names else candidates[-1])
        role = library.role if library is not None else "other"
        entry = made.setdefault(distribution, (set(), role, set(), requirement))
        entry[0].add(top)
        entry[2].update(files[top])
    return tuple(
        Dependency(
            distribution, requirement.version if requirement else "", tuple(sorted(tops)), role, tuple(sorted(where)),
            bool(requirement and requirement.version),
            Location(requirement.file, requirement.line) if requirement else None,
        )
        for distribution, (tops, role, where, requirement) in sorted(made.items())
    )  # fmt: skip


def _by_name(requirements: Iterable[Requirement]) -> dict[str, Requirement]:
    """The most telling requirement per distribution: one with a version before one without."""
    found: dict[str, Requirement] = {}
    for requirement in requirements:
        known = found.get(requirement.distribution)
        if known is None or (requirement.version and not known.version):
            found[requirement.distribution] = requirement
    return found
