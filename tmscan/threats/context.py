"""Inventory and model in, the look-ups that rules need out: which records belong to which endpoint, element, store.

Apart from the properties, so that each of them is one plain line over an index built once per run.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tmscan.dfd.types import Boundary, DataFlowModel, Element, Flow
    from tmscan.inventory.types import Access, Endpoint, Inventory, Observation, Outbound, Reach, Setting, Sink, Store
    from tmscan.sources.types import Location


class InFunction(Protocol):
    """A record that stands in a function."""

    @property
    def function(self) -> str:
        """Qualified name of the function."""
        ...


Standing = TypeVar("Standing", bound=InFunction)
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Context:
    """Indexes over one inventory and its model; keys are ids, handlers, groups, kinds and meanings."""

    inventory: Inventory
    model: DataFlowModel
    by_handler: Mapping[str, tuple[Endpoint, ...]]
    group_sizes: Mapping[tuple[str, str], tuple[int, int]]  # endpoints, and how many of them refuse anonymous callers
    reaches: Mapping[str, tuple[Reach, ...]]
    reached: Mapping[str, tuple[Reach, ...]]
    stores: Mapping[str, Store]
    endpoint_sinks: Mapping[str, tuple[Sink, ...]]
    endpoint_accesses: Mapping[str, tuple[Access, ...]]
    endpoint_outbound: Mapping[str, tuple[Outbound, ...]]
    endpoint_observations: Mapping[str, tuple[Observation, ...]]
    sinks: Mapping[str, tuple[Sink, ...]]
    observations: Mapping[str, tuple[Observation, ...]]
    settings: Mapping[str, tuple[Setting, ...]]
    outbound_at: Mapping[Location, tuple[Outbound, ...]]
    elements: Mapping[str, Element]
    boundaries: Mapping[str, Boundary]
    flows: Mapping[str, Flow]
    flows_from: Mapping[str, tuple[Flow, ...]]
    flows_to: Mapping[str, tuple[Flow, ...]]
    element_of_endpoint: Mapping[str, str]
    handler_lines: Mapping[str, tuple[tuple[int, str], ...]]


def build_context(inventory: Inventory, model: DataFlowModel) -> Context:
    """Index `inventory` and `model`; linear in their size."""
    by_handler = _grouped(inventory.endpoints, lambda endpoint: endpoint.handler)
    return Context(
        inventory=inventory,
        model=model,
        by_handler=by_handler,
        group_sizes={
            group: (len(found), sum(endpoint.auth.required is True for endpoint in found))
            for group, found in _grouped(inventory.endpoints, lambda endpoint: (endpoint.app, endpoint.group)).items()
        },
        reaches=_grouped(inventory.reaches, lambda reach: reach.source),
        reached=_grouped(inventory.reaches, lambda reach: reach.target),
        stores={store.id: store for store in inventory.stores},
        endpoint_sinks=_by_endpoint(by_handler, inventory.sinks),
        endpoint_accesses=_by_endpoint(by_handler, inventory.accesses),
        endpoint_outbound=_by_endpoint(by_handler, inventory.outbound),
        endpoint_observations=_by_endpoint(by_handler, inventory.observations),
        sinks=_grouped(inventory.sinks, lambda sink: sink.kind),
        observations=_grouped(inventory.observations, lambda seen: seen.kind),
        settings=_grouped(inventory.settings, lambda setting: setting.meaning),
        outbound_at=_grouped(inventory.outbound, lambda call: call.location),
        elements={element.id: element for element in model.elements},
        boundaries={boundary.id: boundary for boundary in model.boundaries},
        flows={flow.id: flow for flow in model.flows},
        flows_from=_grouped(model.flows, lambda flow: flow.source),
        flows_to=_grouped(model.flows, lambda flow: flow.target),
        element_of_endpoint={
            endpoint.id: element.id
            for element in model.elements
            if element.kind == "process"
            for endpoint in element.endpoints
        },
        handler_lines=_handler_lines(inventory.endpoints),
    )


def endpoints_of(by_handler: Mapping[str, tuple[Endpoint, ...]], function: str) -> tuple[Endpoint, ...]:
    """Endpoints whose handler is this function, its class, or the function that it is nested in."""
    name = function
    while name:
        if name in by_handler:
            return by_handler[name]
        name = name.rpartition(".")[0]
    return ()


def _by_endpoint(
    by_handler: Mapping[str, tuple[Endpoint, ...]], records: Iterable[Standing]
) -> Mapping[str, tuple[Standing, ...]]:
    found: defaultdict[str, list[Standing]] = defaultdict(list)
    for record in records:
        for endpoint in endpoints_of(by_handler, record.function):
            found[endpoint.id].append(record)
    return {key: tuple(values) for key, values in found.items()}


def _handler_lines(endpoints: Iterable[Endpoint]) -> Mapping[str, tuple[tuple[int, str], ...]]:
    lines = _grouped(endpoints, lambda endpoint: endpoint.location.file)
    return {file: tuple(sorted((one.location.line, one.id) for one in group)) for file, group in lines.items()}


Key = TypeVar("Key")


def _grouped(records: Iterable[Record], key: Callable[[Record], Key]) -> Mapping[Key, tuple[Record, ...]]:
    found: defaultdict[Key, list[Record]] = defaultdict(list)
    for record in records:
        found[key(record)].append(record)
    return {name: tuple(values) for name, values in found.items()}
