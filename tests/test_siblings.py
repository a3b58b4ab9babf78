"""The odd one out: who lacks a guard that nearly all its siblings have, and who only looks like it."""

from __future__ import annotations

from dataclasses import replace

from records_shop import LOGIN, endpoint

from tmscan.inventory.siblings import OddOne, odd_ones
from tmscan.inventory.types import Auth, Endpoint, Guard
from tmscan.sources.types import Location

ROLE = Guard("authorization", "admin_required", "handler", Location("shop/views.py", 31))
CSRF = Guard("csrf", "check_csrf", "handler", Location("shop/views.py", 32))


def guarded(number: int, methods: tuple[str, ...] = ("GET",)) -> list[Endpoint]:
    return [endpoint(f"/{name}", methods, required=True) for name in "abcdefghij"[:number]]


def test_one_open_among_guarded() -> None:
    lone = endpoint("/export")
    assert odd_ones([*guarded(3), lone]) == {
        lone.id: OddOne("authentication", "login_required", "router", "shop.views", 3, 3)
    }


def test_two_make_no_custom() -> None:
    assert odd_ones([*guarded(2), endpoint("/export")]) == {}


def test_several_open_ones_are_a_custom_of_their_own() -> None:
    assert odd_ones([*guarded(5), endpoint("/x"), endpoint("/y")]) == {}
    assert len(odd_ones([*guarded(8), endpoint("/x"), endpoint("/y")])) == 2


def test_what_is_open_on_purpose() -> None:
    named = endpoint("/login", ("GET", "POST"))
    declared = replace(endpoint("/status"), public=True)
    assert odd_ones([*guarded(6), named]) == {}
    assert odd_ones([*guarded(6), declared]) == {}


def test_unknown_is_not_odd_and_does_not_count() -> None:
    unsure = [endpoint(f"/u{number}", required=None) for number in range(9)]
    lone = endpoint("/export")
    assert list(odd_ones([*guarded(3), *unsure, lone])) == [lone.id]


def test_reading_among_guarded_writing_is_no_slip() -> None:
    assert odd_ones([*guarded(6, ("POST",)), endpoint("/list")]) == {}
    assert len(odd_ones([*guarded(6), endpoint("/save", ("POST",))])) == 1


def test_a_role_that_the_others_ask_for() -> None:
    admins = [replace(each, auth=Auth(True, (LOGIN, ROLE), ""), guards=(LOGIN, ROLE)) for each in guarded(4, ("POST",))]
    lone = endpoint("/wipe", ("POST",), required=True)
    assert odd_ones([*admins, lone])[lone.id] == OddOne("authorization", "admin_required", "router", "shop.views", 4, 4)


def test_a_token_against_forgery_is_missed_only_where_something_changes() -> None:
    forms = [replace(each, guards=(CSRF,)) for each in guarded(4, ("POST",))]
    reader, writer = endpoint("/list", required=True), endpoint("/wipe", ("POST",), required=True)
    found = odd_ones([*forms, reader, writer])
    assert (list(found), found[writer.id].kind) == ([writer.id], "csrf")


def test_subclasses_of_one_class_are_closer_than_a_module() -> None:
    views = [replace(each, bases=(f"shop.{each.path[1:]}", "shop.Base"), group="") for each in guarded(3)]
    lone = replace(endpoint("/export"), bases=("shop.Export", "shop.Base"), group="")
    elsewhere = replace(endpoint("/other"), group="", location=Location("shop/other.py", 1))
    found = odd_ones([*views, lone, elsewhere])
    assert {name: (odd.tie, odd.name) for name, odd in found.items()} == {lone.id: ("class", "shop.Base")}
