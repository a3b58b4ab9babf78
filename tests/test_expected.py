"""The comparison with expected.yaml itself, on records written by hand."""

from __future__ import annotations

import pytest
import yaml
from expected import differences

from tmscan.inventory.types import Auth, Endpoint, Guard, Inventory, Store
from tmscan.sources.types import Location
from tmscan.threats.types import Finding, Register

HERE = Location("main.py", 3)
GUARD = Guard("authentication", "login_required", "handler", HERE)
INVENTORY = Inventory(
    name="main",
    endpoints=(
        Endpoint("e", "flask", ("GET", "POST"), "/api/^x/$", "main.x", HERE, "app", "main", Auth(True, (GUARD,), "")),
    ),
    stores=(Store("s", "sql", "sqlite", "x.db", HERE),),
)
REGISTER = Register(
    (),
    (
        Finding("open-rule", "", "error", "high", "tampering", HERE, "main.x", "1"),
        Finding("closed-rule", "", "error", "high", "tampering", HERE, "main.x", "2", state="mitigated"),
    ),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("endpoints: [{path: /api/x/, methods: [GET, POST], auth: true, handler: [main.y, main.x]}]", []),
        ("endpoints: [{path: /api/x/, methods: any, guards: [login_required]}]", []),
        ("endpoints: [{path: /api/x/, methods: [GET], may: [POST, PUT]}]", []),
        ("endpoints: [{path: /api/x/, methods: [GET, POST], auth: {MISSING: false}}]", []),
        ("endpoints: [{path: /api/x/, methods: any}, {path: /y, methods: [GET], optional: true}]", []),
        ("stores: [{engine: [postgresql, sqlite], name: x.db}]", []),
        ("findings: [{rule: open-rule, file: main.py}]", []),
        (
            "endpoints: [{path: /api/x/, methods: any, auth: false}]",
            ["endpoints: /api/x/: auth should be false, is true"],
        ),
        (
            "endpoints: [{path: /api/x/, methods: any, auth: {MISSING: true}}]",
            ["endpoints: /api/x/: auth is found although marked MISSING (delete the mark)"],
        ),
        (
            "stores: [{engine: mysql, name: y}]",
            [
                "stores: missing: {engine: mysql, name: y}",
                "stores: unexpected: {kind: sql, engine: sqlite, name: x.db}",
            ],
        ),
        (
            "stores: [{MISSING: {engine: sqlite, name: x.db}}]",
            ["stores: found what is marked MISSING (delete the mark): {engine: sqlite, name: x.db}"],
        ),
        (
            "findings: []",
            ["findings: unexpected: {rule: open-rule, file: main.py, function: main.x, state: open}"],
        ),
    ],
)
def test_differences(text: str, found: list[str]) -> None:
    assert differences(yaml.safe_load(text), INVENTORY, None, REGISTER) == found


@pytest.mark.parametrize("text", ["endpiont: []", "stores: {}", "stores: [{colour: red}]", "stores: [MISSING: x]"])
def test_expectation_with_a_mistake(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected\.yaml"):
        differences(yaml.safe_load(text), INVENTORY, None, REGISTER)
