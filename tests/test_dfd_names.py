"""Short names and safe ids."""

from __future__ import annotations

import pytest
from dfd_inventories import HOSTILE

from tmscan.dfd.names import count, display_names, listed, plain, shorten, slug


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["shop.auth.views", "shop.orders.views"], ["auth", "orders"]),
        (["app"], ["alone"]),
        (["shop.app"], ["shop"]),
        (["accounts.urls", "notes.api.urls", "notes.urls"], ["accounts", "notes.api", "notes"]),
        (["auth_bp", "orders_bp"], ["auth", "orders"]),
        (["a.users", "b.users"], ["a.users", "b.users"]),
        (["app.main", "services.gateway.src.app.main"], ["alone", "gateway"]),
        (["x.routes.users", "x.routes.items", "x.main"], ["users", "items", "x"]),
        ([""], ["alone"]),
    ],
)
def test_names_of_groups_are_short_and_apart(names: list[str], shown: list[str]) -> None:
    found = display_names(names, "alone")
    assert [found[name] for name in names] == shown


def test_any_names_stay_apart() -> None:
    names = ["a.views", "a.urls", "a", "a.a", "A", *HOSTILE]
    assert len(set(display_names(names, "a").values())) == len(set(names))


@pytest.mark.parametrize(
    ("text", "safe"),
    [("sql:postgresql:shop", "sql:postgresql:shop"), ("", "main"), ("a b", "a-b-c8687a"), ("ü", "607474")],
)
def test_ids_change_as_little_as_they_can(text: str, safe: str) -> None:
    assert slug(text) == safe
    assert slug(slug(text)) == slug(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_ids_are_safe_and_text_is_one_printable_line(text: str) -> None:
    assert set(slug(text)) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:@-")
    assert plain(text).isprintable()
    assert plain(plain(text)) == plain(text)


def test_words() -> None:
    assert [count(0, "endpoint"), count(1, "entity"), count(2, "entity")] == ["0 endpoints", "1 entity", "2 entities"]
    assert listed(["a", "b", "c", "d"], 2) == "a, b +2"
    assert shorten("/very/long/path/to/something", 11) == "/very…thing"
