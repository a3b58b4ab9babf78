"""One library file as it is written: YAML text goes in, a draft comes out whose paths still use short names.

It stands apart from `load` because linking the drafts needs all of them, and reading one needs only itself.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import msgspec
import yaml

from tmscan.libraries import relations, rows, sections
from tmscan.libraries.cleaning import SanitizerRow
from tmscan.libraries.describing import DescribedRow
from tmscan.libraries.distributions import match_distributions, read_imports
from tmscan.libraries.nodes import Read, Reader, complain, entries, items, one_of, parse, paths, text, texts
from tmscan.libraries.paths import PLACEHOLDER
from tmscan.libraries.types import (
    AnonymousRow,
    CallRow,
    ClassRow,
    EffectRow,
    EntryRow,
    Example,
    GuardPlace,
    GuardRow,
    InputRow,
    Library,
    LookupRow,
    MountRow,
    RefusalRow,
    RelationRow,
    ResourceRow,
    RootRow,
    RouteRow,
    RouterRow,
    SettingRow,
    StoreKind,
    StoreRow,
    TreeRow,
)
from tmscan.libraries.vocabulary import ROLES

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Draft:
    """A library before linking. `names` maps each short name to the paths it stands for; `lines` says where paths
    stand.
    """

    library: Library
    names: dict[str, tuple[str, ...]]
    like: tuple[str, ...]
    kind: str
    lines: dict[str, int]

    @property
    def is_protocol(self) -> bool:
        """Whether the file describes what others follow (`like:`) and is no library itself."""
        return any(PLACEHOLDER in path for found in self.names.values() for path in found)


def read_draft(file: Path, content: str, problems: list[str]) -> Draft | None:
    """Read one library file. Mistakes go to `problems` (with file and line); None if there is nothing to work with."""
    reader = Reader(str(file), problems)
    root = parse(file, content, reader)
    if root is None:
        return None
    values: dict[str, object] = {}
    explicit: dict[str, tuple[str, ...]] = {}
    names: dict[str, tuple[str, ...]] = {}
    like: tuple[str, ...] = ()
    shorthand: dict[str, str] = {}
    for key, node in entries(reader, root, _KEYS, "a library file"):
        if key == "names":
            names = {name: paths(reader, value) for name, value in entries(reader, node, None, "`names`")}
            _check_names(reader, node)
        elif key == "imports":
            values["imports"], explicit = read_imports(reader, node)
        elif key == "like":
            like = texts(reader, node)
        elif key == "store":
            shorthand = {
                name: str(_STORE[name](reader, value)) for name, value in entries(reader, node, _STORE, "`store`")
            }
        else:
            values[_FIELDS.get(key, key.replace("-", "_"))] = _KEYS[key](reader, node)
    name = str(values.pop("library", ""))
    if name != file.stem:
        complain(reader, root, f"`library: {file.stem}` is wanted, after the name of the file")
    for wanted in ("docs", "role"):
        if not values.get(wanted):
            complain(reader, root, f"a library file needs `{wanted}:`")
    values = {"pypi": (), "imports": (file.stem,), "docs": "", "role": "other", **values}
    modules, pypi = (msgspec.convert(values[key], tuple[str, ...]) for key in ("imports", "pypi"))
    values["distributions"] = match_distributions(modules, pypi, explicit)
    engine = shorthand.get("engine", "") or str(values.pop("engine", ""))
    # Everything in `values` was read by the tables above, so this conversion only gives it its type.
    library = msgspec.convert({"name": file.stem, "file": str(file), "engine": engine, **values}, Library)
    return Draft(library, names, like, shorthand.get("kind", ""), reader.lines)


def _check_names(reader: Reader, node: yaml.Node) -> None:
    for name, value in entries(Reader(reader.file), node, None, "`names`"):
        short = name.rpartition(":")[2]
        if not (short[:1].isupper() and short.isidentifier()):
            complain(
                reader, value, f"the short name `{name}` must be a capitalised name, so that no module can be meant"
            )


def _table(section: sections.Section, row: type, what: str) -> Read:
    return lambda reader, node: rows.read_rows(reader, node, section, row, what)


def _classes(reader: Reader, node: yaml.Node) -> tuple[ClassRow, ...]:
    found: list[ClassRow] = []
    for written, value in entries(reader, node, None, "`classes`"):
        fields = rows.read_row(reader, value, sections.CLASS, f"class `{written}`")
        scalar = yaml.ScalarNode("tag:yaml.org,2002:str", written, value.start_mark, value.end_mark)
        if fields is not None:
            found += [msgspec.convert({"path": path, **fields}, ClassRow) for path in paths(reader, scalar)]
    return tuple(found)


def _examples(reader: Reader, node: yaml.Node) -> tuple[Example, ...]:
    found: list[Example] = []
    for item in items(reader, node, "`examples`"):
        # A block scalar's text begins on the line below its `|`; line numbers in messages are those of the YAML file.
        if isinstance(item, yaml.ScalarNode):
            found.append(Example(textwrap.dedent(text(reader, item)), item.start_mark.line + 2))
            continue
        code, path, line = "", "", 0
        for key, value in entries(reader, item, ("path", "code"), "an example"):
            if key == "path":
                path = text(reader, value)
            else:
                code, line = text(reader, value), value.start_mark.line + 2
        found.append(Example(textwrap.dedent(code), line, path))
    return tuple(found)


_STORE: dict[str, Read] = {"kind": one_of(get_args(StoreKind), "kind of store"), "engine": text}
_FIELDS = {"endpoints": "routes", "entry-points": "entries"}
_KEYS: dict[str, Read] = {
    "library": text,
    "pypi": texts,
    "imports": texts,
    "docs": text,
    "role": one_of(ROLES, "role"),
    "engine": text,
    "store": text,
    "like": texts,
    "names": paths,
    "endpoints": _table(sections.ENDPOINTS, RouteRow, "endpoints"),
    "routers": _table(sections.ROUTERS, RouterRow, "routers"),
    "mounts": _table(sections.MOUNTS, MountRow, "mounts"),
    "resources": _table(sections.RESOURCES, ResourceRow, "resources"),
    "trees": _table(sections.TREES, TreeRow, "trees"),
    "described": _table(relations.DESCRIBED, DescribedRow, "described"),
    "roots": _table(sections.ROOTS, RootRow, "roots"),
    "lookups": _table(sections.LOOKUPS, LookupRow, "lookups"),
    "calls": _table(sections.CALLS, CallRow, "calls"),
    "inputs": _table(sections.INPUTS, InputRow, "inputs"),
    "relations": _table(relations.RELATIONS, RelationRow, "relations"),
    "objects": paths,
    "queries": paths,
    "query-class": text,
    "effects": _table(sections.EFFECTS, EffectRow, "effects"),
    "stores": _table(sections.STORES, StoreRow, "stores"),
    "guards": _table(sections.GUARDS, GuardRow, "guards"),
    "guard-places": _table(sections.GUARD_PLACES, GuardPlace, "guard-places"),
    "refusals": _table(sections.REFUSALS, RefusalRow, "refusals"),
    "anonymous": _table(sections.ANONYMOUS, AnonymousRow, "anonymous"),
    "sanitizers": _table(sections.SANITIZERS, SanitizerRow, "sanitizers"),
    "settings": _table(sections.SETTINGS, SettingRow, "settings"),
    "entry-points": _table(sections.ENTRIES, EntryRow, "entry-points"),
    "classes": _classes,
    "examples": _examples,
}
