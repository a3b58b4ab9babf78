"""How a diagram is drawn, whatever the format: lines with label and weight, columns, wrapped words, captions, legend.

It stands apart so that DOT, Mermaid and later formats say the same thing in their own syntax.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tmscan.dfd.labels import GENERIC, both_ways_label
from tmscan.dfd.names import plain
from tmscan.dfd.types import Boundary, Diagram, Flow

LEGEND = (
    ("crosses", "crosses a trust boundary"),
    ("open", "open: nothing checks who is calling"),
    ("heads", "arrowheads: which way data travels"),
    ("assumed", "assumed, or not traced from an endpoint"),
)
_MANY = 30


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line of the picture, from left to right: whoever calls, the application, what it uses.

    `heads` says where its arrowheads are: at the target (`forward`), at the source (`back`, a read from a store), or at
    both ends when it stands for the flows of a pair in both directions; `flows` are the ids of what it stands for.
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
    """The lines of a diagram, in the order of their flows.

    What a process reads from and writes to a store is one, and so is what a library gets and gives back.
    """
    stores = {element.id for element in diagram.elements if element.kind == "store"}
    libraries = {element.id for element in diagram.elements if element.kind == "library"}
    words = _brief if is_dense(diagram) else _full
    by_ends = {(flow.source, flow.target): flow for flow in diagram.flows}
    lines = []
    for flow in diagram.flows:
        back = by_ends.get((flow.target, flow.source))
        touches = bool(stores & {flow.source, flow.target})
        if flow.target in stores and back:
            lines.append(_stroke((flow, back), words(both_ways_label(flow, back), flow, touches), "both"))
        elif flow.source in stores and not back:
            lines.append(_stroke((flow,), words(flow.label, flow, touches), "back"))
        elif flow.target in libraries and back:
            lines.append(_stroke((flow, back), words(flow.label, flow, touches), "both"))
        elif flow.source in libraries and back:
            continue
        elif flow.source not in stores:
            lines.append(_stroke((flow,), words(flow.label, flow, touches), "forward"))
    return tuple(lines)


def columns(diagram: Diagram) -> tuple[tuple[str, ...], ...]:
    """Element ids from left to right: callers, processes, libraries in them, the rest of their host, the world outside.

    Few things per column inside the host leave room for the lines that pass them on their way out.
    """
    kinds = {element.id: element.kind for element in diagram.elements}
    callers = {flow.source for flow in diagram.flows if kinds.get(flow.source) == "entity"}
    around = {boundary.id: boundary.parent for boundary in diagram.boundaries}
    ours = {_outermost(element.boundary, around) for element in diagram.elements if element.kind == "process"}
    found: tuple[list[str], ...] = ([], [], [], [], [])
    for element in diagram.elements:
        if element.kind == "process":
            found[1].append(element.id)
        elif element.id in callers:
            found[0].append(element.id)
        else:
            inside = _outermost(element.boundary, around) in ours
            found[2 if element.kind == "library" and inside else 3 if inside else 4].append(element.id)
    return tuple(tuple(column) for column in found)


def _outermost(boundary: str, around: Mapping[str, str]) -> str:
    seen: set[str] = set()
    while around.get(boundary) and boundary not in seen:
        seen.add(boundary)
        boundary = around[boundary]
    return boundary


def is_dense(diagram: Diagram) -> bool:
    """Whether there are so many lines that labels must be brief: long ones would drive everything apart."""
    return len({frozenset((flow.source, flow.target)) for flow in diagram.flows}) > _MANY


def _stroke(flows: tuple[Flow, ...], label: list[str], heads: Literal["forward", "back", "both"]) -> Stroke:
    flow = flows[0]
    return Stroke(
        source=flow.target if heads == "back" else flow.source,
        target=flow.source if heads == "back" else flow.target,
        label=tuple(line for part in label for line in wrapped(part, 30)),
        crosses=any(one.crosses for one in flows),
        unguarded=any(one.unguarded for one in flows),
        unencrypted=any(one.encrypted is False for one in flows),
        assumed=all(one.provenance == "assumed" for one in flows),
        heads=heads,
        flows=tuple(one.id for one in flows),
    )


def _full(label: str, flow: Flow, store: bool) -> list[str]:  # noqa: ARG001 - the same arguments as `_brief`
    return label.split("\n")


def _brief(label: str, flow: Flow, store: bool) -> list[str]:
    """Only what an arrowhead does not say: nothing for a store or a plain request, one line for calls."""
    if flow.endpoints:
        return [label.replace("\n", ", ")]
    plain_request = bool(flow.protocol) and flow.encrypted is not False
    return [] if store or plain_request or label in GENERIC else label.split("\n")


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
    """What stands on the boundary's line; a box around a single vendor does not repeat the name inside it."""
    inside = [element for element in diagram.elements if element.boundary == boundary.id]
    if boundary.kind == "vendor" and len(inside) == 1:
        return plain(boundary.name).partition(":")[0]
    return plain(boundary.name)


def heading(diagram: Diagram, revision: str) -> str:
    """Title with the revision, if one is given."""
    return f"{plain(diagram.title)} ({plain(revision)})" if revision else plain(diagram.title)
