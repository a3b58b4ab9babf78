"""Paths of every framework's syntax as OpenAPI writes them."""

from __future__ import annotations

import pytest

from tmscan.inventory.routes.templates import is_expression, template_of

CASES = [
    ("/", "/", []),
    ("/notes/", "/notes/", []),
    ("/notes/<int:note_id>", "/notes/{note_id}", [("note_id", "int")]),
    ("/notes/<note_id>", "/notes/{note_id}", [("note_id", "")]),
    ("/notes/<note_id:int>", "/notes/{note_id}", [("note_id", "int")]),
    ("/notes/<number:int>", "/notes/{number}", [("number", "int")]),
    ("/notes/<date:path>", "/notes/{path}", [("path", "date")]),
    ("/notes/<uuid_str:uuid_>", "/notes/{uuid_}", [("uuid_", "uuid_str")]),
    ("/files/<path:rest>", "/files/{rest}", [("rest", "path")]),
    ("/<string(length=2):language>/x", "/{language}/x", [("language", "string")]),
    ('/<regex("[a-z]{2}>"):code>', "/{code}", [("code", "regex")]),
    ("/<any(about, help):page>", "/{page}", [("page", "any")]),
    ("/a/<name:re:[a-z]+>", "/a/{name}", [("name", "re:[a-z]+")]),
    ("/items/{item_id}", "/items/{item_id}", [("item_id", "")]),
    ("/files/{rest:path}", "/files/{rest}", [("rest", "path")]),
    ("/items/{int:item_id}", "/items/{item_id}", [("item_id", "int")]),
    ("/items/:(id)/file", "/items/{id}/file", [("id", "")]),
    (r"/items/{item_id:\d{2,4}}", "/items/{item_id}", [("item_id", r"\d{2,4}")]),
    ("/items/{item_id:int(2)}.json", "/items/{item_id}.json", [("item_id", "int(2)")]),
    ("/aws/{proxy+}", "/aws/{proxy}", [("proxy", "path")]),
    ("/users/:name/edit", "/users/{name}/edit", [("name", "")]),
    ("/jobs/{job}:cancel", "/jobs/{job}:cancel", [("job", "")]),
    ("/site/*traverse", "/site/{traverse}", [("traverse", "path")]),
    ("/{?}/x", "/{arg1}/x", [("arg1", "")]),
    ("/{a}/{a}", "/{a}/{a2}", [("a", ""), ("a2", "")]),
    (r"/^notes/(?P<pk>\d+)/$", "/notes/{pk}/", [("pk", r"\d+")]),
    (r"/api/v1/^hosts/(?P<pk>[^/.]+)$", "/api/v1/hosts/{pk}", [("pk", "[^/.]+")]),
    (r"^notes\.(?P<format>[a-z0-9]+)/?$", "/notes.{format}/", [("format", "[a-z0-9]+")]),
    (r"/x/(?:page-(?P<page>[0-9]+)/)?$", "/x/", []),
    (r"/x/(?:old|new)/y", "/x/old/y", []),
    (r"/x/([^/]+)/(\d+)", "/x/{arg1}/{arg2}", [("arg1", "[^/]+"), ("arg2", r"\d+")]),
    (r"/x/\d+/[a-z]{2}/.*", "/x/{arg1}/{arg2}/{arg3}", [("arg1", r"\d+"), ("arg2", "[a-z]{2}"), ("arg3", ".*")]),
    (r"/x/(?P<a>(b|c)+(?P<d>e)?)/z", "/x/{a}/z", [("a", "(b|c)+(?P<d>e)?")]),
    (r"/(?i)x(?!y)/z\Z", "/x/z", []),
    (r"/x/[]]/[^]]/y$", "/x/{arg1}/{arg2}/y", [("arg1", "[]]"), ("arg2", "[^]]")]),
]


@pytest.mark.parametrize(("path", "expected", "varying"), CASES, ids=[case[0] for case in CASES])
def test_template(path: str, expected: str, varying: list[tuple[str, str]]) -> None:
    found = template_of(path)
    assert (found.path, [(each.name, each.kind) for each in found.varying]) == (expected, varying)


@pytest.mark.parametrize(
    "path", ["/<int:id", "/{id", "/(x", "/[a", "/x\\", "<>", "{}", "/{a:{b}", "(?P<", "\\", "(((("]
)
def test_malformed_templates_end(path: str) -> None:
    found = template_of(path)
    assert found.path.startswith("/")
    assert found.path.count("{") == found.path.count("}") == len(found.varying)


def test_hostile_length() -> None:
    for piece in ("(", "<", "{", "[", "\\", "(?:", "<a>", "(?P<a>"):
        assert template_of(piece * 3000).path.startswith("/")
        assert template_of(piece * 300).path.startswith("/")
    assert template_of("(?:" * 400 + "x" + ")" * 400).path.startswith("/")


def test_shape_forgets_names_and_the_last_slash() -> None:
    assert template_of("/a/<int:b>/").shape == template_of("/a/{c}").shape == "/a/{}"
    assert template_of("/").shape == "/"


def test_plain_paths_are_no_expressions() -> None:
    assert not is_expression("/a.b/<regex('(x|y)$'):c>/{d:[0-9]+}/~e")
    assert is_expression("/a/(b)")
