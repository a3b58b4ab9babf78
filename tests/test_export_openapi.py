"""The OpenAPI description of what was found: valid for every fixture, and true to what the inventory says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from records_shop import INVENTORY, LOGIN, endpoint

from tmscan.export.openapi import to_openapi
from tmscan.inventory.types import Auth, Endpoint, Guard, Inventory, Parameter
from tmscan.scan import scan, scan_sources
from tmscan.sources.types import Location

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
FOLDERS = sorted(
    path for room in ("apps", "python", "hostile") for path in (FIXTURES / room).iterdir() if path.is_dir()
)
APPLICATIONS = FIXTURES.parent / "benchmarks" / "cache" / "apps"


def described(*endpoints: Endpoint) -> dict:
    return valid(to_openapi(replace(INVENTORY, endpoints=endpoints)))


def valid(text: str) -> dict:
    assert text.isascii()
    document = json.loads(text)
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    operations = [
        operation["operationId"]
        for item in document["paths"].values()
        for verb, operation in item.items()
        if not verb.startswith("x-")
    ]
    assert len(operations) == len(set(operations))
    return document


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_fixture_makes_a_valid_description(folder: Path) -> None:
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.py"))}
    found = scan_sources(files).inventory
    document = valid(to_openapi(found))
    methods = [
        method
        for item in document["paths"].values()
        for operation in (
            *(item[key] for key in item if key != "x-tmscan"),
            *item.get("x-tmscan", {}).get("others", ()),
        )
        for method in [operation.get("x-tmscan", operation)["id"]]
    ]
    assert set(methods) == {each.id for each in found.endpoints}, "every endpoint stands somewhere"


@pytest.mark.parametrize("name", ["ara", "chainlit"])
def test_real_applications_make_a_valid_description(name: str) -> None:
    if not (APPLICATIONS / name).is_dir():
        pytest.skip("benchmarks/routes has not fetched the applications")
    assert valid(to_openapi(scan([APPLICATIONS / name]).inventory))["paths"]


def test_an_endpoint_with_everything() -> None:
    role = Guard("authorization", "has role!", "handler", Location("a.py", 1), ("admin",))
    one = replace(
        endpoint("/shops/<int:shop>/orders/<path:rest>", ("POST",), required=True, line=7),
        auth=Auth(True, (LOGIN, role), "login_required (handler) refuses anonymous requests"),
        parameters=(
            Parameter("shop", "path", "int"),
            Parameter("rest", "path", "path"),
            Parameter("page", "query", "int | None"),
            Parameter("tags", "query", "list[str]"),
            Parameter("X-Token", "header", "str"),
            Parameter("Authorization", "header"),
            Parameter("sid", "cookie"),
            Parameter("name", "json", "str"),
            Parameter("when", "json", "Optional[datetime]"),
            Parameter("odd", "json", "Money[EUR]"),
            Parameter("picture", "file"),
            Parameter("title", "form"),
        ),
    )
    document = described(one)
    operation = document["paths"]["/shops/{shop}/orders/{rest}"]["post"]
    assert operation["parameters"] == [
        {"name": "shop", "in": "path", "required": True, "schema": {"type": "integer"}},
        {"name": "rest", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "page", "in": "query", "schema": {"type": ["integer", "null"]}},
        {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
        {"name": "X-Token", "in": "header", "schema": {"type": "string"}},
        {"name": "sid", "in": "cookie", "schema": {}},
    ]
    assert operation["requestBody"]["content"] == {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "when": {"type": ["string", "null"], "format": "date-time"},
                    "odd": {"x-tmscan-type": "Money[EUR]"},
                },
            }
        },
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"picture": {"type": "string", "format": "binary"}, "title": {}},
            }
        },
    }
    assert operation["security"] == [{"login_required": [], "has_role_": ["admin"]}]
    assert set(document["components"]["securitySchemes"]) == {"login_required", "has_role_"}
    origin = operation["x-tmscan"]
    assert (origin["file"], origin["line"], origin["path"]) == (
        "shop/views.py", 7, "/shops/<int:shop>/orders/<path:rest>",
    )  # fmt: skip


@pytest.mark.parametrize(("required", "expected"), [(True, [{"login_required": []}]), (False, []), (None, "absent")])
def test_security(required: bool | None, expected: object) -> None:
    operation = described(endpoint("/x", required=required))["paths"]["/x"]["get"]
    assert operation.get("security", "absent") == expected


def test_one_path_that_is_spelled_in_two_ways_is_one_path() -> None:
    document = described(endpoint("/x/<a>"), endpoint("/x/<b>", ("POST",)), endpoint("/x/<c>", ("POST",), name="again"))
    item = document["paths"]["/x/{a}"]
    assert list(document["paths"]) == ["/x/{a}"]
    assert item["post"]["parameters"][0]["name"] == "a"
    assert [other["handler"] for other in item["x-tmscan"]["others"]] == ["shop.views.again"]


def test_verbs_without_a_word_in_openapi() -> None:
    item = described(endpoint("/x", ("ANY",)), endpoint("/x", ("WEBSOCKET",), name="feed"))["paths"]["/x"]
    assert list(item) == ["get", "post", "x-tmscan"]
    assert [other["method"] for other in item["x-tmscan"]["others"]] == ["WEBSOCKET"]


def test_ids_are_made_of_verb_path_and_handler() -> None:
    document = described(endpoint("/orders/<int:number>", ("GET", "PUT"), name="order"))
    item = document["paths"]["/orders/{number}"]
    assert [item[verb]["operationId"] for verb in ("get", "put")] == [
        "get_orders_number_order", "put_orders_number_order",
    ]  # fmt: skip


def test_ids_do_not_change_when_endpoints_come_and_go() -> None:
    def ids(*endpoints: Endpoint) -> set[str]:
        return {
            operation["operationId"]
            for item in described(*endpoints)["paths"].values()
            for verb, operation in item.items()
            if verb != "x-tmscan"
        }

    few = (endpoint("/a"), endpoint("/b/<x>", ("GET", "POST")))
    assert ids(*few) < ids(endpoint("/"), *few, endpoint("/c"), endpoint("/b"))


def test_names_that_collide_once_they_are_plain() -> None:
    document = described(endpoint("/a-b", name="f"), endpoint("/a_b", name="f"))
    assert len(document["paths"]) == 2


def test_nothing_and_nonsense() -> None:
    assert valid(to_openapi(Inventory("")))["paths"] == {}
    odd = endpoint('/\x1b[2J{?}/<a b>/(((/%7B{x:[{]}/\udcff"', ("GET", "PROPFIND"))
    described(replace(odd, parameters=(Parameter("", "query"), Parameter("\udcff", "json", "\udcff"))))
