"""Keeping a picture readable: too many elements of one sort in, fewer out, each fold named, counted and listed.

Folding changes what is drawn, never the model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tmscan.dfd.boundaries import data_boundary, library_boundary, vendor_boundary
from tmscan.dfd.names import listed, slug
from tmscan.dfd.types import Boundary, Element


@dataclass(frozen=True, slots=True)
class Fold:
    """What a picture shows instead: places by id, elements, boundaries, counts and sentences."""

    place: dict[str, str]
    elements: dict[str, Element]
    boundaries: tuple[Boundary, ...]
    folded: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]


def fold_targets(elements: Sequence[Element], weight: Callable[[Element], int], limits: dict[str, int]) -> Fold:
    """Keeps the most used stores, services and libraries, up to a limit each; the rest folds by kind and boundary."""
    place: dict[str, str] = {}
    shown: dict[str, Element] = {}
    boundaries: list[Boundary] = []
    notes: list[str] = []
    folded: list[tuple[str, int]] = []
    for kind, limit in limits.items():
        ranked = sorted((e for e in elements if e.kind == kind), key=lambda e: (-weight(e), e.id))
        keep, rest = (ranked, []) if len(ranked) <= limit else (ranked[: limit - 1], ranked[limit - 1 :])
        shown.update((element.id, element) for element in keep)
        for members in _foldable(rest):
            if len(members) == 1:
                shown[members[0].id] = members[0]
                continue
            element, boundary = _one_for(kind, members, "more " if keep else "")
            shown[element.id] = element
            boundaries += [boundary] if boundary else []
            place.update((member.id, element.id) for member in members)
            folded.append((element.id, len(members)))
            notes.append(f"“{element.name}” are: {', '.join(member.name for member in members)}")
    return Fold(place, shown, tuple(boundaries), tuple(folded), tuple(notes))


def _foldable(rest: Sequence[Element]) -> list[list[Element]]:
    """What stands behind one kind of boundary folds together: a fold must not blur who controls what."""
    bundles: defaultdict[str, list[Element]] = defaultdict(list)
    for element in sorted(rest, key=lambda item: item.id):
        bundles[element.boundary.partition(":")[0]].append(element)
    return [members for _, members in sorted(bundles.items())]


def _one_for(kind: str, members: Sequence[Element], more: str) -> tuple[Element, Boundary | None]:
    """`7 services`, or `6 more services` where some of them are drawn."""
    small = listed((member.name for member in members), 2)
    if kind == "store":
        same = len({member.boundary for member in members}) == 1
        inside = replace(data_boundary("others"), name="Data tier, several hosts")
        place = members[0].boundary if same else inside.id
        element = Element(f"fold:stores/{slug(place)}", "store", f"{len(members)} {more}stores", small, place)
        return element, None if same else inside
    if kind == "library":
        inside = library_boundary("others", "Other libraries")
        return Element("fold:libraries", "library", f"{len(members)} {more}libraries", small, inside.id), inside
    if not members[0].boundary.startswith("vendor:"):
        here = members[0].boundary
        return Element(
            f"fold:services/{slug(here)}", "entity", f"{len(members)} {more}on the {here}", small, here
        ), None
    outside = vendor_boundary("others", "several")
    return Element("fold:services", "entity", f"{len(members)} {more}services", small, outside.id), outside
