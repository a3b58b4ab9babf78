"""Pictures of the model: context, application, one per app where there are several, one per group of endpoints.

Each picks processes, folds what is too much for one page, and adds up the strands between what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tmscan.dfd.folding import fold_targets
from tmscan.dfd.groups import Unit, classes_of, handlers_of, parts_of
from tmscan.dfd.merging import merge_units
from tmscan.dfd.names import count, listed, plain
from tmscan.dfd.strands import Strand, build_flows, chain
from tmscan.dfd.types import Boundary, Diagram, Element, Flow, Level

BUDGET = 25
_MOST_LINES, _MOST_USES = 56, 34
_LIMITS = {"entity": 5, "store": 5, "library": 4}
# Tried in this order until a picture fits: how many processes, third-party services, stores and libraries it may show.
_TIGHTER = (
    (14, 5, 5, 4),
    (12, 4, 4, 3),
    (10, 3, 4, 2),
    (9, 2, 3, 1),
    (8, 1, 2, 1),
    (8, 1, 1, 1),
    (6, 1, 1, 1),
    (5, 1, 1, 1),
)


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that pictures are drawn from: who calls, processes, what is used, strands by atom, boundaries."""

    name: str
    application: Element
    callers: tuple[Element, ...]
    units: tuple[Unit, ...]
    targets: tuple[Element, ...]
    strands: Mapping[str, Sequence[Strand]]
    boundaries: Mapping[str, Boundary]


def draw_diagrams(material: Material) -> Iterator[Diagram]:
    """Context first, then the application, then its apps, then its groups; ids and order come from names."""
    yield _context(material)
    groups = [unit for unit in material.units if unit.element.endpoints]
    yield _fitted(
        material, "application", f"{material.name}: application", "application", "context", _unfolded(material.units)
    )
    apps = sorted({unit.app for unit in groups})
    for app in apps if len(apps) > 1 else ():
        mine = [unit for unit in groups if unit.app == app]
        boundary = material.boundaries.get(chain(mine[0].element.boundary, material.boundaries)[-1])
        shown = boundary.name if boundary else app
        yield _fitted(material, f"application:{app}", f"{material.name}: {shown}", "application", "application", mine)
    for unit in groups:
        title = f"{material.name}: {unit.element.name}"
        yield _fitted(material, f"component:{unit.element.id}", title, "component", "application", _inside(unit))


def _context(material: Material) -> Diagram:
    """The application as one process; libraries inside it are only named in a note."""
    inside = [unit for unit in material.units if unit.element.boundary != "worker"]
    whole = Unit(material.application, tuple(atom for unit in inside for atom in unit.atoms))
    workers = [unit for unit in material.units if unit.element.boundary == "worker"]
    outside = replace(material, targets=tuple(target for target in material.targets if target.kind != "library"))
    libraries = [target.name for target in material.targets if target.kind == "library"]
    notes = (f"Third-party libraries inside that handle data: {', '.join(libraries)}",) if libraries else ()
    units = [whole, *workers] if inside else workers
    return _picture(outside, "context", f"{material.name}: context", "context", "", units, _LIMITS, notes, ())


def _unfolded(units: Sequence[Unit]) -> Sequence[Unit]:
    """One or two large groups say little: their parts are shown instead, if that stays readable."""
    groups = [unit for unit in units if unit.element.endpoints]
    if len(groups) > 2:
        return units
    parts = {unit.element.id: parts_of(unit) for unit in groups if len(unit.element.endpoints) > 4}
    if sum(len(found) for found in parts.values()) > 12:
        return units
    return [part for unit in units for part in parts.get(unit.element.id, (unit,))]


def _inside(group: Unit) -> Sequence[Unit]:
    """Handlers one by one; where they are many, by class, and where those are many, by what they are about."""
    for units in (handlers_of(group), classes_of(group)):
        if len(units) <= 14:
            return units
    parts = parts_of(group)
    return parts if len(parts) > 2 else units


def _fitted(material: Material, identity: str, title: str, level: Level, parent: str, units: Sequence[Unit]) -> Diagram:
    """Folds processes, and then what they use, until the picture can be read."""
    for budget, services, stores, libraries in _TIGHTER:
        drawn, notes, folded = merge_units(units, budget, "handler" if level == "component" else "group")
        limits = {"entity": services, "store": stores, "library": libraries}
        picture = _picture(material, identity, title, level, parent, drawn, limits, notes, folded)
        if len(picture.elements) <= BUDGET and _is_untangled(picture):
            break
    return picture


def _is_untangled(picture: Diagram) -> bool:
    """Whether the lines can be followed; those from callers fan out and are easier to follow than the others."""
    callers = {element.id for element in picture.elements if element.id.startswith("entity:")}
    lines = {frozenset((flow.source, flow.target)) for flow in picture.flows}
    return len(lines) <= _MOST_LINES and sum(1 for line in lines if not line & callers) <= _MOST_USES


def _picture(
    material: Material,
    identity: str,
    title: str,
    level: Level,
    parent: str,
    units: Sequence[Unit],
    limits: dict[str, int],
    notes: tuple[str, ...],
    folded: tuple[tuple[str, int], ...],
) -> Diagram:
    place = {atom: unit.element.id for unit in units for atom in unit.atoms}
    strands = [strand for atom in place for strand in material.strands.get(atom, ())]
    weights = Counter(end for strand in strands for end in (strand.source, strand.target))
    used = [target for target in material.targets if weights[target.id]]
    fold = fold_targets(used, lambda element: weights[element.id], limits)
    boundaries = {**material.boundaries, **{boundary.id: boundary for boundary in fold.boundaries}}
    elements = {
        **{caller.id: caller for caller in material.callers if weights[caller.id]},
        **{unit.element.id: unit.element for unit in units},
        **fold.elements,
    }
    flows = build_flows(strands, {**place, **fold.place}, elements, boundaries)
    silent = [element.name for element in elements.values() if not _touched(element, flows)]
    if silent and level != "component":
        notes = (*notes, f"Without any known flow: {listed(silent, 10)}")
    return Diagram(
        id=identity,
        title=plain(title),
        level=level,
        elements=tuple(elements[key] for key in sorted(elements)),
        flows=flows,
        boundaries=_around(elements.values(), boundaries),
        parent=parent,
        notes=(*notes, *fold.notes, *_unattributed(flows)),
        folded=(*folded, *fold.folded),
    )


def _touched(element: Element, flows: Sequence[Flow]) -> bool:
    return any(element.id in (flow.source, flow.target) for flow in flows)


def _around(elements: Iterable[Element], boundaries: Mapping[str, Boundary]) -> tuple[Boundary, ...]:
    """The boundaries that the elements stand in, with all those around them."""
    used = {name for element in elements for name in chain(element.boundary, boundaries)}
    return tuple(boundaries[name] for name in sorted(used))


def _unattributed(flows: Sequence[Flow]) -> tuple[str, ...]:
    assumed = [flow for flow in flows if flow.provenance == "assumed"]
    if not assumed:
        return ()
    return (
        f"Dotted: {count(len(assumed), 'flow')} from code that no endpoint was seen to reach, or assumed otherwise",
    )
