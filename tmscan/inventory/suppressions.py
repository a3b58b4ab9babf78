"""Inline suppressions: `# tmscan: ignore[rule, rule] reason=… until=YYYY-MM-DD` comments as records."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tmscan.facts.types import FileFacts
from tmscan.inventory.types import Suppression
from tmscan.sources.types import Location

_COMMENT = re.compile(r"\s*tmscan:\s*ignore(?:\[(?P<rules>[^\]]*)\])?(?P<rest>.*)", re.DOTALL)
_UNTIL = re.compile(r"\buntil=(\S+)")
_REASON = re.compile(r"\breason=(?:\"([^\"]*)\"|'([^']*)'|(.*?))(?=\s+until=|$)")


def suppressions_of(facts: Mapping[str, FileFacts]) -> tuple[Suppression, ...]:
    """Every suppression comment of the tree, in the order of places."""
    found: list[Suppression] = []
    for path in sorted(facts):
        for comment in facts[path].comments:
            match = _COMMENT.match(comment.text)
            if match is None:
                continue
            rules = tuple(rule.strip() for rule in (match["rules"] or "").split(",") if rule.strip())
            rest = match["rest"].strip()
            reason = _REASON.search(rest)
            words = next((group for group in reason.groups() if group is not None), "") if reason else ""
            until = _UNTIL.search(rest)
            covers = comment.line if comment.trailing else comment.line + 1
            place = Location(path, comment.line, comment.column)
            found.append(Suppression(rules, words.strip(), until.group(1) if until else "", place, covers))
    return tuple(found)
