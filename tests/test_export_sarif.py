"""SARIF for code scanning: what GitHub requires, its limits, regions in odd files, and hostile names."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from records_shop import INVENTORY, MODEL, ORDER, STATEMENT

from tmscan.export import sarif
from tmscan.export.filetext import columns, reader
from tmscan.export.sarif import to_sarif, uri
from tmscan.inventory.types import Guard, Inventory, Step, Suppression, Unknown
from tmscan.sources.types import Location, Skipped
from tmscan.threats.assess import assess
from tmscan.threats.load import load_rules

RULES = load_rules([Path(__file__).parent.parent / "rules" / "threats"])
CODE = b"".join(b"line(%d)\n" % number for number in range(1, 60))


def run(inventory: Inventory = INVENTORY, read=lambda _: CODE, **options):
    log = json.loads(to_sarif(inventory, assess(inventory, MODEL, RULES), RULES, read, version="0.1.0", **options))
    assert (log["version"], log["$schema"]) == ("2.1.0", sarif.SCHEMA)
    (only,) = log["runs"]
    return only


def test_the_driver_and_its_rules_have_what_github_asks_for():
    driver = run()["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("tmscan", "0.1.0")
    assert [rule["id"] for rule in driver["rules"]] == [rule.id for rule in RULES]
    for rule in driver["rules"]:
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert 0.1 <= float(rule["properties"]["security-severity"]) <= 10
        assert isinstance(rule["properties"]["security-severity"], str)
        assert rule["properties"]["precision"] in {"low", "medium", "high"}
        assert "security" in rule["properties"]["tags"]
        assert len(rule["properties"]["tags"]) <= 10
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
    (sql,) = [rule for rule in driver["rules"] if rule["id"] == "sql-built-from-input"]
    assert {"external/cwe/cwe-089", "stride/tampering"} <= set(sql["properties"]["tags"])


def test_a_result_has_what_github_asks_for():
    only = run()
    assert only["columnKind"] == "unicodeCodePoints"
    assert only["automationDetails"]["id"] == "tmscan/"
    assert len(only["results"]) == 10
    for result in only["results"]:
        assert only["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert "kind" not in result
        assert result["message"]["text"].endswith(".")
        assert set(result["partialFingerprints"]) == {"tmscan/v1", "primaryLocationLineHash"}
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
        assert region["startLine"] == region["endLine"]
        assert region["startColumn"] < region["endColumn"]
        assert location["physicalLocation"]["artifactLocation"]["uriBaseId"] in only["originalUriBaseIds"]


def test_a_trace_becomes_a_code_flow():
    (result,) = [result for result in run()["results"] if result["ruleId"] == "sql-built-from-input"]
    (flow,) = result["codeFlows"]
    steps = [each["location"] for each in flow["threadFlows"][0]["locations"]]
    assert [step["physicalLocation"]["region"]["startLine"] for step in steps] == [14, 16]
    assert steps[0]["message"]["text"] == "`request.form` is read"


def test_a_clean_scan_still_says_so():
    assert run(Inventory("empty"))["results"] == []


def test_suppressed_and_mitigated_findings_are_left_out_unless_the_log_is_complete():
    inventory = replace(
        INVENTORY,
        suppressions=(Suppression(("debug-mode",), "on purpose", "", Location("shop/settings.py", 2), 2),),
    )
    plain = {result["ruleId"] for result in run(inventory)["results"]}
    assert not plain & {"debug-mode", "unguarded-state-change"}
    whole = {result["ruleId"]: result for result in run(inventory, complete=True)["results"]}
    assert whole["debug-mode"]["suppressions"] == [{"kind": "inSource", "justification": "on purpose"}]
    assert (whole["unguarded-state-change"]["kind"], whole["unguarded-state-change"]["level"]) == ("pass", "none")
    assert whole["unguarded-state-change"]["relatedLocations"][0]["id"] == 1
    assert "[authentication: login_required](1)" in whole["unguarded-state-change"]["message"]["text"]


def test_the_category_keeps_applications_apart():
    assert run(category="tmscan/services/billing/")["automationDetails"]["id"] == "tmscan/services/billing/"


def test_what_was_not_read_or_not_resolved_is_notified():
    (invocation,) = run()["invocations"]
    notices = invocation["toolExecutionNotifications"]
    assert [(n["descriptor"]["id"], n["level"], n["message"]["text"]) for n in notices] == [
        ("skipped-file", "warning", "syntax error"),
        ("unknown", "note", "route: the path is computed"),
    ]
    many = replace(INVENTORY, unknowns=(Unknown("route", "computed", Location("a.py", 1)),) * 2_000)
    notices = run(many)["invocations"][0]["toolExecutionNotifications"]
    assert len(notices) == 1_001
    assert notices[-1]["message"]["text"] == "1001 more places were not read or not resolved."


def test_past_the_limit_the_most_severe_are_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sarif, "RESULT_LIMIT", 3)
    only = run()
    kept = {result["ruleId"] for result in only["results"]}
    assert kept == {"sql-built-from-input", "tls-verification-off", "unguarded-write"}
    notice = only["invocations"][0]["toolExecutionNotifications"][0]
    assert notice["message"]["text"].startswith("7 results are left out")


def test_long_traces_keep_their_ends():
    steps = tuple(Step(f"step {number}", Location("shop/views.py", 1)) for number in range(1_500))
    only = run(replace(INVENTORY, sinks=(replace(STATEMENT, steps=steps),)))
    (result,) = [result for result in only["results"] if result["ruleId"] == "sql-built-from-input"]
    locations = result["codeFlows"][0]["threadFlows"][0]["locations"]
    texts = [each["location"]["message"]["text"] for each in locations]
    assert (len(texts), texts[0], texts[-1]) == (1_000, "step 0", "step 1499")


def test_taxonomies_are_those_the_rules_refer_to():
    only = run()
    names = [taxonomy["name"] for taxonomy in only["taxonomies"]]
    assert names == ["CWE", "STRIDE", "OWASP Top 10"]
    assert len(only["taxonomies"][1]["taxa"]) == 6
    references = only["tool"]["driver"]["supportedTaxonomies"]
    assert [(each["name"], each["guid"]) for each in references] == [
        (taxonomy["name"], taxonomy["guid"]) for taxonomy in only["taxonomies"]
    ]
    ids = {taxonomy["name"]: {taxon["id"] for taxon in taxonomy["taxa"]} for taxonomy in only["taxonomies"]}
    for rule in only["tool"]["driver"]["rules"]:
        for relation in rule["relationships"]:
            target = relation["target"]
            assert target["id"] in ids[target["toolComponent"]["name"]]


def test_hostile_names_stay_text():
    hostile = Guard(
        "authentication", "[x](1)\n\x1b[31m\u202e ](https://evil.example)", "handler", Location("a b/ü#?.py", 3)
    )
    guarded = replace(
        ORDER, auth=replace(ORDER.auth, required=True, evidence=(hostile,)), path="/x](https://evil.example)"
    )
    only = run(replace(INVENTORY, endpoints=(guarded,)), complete=True)
    text = json.dumps(only, ensure_ascii=False)
    assert "\\u001b" not in text
    assert "\u202e" not in text
    assert "](https" not in "".join(result["message"]["text"].replace("\\](", "") for result in only["results"])
    uris = {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for result in only["results"]
        for place in result.get("relatedLocations", ())
    }
    assert "a%20b/%C3%BC%23%3F.py" in uris


@pytest.mark.parametrize(
    ("file", "expected"),
    [("a/b.py", "a/b.py"), ("c:d.py", "c%3Ad.py"), ("100%.py", "100%25.py"), ("bad\udcff.py", "bad%FF.py")],
)
def test_paths_become_relative_uris(file: str, expected: str):
    assert uri(file) == expected


@pytest.mark.parametrize(
    ("content", "location", "expected"),
    [
        (b"abc = 1\n", Location("f", 1, 1, 1, 4), (1, 1, 4)),
        (b"abc = 1\n", Location("f", 1, 7), (1, 7, 8)),
        (b"abc = 1\n", Location("f", 1, 5, 9, 2), (1, 5, 8)),
        (b"abc = 1\r\nx\r\n", Location("f", 1, 1), (1, 1, 8)),
        (b"a\rb = 2\r", Location("f", 2, 1), (2, 1, 6)),
        ("x = '🦊'\n".encode(), Location("f", 1, 5, 1, 8), (1, 5, 8)),
        ("x = '🦊'\n".encode(), Location("f", 1, 1), (1, 1, 8)),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", Location("f", 2, 1), (2, 1, 8)),
        (b"a\x0cb\n", Location("f", 1, 1), (1, 1, 4)),
        (b"\n", Location("f", 1, 1), (1, 1, 2)),
        (b"abc\n", Location("f", 1, 50, 1, 60), (1, 4, 5)),
        (b"abc\n", Location("f", 7, 3), (7, 3, 4)),
        (b"abc\n", Location("f", 0), (1, 1, 4)),
        (None, Location("f", 4, 2, 4, 9), (4, 2, 9)),
    ],
)
def test_regions_stay_on_one_line_and_inside_it(content, location: Location, expected):
    place = columns(location, reader(lambda _: content)("f"))
    assert (place.line, place.start, place.end) == expected


def test_a_file_that_cannot_be_read_still_has_a_place():
    only = run(read=lambda _: None)
    assert all("primaryLocationLineHash" not in result["partialFingerprints"] for result in only["results"])


def test_same_input_same_bytes():
    register = assess(INVENTORY, MODEL, RULES)
    first = to_sarif(INVENTORY, register, RULES, lambda _: CODE, version="0.1.0")
    assert first == to_sarif(INVENTORY, register, RULES, lambda _: CODE, version="0.1.0")
    assert first.isascii()


def test_a_file_that_was_skipped_without_a_line_has_no_region():
    only = run(replace(INVENTORY, skipped=(Skipped("big.py", "too large"),), unknowns=()))
    (notice,) = only["invocations"][0]["toolExecutionNotifications"]
    assert "region" not in notice["locations"][0]["physicalLocation"]
