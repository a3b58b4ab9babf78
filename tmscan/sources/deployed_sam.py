"""Functions of a CloudFormation or SAM template: its tree comes in, one record for each event of a function goes out.

Format: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tmscan.sources.deployed_serverless import handler_file
from tmscan.sources.types import Deployed, Trigger
from tmscan.sources.yamltree import Tree

FUNCTIONS = frozenset({"AWS::Serverless::Function", "AWS::Lambda::Function"})
APIS = frozenset({"AWS::Serverless::Api", "AWS::Serverless::HttpApi"})
SCHEDULED = frozenset({"Schedule", "ScheduleV2"})
CALLED = frozenset({"AlexaSkill", "Cognito", "IoTRule"})


def read_sam(root: Tree, file: str) -> Iterator[Deployed]:
    """The ways in of every function in `Resources`."""
    resources = root.get("Resources")
    if resources is None:
        return
    folder = posixpath.dirname(file)
    defaults = {
        name: resource.said("Properties", "Auth", "DefaultAuthorizer") or _key(resource.get("Properties", "Auth"))
        for name, resource in resources.all_pairs()
        if resource.said("Type") in APIS
    }
    shared = root.said("Globals", "Api", "Auth", "DefaultAuthorizer")
    for name, resource in resources.all_pairs():
        properties = resource.get("Properties")
        if resource.said("Type") not in FUNCTIONS or properties is None:
            continue
        code = properties.said("CodeUri") or root.said("Globals", "Function", "CodeUri")
        told = properties.said("Handler") or root.said("Globals", "Function", "Handler")
        handler = handler_file(folder, code, told)
        if handler:
            made = list(_events(name, handler, properties, file, defaults, shared))
            yield from made or [Deployed("lambda", name, handler, file, resource.line - 1)]


def _events(
    name: str, handler: str, properties: Tree, file: str, defaults: dict[str, str], shared: str
) -> Iterator[Deployed]:
    events = properties.get("Events")
    for _, event in events.all_pairs() if events is not None else ():
        kind, about = event.said("Type"), event.get("Properties") or Tree(event.line)
        if kind in ("Api", "HttpApi"):
            api = about.get("RestApiId") or about.get("ApiId")
            default = defaults.get(api.text, shared) if api is not None else shared
            verb = (about.said("Method") or "ANY").upper()
            path = about.said("Path") or "/{proxy+}"
            verbs = ("ANY",) if verb in ("ANY", "*", "X-AMAZON-APIGATEWAY-ANY-METHOD") else (verb,)
            yield Deployed("http", name, handler, file, event.line, verbs, path, _guard(about.get("Auth"), default))
        else:
            sort: Trigger = "schedule" if kind in SCHEDULED else "lambda" if kind in CALLED else "consumer"
            yield Deployed(sort, name, handler, file, event.line)
    url = properties.get("FunctionUrlConfig")
    if url is not None:
        guard = "AWS_IAM" if url.said("AuthType") == "AWS_IAM" else ""
        yield Deployed("http", name, handler, file, url.line, ("ANY",), "/", guard)


def _guard(auth: Tree | None, default: str) -> str:
    if auth is None:
        return default
    named = auth.said("Authorizer")
    return "" if named == "NONE" else named or _key(auth) or default


def _key(auth: Tree | None) -> str:
    return "api key" if auth is not None and auth.said("ApiKeyRequired").lower() == "true" else ""
