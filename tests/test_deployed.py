"""Deployment files: which functions they name as ways in, and what a malformed one leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tmscan.scan import ScanOptions, scan
from tmscan.sources.project import read_project
from tmscan.sources.yamltree import read_tree

if TYPE_CHECKING:
    from pathlib import Path

SERVERLESS = """\
service: users
provider:
  name: aws
  runtime: python3.12
functions:
  create:
    handler: src/handler.create
    events:
      - http: POST users/create
      - http: {path: 'users/{id}', method: get, authorizer: aws_iam}
      - httpApi: 'GET /plain'
      - httpApi: '*'
      - schedule: rate(2 hours)
      - sqs: arn:aws:sqs:region:XXXXXX:myQueue
      - websocket: $connect
  keyed:
    handler: src/handler.keyed
    events:
      - http: {path: keyed, method: any, private: true}
  bare:
    handler: src/handler.bare
  templated:
    handler: ${file(x.yml):handler}
"""
SAM = """\
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.12, CodeUri: hello_world/}}
Resources:
  MyApi:
    Type: AWS::Serverless::Api
    Properties: {Auth: {DefaultAuthorizer: MyCognito}}
  HelloWorldFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.lambda_handler
      Environment: {Variables: {TABLE: !Ref Table, ARN: !GetAtt Table.Arn}}
      Events:
        HelloWorld: {Type: Api, Properties: {Path: /hello, Method: get}}
        Guarded: {Type: Api, Properties: {Path: /guarded, Method: post, RestApiId: !Ref MyApi}}
        Open: {Type: Api, Properties: {Path: /open, Method: post, RestApiId: !Ref MyApi, Auth: {Authorizer: NONE}}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
"""
AZURE = """\
{"scriptFile": "__init__.py", "bindings": [
  {"authLevel": "function", "type": "httpTrigger", "direction": "in", "name": "req", "methods": ["get", "post"]},
  {"type": "http", "direction": "out", "name": "$return"}]}
"""
ZAPPA = (
    '{"production": {"app_function": "app.app", "events": [{"function": "jobs.clean", "expression": "rate(1 day)"}]}}'
)
PYPROJECT = """\
[project]
name = "x"
[project.scripts]
notes = "notes.cli:main"
[tool.poetry.scripts]
other = "notes.cli:other"
"""
SETUP = "from setuptools import setup\nsetup(entry_points={'console_scripts': ['old = notes.cli:main']})\n"
CFG = "[options.entry_points]\nconsole_scripts =\n    cfg = notes.cli:main\n"

FORMATS = {
    "serverless.yml": (
        SERVERLESS,
        [
            ("http", "POST", "/users/create", "src/handler.py:create", ""),
            ("http", "GET", "/users/{id}", "src/handler.py:create", "aws_iam"),
            ("http", "GET", "/plain", "src/handler.py:create", ""),
            ("http", "ANY", "/{proxy+}", "src/handler.py:create", ""),
            ("schedule", "", "", "src/handler.py:create", ""),
            ("consumer", "", "", "src/handler.py:create", ""),
            ("websocket", "", "", "src/handler.py:create", ""),
            ("http", "ANY", "/keyed", "src/handler.py:keyed", "api key"),
            ("lambda", "", "", "src/handler.py:bare", ""),
        ],
    ),
    "svc/template.yaml": (
        SAM,
        [
            ("http", "GET", "/hello", "svc/hello_world/app.py:lambda_handler", ""),
            ("http", "POST", "/guarded", "svc/hello_world/app.py:lambda_handler", "MyCognito"),
            ("http", "POST", "/open", "svc/hello_world/app.py:lambda_handler", ""),
            ("schedule", "", "", "svc/hello_world/app.py:lambda_handler", ""),
            ("consumer", "", "", "svc/hello_world/app.py:lambda_handler", ""),
        ],
    ),
    "HttpTrigger/function.json": (
        AZURE,
        [("http", "GET,POST", "/api/HttpTrigger", "HttpTrigger/__init__.py:main", "function key")],
    ),
    "zappa_settings.json": (ZAPPA, [("schedule", "", "", "jobs:clean", "")]),
    "pyproject.toml": (
        PYPROJECT,
        [("command", "", "", "notes.cli:main", ""), ("command", "", "", "notes.cli:other", "")],
    ),
    "setup.py": (SETUP, [("command", "", "", "notes.cli:main", "")]),
    "setup.cfg": (CFG, [("command", "", "", "notes.cli:main", "")]),
}


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_file_names(name: str, tmp_path: Path) -> None:
    text, wanted = FORMATS[name]
    write(tmp_path, name, text)
    project = read_project([tmp_path])
    found = [(item.kind, ",".join(item.methods), item.path, item.handler, item.guard) for item in project.deployed]
    assert sorted(found) == sorted(wanted)
    assert not project.skipped
    assert all(text.splitlines()[item.line - 1].strip() for item in project.deployed)


HOSTILE = {
    "deep": "[" * 100_000,
    "deep mapping": "".join(f"{' ' * depth}a:\n" for depth in range(500)),
    "bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(20))
    + "functions: *u\n",
    "cycle": "functions: &f\n  one: *f\n  two: {handler: a.b, events: &e [*e, {http: *f}]}\n",
    "merge cycle": "functions: &f\n  <<: *f\n  a: {<<: [*f, *f], handler: x.y}\n",
    "python tag": "functions: !!python/object/apply:os.system [echo]\n",
    "no yaml": "functions: {a: [",
    "bytes": "\x00\x01functions:",
    "not a table": "- 1\n- 2\n",
    "outside": "functions:\n  a: {handler: ../../../etc/passwd.main}\n  b: {handler: /etc/x.main}\n",
    "odd handlers": "functions:\n  a: {handler: 'x'}\n  b: {handler: '.'}\n  c: {handler: 'a.1b'}\n",
    "odd events": "functions:\n  a: {handler: a.b, events: [http, {http: }, {http: [1]}, 3, {}]}\n",
    "empty": "",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_in_records(name: str, tmp_path: Path) -> None:
    for file in ("serverless.yml", "template.yaml", "function.json", "zappa_settings.json"):
        write(tmp_path, file, HOSTILE[name])
    project = read_project([tmp_path])
    assert all(".." not in item.handler and not item.handler.startswith("/") for item in project.deployed)


def test_an_alias_is_the_node_that_it_names() -> None:
    tree = read_tree("base: &b {handler: a.b}\nfunctions: {one: *b, two: {<<: *b, timeout: 3}}\n")
    assert not isinstance(tree, str)
    assert (tree.said("functions", "one", "handler"), tree.said("functions", "two", "handler")) == ("a.b", "a.b")


def test_many_functions_are_read_in_time(tmp_path: Path) -> None:
    functions = "".join(f"  f{n}:\n    handler: a.b{n}\n    events: [{{http: GET /x{n}}}]\n" for n in range(4000))
    write(tmp_path, "serverless.yml", f"functions:\n{functions}")
    assert len(read_project([tmp_path]).deployed) == 4000


def test_routes_and_ways_in_of_a_tree(tmp_path: Path) -> None:
    write(tmp_path, "serverless.yml", SERVERLESS)
    write(
        tmp_path,
        "src/handler.py",
        "".join(f"def {name}(event, context):\n    return {{}}\n\n" for name in ("create", "bare")),
    )
    write(tmp_path, "pyproject.toml", PYPROJECT)
    write(tmp_path, "notes/__init__.py", "")
    write(tmp_path, "notes/cli.py", "def main():\n    pass\n")
    inventory = scan([tmp_path], ScanOptions(cache=False, workers=1)).inventory
    routes = {(endpoint.methods, endpoint.path, endpoint.auth.required) for endpoint in inventory.endpoints}
    assert (("GET",), "/users/{id}", True) in routes
    assert (("POST",), "/users/create", False) in routes
    entries = {(entry.kind, entry.name) for entry in inventory.entry_points}
    assert entries >= {("schedule", "create"), ("lambda", "bare"), ("command", "notes"), ("websocket", "$connect")}
    assert [unknown.reason for unknown in inventory.unknowns if "keyed" in unknown.reason]


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
