"""The options that several commands share, each written once: type, names and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

ScanFormat = Literal["text", "sarif", "json", "github", "markdown"]
TableFormat = Literal["text", "json"]
InventoryFormat = Literal["text", "json", "openapi"]
DiagramFormat = Literal["mermaid", "dot", "svg", "png", "pdf"]
Threshold = Literal["note", "warning", "error", "never"]
Level = Literal["context", "application", "component"]

Paths = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[PATHS]...", help="Folders and files to scan; the current folder if there are none."),
]
OnePath = Annotated[Path, typer.Argument(metavar="[PATH]", help="Folder or file to scan.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here, not to standard output.")
]
Rules = Annotated[
    list[Path] | None,
    typer.Option("--rules", metavar="DIR", help="Rules and library files of your own, besides the built-in ones."),
]
Methods = Annotated[
    list[str] | None, typer.Option("--method", metavar="VERB", help="Only endpoints that answer this verb.")
]
PathPatterns = Annotated[
    list[str] | None,
    typer.Option("--path", metavar="PATTERN", help="Only this path and what is below it; `*` stands for any text."),
]
Unguarded = Annotated[
    bool, typer.Option("--unguarded", help="Only endpoints that are open, or of which it is not known.")
]
OpenApi = Annotated[
    Path | None,
    typer.Option("--openapi", metavar="FILE", help="Compare with this OpenAPI file; exit with 1 where they differ."),
]
