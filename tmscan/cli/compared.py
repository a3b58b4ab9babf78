"""A comparison of the code with its published description in; text for people or JSON out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tmscan.cli.output import write
from tmscan.document.comparing import KINDS
from tmscan.export.escape import for_terminal
from tmscan.export.text import counted
from tmscan.export.text_endpoints import place

if TYPE_CHECKING:
    from pathlib import Path

    from tmscan.document.comparing import Comparison, Difference
    from tmscan.document.published import Description

TITLES = {
    "guard": "Different guard",
    "undocumented": "Undocumented: in the code, not described",
    "methods": "Different methods",
    "dead": "Dead: described, not in the code",
}


def show_comparison(comparison: Comparison, description: Description, *, as_json: bool, output: Path | None) -> None:
    """Write the differences, each with its place in the code."""
    write(_to_json(comparison, description) if as_json else _to_text(comparison, description), output)


def _to_text(comparison: Comparison, description: Description) -> str:
    below = f" below {comparison.prefix}" if comparison.prefix else ""
    operations, endpoints = counted(comparison.operations, "operation"), counted(comparison.endpoints, "endpoint")
    parts = [f"{for_terminal(description.file)}: {operations}{for_terminal(below)}, compared with {endpoints}"]
    for kind in KINDS:
        rows = [each for each in comparison.differences if each.kind == kind]
        if rows:
            parts += ["", f"{TITLES[kind]}: {len(rows)}", *_lines(rows)]
    parts += [
        "",
        f"{counted(len(comparison.differences), 'difference')}." if comparison.differences else "No difference.",
    ]
    if comparison.unsure:
        parts.append(f"{counted(comparison.unsure, 'guard')} of the code not known, and not compared.")
    if description.unread:
        names = ", ".join(map(for_terminal, description.unread[:5]))
        parts.append(f"{counted(len(description.unread), 'path')} described in other files, and not compared: {names}.")
    return "\n".join(parts) + "\n"


def _lines(rows: list[Difference]) -> list[str]:
    cells = [
        (
            for_terminal(",".join(each.methods)),
            for_terminal(each.path),
            each.detail if each.kind in ("guard", "methods") else "",
            place(each.endpoint.location) if each.endpoint is not None else "",
        )
        for each in rows
    ]
    widths = [max((len(cell) for cell in column if len(cell) <= 48), default=0) for column in zip(*cells, strict=True)]
    return ["  " + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True) if w).rstrip() for row in cells]


def _to_json(comparison: Comparison, description: Description) -> str:
    return (
        json.dumps(
            {
                "description": description.file,
                "version": description.version,
                "prefix": comparison.prefix,
                "operations": comparison.operations,
                "endpoints": comparison.endpoints,
                "unsure": comparison.unsure,
                "unread": list(description.unread),
                "differences": [_difference(each) for each in comparison.differences],
            },
            indent=1,
        )
        + "\n"
    )


def _difference(difference: Difference) -> dict[str, object]:
    endpoint = difference.endpoint
    return {
        "kind": difference.kind,
        "path": difference.path,
        "methods": list(difference.methods),
        "detail": difference.detail,
        "endpoint": endpoint.id if endpoint is not None else None,
        "handler": endpoint.handler if endpoint is not None else None,
        "file": endpoint.location.file if endpoint is not None else None,
        "line": endpoint.location.line if endpoint is not None else None,
    }
