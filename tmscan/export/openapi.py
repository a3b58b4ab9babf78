"""An inventory in, an OpenAPI 3.1 description of its endpoints out, in JSON: what was found, not what was meant.

Paths are written with `{name}`, whatever the framework's own syntax; what OpenAPI has no words for (websockets, verbs
of one's own, the handler and its place, verdicts that are not known) stands in `x-tmscan`.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING

from tmscan.inventory.routes.templates import Template, template_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tmscan.inventory.types import Endpoint, Guard, Inventory, Parameter

Node = dict[str, object]
VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
ANY = ("get", "post")  # an endpoint that takes every verb is written down with these two
BODYLESS = frozenset({"get", "head", "options", "trace"})
IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})  # OpenAPI has other places for these
_TYPES: dict[str, Node] = {
    "int": {"type": "integer"}, "integer": {"type": "integer"}, "float": {"type": "number"},
    "number": {"type": "number"},
    "decimal": {"type": "number"}, "str": {"type": "string"}, "string": {"type": "string"}, "path": {"type": "string"},
    "slug": {"type": "string"}, "bool": {"type": "boolean"}, "boolean": {"type": "boolean"},
    "uuid": {"type": "string", "format": "uuid"}, "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"}, "bytes": {"type": "string", "format": "binary"},
    "uploadfile": {"type": "string", "format": "binary"}, "emailstr": {"type": "string", "format": "email"},
    "dict": {"type": "object"}, "list": {"type": "array"}, "set": {"type": "array"}, "tuple": {"type": "array"},
    "none": {"type": "null"},
}  # fmt: skip
_SCHEMES: tuple[tuple[str, Node], ...] = (
    ("basic", {"type": "http", "scheme": "basic"}),
    ("digest", {"type": "http", "scheme": "digest"}),
    (r"api[-_]?key", {"type": "apiKey", "in": "header", "name": "X-API-Key"}),
    ("bearer|oauth|jwt|token", {"type": "http", "scheme": "bearer"}),
)
_CREDENTIAL = re.compile(r"auth|token|key|signature|hmac|session", re.IGNORECASE)


def to_openapi(inventory: Inventory) -> str:
    """The description, in the order of the inventory; what is not known is counted in `info`."""
    operations: dict[str, list[tuple[Endpoint, Template]]] = {}
    for endpoint in inventory.endpoints:
        template = template_of(endpoint.path)
        operations.setdefault(template.shape + "/" * template.path.endswith("/"), []).append((endpoint, template))
    identities = _Identities()
    paths = {found[0][1].path: _path_item(found, identities) for _, found in sorted(operations.items())}
    schemes = _schemes(inventory.endpoints)
    document: Node = {
        "openapi": "3.1.0",
        "info": {
            "title": inventory.name or "application",
            "version": "unknown",
            "description": "What the code exposes, as tmscan found it without running it.",
            "x-tmscan": {
                "endpoints": len(inventory.endpoints),
                "unknowns": len(inventory.unknowns),
                "skipped": len(inventory.skipped),
            },
        },
        "paths": paths,
    }
    if schemes:
        document["components"] = {"securitySchemes": schemes}
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


class _Identities:
    """Ids of operations, each given once: from names only, so that they stay the same when other endpoints come."""

    __slots__ = ("given",)

    def __init__(self) -> None:
        self.given: set[str] = set()

    def make(self, endpoint: Endpoint, template: Template, verb: str) -> str:
        words = f"{verb}_{template.path}_{endpoint.handler.rpartition('.')[2]}"
        plain = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_")
        if plain in self.given:
            plain += "_" + sha256(f"{verb} {template.path} {endpoint.id}".encode("utf-8", "replace")).hexdigest()[:8]
        self.given.add(plain)
        return plain


def _path_item(found: Sequence[tuple[Endpoint, Template]], identities: _Identities) -> Node:
    """One path; endpoints that name its parameters in other words, or come later for a verb, take over its names."""
    item: Node = {}
    others: list[Node] = []
    spelled = found[0][1]
    for endpoint, own in sorted(found, key=lambda each: "ANY" in each[0].methods):
        verbs = [verb.lower() for verb in endpoint.methods if verb.lower() in VERBS]
        if "ANY" in endpoint.methods or not endpoint.methods:
            verbs = [verb for verb in ANY if verb not in item] or list(ANY)
        for verb in verbs:
            if verb in item:
                others.append({"method": verb, **_origin(endpoint)})
            else:
                item[verb] = _operation(endpoint, own, spelled, verb, identities)
        others += [
            {"method": verb, **_origin(endpoint)}
            for verb in endpoint.methods
            if verb.lower() not in VERBS and verb != "ANY"
        ]
    if others:
        item["x-tmscan"] = {"others": others}
    return item


def _operation(endpoint: Endpoint, own: Template, spelled: Template, verb: str, identities: _Identities) -> Node:
    operation: Node = {"operationId": identities.make(endpoint, spelled, verb)}
    if endpoint.group:
        operation["tags"] = [endpoint.group]
    parameters = _parameters(endpoint, own, spelled)
    if parameters:
        operation["parameters"] = parameters
    body = _body(endpoint) if verb not in BODYLESS else None
    if body:
        operation["requestBody"] = body
    operation["responses"] = {"default": {"description": "What the handler answers; tmscan does not describe it."}}
    if endpoint.auth.required is not None:
        operation["security"] = [_requirement(endpoint)] if endpoint.auth.required else []
    operation["x-tmscan"] = _origin(endpoint)
    return operation


def _origin(endpoint: Endpoint) -> Node:
    route = endpoint.route_location or endpoint.location
    return {
        "id": endpoint.id,
        "framework": endpoint.framework,
        "methods": list(endpoint.methods),
        "path": endpoint.path,
        "handler": endpoint.handler,
        "file": endpoint.location.file,
        "line": endpoint.location.line,
        "route": {"file": route.file, "line": route.line},
        "auth": {"required": endpoint.auth.required, "reason": endpoint.auth.reason},
        "guards": [{"kind": guard.kind, "name": guard.name, "scope": guard.scope} for guard in _guards(endpoint)],
    }


def _parameters(endpoint: Endpoint, own: Template, spelled: Template) -> list[Node]:
    typed = {parameter.name: parameter.type for parameter in endpoint.parameters if parameter.place == "path"}
    found: list[Node] = [
        {
            "name": name.name,
            "in": "path",
            "required": True,
            "schema": _schema(typed.get(varying.name, "") or varying.kind),
        }
        for name, varying in zip(spelled.varying, own.varying, strict=True)
    ]
    taken: set[tuple[str, str]] = set()
    for parameter in endpoint.parameters:
        key = (parameter.name.lower() if parameter.place == "header" else parameter.name, parameter.place)
        ignored = parameter.place == "header" and parameter.name.lower() in IGNORED_HEADERS
        if parameter.place in ("query", "header", "cookie") and key not in taken and not ignored and parameter.name:
            taken.add(key)
            found.append({"name": parameter.name, "in": parameter.place, "schema": _schema(parameter.type)})
    return found


def _body(endpoint: Endpoint) -> Node | None:
    """Fields of a form and files are one body, JSON another."""
    json_fields = [each for each in endpoint.parameters if each.place == "json"]
    form_fields = [each for each in endpoint.parameters if each.place in ("form", "file")]
    content: Node = {}
    if json_fields:
        content["application/json"] = {"schema": _object(json_fields)}
    if form_fields:
        files = any(each.place == "file" for each in form_fields)
        kind = "multipart/form-data" if files else "application/x-www-form-urlencoded"
        content[kind] = {"schema": _object(form_fields)}
    if not content and any(each.place == "body" for each in endpoint.parameters):
        content["*/*"] = {}
    return {"content": content} if content else None


def _object(fields: Iterable[Parameter]) -> Node:
    binary: Node = {"type": "string", "format": "binary"}
    return {
        "type": "object",
        "properties": {each.name: binary if each.place == "file" else _schema(each.type) for each in fields},
    }


def _schema(written: str) -> Node:
    """The schema of a converter or annotation; what it does not say in JSON Schema's words is kept as it is written."""
    plain = written.strip()
    if not plain:
        return {}
    known = _TYPES.get(plain.lower())
    if known is not None:
        return dict(known)
    if plain.endswith("]") and plain.startswith("Optional["):
        return _nullable(_schema(plain[len("Optional[") : -1]))
    options = [option.strip() for option in plain.split("|")]
    if len(options) == 2 and "None" in options:
        return _nullable(_schema(next((option for option in options if option != "None"), "None")))
    head, bracket, inside = plain.partition("[")
    if bracket and head.lower() in ("list", "set", "sequence", "tuple", "iterable") and inside.endswith("]"):
        return {"type": "array", "items": _schema(inside[:-1])}
    if bracket and head.lower() in ("dict", "mapping"):
        return {"type": "object"}
    return {"x-tmscan-type": plain}


def _nullable(schema: Node) -> Node:
    kind = schema.get("type")
    return {**schema, "type": [kind, "null"]} if isinstance(kind, str) and kind != "null" else schema


def _guards(endpoint: Endpoint) -> tuple[Guard, ...]:
    return tuple(dict.fromkeys((*endpoint.auth.evidence, *endpoint.guards)))


def _asking(endpoint: Endpoint) -> list[Guard]:
    """The guards that ask who is calling: those that a client has to satisfy, all of them."""
    return [guard for guard in endpoint.auth.evidence if guard.kind in ("authentication", "authorization", "signature")]


def _requirement(endpoint: Endpoint) -> Node:
    return {_key(guard.name): list(guard.roles) for guard in _asking(endpoint)} or {"unnamed": []}


def _schemes(endpoints: Iterable[Endpoint]) -> Node:
    """One scheme for each guard that asks who is calling: how it wants to be told is read off its name and what the
    endpoints behind it read, and is a guess where neither says.
    """
    found: dict[str, tuple[list[Guard], list[Parameter]]] = {}
    for endpoint in endpoints:
        if endpoint.auth.required:
            asking = _asking(endpoint)
            for key in _requirement(endpoint):
                guards, told = found.setdefault(key, ([], []))
                guards.extend(guard for guard in asking if _key(guard.name) == key)
                told.extend(each for each in endpoint.parameters if _tells(each))
    return {key: _scheme(guards[0] if guards else None, told) for key, (guards, told) in sorted(found.items())}


def _scheme(guard: Guard | None, told: Sequence[Parameter]) -> Node:
    name, kind = (guard.name, guard.kind) if guard is not None else ("", "authentication")
    said = {"description": f"The guard {name}, as found in the code."} if name else {}
    for pattern, scheme in _SCHEMES:
        if re.search(pattern, name, re.IGNORECASE):
            return {**scheme, **said, "x-tmscan": {"guard": name, "kind": kind}}
    if told:
        first = min(told, key=lambda each: (each.place, each.name))
        told_by: Node = {"type": "apiKey", "in": first.place, "name": first.name}
        return {**told_by, **said, "x-tmscan": {"guard": name, "kind": kind}}
    guessed: Node = {"type": "apiKey", "in": "cookie", "name": "session"}
    return {**guessed, **said, "x-tmscan": {"guard": name, "kind": kind, "assumed": True}}


def _tells(parameter: Parameter) -> bool:
    return parameter.place in ("header", "cookie") and bool(_CREDENTIAL.search(parameter.name))


def _key(name: str) -> str:
    """A name that OpenAPI allows for a component."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name) or "unnamed"
