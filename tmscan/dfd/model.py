"""The data-flow model: an inventory in; elements, flows, nested trust boundaries and diagrams of every level out."""

from __future__ import annotations

from tmscan.dfd.boundaries import HOST, INTERNET, OPERATIONS, WORKER, application_boundary
from tmscan.dfd.callers import find_callers
from tmscan.dfd.diagrams import Material, draw_diagrams
from tmscan.dfd.groups import APPLICATION, Unit, entry_units, group_units, other_unit
from tmscan.dfd.names import count, plain
from tmscan.dfd.strands import Strand, build_flows, chain
from tmscan.dfd.targets import find_targets
from tmscan.dfd.types import Boundary, DataFlowModel, Element
from tmscan.dfd.uses import find_uses
from tmscan.inventory.types import Inventory

SOCKET = ("WEBSOCKET",)  # endpoints that are entry points as well: these stand in the model


def build_model(inventory: Inventory) -> DataFlowModel:
    """Builds the model of one inventory.

    Elements are the callers, the application with its groups of endpoints and other processes, stores, third-party
    services and libraries that handle data. Flows come from calls, reaches and effects only; every id comes from names.
    """
    name = plain(inventory.name) or "application"
    targets = find_targets(inventory)
    endpoints = tuple(endpoint for endpoint in inventory.endpoints if endpoint.methods != SOCKET)
    callers, calls = find_callers(endpoints, inventory.entry_points, inventory.stores)
    strands = (*calls, *find_uses(inventory, targets))
    groups, inner = group_units(name, endpoints)
    other = other_unit(inventory.entry_points)
    ends = {end for strand in strands for end in (strand.source, strand.target)}
    units = (*groups, *entry_units(inventory.entry_points), *((other,) if ends & set(other.atoms) else ()))
    known = (INTERNET, HOST, WORKER, OPERATIONS, application_boundary(name, HOST.id in targets.boundaries), *inner)
    boundaries = {boundary.id: boundary for boundary in (*known, *targets.boundaries.values())}
    application = _application(name, inventory)
    material = Material(
        name=name,
        application=application,
        callers=callers,
        units=units,
        targets=tuple(targets.elements[key] for key in sorted(targets.elements)),
        strands=_by_atom(strands, units),
        boundaries=boundaries,
    )
    processes = (application, *(unit.element for unit in units))
    elements = {element.id: element for element in (*callers, *processes, *material.targets)}
    place = {atom: unit.element.id for unit in units for atom in unit.atoms}
    return DataFlowModel(
        name=name,
        elements=tuple(elements[key] for key in sorted(elements)),
        flows=build_flows(strands, place, elements, boundaries),
        boundaries=_used(tuple(elements.values()), boundaries),
        diagrams=tuple(draw_diagrams(material)),
    )


def _application(name: str, inventory: Inventory) -> Element:
    """The whole, as the context diagram shows it; groups and workers have it as parent."""
    frameworks = sorted({plain(endpoint.framework) for endpoint in inventory.endpoints})
    size = count(sum(endpoint.methods != SOCKET for endpoint in inventory.endpoints), "endpoint")
    return Element(
        id=APPLICATION,
        kind="process",
        name=name,
        technology=f"{', '.join(frameworks)}: {size}" if frameworks else size,
        boundary="application",
        description=f"{count(inventory.files, 'file')}, {count(inventory.lines, 'line')} of Python."
        if inventory.files
        else "",
    )


def _by_atom(strands: tuple[Strand, ...], units: tuple[Unit, ...]) -> dict[str, list[Strand]]:
    """The strands of every endpoint and entry point; the other end of each is a caller or something used."""
    found: dict[str, list[Strand]] = {atom: [] for unit in units for atom in unit.atoms}
    for strand in strands:
        found.get(strand.source, found.get(strand.target, [])).append(strand)
    return found


def _used(elements: tuple[Element, ...], boundaries: dict[str, Boundary]) -> tuple[Boundary, ...]:
    names = {name for element in elements for name in chain(element.boundary, boundaries)}
    return tuple(boundaries[name] for name in sorted(names))
