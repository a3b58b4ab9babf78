"""Findings and suppression comments in; findings that carry their reason out, and what became of every comment.

A suppression is a decision by a person: it hides nothing from the register, and one that does nothing is reported.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from tmscan.threats.types import SuppressionUse

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tmscan.inventory.types import Suppression
    from tmscan.threats.types import Finding

NO_REASON = "no reason given"


def suppress(
    findings: Sequence[Finding],
    suppressions: Sequence[Suppression],
    known: Collection[str],
    active: Collection[str],
    today: date,
) -> tuple[list[Finding], tuple[SuppressionUse, ...]]:
    """`findings` with `suppressed` set where a valid comment covers them, and one use per rule id of every comment.

    A comment whose `until` lies in the past covers nothing any more; one for a rule that is not `active` is not unused.
    """
    covered: dict[tuple[str, int, str], Suppression] = {}
    for suppression in suppressions:
        if not _lapsed(suppression, today):
            for rule in suppression.rules:
                covered[(suppression.location.file, suppression.covers, rule)] = suppression
    used: set[tuple[str, int, str]] = set()
    marked: list[Finding] = []
    for finding in findings:
        keys = [(finding.location.file, line, finding.rule) for line in _lines(finding)]
        key = next((key for key in keys if key in covered), None)
        if key is None:
            marked.append(finding)
        else:
            used.add(key)
            marked.append(replace(finding, suppressed=covered[key].reason or NO_REASON))
    uses = [
        SuppressionUse(rule, _problem(suppression, rule, used, known, active, today), suppression.reason,
                       suppression.until, suppression.location)
        for suppression in suppressions
        for rule in suppression.rules or ("",)
    ]  # fmt: skip
    return marked, tuple(uses)


def _lines(finding: Finding) -> range:
    """Lines a comment may stand on: those of a short region, the first line of a long one (a whole function)."""
    first, last = finding.location.line, max(finding.location.line, finding.location.end_line)
    return range(first, (last if last - first < 20 else first) + 1)


def _lapsed(suppression: Suppression, today: date) -> bool:
    if not suppression.until:
        return False
    try:
        return date.fromisoformat(suppression.until) < today
    except ValueError:
        return True


def _problem(
    suppression: Suppression,
    rule: str,
    used: Collection[tuple[str, int, str]],
    known: Collection[str],
    active: Collection[str],
    today: date,
) -> Literal["", "unused", "expired", "unknown-rule"]:
    if rule not in known:
        return "unknown-rule"
    if _lapsed(suppression, today):
        return "expired"
    if rule in active and (suppression.location.file, suppression.covers, rule) not in used:
        return "unused"
    return ""
