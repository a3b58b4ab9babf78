"""Compares a scan with an `expected.yaml` written by hand: a list of differences in words comes out.

An expected.yaml has one list per section. An entry names what must be there; fields left out are not looked at. Forms:

    - {path: /notes, methods: [GET, POST], auth: true}    there, and so
    - {path: /admin/, methods: any, optional: true}       may be there
    - MISSING: {path: /late, methods: [GET]}              true of the code but not seen yet: turns red once it is
    - {path: /x, methods: [GET], auth: {MISSING: true}}   seen, but this field is not yet

A list as a value of a text field means "one of". In `elements`, `flows`, `boundaries` and `threats` texts are patterns
(`*` any text, no difference between upper and lower case); flows and threats name an element with its kind (`store x`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeAlias

from expectations import plain_path

if TYPE_CHECKING:
    from tmscan.dfd.types import DataFlowModel
    from tmscan.inventory.types import Endpoint, Inventory
    from tmscan.threats.types import Register

Value: TypeAlias = "str | bool | frozenset[str] | None"
Row: TypeAlias = dict[str, Value]
Entry: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Section:
    """`key` fields decide which rows an entry speaks of; `exact` makes rows that no entry speaks of a difference."""

    key: tuple[str, ...]
    exact: bool
    patterns: bool = False


SECTIONS: Mapping[str, Section] = {
    "endpoints": Section(("method", "path"), exact=True),
    "entry_points": Section(("kind", "name"), exact=True),
    "stores": Section(("engine", "name"), exact=True),
    "data_accesses": Section(("store", "operation", "entity", "function"), exact=True),
    "outbound": Section(("kind", "target", "function"), exact=True),
    "libraries": Section(("distribution",), exact=True),
    "findings": Section(("rule", "file", "function"), exact=True),
    "unknowns": Section(("kind", "file", "reason"), exact=False, patterns=True),
    "elements": Section(("kind", "name"), exact=False, patterns=True),
    "boundaries": Section(("name",), exact=False, patterns=True),
    "flows": Section(("source", "target"), exact=False, patterns=True),
    "threats": Section(("target", "stride"), exact=False, patterns=True),
}


def differences(
    expected: Mapping[str, object],
    inventory: Inventory,
    model: DataFlowModel | None = None,
    register: Register | None = None,
) -> list[str]:
    """What is missing, unexpected or otherwise in each section that `expected` has, in reading order.

    Raises ValueError for a section that is not known or not a list.
    """
    rows = {**_inventory_rows(inventory), **_model_rows(model, register)}
    found: list[str] = []
    for name, entries in expected.items():
        if name not in SECTIONS or not isinstance(entries, list):
            raise ValueError(f"expected.yaml: {name!r} is no section or no list; sections are {', '.join(SECTIONS)}")
        entries = list(_one_each(entries)) if name == "endpoints" else entries
        found += [f"{name}: {text}" for text in _section(SECTIONS[name], entries, rows[name])]
    return found


def _section(section: Section, entries: Sequence[Entry], rows: Sequence[Row]) -> Iterator[str]:
    explained: set[int] = set()
    for entry in entries:
        if set(entry) == {"MISSING"}:
            inner = entry["MISSING"]
            if not isinstance(inner, dict):
                raise ValueError(f"expected.yaml: MISSING needs an entry, not {inner!r}")
            hits = [index for index, row in enumerate(rows) if not _wrong(section, inner, row, inner)]
            explained.update(hits)
            if hits:
                yield f"found what is marked MISSING (delete the mark): {_said(inner)}"
            continue
        keys = [name for name in section.key if name in entry]
        hits = [index for index, row in enumerate(rows) if not _wrong(section, entry, row, keys)]
        explained.update(hits)
        if not hits:
            if not entry.get("optional"):
                yield f"missing: {_said(entry)}"
            continue
        others = [name for name in entry if name not in (*keys, "optional")]
        problems = [list(_wrong(section, entry, rows[index], others)) for index in hits]
        if all(problems):
            label = " ".join(str(entry[name]) for name in keys)
            yield from (f"{label}: {problem}" for problem in min(problems, key=len))
    if section.exact:
        left = [_said(row) for index, row in enumerate(rows) if index not in explained and not _mitigated(row)]
        yield from (f"unexpected: {text}" for text in left)


def _wrong(section: Section, entry: Entry, row: Row, names: Iterable[str]) -> list[str]:
    wrong = []
    for name in names:
        if name not in row:
            raise ValueError(f"expected.yaml: no field {name!r}; there are {', '.join(sorted(row))}")
        wanted = entry[name]
        if isinstance(wanted, dict) and set(wanted) == {"MISSING"}:
            if _agrees(section, wanted["MISSING"], row[name]):
                wrong.append(f"{name} is found although marked MISSING (delete the mark)")
        elif not _agrees(section, wanted, row[name]):
            wrong.append(f"{name} should be {_plain(wanted)}, is {_plain(row[name])}")
    return wrong


def _agrees(section: Section, wanted: object, value: Value) -> bool:
    if isinstance(value, frozenset):
        return isinstance(wanted, list) and value.issuperset(str(item) for item in wanted)
    if isinstance(wanted, list):
        return any(_agrees(section, item, value) for item in wanted)
    if isinstance(value, bool) or value is None or isinstance(wanted, bool) or wanted is None:
        return value is wanted
    if section.patterns:
        return fnmatchcase(value.casefold(), str(wanted).casefold())
    return value == str(wanted)


def _one_each(entries: Iterable[Entry]) -> Iterator[Entry]:
    """An entry for every verb, as rows have one; `may` are verbs that the framework may add."""
    for entry in entries:
        inner = entry.get("MISSING", entry)
        if not isinstance(inner, dict):
            raise ValueError(f"expected.yaml: {entry!r} is no endpoint")
        rest: Entry = {name: value for name, value in inner.items() if name not in ("methods", "may")}
        if "path" in rest:
            rest["path"] = plain_path(str(rest["path"]))
        methods = inner["methods"]
        each: list[Entry] = [rest] if methods == "any" else [{"method": verb, **rest} for verb in methods]
        if "MISSING" in entry:
            each = [{"MISSING": one} for one in each]
        yield from each
        yield from ({"method": verb, **rest, "optional": True} for verb in inner.get("may", ()))


def _mitigated(row: Row) -> bool:
    return row.get("state") == "mitigated"


def _said(row: Mapping[str, object]) -> str:
    return "{" + ", ".join(f"{name}: {_plain(value)}" for name, value in row.items() if value != "") + "}"


def _plain(value: object) -> str:
    if isinstance(value, frozenset):
        return "[" + ", ".join(sorted(value)) + "]"
    return {True: "true", False: "false", None: "null"}[value] if isinstance(value, bool | None) else str(value)


# ---------------------------------------------------------------- rows


def _inventory_rows(inventory: Inventory) -> dict[str, list[Row]]:
    stores = {store.id: f"{store.engine} {store.name}" for store in inventory.stores}
    rows: dict[str, list[Row]] = {name: [] for name in SECTIONS}
    rows["endpoints"] = [row for endpoint in inventory.endpoints for row in _endpoint_rows(endpoint)]
    rows["entry_points"] = [
        {"kind": item.kind, "name": item.name, "handler": _qualified(item.handler)} for item in inventory.entry_points
    ]
    rows["stores"] = [
        {"kind": item.kind, "engine": item.engine, "name": item.name, "host": item.host} for item in inventory.stores
    ]
    rows["data_accesses"] = [
        {
            "store": stores.get(item.store, item.store),
            "operation": item.operation,
            "entity": item.entity,
            "function": _qualified(item.function),
            "raw_sql": item.raw_sql,
        }
        for item in inventory.accesses
    ]
    rows["outbound"] = [
        {"kind": item.kind, "target": item.target, "function": _qualified(item.function), "vendor": item.vendor}
        for item in inventory.outbound
    ]
    rows["libraries"] = [
        {"distribution": item.distribution.lower(), "version": item.version, "role": item.role, "pinned": item.pinned}
        for item in inventory.libraries
    ]
    rows["unknowns"] = [
        {"kind": item.kind, "file": item.location.file, "reason": item.reason} for item in inventory.unknowns
    ]
    return rows


def _model_rows(model: DataFlowModel | None, register: Register | None) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    elements: dict[str, str] = {}
    if model is not None:
        elements = {item.id: f"{item.kind} {item.name}" for item in model.elements}
        boundaries = {item.id: item.name for item in model.boundaries}
        rows["elements"] = [
            {
                "kind": item.kind,
                "name": item.name,
                "technology": item.technology,
                "boundary": boundaries.get(item.boundary, ""),
            }
            for item in model.elements
        ]
        rows["boundaries"] = [{"name": item.name, "kind": item.kind} for item in model.boundaries]
        rows["flows"] = [
            {
                "source": elements.get(item.source, item.source),
                "target": elements.get(item.target, item.target),
                "label": item.label,
                "crosses": frozenset(boundaries.get(one, one) for one in item.crosses),
            }
            for item in model.flows
        ]
    if register is not None:
        rows["threats"] = [
            {"target": elements.get(item.target, item.target), "stride": item.stride, "state": item.state}
            for item in register.threats
        ]
        rows["findings"] = [
            {
                "rule": item.rule,
                "file": item.location.file,
                "function": _qualified(item.function),
                "state": item.state,
            }
            for item in register.findings
            if item.state != "not-applicable"
        ]
    return rows


def _endpoint_rows(endpoint: Endpoint) -> Iterator[Row]:
    path = plain_path(endpoint.path)
    if "(?P<format>" in path or "drf_format_suffix" in path:
        return  # the twin routes that REST framework adds for `.json` and the like
    for method in endpoint.methods or ("*",):
        yield {
            "method": method,
            "path": path,
            "handler": _qualified(endpoint.handler),
            "file": endpoint.location.file,
            "framework": endpoint.framework,
            "auth": endpoint.auth.required,
            "guards": frozenset(guard.name for guard in endpoint.guards or endpoint.auth.evidence),
            "parameters": frozenset(f"{item.place} {item.name}" for item in endpoint.parameters),
        }


def _qualified(name: str) -> str:
    return name.replace(".<locals>", "").replace(":", ".")
