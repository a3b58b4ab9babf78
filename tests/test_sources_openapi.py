"""OpenAPI descriptions whose operations name functions of the tree are routes to them."""

from pathlib import Path

from tmscan.scan import ScanOptions, scan
from tmscan.sources.deployed_openapi import read_openapi
from tmscan.sources.yamltree import Tree, read_tree

SPEC = """
openapi: "3.0.0"
servers: [{url: https://example.com/v1}]
security: [{jwt: []}]
paths:
  /pets:
    get:
      operationId: api.pets.search
      security: []
  /pets/{pet_id}:
    x-openapi-router-controller: api.pets
    get: {operationId: get}
    delete: {operationId: remove, security: [{}, {jwt: []}]}
  /bare:
    get: {operationId: listThings}
  /elsewhere:
    get: {operationId: other.place.run}
"""


def test_operations() -> None:
    root = read_tree(SPEC)
    assert isinstance(root, Tree)
    found = [(made.methods, made.path, made.handler, made.guard) for made in read_openapi(root, "api.yaml")]
    assert found == [
        (("GET",), "/v1/pets", "api.pets:search", ""),
        (("GET",), "/v1/pets/{pet_id}", "api.pets:get", "jwt"),
        (("DELETE",), "/v1/pets/{pet_id}", "api.pets:remove", ""),
        (("GET",), "/v1/elsewhere", "other.place:run", "jwt"),
    ]


def test_routes_of_the_tree(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "__init__.py").write_text("")
    (tmp_path / "api" / "pets.py").write_text("def search(): ...\ndef get(pet_id): ...\ndef remove(pet_id): ...\n")
    (tmp_path / "app.py").write_text("import connexion\napp = connexion.App(__name__)\napp.add_api('openapi.yaml')\n")
    (tmp_path / "openapi.yaml").write_text(SPEC)
    found = scan([tmp_path], ScanOptions(cache=False)).inventory
    assert [(e.methods, e.path, e.handler, e.auth.required) for e in found.endpoints] == [
        (("GET",), "/v1/pets", "api.pets.search", False),
        (("DELETE",), "/v1/pets/{pet_id}", "api.pets.remove", False),
        (("GET",), "/v1/pets/{pet_id}", "api.pets.get", True),
    ]
