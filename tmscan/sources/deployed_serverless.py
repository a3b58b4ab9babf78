"""Functions of a `serverless.yml`: its tree comes in, one record for each event that calls a function goes out.

Format: https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tmscan.sources.types import Deployed, Trigger
from tmscan.sources.yamltree import Tree

VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
SCHEDULES = frozenset({"schedule"})
CALLED = frozenset({"alexaSkill", "alexaSmartHome", "cognitoUserPool", "cloudFront"})


def read_serverless(root: Tree, file: str) -> Iterator[Deployed]:
    """The ways in of every function."""
    folder = posixpath.dirname(file)
    functions = root.get("functions")
    if functions is None:
        return
    tables = [functions, *functions.items]
    default = root.said("provider", "httpApi", "authorizer") or root.said("provider", "httpApi", "authorizer", "name")
    for name, function in (pair for table in tables for pair in table.all_pairs()):
        handler = handler_file(folder, "", function.said("handler"))
        if not handler:
            continue
        line = function.line - 1 if function.line > 1 else 1
        events = function.get("events")
        made = list(_events(name, handler, events, file, default)) if events is not None else []
        url = function.get("url")
        if url is not None and url.text.lower() != "false":
            guard = "AWS_IAM" if url.said("authorizer") == "aws_iam" else ""
            made.append(Deployed("http", name, handler, file, url.line, ("ANY",), "/", guard))
        yield from made or [Deployed("lambda", name, handler, file, line)]


def handler_file(folder: str, code: str, handler: str) -> str:
    """`src/app.main` below a folder as `src/app.py:main`; "" for what names no function."""
    module, _, function = handler.replace("\\", "/").rpartition(".")
    if not module or not function.isidentifier() or "$" in handler or "{" in handler:
        return ""
    path = posixpath.normpath(posixpath.join(folder, code, module.replace(".", "/") if "/" not in module else module))
    return f"{path}.py:{function}" if not path.startswith(("..", "/")) else ""


def _events(name: str, handler: str, events: Tree, file: str, default: str) -> Iterator[Deployed]:
    for event in events.items:
        for kind, told in event.all_pairs() if event.pairs else [(event.text, event)]:
            if kind in ("http", "httpApi"):
                yield _route(name, handler, kind, told, file, default)
            elif kind == "alb":
                path = told.get("conditions", "path")
                verbs = _verbs(told.said("conditions", "method"))
                yield Deployed("http", name, handler, file, told.line, verbs, _first(path) or "/")
            elif kind == "websocket":
                route = told.said("route") or told.text
                yield Deployed("websocket", route, handler, file, told.line, (), "", _authorizer(told))
            else:
                sort: Trigger = "schedule" if kind in SCHEDULES else "lambda" if kind in CALLED else "consumer"
                yield Deployed(sort, name, handler, file, told.line)


def _route(name: str, handler: str, kind: str, told: Tree, file: str, default: str) -> Deployed:
    verb, _, path = told.text.partition(" ") if told.text else (told.said("method"), "", told.said("path"))
    if told.text == "*":
        verb, path = "*", "/{proxy+}"
    elif told.text.startswith("/"):
        verb, path = "*", told.text
    guard = _authorizer(told) or (default if kind == "httpApi" else "")
    path = f"/{path.strip().lstrip('/')}" if path != "*" else "/{proxy+}"
    return Deployed("http", name, handler, file, told.line, _verbs(verb), path, guard)


def _authorizer(told: Tree) -> str:
    given = told.get("authorizer")
    if given is not None:
        return given.text or given.said("name") or given.said("type") or given.said("arn") or given.said("id") or "jwt"
    return "api key" if told.said("private").lower() == "true" else ""


def _verbs(text: str) -> tuple[str, ...]:
    return (text.upper(),) if text.upper() in VERBS else ("ANY",)


def _first(tree: Tree | None) -> str:
    return (tree.text or (tree.items[0].text if tree.items else "")) if tree is not None else ""
