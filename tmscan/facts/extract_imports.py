"""Import statements in, Import and ImportFrom out; the dotted names they bring are noted for the file."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from tmscan.facts.extract_context import Context, StatementTable
from tmscan.facts.types import Alias, Import, ImportFrom, Stmt


def _import(c: Context, node: cst.Import) -> Stmt:
    names = _aliases(c, node.names)
    c.imports.update([alias.name for alias in names])
    return Import(c.at(node), names)


def _import_from(c: Context, node: cst.ImportFrom) -> Stmt:
    module = "" if node.module is None else _dotted(node.module)
    names = (Alias("*", None),) if isinstance(node.names, cst.ImportStar) else _aliases(c, node.names)
    level = len(node.relative)
    prefix = "." * level + module
    joint = "." if module else ""
    c.imports.update([prefix if alias.name == "*" else f"{prefix}{joint}{alias.name}" for alias in names])
    return ImportFrom(c.at(node), module, level, names)


def _aliases(c: Context, nodes: Sequence[cst.ImportAlias]) -> tuple[Alias, ...]:
    found: list[Alias] = []
    for node in nodes:
        name = _dotted(node.name)
        asname = node.asname.name.value if node.asname is not None and isinstance(node.asname.name, cst.Name) else None
        found.append(Alias(name, asname))
        c.mentions.update(name.split("."))
        if asname is not None:
            c.mentions.add(asname)
    return tuple(found)


def _dotted(node: cst.BaseExpression) -> str:
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if isinstance(node, cst.Name):
        parts.append(node.value)
    return ".".join(reversed(parts))


STATEMENTS: StatementTable = {cst.Import: _import, cst.ImportFrom: _import_from}
if hasattr(cst, "LazyImport"):  # libcst ≥ 1.9: `lazy import a`
    STATEMENTS[cst.LazyImport] = _import
    STATEMENTS[cst.LazyImportFrom] = _import_from
