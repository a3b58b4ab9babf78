"""Picking a diagram by level and by the name of an element."""

from __future__ import annotations

import pytest
from dfd_inventories import large, shop

from tmscan.dfd.choose import choose_diagram
from tmscan.dfd.model import build_model
from tmscan.dfd.types import Level
from tmscan.errors import TmscanError

SHOP = build_model(shop())


@pytest.mark.parametrize(("level", "identity"), [(None, "application"), ("context", "context")])
def test_a_level_alone_is_its_diagram(level: Level | None, identity: str) -> None:
    assert choose_diagram(SHOP, level).id == identity


def test_a_level_of_several_diagrams_wants_a_focus() -> None:
    with pytest.raises(TmscanError, match=r"--focus .*: process:shop\.app/shop\.catalogue, process:"):
        choose_diagram(SHOP, "component")


@pytest.mark.parametrize("level", [None, "component"])
@pytest.mark.parametrize("focus", ["Orders", "process:shop.app/shop.orders", "component:process:shop.app/shop.orders"])
def test_a_group_has_its_own_diagram(level: Level | None, focus: str) -> None:
    assert choose_diagram(SHOP, level, focus).id == "component:process:shop.app/shop.orders"


def test_a_focus_keeps_the_neighbours_and_their_boundaries() -> None:
    one = choose_diagram(SHOP, "application", "login")
    assert {element.name for element in one.elements} == {"login", "Visitor", "Logged-in user", "users"}
    assert {boundary.id for boundary in one.boundaries} == {"internet", "application", "data:db.internal"}
    assert one.notes == ("Only what exchanges data with “login”; 5 elements not shown",)


def test_what_another_level_shows_is_found_there() -> None:
    one = choose_diagram(SHOP, "context", "reportlab 4.0.9")
    assert one.id == "application@library:reportlab"
    one = choose_diagram(SHOP, "component", "sign_in")
    assert {element.name for element in one.elements} == {"sign_in", "Visitor", "users"}


def test_a_folded_group_is_found_in_its_own_diagram() -> None:
    one = choose_diagram(build_model(large()), "application", "part07")
    assert one.level == "component"


@pytest.mark.parametrize(
    ("focus", "sentence"),
    [("ordesr", "did you mean 'orders'"), ("zzz", "known are: "), ("view0", "several elements")],
)
def test_an_unknown_name_says_what_there_is(focus: str, sentence: str) -> None:
    with pytest.raises(TmscanError, match=sentence):
        choose_diagram(SHOP if focus != "view0" else build_model(large(2)), "application", focus)
