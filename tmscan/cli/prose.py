"""Rules and library files in; the listings of `tmscan rules` and the prose of `tmscan explain` out, without a scan."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tmscan.threats.types import Rule

WIDTH = 100


def rules_to_text(rules: Sequence[Rule]) -> str:
    """One line a rule, by STRIDE letter."""
    width = max((len(rule.id) for rule in rules), default=0)
    parts: list[str] = []
    for stride in dict.fromkeys(rule.stride for rule in sorted(rules, key=lambda rule: rule.stride)):
        of_letter = [rule for rule in rules if rule.stride == stride]
        parts.append(f"{stride.replace('-', ' ').capitalize()} ({len(of_letter)})")
        parts += [f"  {rule.id.ljust(width)}  {rule.level.ljust(7)}  {rule.title}" for rule in of_letter]
    return "\n".join([*parts, "", f"{len(rules)} rules; `tmscan explain RULE` says more about one."]) + "\n"


def rules_to_json(rules: Sequence[Rule]) -> str:
    """Everything about the rules but their conditions."""
    found = [
        {
            "id": rule.id,
            "title": rule.title,
            "stride": rule.stride,
            "level": rule.level,
            "confidence": rule.confidence,
            "security_severity": rule.security_severity,
            "cwe": list(rule.cwe),
            "owasp": list(rule.owasp),
            "tags": list(rule.tags),
            "why": rule.why,
            "fix": rule.fix,
            "false_positives": rule.false_positives,
            "references": list(rule.references),
        }
        for rule in rules
    ]
    return json.dumps({"rules": found}, indent=1) + "\n"


def libraries_to_markdown(folders: Sequence[Path]) -> str:
    """What tmscan knows of frameworks and libraries: the built-in files and those in the folders."""
    from tmscan.export.coverage import coverage_page
    from tmscan.libraries.load import load_catalogue

    return coverage_page(load_catalogue(folders).libraries)


def explain(rules: Sequence[Rule], name: str) -> str:
    """What a rule looks for, why, what to do, when it errs, and its examples. Raises TmscanError for no such rule."""
    from tmscan.export.explain import help_text
    from tmscan.threats.switches import check_ids

    check_ids([name], frozenset(rule.id for rule in rules))
    rule = next(rule for rule in rules if rule.id == name)
    weight = f"level {rule.level}, confidence {rule.confidence}, severity {rule.security_severity:.1f} of 10"
    known_as = ", ".join([*(f"CWE-{number}" for number in rule.cwe), *rule.owasp])
    parts = [f"{rule.id} ({weight})" + (f"\n{known_as}" if known_as else ""), *help_text(rule).split("\n\n")]
    parts = ["\n".join(textwrap.fill(line, WIDTH, break_long_words=False) for line in _lines(part)) for part in parts]
    for number, example in enumerate(rule.examples, 1):
        parts.append(f"Example {number}:\n\n{textwrap.indent(example.rstrip(), '    ')}")
    return "\n\n".join(parts) + "\n"


def load(folders: Sequence[Path]) -> tuple[Rule, ...]:
    """The built-in rules and those in the folders. Raises TmscanError for a mistake in one."""
    from tmscan.libraries.load import rules_folder
    from tmscan.threats.load import load_rules

    return load_rules([rules_folder() / "threats", *folders])


def _lines(part: str) -> list[str]:
    return [" ".join(line.split()) for line in part.split("\n")]
