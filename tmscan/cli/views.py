"""A finished scan in; the call graph and the diagrams of it, in the format that was asked for, out."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from tmscan.cli.output import STDOUT, has_terminal, write
from tmscan.errors import TmscanError

if TYPE_CHECKING:
    from pathlib import Path

    from tmscan.cli.words import DiagramFormat, Level, TableFormat
    from tmscan.dfd.types import DataFlowModel, Diagram

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


def choose_diagram(model: DataFlowModel, level: Level | None, focus: str) -> Diagram:
    """The diagram of `level` (application by default) that shows the element, group or application called `focus`.

    Raises TmscanError, with what there is to choose from, when none or several fit.
    """
    level = level or ("component" if focus else "application")
    drawn = [diagram for diagram in model.diagrams if diagram.level == level]
    if not focus:
        if len(drawn) == 1 or (drawn and level != "component"):
            return drawn[0]
        raise TmscanError(f"say with --focus which {level} to draw{_choice(drawn)}")
    fitting = [diagram for diagram in drawn if focus in _names(diagram, model)]
    if len(fitting) != 1:
        known = sorted({name for diagram in drawn for name in _names(diagram, model)})
        near = difflib.get_close_matches(focus, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else _choice(drawn)
        raise TmscanError(f"{'several diagrams' if fitting else 'no diagram'} of level {level} for {focus!r}{hint}")
    return fitting[0]


def _names(diagram: Diagram, model: DataFlowModel) -> set[str]:
    """What a user may call it: its id, the id of the element it opens up, that element's name."""
    _, _, element = diagram.id.partition(":")
    return {diagram.id, element, *(each.name for each in model.elements if each.id == element)} - {""}


def _choice(drawn: list[Diagram]) -> str:
    if not drawn:
        return "; there is nothing to draw at that level"
    return ": " + ", ".join(diagram.id.partition(":")[2] or diagram.id for diagram in drawn)
