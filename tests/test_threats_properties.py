"""Every named property of a record, as a table: what is asked, of what, and the answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from records_shop import HOME, INVENTORY, MODEL, ORDER, PROFILE, STATEMENT, endpoint

from tmscan.inventory.types import Dependency, Inventory, Outbound, Parameter, Setting
from tmscan.sources.types import Location
from tmscan.threats.context import build_context
from tmscan.threats.properties import PROPERTIES
from tmscan.threats.subjects import RECORDS, RELATIONS, names_of

CONTEXT = build_context(INVENTORY, MODEL)
HERE = Location("a.py", 1)
SOURCE, STORE, LIBRARY = INVENTORY.outbound[0], INVENTORY.accesses[0], INVENTORY.libraries[1]


def ask(kind: str, name: str, record, inventory: Inventory | None = None):
    context = build_context(inventory, MODEL) if inventory else CONTEXT
    return names_of(kind)[name].read(record, context)


def setting(value: str, origin: str = "literal") -> Setting:
    return Setting("KEY", "secret", value, origin, "flask", HERE)


def call(target: str, *options: tuple[str, str]) -> Outbound:
    return Outbound("requests", target, "http", HERE, "a.f", "requests.get", options=options)


def upload(place: str):
    return endpoint("/up", ("POST",), parameters=(Parameter("x", place),))


@pytest.mark.parametrize(
    ("kind", "name", "record", "answer"),
    [
        ("endpoint", "verb", ORDER, ("POST",)),
        ("endpoint", "authenticated", ORDER, False),
        ("endpoint", "authenticated", PROFILE, True),
        ("endpoint", "authenticated", endpoint("/x", required=None), None),
        ("endpoint", "state_changing", ORDER, True),
        ("endpoint", "state_changing", HOME, False),
        ("endpoint", "state_changing", endpoint("/x", ("head", "OPTIONS")), False),
        ("endpoint", "writes", ORDER, True),
        ("endpoint", "writes", HOME, False),
        ("endpoint", "changes_records", ORDER, True),
        ("endpoint", "changes_records", HOME, False),
        ("endpoint", "any_method", endpoint("/x", ("ANY",)), True),
        ("endpoint", "any_method", ORDER, False),
        ("endpoint", "takes_secret", ORDER, False),
        ("endpoint", "uses_store", ORDER, True),
        ("endpoint", "uses_store", HOME, False),
        ("endpoint", "takes_file", upload("file"), True),
        ("endpoint", "takes_file", upload("form"), False),
        ("endpoint", "takes_form", upload("form"), True),
        ("endpoint", "takes_form", upload("json"), False),
        ("endpoint", "credentials", endpoint("/accounts/log-in/"), True),
        ("endpoint", "credentials", endpoint("/x", name="reset_password"), True),
        ("endpoint", "credentials", endpoint("/api/token"), True),
        ("endpoint", "credentials", endpoint("/orders"), False),
        ("endpoint", "credentials", endpoint("/views/reset"), False),
        ("endpoint", "credentials", endpoint("/blog/login-tips"), False),
        ("endpoint", "for_strangers", endpoint("/sign-up"), True),
        ("endpoint", "for_anyone", endpoint("/healthz"), True),
        ("endpoint", "for_anyone", endpoint("/health/records"), False),
        ("endpoint", "for_strangers", endpoint("/accounts/login/"), True),
        ("endpoint", "for_strangers", endpoint("/models/register-all"), False),
        ("endpoint", "webhook", endpoint("/auth/oauth/callback"), False),
        ("endpoint", "state_changing", endpoint("/x", ("ANY",)), False),
        ("endpoint", "state_changing", endpoint("/login", ("ANY",)), True),
        ("endpoint", "state_changing", replace(upload("file"), methods=("ANY",)), True),
        ("endpoint", "session_cookie", HOME, False),
        ("endpoint", "session_cookie", upload("cookie"), True),
        ("endpoint", "state_changing", endpoint("/x", ("WEBSOCKET",)), False),
        ("endpoint", "webhook", endpoint("/api/webhooks/pay"), True),
        ("endpoint", "webhook", endpoint("/hooked"), False),
        ("endpoint", "expensive", ORDER, True),
        ("endpoint", "expensive", HOME, False),
        ("endpoint", "siblings_guarded", HOME, False),
        ("endpoint", "logs", ORDER, False),
        ("endpoint", "changes_by_get", replace(HOME, handler="shop.delete_order", parameters=ORDER.parameters), True),
        ("endpoint", "changes_by_get", replace(HOME, handler="shop.delete_order", parameters=()), False),
        ("endpoint", "changes_by_get", replace(ORDER, handler="shop.delete_order"), False),
        ("entry-point", "writes", INVENTORY.entry_points[0], False),
        ("entry-point", "authenticated", replace(INVENTORY.entry_points[0], auth=PROFILE.auth), True),
        ("entry-point", "authenticated", replace(INVENTORY.entry_points[0], auth=None), None),
        ("entry-point", "among_guarded", INVENTORY.entry_points[0], True),
        ("access", "in_endpoint", STORE, True),
        ("access", "anonymous", STORE, True),
        ("access", "store_kind", STORE, "sql"),
        ("outbound", "plain_http", call("http://a.example/x"), True),
        ("outbound", "plain_http", call("https://a.example/x"), False),
        ("outbound", "plain_http", call("http://127.0.0.1:8000"), False),
        ("outbound", "plain_http", call("a.example", ("scheme", "http")), True),
        ("outbound", "plain_http", call("a.example"), False),
        ("outbound", "local", call("localhost:9200"), True),
        ("outbound", "local", call("localhost.example"), False),
        ("outbound", "in_endpoint", SOURCE, True),
        ("sink", "from_input", STATEMENT, True),
        ("sink", "literal", STATEMENT, False),
        ("sink", "literal", replace(STATEMENT, argument="checked"), True),
        ("sink", "about_secrets", STATEMENT, True),
        ("sink", "about_secrets", replace(STATEMENT, function="app.tint"), False),
        ("sink", "about_secrets", replace(STATEMENT, function="app.make_token"), True),
        ("sink", "anonymous", STATEMENT, True),
        ("sink", "by_own_forms", STATEMENT, False),
        ("sink", "only_asks", STATEMENT, False),
        ("sink", "only_asks", replace(STATEMENT, callee="Path.exists"), True),
        ("observation", "in_endpoint", INVENTORY.observations[0], False),
        ("setting", "literal", setting("hunter2"), True),
        ("setting", "literal", setting("hunter2", "environment"), False),
        ("setting", "literal", setting("''"), False),
        ("setting", "literal", setting("<put yours here>"), False),
        ("setting", "literal", setting("${SECRET}"), False),
        ("setting", "conditional", replace(setting("True"), conditional=True), True),
        ("setting", "conditional", setting("True"), False),
        ("setting", "local", replace(setting("True"), local=True), True),
        ("setting", "local", setting("True"), False),
        ("setting", "replaced", setting("True"), False),
        ("setting", "enabled", setting("True"), True),
        ("setting", "enabled", setting("'1'"), True),
        ("setting", "enabled", setting("False"), False),
        ("setting", "disabled", setting("False"), True),
        ("setting", "disabled", setting("True"), False),
        ("setting", "empty", setting("None"), True),
        ("setting", "empty", setting("0"), False),
        ("setting", "development", replace(setting("True"), location=Location("shop/settings/dev.py", 4)), True),
        ("setting", "development", replace(setting("True"), location=Location("shop/settings/base.py", 4)), False),
        ("setting", "varies", setting("True"), False),
        ("setting", "wildcard", setting("*"), True),
        ("setting", "wildcard", setting("['*', 'a.example']"), True),
        ("setting", "wildcard", setting("['*.example']"), False),
        ("setting", "weak_hash", setting("['django.contrib.auth.hashers.MD5PasswordHasher']"), True),
        ("setting", "weak_hash", setting("['x.Argon2PasswordHasher', 'x.MD5PasswordHasher']"), False),
        ("setting", "weak_hash", setting("bcrypt"), False),
        ("setting", "changes_by_get", setting("Lax"), False),
        ("dependency", "handles_content", LIBRARY, True),
        ("dependency", "handles_content", INVENTORY.libraries[0], False),
        ("dependency", "on_request_path", LIBRARY, True),
        ("dependency", "on_request_path", INVENTORY.libraries[0], False),
        ("reach", "kind", INVENTORY.reaches[0], "store"),
        ("reach", "kind", INVENTORY.reaches[1], "library"),
        ("reach", "name", INVENTORY.reaches[0], "orders"),
        ("reach", "name", INVENTORY.reaches[1], "pdfmaker"),
        ("reach", "operation", INVENTORY.reaches[0], ("write",)),
        ("reach", "store_kind", INVENTORY.reaches[0], "sql"),
        ("reach", "store_kind", INVENTORY.reaches[1], ""),
        ("reach", "record_keeping", INVENTORY.reaches[0], False),
        ("reach", "record_keeping", replace(INVENTORY.reaches[0], entities=("audit_entries",)), True),
        ("reach", "record_keeping", replace(INVENTORY.reaches[0], entities=("catalog",)), False),
        ("parameter", "untyped", ORDER.parameters[0], True),
        ("parameter", "untyped", ORDER.parameters[1], False),
        ("flow", "crosses", MODEL.flows[0], ("boundary:app", "application")),
        ("flow", "source_kind", MODEL.flows[0], "entity"),
        ("flow", "target_kind", MODEL.flows[0], "process"),
        ("flow", "source_name", MODEL.flows[0], "Browser"),
        ("flow", "target_name", MODEL.flows[1], "orders"),
        ("element", "boundary_kind", MODEL.elements[2], "data"),
        ("element", "written", MODEL.elements[2], True),
        ("element", "written", MODEL.elements[0], False),
        ("element", "state_changing", MODEL.elements[1], True),
        ("element", "state_changing", MODEL.elements[0], False),
        ("boundary", "elements", MODEL.boundaries[0], ("shop",)),
        ("endpoint", "file", ORDER, "shop/views.py"),
        ("endpoint", "line", ORDER, 12),
    ],
)
def test_property(kind: str, name: str, record, answer):
    assert ask(kind, name, record) == answer


def test_siblings_are_guarded_when_most_of_two_or_more_are():
    guarded = tuple(endpoint(f"/{name}", required=True) for name in "ab")
    assert ask("endpoint", "siblings_guarded", HOME, replace(INVENTORY, endpoints=(HOME, *guarded)))
    assert not ask("endpoint", "siblings_guarded", HOME, replace(INVENTORY, endpoints=(HOME, ORDER, *guarded[:1])))


def test_a_handler_class_owns_what_its_methods_do():
    view = replace(ORDER, handler="shop.views.Orders")
    statement = replace(STATEMENT, function="shop.views.Orders.post")
    context = build_context(replace(INVENTORY, endpoints=(view,), sinks=(statement,)), MODEL)
    assert names_of("sink")["in_endpoint"].read(statement, context) is True
    assert RELATIONS["endpoint"]["sinks"][1](view, context) == (statement,)


def test_a_library_is_reached_whatever_case_its_name_has():
    library = Dependency("PdfMaker", "", ("pdfmaker",), "document", (), False)
    assert ask("dependency", "on_request_path", library) is True


def test_every_property_has_a_row_above_and_every_relation_leads_somewhere():
    rows = next(mark for mark in test_property.pytestmark if mark.name == "parametrize").args[1]
    asked = {(kind, name) for kind, name, *_ in rows}
    shared = {("outbound", "anonymous"), ("observation", "anonymous"), ("sink", "in_endpoint")}
    assert {(kind, name) for kind, names in PROPERTIES.items() for name in names} <= asked | shared
    assert set(PROPERTIES) == set(RECORDS)
    assert {other for relations in RELATIONS.values() for other, _ in relations.values()} <= set(RECORDS)
