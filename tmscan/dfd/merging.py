"""Fewer processes on one page: neighbours by name merge, then the smallest become "n more"; each is named and listed.

Units of one level in, at most so many out. It stands apart from the folding of what they use, for here names lead.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tmscan.dfd.groups import Unit, endpoint_unit
from tmscan.dfd.names import count, slug

_REST = "+"
_SIGN_IN = re.compile(r"(?:^|[._])(?:auth|login|sign_?in|accounts?|sessions?|password)", re.IGNORECASE)


def merge_units(
    units: Sequence[Unit], budget: int, noun: str = "group"
) -> tuple[tuple[Unit, ...], tuple[str, ...], tuple[tuple[str, int], ...]]:
    """At most `budget` groups, with sentences on what was merged and how many each stands for.

    In the place (app and boundary) with the most groups, those with the longest common beginning merge first, as long
    as three remain there; what is then still too much folds by size. Processes without endpoints stay as they are.
    """
    fixed = [unit for unit in units if not unit.element.endpoints]
    merged = [unit for unit in units if unit.element.endpoints]
    while len(merged) > budget:
        closer = next(_closer(merged, noun), None)
        if closer is None:
            break
        merged = closer
    if len(merged) > budget:
        merged = _smallest_together(merged, budget, noun)
    merged.sort(key=lambda unit: unit.element.id)
    notes = tuple(_unit_note(unit, noun) for unit in merged if unit.merged)
    folded = tuple((unit.element.id, len(unit.merged)) for unit in merged if unit.merged)
    return (*merged, *fixed), notes, folded


def _closer(units: Sequence[Unit], noun: str) -> Iterator[list[Unit]]:
    """The units after one more step of merging, the gentlest step first.

    Units belong together when their names begin with the same words (`stack_components`, `stacks`).
    """
    places: defaultdict[tuple[str, str], list[Unit]] = defaultdict(list)
    for unit in units:
        places[_place(unit)].append(unit)
    for place, members in sorted(places.items(), key=lambda item: (-len(item[1]), item[0])):
        others = [unit for unit in units if _place(unit) != place]
        for depth in range(max(len(_ends(unit.key, noun)) for unit in members) - 1, 0, -1):
            bundles: defaultdict[str, list[Unit]] = defaultdict(list)
            for unit in members:
                bundles[_prefix(unit.key, depth, noun).rstrip("s")].append(unit)
            if 3 <= len(bundles) < len(members):
                yield [*others, *(_merged(alike, depth, noun) for alike in bundles.values())]


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
    keep = max(budget - len({_place(unit) for unit in units}), 1)
    kept = {_place(unit) for unit in by_size[:keep]}
    rest: defaultdict[tuple[str, str], list[Unit]] = defaultdict(list)
    for unit in by_size[keep:]:
        rest[_place(unit)].append(unit)
    folds = [_rest(members, place in kept, noun) for place, members in sorted(rest.items())]
    return [*by_size[:keep], *folds]


def _place(unit: Unit) -> tuple[str, str]:
    return unit.app, unit.element.boundary


def _rest(members: list[Unit], among_others: bool, noun: str) -> Unit:
    """What is left of a place; if that is all of it, what the names have in common is a better name than "n more"."""
    words = 0 if among_others else min(len(_ends(unit.key, noun)) for unit in members)
    alike = (depth for depth in range(words, 0, -1) if len({_prefix(unit.key, depth, noun) for unit in members}) == 1)
    shared = next(alike, 0)
    if len(members) == 1 or shared:
        return _merged(members, shared, noun)
    return _together(members, "", _REST, noun)


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


def _unit_note(unit: Unit, noun: str) -> str:
    verb = "are" if unit.key == _REST else f"stands for {count(len(unit.merged), noun)}"
    return f"“{unit.element.name}” {verb}: {', '.join(unit.merged)}"
