"""A diagram in, a Mermaid flowchart out: nested subgraphs for trust boundaries, every name quoted and escaped as data.

Written after https://mermaid.js.org/syntax/flowchart.html (entity codes, subgraphs, linkStyle) and the limits of
https://mermaid.js.org/config/schema-docs/config.html (maxEdges 500, maxTextSize 50,000), which GitHub applies too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from tmscan.dfd.names import plain
from tmscan.dfd.strokes import Stroke, caption, columns, heading, strokes, wrapped
from tmscan.dfd.types import Diagram, Element
from tmscan.errors import TmscanError

MOST_EDGES = 500
MOST_TEXT = 50_000
_BRACKETS = {"entity": ("[", "]"), "process": ("(", ")"), "store": ("[(", ")]"), "library": ("[[", "]]")}
_CLASSES = {
    "entity": "fill:#f2f2f2,stroke:#555555,color:#111111",
    "process": "fill:#e3effb,stroke:#2f6fad,color:#111111",
    "store": "fill:#fdf3d7,stroke:#a67c00,color:#111111",
    "library": "fill:#efe6f7,stroke:#7a4fa3,color:#111111",
    "assumed": "stroke-dasharray:3 3",
    "legend": "fill:none,stroke:none,color:#555555,font-size:12px",
    "boundary": "fill:none,stroke:#777777,stroke-dasharray:6 4,color:#555555",
}
_OPEN = "stroke:#c0262d,color:#c0262d"
_LEFTWARD = "marker-end:none"
_CROSSES = "stroke:#333333"


def to_mermaid(diagram: Diagram, revision: str = "") -> str:
    """The diagram as Mermaid text, ready for a Markdown fence; `revision` goes into the title.

    Nodes are `n0`, `n1`, … in the order of the elements. Raises TmscanError for a picture beyond Mermaid's limits.
    """
    nodes = {element.id: f"n{number}" for number, element in enumerate(diagram.elements)}
    groups = {boundary.id: f"b{number}" for number, boundary in enumerate(diagram.boundaries)}
    drawn = strokes(diagram)
    filled = [members for members in columns(diagram) if members]
    column = {element: place for place, members in enumerate(filled) for element in members}
    lines = [
        "---",
        f"title: {json.dumps(_title(heading(diagram, revision)))}",
        "config:",
        "  flowchart:",
        "    wrappingWidth: 640",
        "---",
        "flowchart LR",
        *_inside("", diagram, nodes, groups, "  ", column),
        *(_edge(stroke, nodes, column) for stroke in drawn),
        *(f"  classDef {name} {style}" for name, style in _CLASSES.items()),
        *_styles(diagram, drawn, nodes, groups),
        f"  legend[{_quoted(tuple(_remarks(diagram)))}]",
        "  class legend legend",
    ]
    text = "\n".join(lines) + "\n"
    if len(drawn) > MOST_EDGES or len(text) > MOST_TEXT:
        size = f"{len(drawn)} arrows and {len(text)} characters"
        limit = f"Mermaid draws at most {MOST_EDGES} and {MOST_TEXT}"
        raise TmscanError(f"diagram {diagram.id}: {size}, {limit}; take the format dot or svg, or one group's diagram")
    return text


def _inside(
    boundary: str,
    diagram: Diagram,
    nodes: Mapping[str, str],
    groups: Mapping[str, str],
    indent: str,
    column: Mapping[str, int],
) -> Iterator[str]:
    """What stands directly in a boundary, leftmost first, as Mermaid's layout follows the order of the text.

    What names an unknown boundary stands outside all.
    """
    for element in sorted(diagram.elements, key=lambda item: column[item.id]):
        if element.boundary == boundary or (not boundary and element.boundary not in groups):
            yield f"{indent}{_node(element, nodes[element.id])}"
    for inner in sorted(diagram.boundaries, key=lambda item: _leftmost(item.id, diagram, column)):
        if inner.parent == boundary or (not boundary and inner.parent not in groups):
            yield f"{indent}subgraph {groups[inner.id]}[{_quoted((caption(inner, diagram),))}]"
            yield from _inside(inner.id, diagram, nodes, groups, f"{indent}  ", column)
            yield f"{indent}end"


def _leftmost(boundary: str, diagram: Diagram, column: Mapping[str, int]) -> int:
    own = [column[element.id] for element in diagram.elements if element.boundary == boundary]
    inner = [_leftmost(item.id, diagram, column) for item in diagram.boundaries if item.parent == boundary]
    return min((*own, *inner), default=0)


def _node(element: Element, node: str) -> str:
    left, right = _BRACKETS[element.kind]
    words = [*wrapped(element.name, 24), *(wrapped(element.technology, 30) if element.technology else ())]
    return f"{node}{left}{_quoted(words)}{right}"


def _edge(stroke: Stroke, nodes: Mapping[str, str], column: Mapping[str, int]) -> str:
    """A line is as long as the number of columns it spans.

    Mermaid knows no arrow to the left, and turning the line around would put what is read left of its reader: such a
    line has two heads, of which its style hides one.
    """
    longer = max(column[stroke.target] - column[stroke.source] - 1, 0)
    line = f"-{'.' * (longer + 1)}-" if stroke.assumed else ("=" if stroke.crosses else "-") * (2 + longer)
    arrow = f"{'' if stroke.heads == 'forward' else '<'}{line}>"
    label = f"|{_quoted(stroke.label)}|" if any(stroke.label) else ""
    return f"  {nodes[stroke.source]} {arrow}{label} {nodes[stroke.target]}"


def _styles(
    diagram: Diagram, drawn: tuple[Stroke, ...], nodes: Mapping[str, str], groups: Mapping[str, str]
) -> Iterator[str]:
    for kind in _BRACKETS:
        members = [nodes[element.id] for element in diagram.elements if element.kind == kind]
        if members:
            yield f"  class {','.join(members)} {kind}"
    assumed = [nodes[element.id] for element in diagram.elements if element.provenance == "assumed"]
    if assumed:
        yield f"  class {','.join(assumed)} assumed"
    if groups:
        yield f"  class {','.join(groups.values())} boundary"
    lines: dict[str, list[str]] = {}
    for place, stroke in enumerate(drawn):
        lines.setdefault(_line_style(stroke), []).append(str(place))
    for style, places in sorted(lines.items()):
        if style:
            yield f"  linkStyle {','.join(places)} {style}"


def _line_style(stroke: Stroke) -> str:
    """One style per line, for a second `linkStyle` takes the place of the first."""
    colour = _OPEN if stroke.unguarded or stroke.unencrypted else (_CROSSES if stroke.crosses else "")
    return ",".join(style for style in (colour, _LEFTWARD if stroke.heads == "back" else "") if style)


def _remarks(diagram: Diagram) -> Iterator[str]:
    """Legend and notes, the text of one node without a frame."""
    yield "rectangle: external entity, rounded: process,"
    yield "cylinder: data store, double sides: third-party library,"
    yield "dashed box: trust boundary, thick: crosses one,"
    yield "red: open, nothing checks who is calling, dotted: assumed"
    yield from (line for note in diagram.notes for line in wrapped(note, 60))


def _quoted(lines: tuple[str, ...] | list[str]) -> str:
    """A quoted label. Everything that Mermaid, its Markdown or HTML could read as syntax becomes an entity code."""
    return f'"{"<br/>".join(_escaped(line) for line in lines) or " "}"'


def _escaped(text: str) -> str:
    """Two dollar signs would start a formula, whatever they are written as, so they are set apart."""
    text = plain(text).replace("$$", "$ $")
    return "".join(letter if letter.isalnum() or letter in _HARMLESS else f"#{ord(letter)};" for letter in text)


_HARMLESS = frozenset(" ,.:/-_+()=…“”")


def _title(text: str) -> str:
    """Titles are text for Mermaid, except that it replaces `#…;` codes and strips markup: those signs leave."""
    return "".join(letter if letter.isalnum() or letter in _HARMLESS else " " for letter in plain(text)).strip()
