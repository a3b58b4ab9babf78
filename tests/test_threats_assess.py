"""Findings and register of the hand-written shop: identity, places, states, suppressions, order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from records_shop import INVENTORY, MODEL, ORDER, STATEMENT

from tmscan.dfd.types import DataFlowModel
from tmscan.inventory.types import Inventory, Suppression
from tmscan.sources.types import Location
from tmscan.threats.assess import assess
from tmscan.threats.context import build_context
from tmscan.threats.gathering import gather
from tmscan.threats.load import load_rules
from tmscan.threats.register import build_register
from tmscan.threats.stride import LETTERS, MATRIX, QUESTIONS, TITLES

RULES = load_rules([Path(__file__).parent.parent / "rules" / "threats"])
TODAY = date(2026, 11, 23)


def found(inventory: Inventory, model: DataFlowModel = MODEL, **options):
    return assess(inventory, model, RULES, today=TODAY, **options)


def one(inventory: Inventory, rule: str):
    (finding,) = [finding for finding in found(inventory).findings if finding.rule == rule]
    return finding


def test_the_shop_has_these_findings():
    assert {(finding.rule, finding.location.line, finding.state) for finding in found(INVENTORY).findings} == {
        ("debug-mode", 2, "open"),
        ("library-reads-documents", 9, "open"),
        ("outbound-without-timeout", 20, "open"),
        ("sql-built-from-input", 16, "open"),
        ("swallowed-error", 9, "open"),
        ("tls-verification-off", 20, "open"),
        ("unguarded-state-change", 29, "mitigated"),
        ("unguarded-write", 12, "open"),
        ("unlimited-expensive-endpoint", 12, "open"),
        ("unlogged-change", 12, "open"),
        ("unpinned-library", 9, "open"),
    }


def test_findings_are_ordered_by_place_and_named_by_what_they_are_about():
    register = found(INVENTORY)
    places = [(finding.location.file, finding.location.line) for finding in register.findings]
    assert places == sorted(places)
    assert len({finding.fingerprint for finding in register.findings}) == len(register.findings)


def test_the_order_of_records_does_not_matter():
    turned = replace(
        INVENTORY,
        endpoints=INVENTORY.endpoints[::-1],
        libraries=INVENTORY.libraries[::-1],
        reaches=INVENTORY.reaches[::-1],
    )
    assert found(turned).findings == found(INVENTORY).findings


def test_fingerprints_survive_a_move_down_the_file():
    moved = replace(INVENTORY, sinks=(replace(STATEMENT, location=Location("shop/views.py", 400, 9)),))
    assert one(moved, "sql-built-from-input").fingerprint == one(INVENTORY, "sql-built-from-input").fingerprint


def test_equal_findings_are_told_apart_in_source_order():
    below = replace(STATEMENT, location=Location("shop/views.py", 18), steps=())
    first, second = (
        finding
        for finding in found(replace(INVENTORY, sinks=(below, STATEMENT))).findings
        if finding.rule == "sql-built-from-input"
    )
    assert (first.location.line, second.location.line) == (16, 18)
    assert first.fingerprint == one(INVENTORY, "sql-built-from-input").fingerprint != second.fingerprint


def test_what_one_input_does_in_one_function_is_one_finding():
    below = replace(STATEMENT, location=Location("shop/views.py", 18))
    (finding,) = (
        finding
        for finding in found(replace(INVENTORY, sinks=(below, STATEMENT))).findings
        if finding.rule == "sql-built-from-input"
    )
    assert [step.location.line for step in finding.related] == [18]


def test_many_of_one_file_are_said_once():
    places = [replace(STATEMENT, location=Location("shop/views.py", 100 + n), steps=()) for n in range(9)]
    rules = [replace(rule, gather=5) for rule in RULES if rule.id == "sql-built-from-input"]
    (finding,) = assess(replace(INVENTORY, sinks=tuple(places)), MODEL, rules).findings
    assert finding.location.line == 100
    assert len(finding.related) == 8
    assert "8 more places" in finding.message


def test_what_is_said_once_counts_for_every_part_of_the_model_it_is_about():
    first = one(INVENTORY, "sql-built-from-input")
    others = [replace(first, element="library:pdfmaker"), first]
    gathered = gather([first, *others], {rule.id: replace(rule, gather=1) for rule in RULES})
    assert [finding.element for finding in gathered] == ["process:shop"]
    register = build_register(build_context(INVENTORY, MODEL), tuple(gathered))
    counted = {threat.target for threat in register.threats if threat.findings}
    assert {"process:shop", "library:pdfmaker"} <= counted


def test_a_trace_becomes_the_findings_trace_and_input_its_words():
    finding = one(INVENTORY, "sql-built-from-input")
    assert finding.trace == STATEMENT.steps
    assert finding.message == "Request input (form) becomes part of an SQL statement in shop.views.orders"
    assert (finding.element, finding.threat) == ("process:shop", "process:shop/tampering")


def test_a_mitigated_finding_names_its_evidence():
    finding = one(INVENTORY, "unguarded-state-change")
    assert [(step.text, step.location.line) for step in finding.mitigation] == [("authentication: login_required", 30)]
    assert finding.message.endswith("answered by authentication: login_required")


def test_only_active_rules_run():
    register = found(INVENTORY, active={"debug-mode"})
    assert [finding.rule for finding in register.findings] == ["debug-mode"]


def test_text_from_the_scanned_code_is_not_a_template():
    hostile = replace(STATEMENT, function="shop.{__class__}.{0}.{message}\nsecond line")
    assert (
        "shop.{__class__}.{0}.{message} second line"
        in one(replace(INVENTORY, sinks=(hostile,)), STATEMENT_RULE).message
    )


STATEMENT_RULE = "sql-built-from-input"


# ---------------------------------------------------------------- register


def test_every_cell_of_the_matrix_stands_in_the_register():
    threats = {threat.id for threat in found(INVENTORY).threats}
    expected = {f"{element.id}/{letter}" for element in MODEL.elements for letter in MATRIX[element.kind]}
    expected |= {f"{flow.id}/{letter}" for flow in MODEL.flows if flow.crosses for letter in MATRIX["flow"]}
    assert threats == expected


def test_every_cell_has_words():
    for kind, letters in MATRIX.items():
        for letter in letters:
            assert "{}" in TITLES[(kind, letter)]
            assert QUESTIONS[(kind, letter)].endswith("?")
    assert set(MATRIX["process"]) == set(LETTERS)
    assert all(threat.reason for threat in found(INVENTORY).threats)


@pytest.mark.parametrize(
    ("threat", "state", "reason"),
    [
        ("process:shop/tampering", "open", "1 finding: sql-built-from-input"),
        ("store:sql:orders/repudiation", "not-applicable", "it holds no log"),
        ("process:shop>pdf/tampering", "not-applicable", "a call inside this machine"),
        ("process:shop>pay/information-disclosure", "mitigated", "the connection is encrypted (https)"),
        ("process:shop>pay/denial-of-service", "open", "1 finding: outbound-without-timeout"),
        ("library:pdfmaker/elevation-of-privilege", "open", "1 finding: library-reads-documents"),
        ("library:pdfmaker/information-disclosure", "open", "does pdfmaker need the network"),
        ("host:pay.example/spoofing", "open", "the code does not say"),
    ],
)
def test_states_of_the_register(threat: str, state: str, reason: str):
    (cell,) = [cell for cell in found(INVENTORY).threats if cell.id == threat]
    assert cell.state == state
    assert reason in cell.reason


def test_a_cell_with_answered_findings_only_is_mitigated_with_their_lines():
    quiet = replace(INVENTORY, endpoints=INVENTORY.endpoints[2:], reaches=(), accesses=())
    (cell,) = [cell for cell in found(quiet).threats if cell.id == "process:shop/elevation-of-privilege"]
    assert (cell.state, cell.evidence) == ("mitigated", (Location("shop/views.py", 30, 2),))


def test_a_process_that_only_reads_has_nothing_to_deny():
    home = replace(MODEL.elements[1], endpoints=INVENTORY.endpoints[:1])
    model = replace(MODEL, elements=(home,), flows=())
    (cell,) = [cell for cell in found(Inventory("shop"), model).threats if cell.stride == "repudiation"]
    assert cell.state == "not-applicable"


# ---------------------------------------------------------------- suppressions


def suppressed(*suppressions: Suppression):
    return found(replace(INVENTORY, suppressions=suppressions))


def comment(rule: str, line: int = 2, reason: str = "developers only", until: str = "", file: str = "shop/settings.py"):
    return Suppression((rule,) if rule else (), reason, until, Location(file, line), line)


def problems(register) -> list[str]:
    return [finding.rule for finding in register.findings if finding.rule.startswith("suppression-")]


def test_a_suppressed_finding_carries_its_reason_and_stays_in_the_register():
    register = suppressed(comment("debug-mode"))
    (finding,) = [finding for finding in register.findings if finding.rule == "debug-mode"]
    assert finding.suppressed == "developers only"
    (cell,) = [cell for cell in register.threats if cell.id == finding.threat]
    assert (cell.state, cell.reason) == ("open", "1 finding, 1 of them suppressed in the code: debug-mode")
    assert problems(register) == []


def test_a_suppression_may_stand_on_any_line_of_a_short_region():
    register = suppressed(comment(STATEMENT_RULE, 17, file="shop/views.py"))
    assert [finding.rule for finding in register.findings if finding.suppressed] == [STATEMENT_RULE]


@pytest.mark.parametrize(
    ("suppression", "problem", "words"),
    [
        (comment("debug-mode", line=3), "suppression-unused", "debug-mode covers no finding"),
        (comment("debug-mode", until="2026-11-22"), "suppression-expired", "ran until 2026-11-22"),
        (comment("debug-mode", until="soon"), "suppression-expired", "ran until soon"),
        (comment("debug-mod"), "suppression-unknown-rule", "debug-mod"),
        (comment(""), "suppression-unknown-rule", "(unknown)"),
    ],
)
def test_a_suppression_that_does_nothing_is_a_finding(suppression: Suppression, problem: str, words: str):
    register = suppressed(suppression)
    assert problems(register) == [problem]
    assert not any(finding.suppressed for finding in register.findings)
    (finding,) = [finding for finding in register.findings if finding.rule == problem]
    assert words in finding.message
    assert finding.location == suppression.location


def test_a_suppression_holds_until_its_last_day():
    assert problems(suppressed(comment("debug-mode", until="2026-11-23"))) == []


def test_a_suppression_of_a_rule_that_is_switched_off_is_not_unused():
    inventory = replace(INVENTORY, suppressions=(comment("debug-mode"),))
    register = assess(inventory, MODEL, RULES, active={"swallowed-error", "suppression-unused"}, today=TODAY)
    assert problems(register) == []


def test_an_empty_inventory_has_no_findings():
    empty = DataFlowModel("nothing", (), (), (), ())
    assert found(Inventory("nothing"), empty) == assess(Inventory("nothing"), empty, (), today=TODAY)


def test_the_order_endpoint_is_the_one_reported():
    assert one(INVENTORY, "unguarded-write").location == ORDER.location
