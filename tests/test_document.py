"""The model file: what stands in it, that names stay data, and that an edit is noticed."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from records_shop import HOME, INVENTORY, MODEL, ORDER

from tmscan.document.digest import is_generated
from tmscan.document.write import to_document
from tmscan.sources.types import Location, Skipped
from tmscan.threats.assess import assess
from tmscan.threats.types import Register

REGISTER = assess(INVENTORY, MODEL, ())
TEXT = to_document(INVENTORY, MODEL, REGISTER)


def test_sections_and_their_records() -> None:
    document = yaml.safe_load(TEXT)
    assert document["version"] == 1
    assert [element["id"] for element in document["elements"]] == [element.id for element in MODEL.elements]
    assert [flow["to"] for flow in document["flows"]] == [flow.target for flow in MODEL.flows]
    assert document["boundaries"][2]["inside"] == "boundary:app"
    assert [threat["id"] for threat in document["threats"]] == [threat.id for threat in REGISTER.threats]
    assert {threat["state"] for threat in document["threats"]} <= {"open", "mitigated", "not-applicable"}
    assert document["not-resolved"] == ["shop/extra.py:3: route: the path is computed"]
    assert document["not-read"] == ["shop/broken.py: syntax error"]


def test_endpoint_says_who_gets_in() -> None:
    found = {endpoint["path"]: endpoint for endpoint in yaml.safe_load(TEXT)["endpoints"]}
    assert found["/"]["authentication"] == "none"
    assert found["/profile"]["authentication"] == "required"
    assert found["/profile"]["guards"] == ["login_required"]
    assert found["/orders"]["parameters"] == ["days (form)", "item (form)"]
    assert found["/orders"]["place"] == f"shop/views.py:{ORDER.location.line}"


def test_long_evidence_is_cut_and_counted() -> None:
    places = tuple(Location("shop/views.py", line) for line in range(1, 13))
    model = replace(MODEL, elements=(replace(MODEL.elements[0], evidence=places),))
    evidence = yaml.safe_load(to_document(INVENTORY, model, REGISTER))["elements"][0]["evidence"]
    assert len(evidence) == 11
    assert evidence[-1] == "and 2 more"


@pytest.mark.parametrize(
    "name",
    [
        "/a: b",
        "/# no comment",
        "/new\nline",
        "\x1b[31mred",
        "/\u202eevil",
        "yes",
        "*alias",
        "!!python/object:os.system",
        "- item",
        "/ünï",
        "",
    ],
)
def test_names_stay_data(name: str) -> None:
    inventory = replace(INVENTORY, endpoints=(replace(HOME, path=name),))
    text = to_document(inventory, MODEL, REGISTER)
    assert yaml.safe_load(text)["endpoints"][0].get("path", "") == name
    assert all(char.isprintable() or char == "\n" for char in text)


def test_readable_letters_stay_readable() -> None:
    assert "/ünï" in to_document(replace(INVENTORY, endpoints=(replace(HOME, path="/ünï"),)), MODEL, REGISTER)


def test_undecodable_file_name() -> None:
    inventory = replace(INVENTORY, skipped=(Skipped("\udcff.py", "file name is not UTF-8"),))
    to_document(inventory, MODEL, REGISTER).encode()


def test_digest_tells_an_edit() -> None:
    content = TEXT.encode()
    assert is_generated(content)
    assert is_generated(content.replace(b"\n", b"\r\n")), "git may check it out with other line ends"
    assert not is_generated(content.replace(b"name: shop", b"name: Shop", 1))
    assert not is_generated(content + b"# looked at by Ada\n")
    assert not is_generated(b"# mine\n" + content)
    assert not is_generated(b"version: 1\n")


def test_an_empty_model_is_a_file_too() -> None:
    text = to_document(
        replace(INVENTORY, endpoints=(), unknowns=(), skipped=()),
        replace(MODEL, elements=(), flows=(), boundaries=()),
        Register((), ()),
    )
    assert yaml.safe_load(text)["elements"] == []
