"""The machine-readable contract: keys that must never go, and values that other programs rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from records_shop import INVENTORY, MODEL, ORDER, endpoint

from tmscan.export.as_json import findings_to_json, to_json
from tmscan.inventory.types import Setting
from tmscan.sources.types import Location
from tmscan.threats.assess import assess
from tmscan.threats.load import load_rules

RULES = load_rules([Path(__file__).parent.parent / "rules" / "threats"])
CONTRACT = {
    "endpoints": {"id", "framework", "methods", "path", "handler", "file", "line", "app", "auth", "parameters"},
    "entry_points": {"id", "kind", "name", "handler", "file", "line"},
    "data_accesses": {"store", "library", "operation", "entity", "raw_sql", "file", "line", "function"},
    "outbound_calls": {"library", "target", "kind", "file", "line", "function"},
    "sinks": {"kind", "file", "line"},
    "stores": {"id", "kind", "engine", "name", "file", "line"},
    "libraries": {"distribution", "version", "imports", "role", "files"},
    "unknowns": {"kind", "reason", "file", "line"},
}


def test_the_contract_of_the_inventory():
    data = json.loads(to_json(INVENTORY))
    for key, columns in CONTRACT.items():
        assert data[key], key
        assert columns <= set(data[key][0]), key
    order, profile = data["endpoints"][1:]
    assert set(order["auth"]) == {"required", "evidence", "reason"}
    assert order["parameters"][0] == {"name": "days", "in": "form", "type": ""}
    (evidence,) = profile["auth"]["evidence"]
    assert {
        "kind": "authentication",
        "name": "login_required",
        "file": "shop/views.py",
        "line": 30,
    }.items() <= evidence.items()


def test_auth_that_is_not_known_is_null_with_a_reason():
    unsure = replace(ORDER, auth=replace(ORDER.auth, required=None, reason="decorator not resolved"))
    (endpoint,) = json.loads(to_json(replace(INVENTORY, endpoints=(unsure,))))["endpoints"]
    assert endpoint["auth"] == {"required": None, "evidence": [], "reason": "decorator not resolved"}


def test_secrets_are_not_repeated():
    secret = Setting("SECRET_KEY", "secret", "hunter2", "literal", "flask", Location("a.py", 1))
    text = to_json(replace(INVENTORY, settings=(secret,)))
    assert "hunter2" not in text
    assert "(not shown)" in text


def test_findings_and_threats():
    data = json.loads(findings_to_json(INVENTORY, assess(INVENTORY, MODEL, RULES), RULES))
    (finding,) = [finding for finding in data["findings"] if finding["rule"] == "sql-built-from-input"]
    expected = {
        "level": "error",
        "stride": "tampering",
        "cwe": [89],
        "file": "shop/views.py",
        "line": 16,
        "state": "open",
    }
    assert expected.items() <= finding.items()
    assert [step["line"] for step in finding["trace"]] == [14, 16]
    assert {"id", "target", "stride", "title", "state", "reason", "findings", "evidence"} <= set(data["threats"][0])
    assert data["unknowns"]
    assert data["skipped"]


def test_odd_names_are_written_in_ascii():
    odd = replace(ORDER, path="/ü/\udcff/\x1b", handler="a.漢")
    text = to_json(replace(INVENTORY, endpoints=(odd,)))
    assert text.isascii()
    assert json.loads(text)["endpoints"][0]["path"] == "/ü/\udcff/\x1b"


def test_the_odd_one_out_says_what_it_lacks_and_among_whom():
    guarded = [endpoint(f"/{name}", required=True) for name in "abc"]
    lone = endpoint("/export")
    shown = replace(INVENTORY, endpoints=(lone,))
    found = json.loads(to_json(shown, [*guarded, lone]))["endpoints"]
    assert [each["odd"] for each in found] == [
        {
            "kind": "authentication",
            "guard": "login_required",
            "tie": "router",
            "name": "shop.views",
            "having": 3,
            "siblings": 3,
        }
    ]
    assert json.loads(to_json(shown))["endpoints"][0]["odd"] is None
