"""Looks rows up by path: a catalogue goes in, dictionaries from canonical path to rows come out.

It stands apart from loading because it is quick to build, so that only the catalogue is ever stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Generic, TypeVar

from tmscan.libraries.paths import last_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tmscan.libraries.cleaning import SanitizerRow
    from tmscan.libraries.types import (
        AnonymousRow,
        Catalogue,
        ClassRow,
        DescribedRow,
        EffectRow,
        EntryRow,
        GuardPlace,
        GuardRow,
        InputRow,
        Library,
        MountRow,
        RefusalRow,
        ResourceRow,
        RouteRow,
        RouterRow,
        SettingRow,
        StoreRow,
        TreeRow,
    )

Row = TypeVar("Row", covariant=True)


@dataclass(frozen=True, slots=True)
class Known(Generic[Row]):
    """A row and the library whose file it stands in."""

    library: Library
    row: Row


Rows = dict[str, tuple[Known[Row], ...]]


@dataclass(frozen=True, slots=True)
class Index:
    """Canonical path → rows. `setting_keys` and `store_settings` go by key instead; `guard_places` by their `calls`.

    `imports` and `distributions` go by module, which is dotted below a namespace (`google.cloud.storage`).
    `tails` are the last names of all paths: code that mentions none of them touches no library that tmscan knows.
    """

    routes: Rows[RouteRow]
    routers: Rows[RouterRow]
    mounts: Rows[MountRow]
    resources: Rows[ResourceRow]
    trees: Rows[TreeRow]
    described: Rows[DescribedRow]
    inputs: Rows[InputRow]
    effects: Rows[EffectRow]
    stores: Rows[StoreRow]
    guards: Rows[GuardRow]
    guard_places: Rows[GuardPlace]
    refusals: Rows[RefusalRow]
    anonymous: Rows[AnonymousRow]
    sanitizers: Rows[SanitizerRow]
    settings: Rows[SettingRow]
    entries: Rows[EntryRow]
    classes: dict[str, Known[ClassRow]]
    setting_keys: Rows[SettingRow]
    store_settings: Rows[StoreRow]
    imports: dict[str, Library]
    distributions: dict[str, tuple[str, ...]]
    url_attributes: dict[str, tuple[Library, ...]]
    libraries: tuple[Library, ...]
    tails: frozenset[str]


def index(catalogue: Catalogue) -> Index:
    """The catalogue's rows by path, in the order of libraries and rows."""
    libs = catalogue.libraries
    found = Index(
        routes=_group((row.paths, library, row) for library in libs for row in library.routes),
        routers=_group((row.paths, library, row) for library in libs for row in library.routers),
        mounts=_group((row.paths, library, row) for library in libs for row in library.mounts),
        resources=_group((row.paths, library, row) for library in libs for row in library.resources),
        trees=_group((row.paths, library, row) for library in libs for row in library.trees),
        described=_group((row.paths, library, row) for library in libs for row in library.described),
        inputs=_group((row.paths, library, row) for library in libs for row in library.inputs),
        effects=_group((row.paths, library, row) for library in libs for row in library.effects),
        stores=_group((row.paths, library, row) for library in libs for row in library.stores),
        guards=_group((row.paths, library, row) for library in libs for row in library.guards),
        guard_places=_group((row.calls, library, row) for library in libs for row in library.guard_places),
        refusals=_group((row.paths, library, row) for library in libs for row in library.refusals),
        anonymous=_group((row.paths, library, row) for library in libs for row in library.anonymous),
        sanitizers=_group((row.paths, library, row) for library in libs for row in library.sanitizers),
        settings=_group((row.paths, library, row) for library in libs for row in library.settings),
        entries=_group((row.paths, library, row) for library in libs for row in library.entries),
        classes={row.path: Known(library, row) for library in libs for row in library.classes},
        setting_keys=_group(((row.key,), library, row) for library in libs for row in library.settings),
        store_settings=_group(
            ((row.setting,), library, row) for library in libs for row in library.stores if row.setting
        ),
        url_attributes={
            path: (library,)
            for library in libs
            for urls in (*(row.urls for row in library.resources), *(row.urls for row in library.routers))
            for path in urls
        },
        libraries=tuple(libs),
        imports={name: library for library in libs for name in library.imports},
        distributions={module: names for library in libs for module, names in library.distributions},
        tails=frozenset(),
    )
    return replace(found, tails=_tails(found, catalogue.aliases))


def _group(rows: Iterable[tuple[Iterable[str], Library, Row]]) -> dict[str, tuple[Known[Row], ...]]:
    found: dict[str, list[Known[Row]]] = {}
    for paths, library, row in rows:
        for path in paths:
            found.setdefault(path, []).append(Known(library, row))
    return {path: tuple(known) for path, known in found.items()}


def _tails(found: Index, aliases: dict[str, str]) -> frozenset[str]:
    """The last names of all paths; a row that is a bare short name counts with the paths which that name stands for."""
    tables: tuple[Iterable[str], ...] = (
        found.routes,
        found.routers,
        found.mounts,
        found.resources,
        found.trees,
        found.described,
        found.inputs,
        found.effects,
        found.stores,
        found.guards,
        found.guard_places,
        found.refusals,
        found.anonymous,
        found.sanitizers,
        found.settings,
        found.entries,
        found.classes,
    )
    names = {last_name(path) for path in chain(*tables)}
    names |= {last_name(path) for path in aliases}
    names |= {last_name(path) for rows in found.resources.values() for known in rows for path in known.row.extended}
    return frozenset(names - {""})
