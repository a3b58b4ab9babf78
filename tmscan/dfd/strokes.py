"""How a diagram is to be drawn, whatever the format: lines with their label and weight, wrapped words, captions, the legend.

It stands apart so that DOT, Mermaid and later formats say the same thing in their own syntax.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Literal

from tmscan.dfd.labels import both_ways_label
from tmscan.dfd.names import plain
from tmscan.dfd.types import Boundary, Diagram, Flow

LEGEND = (
    ("crosses", "crosses a trust boundary"),
    ("open", "open: nothing checks who is calling"),
    ("assumed", "assumed, or not traced from an endpoint"),
)


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line of the picture, from left to right: whoever calls, the application, what it uses.

    `heads` says where its arrowheads are: at the target (`forward`), at the source (`back`, a read from a store), or at both
    ends when it stands for the flows of a pair in both directions; `flows` are the ids of what it stands for.
    """

    source: str
    target: str
    label: tuple[str, ...]
    crosses: bool
    unguarded: bool
    unencrypted: bool
    assumed: bool
    heads: Literal["forward", "back", "both"]
    flows: tuple[str, ...]


def strokes(diagram: Diagram) -> tuple[Stroke, ...]:
    """The lines of a diagram, in the order of their flows; what a process reads from and writes to a store is one line."""
    stores = {element.id for element in diagram.elements if element.kind == "store"}
    by_ends = {(flow.source, flow.target): flow for flow in diagram.flows}
    lines = []
    for flow in diagram.flows:
        back = by_ends.get((flow.target, flow.source))
        if flow.target in stores and back:
            lines.append(_stroke(flow, both_ways_label(flow, back), (flow, back), "both"))
        elif flow.source in stores and not back:
            lines.append(_stroke(flow, flow.label, (flow,), "back"))
        elif flow.source not in stores:
            lines.append(_stroke(flow, flow.label, (flow,), "forward"))
    return tuple(lines)


def _stroke(flow: Flow, label: str, flows: tuple[Flow, ...], heads: Literal["forward", "back", "both"]) -> Stroke:
    return Stroke(
        source=flow.target if heads == "back" else flow.source,
        target=flow.source if heads == "back" else flow.target,
        label=tuple(line for part in label.split("\n") for line in wrapped(part, 24)),
        crosses=any(one.crosses for one in flows),
        unguarded=any(one.unguarded for one in flows),
        unencrypted=any(one.encrypted is False for one in flows),
        assumed=all(one.provenance == "assumed" for one in flows),
        heads=heads,
        flows=tuple(one.id for one in flows),
    )


def wrapped(text: str, width: int) -> tuple[str, ...]:
    """Lines of at most `width` characters; names of code may break after `.`, `_`, `/` and `-`."""
    lines: list[str] = []
    for line in textwrap.wrap(plain(text), width, break_on_hyphens=False, break_long_words=False):
        while len(line) > width:
            cut = max((line.rfind(mark, 1, width) for mark in "._/-"), default=-1) + 1 or width
            lines.append(line[:cut])
            line = line[cut:]
        lines.append(line)
    return tuple(lines) or ("",)


def caption(boundary: Boundary, diagram: Diagram) -> str:
    """What stands on the boundary's line; a box around a single vendor or library does not repeat the name inside it."""
    inside = [element for element in diagram.elements if element.boundary == boundary.id]
    if boundary.kind == "vendor" and len(inside) == 1:
        return "Third party"
    return plain(boundary.name)


def heading(diagram: Diagram, revision: str) -> str:
    """Title with the revision, if one is given."""
    return f"{plain(diagram.title)} ({plain(revision)})" if revision else plain(diagram.title)
