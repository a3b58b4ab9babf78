"""Operations of an OpenAPI description: its tree comes in, one record for each that names the function which answers.

Connexion routes by such files: `operationId` is a dotted name, or a function of what `x-openapi-router-controller`
names (https://connexion.readthedocs.io/en/latest/routing.html). Others only describe; their names are in no module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from tmscan.sources.types import Deployed
from tmscan.sources.yamltree import Tree

VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
CONTROLLERS = ("x-openapi-router-controller", "x-swagger-router-controller")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def read_openapi(root: Tree, file: str) -> Iterator[Deployed]:
    """Each operation with a function, under the path that the description says it is served at."""
    paths = root.get("paths")
    if paths is None or not (root.said("openapi") or root.said("swagger")):
        return
    base = _base(root)
    for path, item in paths.all_pairs():
        for verb, operation in item.all_pairs():
            if verb not in VERBS:
                continue
            name = _function(root, item, operation)
            line = operation.get("operationId") or operation
            guard = _security(operation.get("security") or root.get("security"))
            if name:
                yield Deployed("operation", name, name, file, line.line, (verb.upper(),), base + path, guard)


def _base(root: Tree) -> str:
    """The part of the path that all operations have."""
    servers = root.get("servers")
    url = root.said("basePath") or (servers.items[0].said("url") if servers is not None and servers.items else "")
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    return f"/{path.strip('/')}" if path.strip("/") and "{" not in path else ""


def _function(root: Tree, item: Tree, operation: Tree) -> str:
    """`dotted.module:function` that answers; "" when the operation names none."""
    owners = (place.said(name) for place in (operation, item, root) for name in CONTROLLERS)
    owner = next((said for said in owners if said), "")
    given = operation.said("operationId")
    whole = f"{owner}.{given}" if owner else given
    module, _, name = whole.rpartition(".")
    return f"{module}:{name}" if module and _NAME.fullmatch(whole) else ""


def _security(given: Tree | None) -> str:
    """The scheme that a request must pass; "" for none, or where it may do without."""
    if given is None or not given.items or any(not item.pairs for item in given.items):
        return ""
    return given.items[0].pairs[0][0]
