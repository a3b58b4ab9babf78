"""The examples in every rule file, run through the whole scan: what is reported, mitigated, and left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from expectations import check_expectations

from tmscan.scan import scan_sources
from tmscan.threats.load import load_rules

RULES = load_rules([Path(__file__).parent.parent / "rules" / "threats"])
CASES = [(rule.id, number, example) for rule in RULES for number, example in enumerate(rule.examples, 1)]


@pytest.mark.parametrize(("rule", "example"), [(r, e) for r, _, e in CASES], ids=[f"{r}-{n}" for r, n, _ in CASES])
def test_the_example_says_what_the_scan_finds(rule: str, example: str):
    result = scan_sources({"app.py": example.encode()})
    differences = check_expectations({"app.py": example}, result.inventory, result.register, rule=rule)
    if "# $" not in example:
        differences += [f"unexpected: {each}" for each in result.register.findings if each.rule == rule]
    assert differences == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_shows_what_it_reports_and_what_it_leaves_alone(rule):
    assert any("# $ finding" in example or "MISSING: finding" in example for example in rule.examples)
    assert any("# $ finding" not in example for example in rule.examples)
