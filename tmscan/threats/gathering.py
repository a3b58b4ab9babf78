"""Findings in, the same findings out with the many of one file said once: a decision for all of them is one finding.

A rule that asks for it (`gather: 3`) speaks of each place while there are few. Where more than that stand open in one
file, the first place carries the finding and the others are its related places; it counts for each part of the model
that one of them belongs to. What one input does in one function is one finding, too, whichever calls it reaches there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from tmscan.inventory.types import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tmscan.sources.types import Location
    from tmscan.threats.types import Finding, Rule

_LEVELS = ("error", "warning", "note")
FEW = 3  # functions of one file that one input goes through, each told by itself


def gather(findings: Iterable[Finding], rules: Mapping[str, Rule]) -> list[Finding]:
    """`findings` (in the order of their places) with those gathered that are open, not suppressed, and too many."""
    kept: list[Finding] = []
    traced: dict[tuple[object, ...], list[Finding]] = {}
    groups: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    placed: defaultdict[tuple[str, Location], list[Finding]] = defaultdict(list)
    for finding in findings:
        if rules[finding.rule].gather and finding.state == "open" and finding.suppressed is None:
            groups[(finding.rule, finding.location.file)].append(finding)
        elif finding.trace and finding.state == "open" and finding.suppressed is None:
            came = (finding.rule, finding.location.file, finding.function, finding.trace[0].location)
            traced.setdefault(came, []).append(finding)
        elif rules[finding.rule].each == "outbound" and finding.state == "open" and finding.suppressed is None:
            placed[(finding.rule, finding.location)].append(finding)
        else:
            kept.append(finding)
    kept += [_of_one_place(group) for group in placed.values()]
    kept += _of_one_input([_with_others(group) for group in traced.values()])
    for (rule, file), group in groups.items():
        few = len(group) <= rules[rule].gather
        kept += group if few else [_one(group, "\x1f".join((rule, "gathered", file)))]
    return kept


def _of_one_place(group: list[Finding]) -> Finding:
    """One finding for a call that a helper makes to several hosts."""
    first, *others = group
    said = {one.message for one in others} - {first.message}
    return replace(first, message=f"{first.message}, and {len(said)} more") if said else first


def _with_others(group: list[Finding]) -> Finding:
    """One finding for what one input does in one function: it asks whether a file is there, opens it, deletes it."""
    first = min(group, key=lambda finding: _LEVELS.index(finding.level))
    others = [one for one in group if one is not first]
    places = [place for other in others for place in (other.location, *(step.location for step in other.related))]
    also = tuple(Step("it also goes here", place) for place in dict.fromkeys(places))
    return replace(first, related=(*first.related, *also)) if also else first


def _of_one_input(findings: list[Finding]) -> list[Finding]:
    """Where one input goes through many functions of a file (a module of helpers), the first of them is reported."""
    groups: defaultdict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[(finding.rule, finding.location.file, finding.trace[0].location)].append(finding)
    return [one for group in groups.values() for one in (group if len(group) <= FEW else [_with_others(group)])]


def _one(group: list[Finding], identity: str) -> Finding:
    """The first of a group, speaking for all. Its identity is that of the group: it stays when one of them goes."""
    first, *others = group
    more = "1 more place in this file is" if len(others) == 1 else f"{len(others)} more places in this file are"
    return replace(
        first,
        message=f"{first.message}; {more} like it",
        fingerprint=identity,
        flow="",
        related=tuple(Step(other.message, other.location) for other in others),
        beside=tuple(dict.fromkeys(part for one in group for part in (one.element, one.flow) if part)),
    )
