"""Endpoints of the code and a published description in, what differs between them out.

Paths are compared by shape: the names of what varies and a last slash say nothing. Verdicts that are not known, and
what OpenAPI has no words for (websockets), are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from tmscan.inventory.routes.templates import template_of
from tmscan.inventory.selection import matches_path

if TYPE_CHECKING:
    from tmscan.document.published import Description, Operation
    from tmscan.inventory.selection import Selection
    from tmscan.inventory.types import Endpoint

Kind = Literal["undocumented", "dead", "methods", "guard"]
KINDS: tuple[Kind, ...] = ("guard", "undocumented", "methods", "dead")
_VERBS = frozenset({"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"})
_IMPLIED = frozenset({"HEAD", "OPTIONS"})  # frameworks answer them by themselves


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that code and description disagree on; `endpoint` is None for what is described only."""

    kind: Kind
    path: str
    methods: tuple[str, ...]
    detail: str
    endpoint: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences, gravest kind first. `prefix` was put before the described paths; `unsure` are verdicts that are
    not known and so were not compared.
    """

    differences: tuple[Difference, ...]
    prefix: str
    operations: int
    endpoints: int
    unsure: int


@dataclass(slots=True)
class _Place:
    """What stands at paths of one shape, on either side."""

    found: list[Endpoint] = field(default_factory=list)
    described: list[Operation] = field(default_factory=list)


def compare(endpoints: Iterable[Endpoint], description: Description) -> Comparison:
    """Undocumented and dead paths, verbs that only one side knows, and guards that they disagree on."""
    speakable = [each for each in endpoints if _VERBS & set(each.methods) or "ANY" in each.methods]
    places: dict[str, _Place] = {}
    for endpoint in speakable:
        places.setdefault(template_of(endpoint.path).shape, _Place()).found.append(endpoint)
    prefix = _prefix(places, description)
    for operation in description.operations:
        places.setdefault(_shape(prefix, operation.path), _Place()).described.append(operation)
    unread = {_shape(prefix, path) for path in description.unread}
    differences: list[Difference] = []
    unsure = 0
    for shape, place in sorted(places.items()):
        if shape in unread:
            continue
        if not place.described:
            differences += [
                Difference("undocumented", each.path, each.methods, "not described", each) for each in place.found
            ]
        elif not place.found:
            verbs = tuple(sorted({each.verb for each in place.described}))
            differences.append(Difference("dead", prefix + place.described[0].path, verbs, "not found in the code"))
        else:
            differences += _methods(place)
            unsure += sum(each.auth.required is None for each in place.found)
            differences += _guards(place)
    ordered = sorted(differences, key=lambda each: (KINDS.index(each.kind), each.path, each.methods, each.detail))
    return Comparison(tuple(ordered), prefix, len(description.operations), len(speakable), unsure)


def narrowed(description: Description, selection: Selection) -> Description:
    """The description without what a selection of endpoints leaves out, whatever its servers' paths are."""

    def fits(path: str, verb: str) -> bool:
        verbs = {method.upper() for method in selection.methods}
        paths = [prefix + path for prefix in ("", *description.prefixes)]
        return (not verbs or verb in verbs) and (
            not selection.paths
            or any(matches_path(pattern, each, below=True) for pattern in selection.paths for each in paths)
        )

    return replace(description, operations=tuple(each for each in description.operations if fits(each.path, each.verb)))


def _shape(prefix: str, path: str) -> str:
    return template_of(prefix + path).shape


def _prefix(places: dict[str, _Place], description: Description) -> str:
    """What of the servers' paths to put before the described ones: whatever makes most of them fit the code."""
    paths = {operation.path for operation in description.operations}

    def fitting(prefix: str) -> int:
        return sum(_shape(prefix, path) in places for path in paths)

    candidates = list(dict.fromkeys((*description.prefixes, "")))[:20]
    return max(candidates, key=fitting)


def _methods(place: _Place) -> list[Difference]:
    described = {operation.verb for operation in place.described}
    if any("ANY" in endpoint.methods for endpoint in place.found):
        return []  # it takes whatever comes, and which of that it means is its own affair
    found = {verb for endpoint in place.found for verb in endpoint.methods} & _VERBS
    only_code = tuple(sorted(found - described - _IMPLIED))
    only_described = tuple(sorted(described - found - _IMPLIED))
    made: list[Difference] = []
    if only_code:
        holder = next(each for each in place.found if not set(only_code).isdisjoint(each.methods))
        made.append(Difference("methods", holder.path, only_code, "answered, not described", holder))
    if only_described:
        first = place.found[0]
        made.append(Difference("methods", first.path, only_described, "described, not answered", first))
    return made


def _guards(place: _Place) -> list[Difference]:
    made: list[Difference] = []
    for endpoint in place.found:
        asked: Sequence[Operation] = [
            each for each in place.described if each.verb in endpoint.methods or "ANY" in endpoint.methods
        ]
        for secured, required, detail in (
            (True, False, "described as secured, open in the code"),
            (False, True, "described as open, guarded in the code"),
        ):
            verbs = tuple(sorted({each.verb for each in asked if each.secured is secured}))
            if verbs and endpoint.auth.required is required:
                made.append(Difference("guard", endpoint.path, verbs, detail, endpoint))
    return made
