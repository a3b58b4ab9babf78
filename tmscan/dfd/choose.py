"""Which diagram somebody means: a level and a name in, diagrams out; a focus keeps an element's neighbours."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from tmscan.dfd.names import count
from tmscan.dfd.strands import chain
from tmscan.dfd.types import DataFlowModel, Diagram, Element, Level
from tmscan.errors import TmscanError


def choose_diagrams(model: DataFlowModel, level: Level = "application", focus: str = "") -> tuple[Diagram, ...]:
    """The diagrams of a level, or the one that `focus` asks for.

    `focus` is the id or name of an element: for a group of endpoints at level `component` its own diagram, otherwise
    the level's diagram cut down to the element and what it exchanges data with. Raises TmscanError for a name that is
    nowhere.
    """
    drawn = tuple(diagram for diagram in model.diagrams if diagram.level == level)
    if not focus:
        return drawn
    elements = [element for diagram in (*drawn, *model.diagrams) for element in diagram.elements]
    identity = _find(focus, (*model.elements, *elements))
    own = tuple(diagram for diagram in drawn if diagram.id == f"component:{identity}")
    if own:
        return own
    for diagram in (*drawn, *model.diagrams):
        if any(element.id == identity for element in diagram.elements):
            return (focused(diagram, identity),)
    for diagram in model.diagrams:
        if diagram.id == f"component:{identity}":
            return (diagram,)
    raise TmscanError(f"focus {focus!r}: it is part of the model, but no diagram shows it on its own")


def focused(diagram: Diagram, identity: str) -> Diagram:
    """One element of a diagram with its flows and the elements at their other ends; a note says what is left out."""
    flows = tuple(flow for flow in diagram.flows if identity in (flow.source, flow.target))
    kept = {identity, *(end for flow in flows for end in (flow.source, flow.target))}
    elements = tuple(element for element in diagram.elements if element.id in kept)
    boundaries = {boundary.id: boundary for boundary in diagram.boundaries}
    inside = {name for element in elements for name in chain(element.boundary, boundaries)}
    name = next((element.name for element in elements if element.id == identity), identity)
    left_out = len(diagram.elements) - len(elements)
    note = (f"Only what exchanges data with “{name}”; {count(left_out, 'element')} not shown",) if left_out else ()
    return replace(
        diagram,
        id=f"{diagram.id}@{identity}",
        title=f"{diagram.title}, around {name}",
        elements=elements,
        flows=flows,
        boundaries=tuple(boundary for boundary in diagram.boundaries if boundary.id in inside),
        notes=(*note, *diagram.notes),
        folded=tuple(pair for pair in diagram.folded if pair[0] in kept),
    )


def _find(focus: str, elements: tuple[Element, ...]) -> str:
    """An id, or a name that is one element's only (whatever its case)."""
    names: dict[str, set[str]] = {}
    for element in elements:
        if element.id == focus:
            return focus
        names.setdefault(element.name.lower(), set()).add(element.id)
    found = sorted(names.get(focus.lower(), ()))
    if len(found) == 1:
        return found[0]
    if found:
        raise TmscanError(f"focus {focus!r} names several elements; take one of their ids: {', '.join(found)}")
    close = get_close_matches(focus.lower(), names, n=3)
    hint = f"did you mean {', '.join(close)}?" if close else f"known are: {', '.join(sorted(names)[:12])}"
    raise TmscanError(f"focus {focus!r}: no element of the model is called so; {hint}")
