"""How a row of a library file is read: a YAML list goes in, row records come out."""

from __future__ import annotations

from typing import TypeVar

import msgspec
import yaml

from tmscan.libraries.nodes import Reader, complain, entries, items, paths
from tmscan.libraries.sections import Section

Row = TypeVar("Row")


def read_rows(reader: Reader, node: yaml.Node, section: Section, row: type[Row], what: str) -> tuple[Row, ...]:
    """The rows of one section, in the order they are written; mistakes are noted and their rows left out."""
    found: list[Row] = []
    for item in items(reader, node, f"`{what}`"):
        values = read_row(reader, item, section, f"a row of `{what}`")
        if values is not None:
            found += [msgspec.convert(alternative, row) for alternative in _alternatives(values)]
    return tuple(found)


def _alternatives(values: dict[str, object]) -> list[dict[str, object]]:
    """One row for each argument that `only` names: the constant may stand at a position or behind a keyword."""
    only = values.get("only")
    if not isinstance(only, tuple):
        return [values]
    keys = dict.fromkeys(key for key, _ in only)
    return [{**values, "only": tuple(pair for pair in only if pair[0] == key)} for key in keys]


def read_row(reader: Reader, node: yaml.Node, section: Section, what: str) -> dict[str, object] | None:
    """The fields of one row as plain values, or None if something is wrong with it (and noted)."""
    before = len(reader.problems)
    values: dict[str, object] = {}
    heads: list[str] = []
    keys: set[str] = set()
    for key, value in entries(reader, node, (*section.heads, *section.fields), what):
        keys.add(key)
        if key in section.heads:
            heads.append(key)
            values["paths"] = paths(reader, value)
        else:
            values[section.renamed.get(key, key.replace("-", "_"))] = section.fields[key](reader, value)
    if section.heads and len(heads) != 1 and not (section.headless and not heads):
        complain(reader, node, f"{what} needs exactly one of: {', '.join(section.heads)}")
    for key in section.required:
        if key not in keys:
            complain(reader, node, f"{what} needs `{key}`")
    if section.heads and not heads:
        values["paths"] = ()
    if section.shaped and heads:
        values["shape"] = heads[0]
    return values if len(reader.problems) == before else None
