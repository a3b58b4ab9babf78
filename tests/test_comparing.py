"""A published OpenAPI description against the code: what differs, which files are none, and what the command says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from calling import Call
from records_shop import endpoint

from tmscan.document.comparing import Comparison, compare, narrowed
from tmscan.document.published import Description, Operation, read_description
from tmscan.errors import TmscanError
from tmscan.inventory.selection import Selection
from tmscan.inventory.types import Endpoint


def description(*operations: tuple[str, str, bool], prefixes: tuple[str, ...] = ()) -> Description:
    return Description(
        "api.yaml", "3.1.0", tuple(Operation(path, verb, secured) for verb, path, secured in operations), prefixes
    )


def said(found: Comparison) -> list[tuple[str, str, str, str]]:
    return [(each.kind, ",".join(each.methods), each.path, each.detail) for each in found.differences]


OPEN, GUARDED = endpoint("/open"), endpoint("/closed/<int:number>", ("POST",), required=True)

CASES: list[tuple[list[Endpoint], Description, list[tuple[str, str, str, str]]]] = [
    ([OPEN, GUARDED], description(("GET", "/open", False), ("POST", "/closed/{id}/", True)), []),
    ([OPEN], description(), [("undocumented", "GET", "/open", "not described")]),
    ([], description(("GET", "/gone", False), ("PUT", "/gone", False)), [
        ("dead", "GET,PUT", "/gone", "not found in the code"),
    ]),
    ([OPEN], description(("GET", "/open", True)), [
        ("guard", "GET", "/open", "described as secured, open in the code"),
    ]),
    (
        [GUARDED],
        description(("POST", "/closed/{x}", False)),
        [("guard", "POST", "/closed/<int:number>", "described as open, guarded in the code")],
    ),
    (
        [endpoint("/both", ("GET", "DELETE"))],
        description(("GET", "/both", False), ("PUT", "/both", False)),
        [
            ("methods", "DELETE", "/both", "answered, not described"),
            ("methods", "PUT", "/both", "described, not answered"),
        ],
    ),
    ([endpoint("/any", ("ANY",))], description(("GET", "/any", False), ("PUT", "/any", False)), []),
    ([endpoint("/head", ("GET", "HEAD", "OPTIONS"))], description(("GET", "/head", False)), []),
    ([endpoint("/u", required=None)], description(("GET", "/u", True)), []),
    ([endpoint("/ws", ("WEBSOCKET",))], description(), []),
    ([endpoint("/api/v1/x")], description(("GET", "/x", False), prefixes=("/other", "/api/v1")), []),
    ([endpoint("/x")], description(("GET", "/x", False), prefixes=("/api/v1",)), []),
]  # fmt: skip


@pytest.mark.parametrize(("endpoints", "published", "expected"), CASES)
def test_differences(
    endpoints: list[Endpoint], published: Description, expected: list[tuple[str, str, str, str]]
) -> None:
    assert said(compare(endpoints, published)) == expected


def test_what_was_compared() -> None:
    found = compare([endpoint("/u", required=None), OPEN], description(("GET", "/u", True)))
    assert (found.unsure, found.operations, found.endpoints) == (1, 1, 2)


def test_a_filter_counts_for_both_sides() -> None:
    published = description(("GET", "/x/a", False), ("POST", "/y", False), prefixes=("/api",))
    assert [each.path for each in narrowed(published, Selection(paths=("/api/x",))).operations] == ["/x/a"]
    assert [each.path for each in narrowed(published, Selection(methods=("post",))).operations] == ["/y"]


OPENAPI3 = """\
openapi: 3.0.3
servers: [{url: 'https://{host}/{base}/', variables: {host: {default: a.example}, base: {default: api}}}, {url: 'http://['}]
security: [{key: []}]
paths:
  /a: {get: {}, post: {security: []}, put: {security: [{}, {key: []}]}, parameters: []}
  /b: {$ref: '#/components/pathItems/b'}
  /c: {$ref: 'other.yaml#/c'}
  /d: {$ref: '#/paths/~1d'}
  x-note: {get: {}}
components: {pathItems: {b: {delete: {}}}}
"""
SWAGGER2 = '{"swagger": "2.0", "basePath": "/v2/", "paths": {"/a": {"get": {"security": [{"key": []}]}, "post": null}}}'


def test_an_openapi_3_file(tmp_path: Path) -> None:
    file = tmp_path / "api.yaml"
    file.write_text(OPENAPI3)
    found = read_description(file)
    assert [(each.verb, each.path, each.secured) for each in found.operations] == [
        ("GET", "/a", True), ("PUT", "/a", False), ("POST", "/a", False), ("DELETE", "/b", True),
    ]  # fmt: skip
    assert (found.version, found.prefixes, found.unread) == ("3.0.3", ("/api",), ("/c", "/d"))


@pytest.mark.parametrize("name", ["swagger.json", "swagger.yaml"])
def test_a_swagger_2_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text("\ufeff" + SWAGGER2, encoding="utf-8")
    found = read_description(file)
    assert (found.operations, found.prefixes) == ((Operation("/a", "GET", True),), ("/v2",))


def test_versions_that_yaml_takes_for_numbers(tmp_path: Path) -> None:
    file = tmp_path / "swagger.yaml"
    file.write_text("swagger: 2.0\npaths: {}\n")
    assert read_description(file).version == "2.0"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", b"{", ["a.json:1: not valid JSON"]),
        ("a.yaml", b"openapi: 3.0.0\n  bad: [", ["a.yaml:2: not valid YAML"]),
        ("a.yaml", b"", ["is no OpenAPI description", "nothing"]),
        ("a.yaml", b"- 1\n", ["a list"]),
        ("a.yaml", b"plain words\n", ["text"]),
        ("a.yaml", b"info: {}\n", ["neither `openapi` nor `swagger`"]),
        ("a.yaml", b"openapi: 4.0.0\npaths: {}\n", ["'4.0.0' is not supported"]),
        ("a.yaml", b"swagger: '1.2'\n", ["'1.2' is not supported"]),
        ("a.yaml", b"openapi: 3.1.0\npaths: [1]\n", ["`paths` must be a mapping of paths, and is a list"]),
        ("a.yaml", b"\xff\xfe\xff", ["cannot be read"]),
        ("a.yaml", b"!!python/object/apply:os.abort []\n", ["not valid YAML"]),
        ("a.json", b"[" * 100_000, ["not valid"]),
        ("a.yaml", b"a: " + b"[" * 100_000, ["not valid YAML"]),
    ],
)
def test_bad_files(tmp_path: Path, name: str, content: bytes, words: list[str]) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(TmscanError) as caught:
        read_description(file)
    assert str(caught.value).startswith(str(file))
    for word in words:
        assert word in str(caught.value)


def test_a_file_that_refers_to_itself_ends(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("openapi: 3.1.0\npaths: &p\n  /a: *p\n  /b: {get: &o {security: &s [*s], x: *o}}\n")
    assert [each.path for each in read_description(file).operations] == ["/b"]


CODE = """\
from flask import Flask
from flask_login import login_required
app = Flask(__name__)

@app.get("/open")
def index():
    return ""

@app.get("/mine/<int:number>")
@login_required
def mine(number):
    return ""
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "app.py").write_text(CODE)
    return folder


def test_the_command_is_content_with_its_own_description(tmscan: Call, project: Path) -> None:
    assert tmscan("inventory", project, "--format", "openapi", "--output", "own.json", "-q").code == 0
    done = tmscan("inventory", project, "--openapi", "own.json", "-q")
    assert (done.code, done.out) == (0, "own.json: 2 operations, compared with 2 endpoints\n\nNo difference.\n")


def test_the_command_leaves_with_1_where_they_differ(tmscan: Call, project: Path) -> None:
    Path("api.yaml").write_text(
        "openapi: 3.1.0\npaths:\n  /open: {get: {security: [{k: []}]}, put: {}}\n  /gone: {get: {}}\n"
    )
    done = tmscan("inventory", project, "--openapi", "api.yaml", "-q")
    assert done.code == 1
    assert done.out == (
        "api.yaml: 3 operations, compared with 2 endpoints\n"
        "\n"
        "Different guard: 1\n"
        "  GET  /open  described as secured, open in the code  app.py:6\n"
        "\n"
        "Undocumented: in the code, not described: 1\n"
        "  GET  /mine/<int:number>  app.py:11\n"
        "\n"
        "Different methods: 1\n"
        "  PUT  /open  described, not answered  app.py:6\n"
        "\n"
        "Dead: described, not in the code: 1\n"
        "  GET  /gone\n"
        "\n"
        "4 differences.\n"
    )
    found = json.loads(tmscan("inventory", project, "--openapi", "api.yaml", "--format", "json", "-q").out)
    assert [each["kind"] for each in found["differences"]] == ["guard", "undocumented", "methods", "dead"]
    assert found["differences"][0]["file"] == "app.py"
    assert tmscan("inventory", project, "--openapi", "api.yaml", "--path", "/nowhere", "-q").code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--openapi", "nowhere.yaml"], "nowhere.yaml: no such file"),
        (["--openapi", "."], "is no file"),
        (["--openapi", "x.json", "--format", "openapi"], "give one of them"),
        (["--openapi", "x.json", "--unguarded"], "do not go together"),
    ],
)
def test_the_command_refuses(tmscan: Call, project: Path, words: list[str], message: str) -> None:
    done = tmscan("inventory", project, *words)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_filters_and_strict(tmscan: Call, project: Path) -> None:
    shown = tmscan("inventory", project, "--unguarded", "-q")
    assert (shown.code, "/open" in shown.out, "/mine" in shown.out) == (0, True, False)
    assert shown.out.endswith("\n1 of 2 endpoints.\n")
    found = json.loads(tmscan("inventory", project, "--method", "get", "--path", "/mine", "--format", "json", "-q").out)
    assert [each["path"] for each in found["endpoints"]] == ["/mine/<int:number>"]
    assert tmscan("inventory", project, "--strict", "-q").code == 0
    (project / "calls.py").write_text("import requests\ndef f(u):\n    return requests.get(u)\nf(input())\n")
    assert tmscan("inventory", project, "--strict", "-q").code == 0, "an unknown host leaves no endpoint open"
    (project / "more.py").write_text(
        "from app import app\nfor path in open('x'):\n    app.add_url_rule(path, None, print)\n"
    )
    assert tmscan("inventory", project, "--strict", "-q").code == 1
