"""A diagram in, the bytes of an SVG, PNG or PDF file out. Graphviz draws it, in this process, from our own DOT.

It is the only importer of pygraphviz (the extra `diagram`), and imports it when a picture is asked for.
"""

from __future__ import annotations

from typing import Literal, get_args

from tmscan.dfd.types import Diagram
from tmscan.errors import TmscanError
from tmscan.export.dot import to_dot

Format = Literal["svg", "png", "pdf"]


def render(diagram: Diagram, format: Format, revision: str = "") -> bytes:  # noqa: A002 - the word users know
    """Draws the diagram.

    Raises TmscanError when pygraphviz is missing, the format is not offered, or Graphviz refuses. Only these
    three formats are passed on: Graphviz ends the whole process on some others (`svgz`).
    """
    if format not in get_args(Format):
        raise TmscanError(f"picture format {format!r} is not offered; choose one of {', '.join(get_args(Format))}")
    try:
        import pygraphviz
    except ImportError as error:
        raise TmscanError(
            "drawing pictures needs Graphviz: run `pip install 'tmscan[diagram]'`, or use the formats dot or mermaid"
        ) from error
    try:
        drawn = pygraphviz.AGraph(string=to_dot(diagram, revision)).draw(format=format, prog="dot")
    except (OSError, ValueError, pygraphviz.DotError) as error:
        raise TmscanError(f"diagram {diagram.id}: Graphviz could not draw it: {error}") from error
    return bytes(drawn)
