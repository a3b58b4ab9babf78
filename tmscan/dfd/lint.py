"""Is the model itself sound? A model in, one sentence per flaw out; it judges the drawing, not the application."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tmscan.dfd.names import count, listed
from tmscan.dfd.strands import chain
from tmscan.dfd.types import Boundary, DataFlowModel, Element

_OURS = frozenset({"application", "admin"})


def lint_model(model: DataFlowModel) -> tuple[str, ...]:
    """Says what is missing or impossible: no boundary or caller, loose ends, no flows, the wrong side."""
    boundaries = {boundary.id: boundary for boundary in model.boundaries}
    elements = {element.id: element for element in model.elements}
    return (
        *_frame(model, boundaries),
        *_sides(model, boundaries),
        *_loose_ends(model, elements),
        *_unused(model, elements),
    )


def _frame(model: DataFlowModel, boundaries: Mapping[str, Boundary]) -> Iterator[str]:
    if not model.boundaries:
        yield "The model has no trust boundary."
    processes = [element for element in model.elements if element.kind == "process"]
    if processes and not any(element.kind == "entity" for element in model.elements):
        yield "Nobody calls this application: no external entity was found."
    for element in model.elements:
        if element.boundary not in boundaries:
            place = f"unknown boundary {element.boundary}" if element.boundary else "no trust boundary"
            yield f"{element.name} ({element.id}) stands in {place}."
    for boundary in model.boundaries:
        if boundary.parent and boundary.parent not in boundaries:
            yield f"Boundary {boundary.name} ({boundary.id}) lies in an unknown one, {boundary.parent}."


def _sides(model: DataFlowModel, boundaries: Mapping[str, Boundary]) -> Iterator[str]:
    for element in model.elements:
        kinds = {boundaries[name].kind for name in chain(element.boundary, boundaries)}
        if element.kind == "entity" and kinds & _OURS and "application" in kinds:
            yield f"{element.name} ({element.id}) is outside the application but stands inside its boundary."
        if element.kind in ("store", "process") and "internet" in kinds:
            yield f"{element.name} ({element.id}) stands on the internet side, where anyone is in control."


def _loose_ends(model: DataFlowModel, elements: Mapping[str, Element]) -> Iterator[str]:
    for flow in model.flows:
        missing = [end for end in (flow.source, flow.target) if end not in elements]
        if missing:
            yield f"Flow {flow.id} ends at an unknown element: {', '.join(missing)}."
        elif elements[flow.source].kind == elements[flow.target].kind == "store":
            yield f"Flow {flow.id} goes from store to store: some process must move the data."
        elif elements[flow.source].kind == elements[flow.target].kind == "entity":
            yield f"Flow {flow.id} goes from one external entity to another: no process of this application takes part."


def _unused(model: DataFlowModel, elements: Mapping[str, Element]) -> Iterator[str]:
    """A process above others and one that is only assumed need no flow of their own."""
    wholes = {element.parent for element in model.elements}
    sources, targets = {flow.source for flow in model.flows}, {flow.target for flow in model.flows}
    started = {
        flow.target
        for flow in model.flows
        if flow.source in elements and (elements[flow.source].kind != "store" or "deliver" in flow.operations)
    }
    for element in model.elements:
        if element.id in wholes:
            continue
        if element.id not in sources | targets:
            yield f"{element.name} ({element.id}) has no flow at all."
        elif element.kind == "process" and element.provenance != "assumed" and element.id not in started:
            yield f"{element.name} ({element.id}) has no flow in but from stores: what starts it?"
    ending = [
        element.name
        for element in elements.values()
        if element.kind == "process"
        and element.id in targets
        and element.id not in sources
        and element.id not in wholes
    ]
    if ending:
        behind = "no store, host or library seen behind them"
        yield f"No flow out of {count(len(ending), 'process')} ({behind}): {listed(ending, 8)}."
