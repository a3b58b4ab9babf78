"""A diagram in, Graphviz DOT out: nested clusters for trust boundaries, left to right, every name escaped as data.

Written after https://graphviz.org/doc/info/lang.html and https://graphviz.org/doc/info/shapes.html#html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from itertools import pairwise

from tmscan.dfd.names import plain
from tmscan.dfd.strokes import LEGEND, Stroke, caption, columns, heading, strokes, wrapped
from tmscan.dfd.types import Boundary, Diagram, Element

_FONT = "Helvetica,Arial,DejaVu Sans,sans-serif"
_SHAPES = {
    "entity": 'shape=box style="filled" fillcolor="#f2f2f2" color="#555555"',
    "process": 'shape=box style="rounded,filled" fillcolor="#e3effb" color="#2f6fad"',
    "store": 'shape=cylinder style="filled" fillcolor="#fdf3d7" color="#a67c00"',
    "library": 'shape=component style="filled" fillcolor="#efe6f7" color="#7a4fa3"',
}
_LINES = {
    "internet": "#8a8a8a",
    "application": "#2f6fad",
    "admin": "#b3541e",
    "data": "#a67c00",
    "vendor": "#8a8a8a",
    "worker": "#2f6fad",
    "library": "#7a4fa3",
    "host": "#4d4d4d",
}
_OPEN = "#c0262d"


def to_dot(diagram: Diagram, revision: str = "") -> str:
    """The diagram as DOT text; `revision` goes into the title.

    Nodes are `n0`, `n1`, … in the order of the elements; their own ids are in the attribute `id`, and so in an SVG.
    """
    nodes = {element.id: f"n{number}" for number, element in enumerate(diagram.elements)}
    clusters = {boundary.id: f"cluster_b{number}" for number, boundary in enumerate(diagram.boundaries)}
    drawn = strokes(diagram)
    lines = [
        "digraph tmscan {",
        f'  graph [rankdir=LR fontname="{_FONT}" fontsize=11 compound=true newrank=true remincross=true',
        f"    nodesep={_room(len(drawn))} ranksep={0.6 if len(drawn) <= 16 else 1.2} pad=0.3",
        f"    labelloc=b labeljust=l label=<{_foot(diagram)}>]",
        f'  node [fontname="{_FONT}" fontsize=12 margin="0.14,0.08" penwidth=1.2]',
        f'  edge [fontname="{_FONT}" fontsize=10 color="#777777" fontcolor="#333333" arrowsize=0.7]',
        "  subgraph cluster_picture {",
        f"    graph [label=<{_head(diagram, revision)}> peripheries=0 labelloc=t labeljust=l margin=6]",
        *_inside("", diagram, nodes, clusters, "    "),
        "  }",
        *_ranks(diagram, nodes),
        *(_edge(stroke, nodes) for stroke in drawn),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _room(lines: int) -> float:
    """Inches between neighbours: labels are neighbours too, so many lines need a tighter drawing."""
    return 0.28 if lines <= 16 else 0.14 if lines <= 30 else 0.2


def _inside(
    boundary: str, diagram: Diagram, nodes: Mapping[str, str], clusters: Mapping[str, str], indent: str
) -> Iterator[str]:
    """Elements and boundaries that stand directly in a boundary; one whose boundary is unknown stands outside all."""
    for element in diagram.elements:
        if element.boundary == boundary or (not boundary and element.boundary not in clusters):
            yield f"{indent}{_node(element, nodes[element.id])}"
    for inner in diagram.boundaries:
        if inner.parent != boundary and (boundary or inner.parent in clusters):
            continue
        alone = _alone(inner, diagram)
        if alone is not None:
            yield f"{indent}{_node(alone, nodes[alone.id], inner)}"
        else:
            yield f"{indent}subgraph {clusters[inner.id]} {{"
            yield f"{indent}  {_frame(inner, diagram)}"
            yield from _inside(inner.id, diagram, nodes, clusters, f"{indent}  ")
            yield f"{indent}}}"


def _alone(boundary: Boundary, diagram: Diagram) -> Element | None:
    """The library alone in a boundary: its outline is drawn as that boundary, as frames stand in the way of flows."""
    if boundary.kind != "library" or any(inner.parent == boundary.id for inner in diagram.boundaries):
        return None
    held = [element for element in diagram.elements if element.boundary == boundary.id]
    return held[0] if len(held) == 1 else None


def _node(element: Element, node: str, outline: Boundary | None = None) -> str:
    name = "<BR/>".join(f"<B>{_html(line)}</B>" for line in wrapped(element.name, 24))
    small = "".join(
        f'<BR/><FONT POINT-SIZE="9" COLOR="#555555">{_html(line)}</FONT>'
        for line in wrapped(element.technology, 30)
        if line
    )
    style = _SHAPES[element.kind] + (' penwidth=1 style="filled,dotted"' if element.provenance == "assumed" else "")
    if outline is not None:
        style += f' penwidth=1.4 style="filled,{"dotted" if element.provenance == "assumed" else "dashed"}"'
    told = f"{element.name}. {outline.reason}" if outline is not None else element.name
    names = f'id={_quoted(element.id)} class="{element.kind}" tooltip={_quoted(told)}'
    return f"{node} [label=<{name}{small}> {style} {names}]"


def _frame(boundary: Boundary, diagram: Diagram) -> str:
    colour = _LINES[boundary.kind]
    label = f'<FONT POINT-SIZE="10" COLOR="{colour}">{_html(caption(boundary, diagram))}</FONT>'
    return (
        f'graph [label=<{label}> peripheries=1 style=dashed penwidth=1.4 color="{colour}" labeljust=l margin=12 '
        f"id={_quoted(f'boundary {boundary.id}')} class=boundary tooltip={_quoted(boundary.reason)}]"
    )


def _ranks(diagram: Diagram, nodes: Mapping[str, str]) -> Iterator[str]:
    """Keeps the columns apart, so that what stands inside the application does not push the outside above or below it.

    Processes that send to each other keep the order that their flows give them.
    """
    filled = [column for column in columns(diagram) if column]
    processes = {element.id for element in diagram.elements if element.kind == "process"}
    if any(flow.source in processes and flow.target in processes for flow in diagram.flows):
        return
    for column in filled:
        yield f"  {{ rank=same; {'; '.join(nodes[element] for element in column)} }}"
    for left, right in pairwise(filled):
        yield f"  {nodes[left[0]]} -> {nodes[right[0]]} [style=invis]"


def _edge(stroke: Stroke, nodes: Mapping[str, str]) -> str:
    colour = _OPEN if stroke.unguarded or stroke.unencrypted else ("#333333" if stroke.crosses else "#888888")
    label = "<BR/>".join(_html(line) for line in stroke.label)
    marks = [
        f'color="{colour}"',
        f'fontcolor="{colour}"' if colour == _OPEN else "",
        f"penwidth={2.2 if stroke.crosses else 1}",
        "style=dotted" if stroke.assumed else "",
        "" if stroke.heads == "forward" else f"dir={stroke.heads}",
        f"id={_quoted(' + '.join(stroke.flows))}",
        'class="flow"',
    ]
    shown = f"label=<{label}> " if any(stroke.label) else ""
    return f"  {nodes[stroke.source]} -> {nodes[stroke.target]} [{shown}{' '.join(mark for mark in marks if mark)}]"


def _head(diagram: Diagram, revision: str) -> str:
    return f'<FONT POINT-SIZE="18"><B>{_html(heading(diagram, revision))}</B></FONT>'


def _foot(diagram: Diagram) -> str:
    """Legend and notes below the picture."""
    signs = {
        "crosses": '<FONT COLOR="#333333"><B>━━</B></FONT>',
        "open": f'<FONT COLOR="{_OPEN}"><B>━━</B></FONT>',
        "heads": "↔",
        "assumed": '<FONT COLOR="#333333">┈┈</FONT>',
    }
    shapes = (
        "▭ external entity",
        "▢ process (rounded)",
        "⛁ data store",
        "⊟ third-party library, in a boundary of its own",
        "┅ trust boundary (dashed)",
    )
    rows = [" &#160; ".join(shapes), " &#160; ".join(f"{signs[key]} {text}" for key, text in LEGEND)]
    rows += [f'<FONT COLOR="#555555">{_html(line)}</FONT>' for note in diagram.notes for line in wrapped(note, 130)]
    cells = "".join(f'<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="10">{row}</FONT></TD></TR>' for row in rows)
    return f'<TABLE BORDER="0" CELLSPACING="0" CELLPADDING="2">{cells}</TABLE>'


def _html(text: str) -> str:
    """Text inside an HTML-like label, never empty.

    Graphviz expands `\\N` and `\\G` even here, and after entities are decoded, but not across the end of a font run.
    """
    text = escape(plain(text), quote=True)
    return text.replace("\\", f'<FONT FACE="{_FONT}">\\</FONT>') or "&#160;"


def _quoted(text: str) -> str:
    """A quoted string of DOT in which nothing expands."""
    escaped = plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
