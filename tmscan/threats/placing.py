"""A record in, the element and the flow of the data-flow model that it belongs to out ("" where none fits)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tmscan.dfd.names import slug
from tmscan.dfd.targets import service_id
from tmscan.dfd.types import Boundary, Element, Flow
from tmscan.inventory.types import Access, Dependency, Endpoint, Outbound
from tmscan.threats.context import endpoints_of

if TYPE_CHECKING:
    from tmscan.inventory.types import Step
    from tmscan.threats.context import Context
    from tmscan.threats.subjects import Record


_IN_CODE = frozenset({"access", "entry-point", "observation", "outbound", "setting", "sink"})


@dataclass(frozen=True, slots=True)
class Place:
    """Ids of an element and of a flow."""

    element: str = ""
    flow: str = ""


def place_in_model(record: Record, kind: str, context: Context) -> Place:
    """Where in the model the record stands; the flow is the one between its process and the store, host or caller."""
    if isinstance(record, Element):
        return Place(element=record.id)
    if isinstance(record, Flow):
        return Place(flow=record.id)
    if isinstance(record, Boundary):
        return Place()
    if isinstance(record, Endpoint):
        process = context.element_of_endpoint.get(record.id, "")
        return Place(process, _flow_with(context.flows_to.get(process, ()), record))
    if isinstance(record, Dependency):
        return Place(_known(f"library:{slug(record.distribution)}", context))
    process = _process_of(str(getattr(record, "function", "") or getattr(record, "handler", "")), context)
    process = process or _process_at(getattr(record, "steps", ()), context)
    if isinstance(record, Access):
        target = _known(record.store, context) or _known(slug(record.store), context)
        return Place(process or target or _application(context), _flow_between(process, target, context))
    if isinstance(record, Outbound):
        target = _known(service_id(record), context)
        return Place(process or _application(context), _flow_between(process, target, context))
    return Place(process or (_application(context) if kind in _IN_CODE else ""))


def _process_of(function: str, context: Context) -> str:
    for endpoint in endpoints_of(context.by_handler, function):
        if endpoint.id in context.element_of_endpoint:
            return context.element_of_endpoint[endpoint.id]
    return ""


def _process_at(steps: tuple[Step, ...], context: Context) -> str:
    """The process whose handler a trace starts in: the last one that begins at or above its first step."""
    if not steps:
        return ""
    starts = context.handler_lines.get(steps[0].location.file, ())
    index = bisect_right(starts, (steps[0].location.line, "\uffff"))
    return context.element_of_endpoint.get(starts[index - 1][1], "") if index else ""


def _known(identity: str, context: Context) -> str:
    return identity if identity in context.elements else ""


def _application(context: Context) -> str:
    """The one process that everything without an endpoint belongs to, if there is just one at the top."""
    tops = [element.id for element in context.model.elements if element.kind == "process" and not element.parent]
    return tops[0] if len(tops) == 1 else ""


def _flow_between(process: str, target: str, context: Context) -> str:
    for flow in context.flows_from.get(process, ()):
        if flow.target == target:
            return flow.id
    return ""


def _flow_with(flows: tuple[Flow, ...], endpoint: Endpoint) -> str:
    for flow in flows:
        if any(other.id == endpoint.id for other in flow.endpoints):
            return flow.id
    return flows[0].id if len(flows) == 1 else ""
