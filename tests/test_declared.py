"""What settings declare about guards, wrappers and public endpoints, and what it does to the inventory."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from calling import Call
from records_shop import INVENTORY, LOGIN, endpoint

from tmscan.inventory.overrides import declare
from tmscan.inventory.types import Endpoint, Guard, Inventory, Unknown
from tmscan.libraries.declared import Declarations, DeclaredGuard, DeclaredPublic, DeclaredWrapper
from tmscan.scan import ScanOptions, scan_sources
from tmscan.sources.types import Location


def scanned(
    code: str, *guards: DeclaredGuard, wrappers: tuple[DeclaredWrapper, ...] = (), **files: str
) -> list[Endpoint]:
    declared = Declarations("/x/tmscan.toml", "/x", guards, wrappers)
    sources = {"app.py": code.encode(), **{f"{name}.py": text.encode() for name, text in files.items()}}
    return list(scan_sources(sources, ScanOptions(declared=declared)).inventory.endpoints)


# ---------------------------------------------------------------- names in the code

FLASK = """\
from flask import Flask
from {module} import {name}
app = Flask(__name__)

@app.get("/x")
@{decorator}
def view():
    return ""
"""
SILENT = """\
import functools
def needs_badge(view):
    @functools.wraps(view)
    def wrapper(*args):
        badge_desk.look(view)
        return view(*args)
    return wrapper
def needs_role(name):
    return needs_badge
"""


@pytest.mark.parametrize(("name", "decorator"), [("badge", "badge"), ("badge", "badge('a')")])
def test_a_guard_of_a_package_that_is_not_in_the_tree(name: str, decorator: str) -> None:
    code = FLASK.format(module="acme_auth", name=name, decorator=decorator)
    assert [each.auth.required for each in scanned(code)] == [False]
    found = scanned(code, DeclaredGuard("acme_auth.badge", "authorization", ("staff",)))
    assert [(each.auth.required, each.guards[0].kind, each.guards[0].roles) for each in found] == [
        (True, "authorization", ("staff",))
    ]


def test_a_guard_for_some_verbs_only() -> None:
    code = FLASK.format(module="acme_auth", name="badge", decorator="badge").replace("get", "post")
    assert [each.auth.required for each in scanned(code, DeclaredGuard("acme_auth.badge", methods=("GET",)))] == [False]
    assert [each.auth.required for each in scanned(code, DeclaredGuard("acme_auth.badge", methods=("POST",)))] == [True]


@pytest.mark.parametrize("decorator", ["needs_badge", "needs_role('x')"])
def test_a_guard_of_the_project(decorator: str) -> None:
    name = decorator.partition("(")[0]
    code = FLASK.format(module="auth", name=name, decorator=decorator)
    assert [each.auth.required for each in scanned(code, auth=SILENT)] == [False]
    found = scanned(code, DeclaredGuard("auth.needs_badge"), DeclaredGuard("auth.needs_role"), auth=SILENT)
    assert [each.auth.required for each in found] == [True]


def test_a_base_class_of_the_project() -> None:
    code = """\
from django.urls import path
from django.views import View
class Badge:
    level = 1
class Page(Badge, View):
    def get(self, request):
        return None
urlpatterns = [path("x", Page.as_view())]
"""
    assert [each.auth.required for each in scanned(code)] == [False]
    found = scanned(code, DeclaredGuard("app.Badge"))
    assert [(each.auth.required, each.guards[0].name, each.guards[0].location.line) for each in found] == [
        (True, "Badge", 3)
    ]


WRAPPED = """\
from web import expose, table
TABLE = table()

@expose("/a", verbs=["PUT"])
def a():
    return ""

@TABLE.take("/b")
def b():
    return ""

def c():
    return ""
TABLE.register(c, at="/c")
"""
WRAPPER = """\
ROUTES = load()
def expose(path, verbs=()):
    def inner(view):
        ROUTES.store(path, verbs, view)
        return view
    return inner
class Table:
    def take(self, path):
        return lambda view: ROUTES.store(path, view) or view
    def register(self, view, at):
        ROUTES.store(at, view)
def table():
    return Table()
"""
WRAPPERS = (
    DeclaredWrapper("web.expose", methods=("verbs",)),
    DeclaredWrapper("web.Table.take", default=("GET", "HEAD")),
    DeclaredWrapper("web.Table.register", path=("at",), handler=(0,)),
)


@pytest.mark.parametrize("files", [{"web": WRAPPER}, {}], ids=["of the project", "of a package"])
def test_wrappers_of_routes(files: dict[str, str]) -> None:
    assert scanned(WRAPPED, **files) == []
    own = (
        WRAPPERS
        if files
        else (
            replace(WRAPPERS[0]),
            *(replace(each, name=each.name.replace("Table", "table()")) for each in WRAPPERS[1:]),
        )
    )
    found = scanned(WRAPPED, wrappers=own, **files)
    assert [(each.methods, each.path, each.handler) for each in found] == [
        (("PUT",), "/a", "app.a"),
        (("GET", "HEAD"), "/b", "app.b"),
        (("GET",), "/c", "app.c"),
    ]


# ---------------------------------------------------------------- paths and files


def declared(*endpoints: Endpoint, **given: object) -> Inventory:
    declarations = Declarations("/repo/tmscan.toml", "/repo", **given)
    return declare(replace(INVENTORY, endpoints=endpoints, unknowns=()), declarations, "/repo/src")


def test_a_public_endpoint() -> None:
    open_one, closed = endpoint("/health"), endpoint("/static/<path:name>", required=True)
    found = declared(open_one, closed, public=(DeclaredPublic("/health"), DeclaredPublic("/static/*")))
    assert [(each.auth.required, each.public) for each in found.endpoints] == [(False, True), (False, True)]
    assert found.endpoints[0].auth.reason == "/health is declared public in tmscan.toml"
    assert found.unknowns == ()


@pytest.mark.parametrize(
    ("public", "reason"),
    [
        (DeclaredPublic("/helth", line=3), "'/helth' is declared public, and no endpoint is like it"),
        (
            DeclaredPublic("/health", ("POST",), line=3),
            "'/health' is declared public for other verbs than it answers (GET)",
        ),
        (DeclaredPublic("/health", (), ("tools/",), 3), "'/health' is declared public, and no endpoint is like it"),
    ],
)
def test_what_fits_nothing_is_said(public: DeclaredPublic, reason: str) -> None:
    found = declared(endpoint("/health"), public=(public,))
    assert found.unknowns == (Unknown("setting", reason, Location("tmscan.toml", 3)),)
    assert found.endpoints[0].auth.required is False
    assert not found.endpoints[0].public


def test_a_gateway_before_some_paths_and_files() -> None:
    gateway = Guard("authentication", "gateway", "middleware", Location("tmscan.toml", 4))
    rows = (endpoint("/internal/a", required=None), endpoint("/b", required=True), endpoint("/c"))
    found = declared(*rows, guards=(DeclaredGuard("gateway", covers=("/internal/*", "/b"), line=4),))
    assert [each.auth.required for each in found.endpoints] == [True, True, False]
    assert found.endpoints[0].auth.evidence == (gateway,)
    assert found.endpoints[1].auth.evidence == (gateway, LOGIN)
    everything = declared(*rows, guards=(DeclaredGuard("gateway", paths=("src/shop/",)),))
    assert [each.auth.required for each in everything.endpoints] == [True, True, True]
    nothing = declared(*rows, guards=(DeclaredGuard("gateway", paths=("shop/old/",)),))
    assert [unknown.reason for unknown in nothing.unknowns] == [
        "the guard 'gateway' is declared for no endpoint there is"
    ]


def test_a_limit_of_rates_is_no_question_who_is_calling() -> None:
    found = declared(endpoint("/x"), guards=(DeclaredGuard("waf", "rate-limit", covers=("*",)),))
    assert (found.endpoints[0].auth.required, found.endpoints[0].guards[0].name) == (False, "waf")


def test_public_is_the_last_word() -> None:
    found = declared(endpoint("/x"), guards=(DeclaredGuard("gateway", covers=("*",)),), public=(DeclaredPublic("/x"),))
    assert (found.endpoints[0].auth.required, found.endpoints[0].public) == (False, True)


def test_a_guard_that_is_settled_is_unknown_no_more() -> None:
    unsure = endpoint("/x", required=None)
    before = replace(INVENTORY, endpoints=(unsure,), unknowns=(Unknown("guard", "no", unsure.location),))
    settled = declare(before, Declarations("t", "/", public=(DeclaredPublic("/x"),)), "/")
    assert settled.unknowns == ()


# ---------------------------------------------------------------- through the command

SETTINGS = """\
[tool.tmscan]
public = ["GET /health"]
guards = ["acme_auth.badge"]
library-folders = ["libraries"]

[[tool.tmscan.guard]]
name = "gateway"
covers = ["/internal/*"]
"""
CODE = """\
import acme_web
from acme_auth import badge

@acme_web.serve("/health")
def health(): return ""

@acme_web.serve("/mine")
@badge
def mine(): return ""

@acme_web.serve("/internal/x")
def inner(): return ""

@acme_web.serve("/open")
def everybody(): return ""
"""
LIBRARY = """\
library: acme
imports: [acme_web]
docs: https://acme.example
role: web framework
endpoints:
  - {decorated: acme_web.serve, path: [0], default: GET}
"""


def test_the_command_goes_by_settings(tmscan: Call, tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "libraries").mkdir(parents=True)
    (project / "app.py").write_text(CODE)
    (project / "libraries" / "acme.yaml").write_text(LIBRARY)
    settings = project / "pyproject.toml"

    def verdicts() -> list[tuple[str, bool, bool]]:
        done = tmscan("inventory", project, "--format", "json", "-q")
        assert done.code == 0, done.err
        return [(each["path"], each["auth"]["required"], each["public"]) for each in json.loads(done.out)["endpoints"]]

    settings.write_text(SETTINGS)
    declared = [("/health", False, True), ("/internal/x", True, False), ("/mine", True, False), ("/open", False, False)]
    assert verdicts() == declared
    assert verdicts() == declared, "from the cache"
    settings.write_text('[tool.tmscan]\nlibrary-folders = ["libraries"]\n')
    assert [required for _, required, _ in verdicts()] == [False] * 4, "what was remembered went by other settings"
    settings.write_text('[tool.tmscan]\nlibrary-folders = ["nowhere"]\n')
    done = tmscan("inventory", project)
    assert (done.code, "no such folder" in done.err) == (2, True)
