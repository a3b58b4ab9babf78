"""A finished scan in; the call graph and the diagrams of it, in the format that was asked for, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmscan.cli.output import STDOUT, has_terminal, write
from tmscan.errors import TmscanError

if TYPE_CHECKING:
    from pathlib import Path

    from tmscan.cli.words import DiagramFormat, TableFormat
    from tmscan.dfd.types import Diagram

PICTURES = ("svg", "png", "pdf")


def show_call_graph(graph: dict[str, list[str]], form: TableFormat, output: Path | None) -> None:
    """Write who calls whom: as a JSON object, or one line for each call."""
    if form == "json":
        import json

        write(json.dumps(graph, indent=2) + "\n", output)
    else:
        from tmscan.export.escape import for_terminal

        calls = (f"{caller} -> {callee}" for caller, callees in graph.items() for callee in callees)
        write("".join(f"{for_terminal(line)}\n" for line in calls), output)


def check_picture(form: DiagramFormat, output: Path | None) -> None:
    """Raises TmscanError for a picture that would go to a terminal, or that cannot be drawn here: before the scan."""
    import importlib.util

    if form not in PICTURES:
        return
    if importlib.util.find_spec("pygraphviz") is None:
        raise TmscanError(
            f"drawing {form} needs Graphviz: run `pip install 'tmscan[diagram]'`, or use --format mermaid or dot"
        )
    if output in (None, STDOUT) and has_terminal():
        raise TmscanError(f"a terminal cannot show {form}; name a file with --output")


def show_diagram(diagram: Diagram, form: DiagramFormat, output: Path | None, revision: str) -> None:
    """Write one diagram. Raises TmscanError when a picture is asked for and Graphviz is missing."""
    if form == "mermaid":
        from tmscan.export.mermaid import to_mermaid

        write(to_mermaid(diagram, revision), output)
    elif form == "dot":
        from tmscan.export.dot import to_dot

        write(to_dot(diagram, revision), output)
    else:
        from tmscan.export.picture import render

        write(render(diagram, form, revision), output)
