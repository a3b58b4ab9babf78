"""Flaws of a model, one example each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dfd_inventories import large, shop

from tmscan.dfd.lint import lint_model
from tmscan.dfd.model import build_model
from tmscan.dfd.types import DataFlowModel, Element, Flow


def changed(model: DataFlowModel, *elements: Element, flows: tuple[Flow, ...] = ()) -> DataFlowModel:
    kept = {element.id: element for element in (*model.elements, *elements)}
    return replace(model, elements=tuple(kept.values()), flows=(*model.flows, *flows))


def test_a_built_model_has_no_flaw_but_processes_that_use_nothing() -> None:
    for inventory in (shop(), large()):
        assert all(sentence.startswith("No flow out of ") for sentence in lint_model(build_model(inventory)))


def test_processes_without_a_way_out_share_one_sentence() -> None:
    quiet = replace(shop(), stores=(), accesses=(), outbound=(), libraries=(), reaches=())
    (sentence,) = lint_model(build_model(quiet))
    assert sentence == (
        "No flow out of 3 processes (no store, host or library seen behind them): catalogue, login, orders."
    )


@pytest.mark.parametrize(
    ("element", "sentence"),
    [
        (Element("entity:x", "entity", "X", "", "application"), "outside the application but stands inside"),
        (Element("store:x", "store", "X", "", "internet"), "stands on the internet side"),
        (Element("store:x", "store", "X", "", ""), "stands in no trust boundary"),
        (Element("store:x", "store", "X", "", "nowhere"), "stands in unknown boundary nowhere"),
        (Element("store:x", "store", "X", "", "application"), "has no flow at all"),
    ],
)
def test_an_element_on_the_wrong_side(element: Element, sentence: str) -> None:
    assert any(sentence in line for line in lint_model(changed(build_model(shop()), element)))


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("sql:postgresql:users", "sql:postgresql:shop", "from store to store"),
        ("entity:user", "entity:visitor", "from one external entity to another"),
        ("entity:user", "gone", "ends at an unknown element: gone"),
    ],
)
def test_a_flow_that_cannot_be(source: str, target: str, sentence: str) -> None:
    model = changed(build_model(shop()), flows=(Flow("f", source, target, "x"),))
    assert any(sentence in line for line in lint_model(model))


def test_a_process_that_nobody_starts() -> None:
    model = build_model(shop())
    lone = replace(model, flows=tuple(one for one in model.flows if not one.source.startswith("entity:")))
    assert any("has no flow in but from stores: what starts it?" in line for line in lint_model(lone))


def test_nobody_and_nothing() -> None:
    model = build_model(shop())
    silent = replace(
        model, elements=tuple(one for one in model.elements if one.kind == "process"), flows=(), boundaries=()
    )
    lines = lint_model(silent)
    assert "The model has no trust boundary." in lines
    assert "Nobody calls this application: no external entity was found." in lines
