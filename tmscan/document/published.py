"""An OpenAPI 3 or Swagger 2 file in (JSON or YAML), the operations that it describes out.

Reads what a comparison with the code needs, and is lenient with the rest: descriptions in the wild are rarely valid.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import yaml

from tmscan.errors import TmscanError
from tmscan.sources.nesting import is_too_deep

if TYPE_CHECKING:
    from pathlib import Path

VERBS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
MAX_BYTES = 20_000_000
REFERENCES = 10  # how many `$ref` are followed one after the other
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb of one path, as described; `secured` is whether every caller has to say who they are."""

    path: str
    verb: str
    secured: bool


@dataclass(frozen=True, slots=True)
class Description:
    """A whole file. `prefixes` are the paths of its servers; `unread` are paths whose description stands elsewhere."""

    file: str
    version: str
    operations: tuple[Operation, ...]
    prefixes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def read_description(path: Path) -> Description:
    """The operations of a file. Raises TmscanError, with what is wrong, for one that is no such description."""
    document = _parsed(path)
    if not isinstance(document, dict):
        raise TmscanError(f"{path}: is no OpenAPI description: it holds {_kind(document)}, not a mapping")
    version = str(document.get("openapi") or document.get("swagger") or "")
    if not re.match(r"(3\.\d|2\.0)", version):
        said = f"version {version!r} is not supported" if version else "it has neither `openapi` nor `swagger`"
        raise TmscanError(f"{path}: is no OpenAPI 3 or Swagger 2 description: {said}")
    paths = document.get("paths", {})
    if not isinstance(paths, dict):
        raise TmscanError(f"{path}: `paths` must be a mapping of paths, and is {_kind(paths)}")
    operations: list[Operation] = []
    unread: list[str] = []
    everywhere = document.get("security")
    for name, given in paths.items():
        if not isinstance(name, str) or name.startswith("x-"):
            continue
        item = _resolved(given, document)
        if item is None:
            unread.append(name)
        else:
            operations.extend(_operations(name, item, everywhere))
    return Description(str(path), version, tuple(operations), tuple(_prefixes(document)), tuple(unread))


def _parsed(path: Path) -> object:
    try:
        if not path.exists():
            raise TmscanError(f"{path}: no such file")
        if not path.is_file():
            raise TmscanError(f"{path}: is no file")
        if path.stat().st_size > MAX_BYTES:
            raise TmscanError(f"{path}: is too large for a description ({MAX_BYTES // 1_000_000} MB at most)")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TmscanError(f"{path}: cannot be read: {error}") from error
    try:
        if text.lstrip().startswith(("{", "[")):
            try:
                found: object = json.loads(text)
            except json.JSONDecodeError as error:
                if path.suffix == ".json":
                    raise TmscanError(f"{path}:{error.lineno}: not valid JSON: {error.msg}") from error
            else:
                return found
        if is_too_deep(text):
            raise TmscanError(f"{path}: not valid YAML: nested too deeply")
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 - one of the two safe loaders
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark is not None else ""
        raise TmscanError(f"{path}{line}: not valid YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise TmscanError(f"{path}: not valid YAML: {error}") from error


def _resolved(given: object, document: Mapping[object, object]) -> Mapping[object, object] | None:
    """A path item, through `$ref` inside the file; None for one that stands in another file or nowhere."""
    for _ in range(REFERENCES):
        if not isinstance(given, dict):
            return {} if given is None else None
        reference = given.get("$ref")
        if reference is None:
            return given
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return None
        target: object = document
        for part in reference[2:].split("/"):
            target = target.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(target, dict) else None
        if target is None:
            return None
        given = target
    return None


def _operations(path: str, item: Mapping[object, object], everywhere: object) -> Iterator[Operation]:
    for verb in VERBS:
        operation = item.get(verb)
        if isinstance(operation, dict):
            yield Operation(path, verb.upper(), _is_secured(operation.get("security", everywhere)))


def _is_secured(requirements: object) -> bool:
    """Whether one has to be met: a list of alternatives, none of which asks for nothing."""
    return isinstance(requirements, list) and bool(requirements) and all(requirements)


def _prefixes(document: Mapping[object, object]) -> Iterator[str]:
    base = document.get("basePath")
    if isinstance(base, str):
        yield base.rstrip("/")
    servers = document.get("servers")
    for server in servers if isinstance(servers, list) else []:
        url = server.get("url") if isinstance(server, dict) else None
        if isinstance(url, str):
            try:
                path = urlsplit(_filled(url, server.get("variables"))).path
            except ValueError:  # an address that is none, such as `http://[`
                continue
            yield f"/{path.strip('/')}".rstrip("/")


def _filled(url: str, variables: object) -> str:
    """The address with the defaults of its variables."""

    def default(match: re.Match[str]) -> str:
        variable = variables.get(match[1]) if isinstance(variables, dict) else None
        return str(variable.get("default", "")) if isinstance(variable, dict) else ""

    return re.sub(r"\{([^{}]*)\}", default, url)


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    return {"list": "a list", "str": "text", "dict": "a mapping"}.get(type(value).__name__, type(value).__name__)
