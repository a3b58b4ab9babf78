"""The questions a rule may ask of the data-flow model and of reaches: record and context in, a plain value out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tmscan.dfd.types import Boundary, Element, Flow
    from tmscan.inventory.types import Reach
    from tmscan.threats.context import Context

Value = str | bool | int | tuple[str, ...] | None
READ_ONLY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "WEBSOCKET"})
WRITING = frozenset({"write", "delete", "ddl"})
RECORD_KEEPING = re.compile(r"(^|[^a-z])(log|logs|audit|event|history|journal|trail)", re.IGNORECASE)


def reach_kind(reach: Reach, context: Context) -> str:
    """What is reached: store, host, library or log."""
    if reach.target in context.stores:
        return "store"
    prefix = reach.target.partition(":")[0]
    return prefix if prefix in {"host", "library", "log"} else "store"


def reach_name(reach: Reach, context: Context) -> str:
    """Name of what is reached, as a reader would say it."""
    if reach.target in context.stores:
        return context.stores[reach.target].name
    return reach.target.partition(":")[2] or reach.target


def reach_operation(reach: Reach, _: Context) -> tuple[str, ...]:
    """What is done there: read, write, delete, ddl, execute, or the protocol towards a host."""
    return reach.operations


def reach_record_keeping(reach: Reach, context: Context) -> bool:
    """Whether it adds to a log: a write to a store or table named for keeping records (log, audit, event, history)."""
    names = " ".join((reach_name(reach, context), *reach.entities))
    return bool(WRITING & set(reach.operations)) and RECORD_KEEPING.search(names) is not None


def reach_store_kind(reach: Reach, context: Context) -> str:
    """Kind of the store reached (sql, document, cache, …), else empty."""
    return context.stores[reach.target].kind if reach.target in context.stores else ""


def flow_crosses(flow: Flow, context: Context) -> tuple[str, ...]:
    """Ids and kinds of the trust boundaries it crosses."""
    kinds = {context.boundaries[boundary].kind for boundary in flow.crosses if boundary in context.boundaries}
    return (*flow.crosses, *sorted(kinds))


def flow_source_kind(flow: Flow, context: Context) -> str:
    """Kind of the element it starts at."""
    return context.elements[flow.source].kind if flow.source in context.elements else ""


def flow_target_kind(flow: Flow, context: Context) -> str:
    """Kind of the element it ends at."""
    return context.elements[flow.target].kind if flow.target in context.elements else ""


def flow_source_name(flow: Flow, context: Context) -> str:
    """Name of the element it starts at."""
    return context.elements[flow.source].name if flow.source in context.elements else flow.source


def flow_target_name(flow: Flow, context: Context) -> str:
    """Name of the element it ends at."""
    return context.elements[flow.target].name if flow.target in context.elements else flow.target


def element_boundary_kind(element: Element, context: Context) -> str:
    """Kind of the innermost boundary it stands in."""
    return context.boundaries[element.boundary].kind if element.boundary in context.boundaries else ""


def element_written(element: Element, context: Context) -> bool:
    """Whether a flow towards it writes or deletes."""
    return any(WRITING & set(flow.operations) for flow in context.flows_to.get(element.id, ()))


def element_state_changing(element: Element, _: Context) -> bool:
    """Whether one of its endpoints changes state."""
    methods = {method.upper() for endpoint in element.endpoints for method in endpoint.methods}
    return bool(methods - READ_ONLY)


def boundary_elements(boundary: Boundary, context: Context) -> tuple[str, ...]:
    """Names of the elements directly inside."""
    return tuple(sorted(e.name for e in context.model.elements if e.boundary == boundary.id))


MODEL_PROPERTIES: Mapping[str, Mapping[str, Callable[..., Value]]] = {
    "flow": {
        "crosses": flow_crosses,
        "source_kind": flow_source_kind,
        "target_kind": flow_target_kind,
        "source_name": flow_source_name,
        "target_name": flow_target_name,
    },
    "element": {
        "boundary_kind": element_boundary_kind,
        "written": element_written,
        "state_changing": element_state_changing,
    },
    "boundary": {"elements": boundary_elements},
    "reach": {
        "kind": reach_kind,
        "name": reach_name,
        "operation": reach_operation,
        "store_kind": reach_store_kind,
        "record_keeping": reach_record_keeping,
    },
}
