"""Findings in, GitHub workflow commands out: one annotation per finding, shown beside the changed lines.

Follows "Workflow commands for GitHub Actions" in GitHub's documentation; a step shows ten annotations of each level, so
the most severe come first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmscan.export.escape import for_annotation, for_annotation_property

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tmscan.threats.types import Finding, LevelName, Register, Rule

COMMANDS: Mapping[LevelName, str] = {"error": "error", "warning": "warning", "note": "notice"}


def to_annotations(register: Register, rules: Sequence[Rule]) -> str:
    """One `::error file=…` line per open finding, most severe first; empty for a clean scan."""
    known = {rule.id: rule for rule in rules}
    severity = {rule.id: rule.security_severity for rule in rules}
    reported = [finding for finding in register.findings if finding.state == "open" and finding.suppressed is None]
    order = list(COMMANDS)
    reported.sort(key=lambda finding: (order.index(finding.level), -severity.get(finding.rule, 0.0)))
    return "".join(f"{_line(finding, known.get(finding.rule))}\n" for finding in reported)


def _line(finding: Finding, rule: Rule | None) -> str:
    properties = {
        "file": finding.location.file,
        "line": str(finding.location.line),
        "col": str(finding.location.column),
        "title": f"{rule.title} [{rule.id}]" if rule else finding.rule,
    }
    listed = ",".join(f"{name}={for_annotation_property(value)}" for name, value in properties.items() if value)
    return f"::{COMMANDS[finding.level]} {listed}::{for_annotation(finding.message)}"
