"""Which diagram somebody means: a level and a name in, diagrams out; a focus keeps an element's neighbours."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from tmscan.dfd.names import count
from tmscan.dfd.strands import chain
from tmscan.dfd.types import DataFlowModel, Diagram, Level
from tmscan.errors import TmscanError


def choose_diagram(model: DataFlowModel, level: Level | None = None, focus: str = "") -> Diagram:
    """The diagram of `level` (application by default), or the one that `focus` asks for.

    `focus` is the id or name of an element. A group of endpoints has a diagram of its own (level component); of any
    other element, what exchanges data with it is cut out of the level's diagram, or of one that shows it. Raises
    TmscanError, with what there is to choose from, for a name that is nowhere or stands for several, and for a level of
    several diagrams.
    """
    drawn = tuple(diagram for diagram in model.diagrams if diagram.level == (level or "application"))
    if not focus:
        return _only(drawn, level)
    identity = _find(focus, model)
    own = [diagram for diagram in model.diagrams if identity in (diagram.id, diagram.id.partition(":")[2])]
    if own and level in (None, "component", own[0].level):
        return own[0]
    for diagram in (*drawn, *model.diagrams):
        if any(element.id == identity for element in diagram.elements):
            return focused(diagram, identity)
    if own:
        return own[0]
    raise TmscanError(f"focus {focus!r}: it is part of the model, but no diagram shows it on its own")


def focused(diagram: Diagram, identity: str) -> Diagram:
    """One element of a diagram with its flows and the elements at their other ends; a note says what is left out."""
    from networkx import MultiDiGraph, ego_graph

    graph: MultiDiGraph[str] = MultiDiGraph([(flow.source, flow.target) for flow in diagram.flows])
    graph.add_node(identity)
    kept = set(ego_graph(graph, identity, undirected=True))
    flows = tuple(flow for flow in diagram.flows if identity in (flow.source, flow.target))
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


def _only(drawn: tuple[Diagram, ...], level: Level | None) -> Diagram:
    if not drawn:
        raise TmscanError(f"there is nothing to draw at level {level or 'application'}")
    if level == "component" and len(drawn) > 1:
        names = ", ".join(diagram.id.partition(":")[2] for diagram in drawn)
        raise TmscanError(f"say with --focus which component to draw: {names}")
    return drawn[0]


def _find(focus: str, model: DataFlowModel) -> str:
    """An id, or a name (whatever its case) of one element only, or of one only that has a diagram of its own."""
    names: dict[str, set[str]] = {}
    drawn = {name for diagram in model.diagrams for name in (diagram.id, diagram.id.partition(":")[2])}
    if focus in drawn:
        return focus
    for element in (*model.elements, *(element for diagram in model.diagrams for element in diagram.elements)):
        if element.id == focus:
            return focus
        names.setdefault(element.name.lower(), set()).add(element.id)
    found = sorted(names.get(focus.lower(), ()))
    for choice in (found, sorted(drawn.intersection(found))):
        if len(choice) == 1:
            return choice[0]
    if found:
        raise TmscanError(f"focus {focus!r} names several elements; take one of their ids: {', '.join(found)}")
    known = sorted({*names, *(identity for ids in names.values() for identity in ids)})
    close = get_close_matches(focus.lower(), known, n=3)
    some = ", ".join(f"{name:.40}" for name in sorted(names)[:12])
    hint = f"did you mean {' or '.join(map(repr, close))}?" if close else f"known are: {some}"
    raise TmscanError(f"focus {focus!r}: no element of the model is called so; {hint}")
