"""Keeping a picture readable: too many elements of one sort in, fewer out, each fold named, counted and listed.

Folding changes what is drawn, never the model.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tmscan.dfd.boundaries import data_boundary, library_boundary, vendor_boundary
from tmscan.dfd.groups import Unit, endpoint_unit
from tmscan.dfd.names import count, listed, slug
from tmscan.dfd.types import Boundary, Element

_REST = "+"
_SIGN_IN = re.compile(r"(?:^|[._])(?:auth|login|sign_?in|accounts?|sessions?|password)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fold:
    """What a picture shows instead: places by id, elements, boundaries, counts and sentences."""

    place: dict[str, str]
    elements: dict[str, Element]
    boundaries: tuple[Boundary, ...]
    folded: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]


def fold_units(
    units: Sequence[Unit], budget: int, noun: str = "group"
) -> tuple[tuple[Unit, ...], tuple[str, ...], tuple[tuple[str, int], ...]]:
    """At most `budget` units: neighbours by name merge first, then the smallest of each boundary become "n more"."""
    fixed = [unit for unit in units if not unit.element.endpoints]
    groups = [unit for unit in units if unit.element.endpoints]
    merged = groups
    deepest = max((len(_ends(unit.key, noun)) for unit in groups), default=0)
    for depth in range(deepest - 1, 0, -1):
        if len(merged) <= budget:
            break
        closer = _by_prefix(groups, depth, noun)
        if len(closer) >= min(4, budget):
            merged = closer
    if len(merged) > budget:
        merged = _smallest_together(merged, budget, noun)
    notes = tuple(_unit_note(unit, noun) for unit in merged if unit.merged)
    folded = tuple((unit.element.id, len(unit.merged)) for unit in merged if unit.merged)
    return (*merged, *fixed), notes, folded


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


def _unit_note(unit: Unit, noun: str) -> str:
    verb = "are" if unit.key == _REST else f"stands for {count(len(unit.merged), noun)}"
    return f"“{unit.element.name}” {verb}: {', '.join(unit.merged)}"


def _by_prefix(units: Sequence[Unit], depth: int, noun: str) -> list[Unit]:
    """Units whose names begin with the same words (`stack_components`, `stacks`) become one; singular equals plural."""
    bundles: defaultdict[tuple[str, str, str], list[Unit]] = defaultdict(list)
    for unit in units:
        bundles[unit.app, unit.element.boundary, _prefix(unit.key, depth, noun).rstrip("s")].append(unit)
    return [_merged(members, depth, noun) for _, members in sorted(bundles.items())]


def _merged(members: Sequence[Unit], depth: int, noun: str) -> Unit:
    if len(members) == 1:
        return members[0]
    prefix = min((_prefix(unit.key, depth, noun) for unit in members), key=lambda text: (len(text), text))
    whole = all(unit.key == prefix or unit.key.startswith(f"{prefix}.") for unit in members)
    name = prefix.rpartition(".")[2] or prefix
    return _together(members, name if whole else f"{name}…", prefix, noun)


def _prefix(key: str, depth: int, noun: str) -> str:
    """The first `depth` words of a name; handlers are not cut at underscores: `get_user` and `get_page` are no pair."""
    ends = _ends(key, noun)
    return key[: ends[depth - 1]] if len(ends) > depth else key


def _ends(key: str, noun: str) -> list[int]:
    return [match.end() for match in re.finditer(r"[^._]+" if noun == "group" else r"[^.]+", key)]


def _smallest_together(units: Sequence[Unit], budget: int, noun: str) -> list[Unit]:
    """Signing in and the largest units stay; the rest is one per boundary: a fold must not blur who controls what."""
    by_size = sorted(units, key=lambda unit: (not _SIGN_IN.search(unit.key), -len(unit.atoms), unit.element.id))
    places = len({(unit.app, unit.element.boundary) for unit in units})
    keep = max(budget - places, 1)
    rest: defaultdict[tuple[str, str], list[Unit]] = defaultdict(list)
    for unit in by_size[keep:]:
        rest[unit.app, unit.element.boundary].append(unit)
    folds = [
        _together(members, "", _REST, noun) if len(members) > 1 else members[0] for _, members in sorted(rest.items())
    ]
    return sorted([*by_size[:keep], *folds], key=lambda unit: unit.element.id)


def _together(units: Sequence[Unit], name: str, key: str, noun: str) -> Unit:
    first = units[0]
    names = tuple(sorted(name for unit in units for name in (unit.merged or (unit.element.name,))))
    endpoints = [endpoint for unit in units for endpoint in unit.element.endpoints]
    name = name or f"{len(names)} more {noun}s"
    identity = f"fold:{slug(first.app)}/{slug(first.element.boundary)}/{'more' if key == _REST else slug(key)}"
    unit = endpoint_unit(identity, name, endpoints, first.element.boundary, first.element.parent, first.app, key, names)
    size = count(len(endpoints), "endpoint")
    small = size if key == _REST else f"{count(len(names), noun)}, {size}"
    element = replace(unit.element, technology=small)
    return replace(unit, element=element, atoms=tuple(atom for member in units for atom in member.atoms))


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
