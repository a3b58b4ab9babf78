"""YAML text in, nodes with positions out, and strict readers for them; every complaint carries file, line and a hint.

Apart from the rule schema, so that the schema file reads as a schema.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NoReturn

import yaml

from tmscan.errors import TmscanError
from tmscan.sources.nesting import is_too_deep

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tmscan.threats.types import Scalar

_TAG = "tag:yaml.org,2002:"


def parse(text: str, file: str) -> yaml.MappingNode:
    """The mapping at the top of `text`. Raises TmscanError for YAML that does not parse or is no mapping."""
    try:
        if is_too_deep(text):
            raise TmscanError(f"{file}:1: nested too deeply")
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise TmscanError(f"{file}:{line}: not valid YAML: {error.problem or error}") from error
    except yaml.YAMLError as error:
        raise TmscanError(f"{file}:1: not valid YAML: {error}") from error
    if not isinstance(node, yaml.MappingNode):
        raise TmscanError(f"{file}:1: expected keys and values at the top of the file")
    return node


def fail(node: yaml.Node, file: str, problem: str) -> NoReturn:
    """Raise TmscanError at the node's place."""
    raise TmscanError(f"{file}:{node.start_mark.line + 1}: {problem}")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """ "; did you mean …?" for the nearest known name, or the list of all of them when none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(names)}"


def pairs(node: yaml.Node, file: str, what: str) -> list[tuple[yaml.ScalarNode, str, yaml.Node]]:
    """Key node, key and value node of a mapping; a repeated key is an error (YAML would keep the last)."""
    if not isinstance(node, yaml.MappingNode):
        fail(node, file, f"{what} must be a mapping of keys to values")
    seen: set[str] = set()
    found: list[tuple[yaml.ScalarNode, str, yaml.Node]] = []
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            fail(key, file, f"a key of {what} must be a word")
        if key.value in seen:
            fail(key, file, f"{what} has {key.value!r} twice")
        seen.add(key.value)
        found.append((key, key.value, value))
    return found


def keyed(node: yaml.Node, file: str, what: str, known: Iterable[str]) -> dict[str, yaml.Node]:
    """A mapping whose keys must all be `known`."""
    names = set(known)
    found: dict[str, yaml.Node] = {}
    for key, name, value in pairs(node, file, what):
        if name not in names:
            fail(key, file, f"unknown key {name!r} in {what}{did_you_mean(name, names)}")
        found[name] = value
    return found


def scalar(node: yaml.Node, file: str, what: str) -> Scalar:
    """Text, number, true/false or null, as YAML reads it."""
    if not isinstance(node, yaml.ScalarNode):
        fail(node, file, f"{what} must be a single value")
    if node.tag == _TAG + "null":
        return None
    if node.tag == _TAG + "bool":
        return node.value.lower() in {"true", "yes", "on"}
    if node.tag == _TAG + "int":
        return int(node.value)
    return str(node.value)


def text(node: yaml.Node, file: str, what: str) -> str:
    """A text that is not empty."""
    if not isinstance(node, yaml.ScalarNode) or node.tag != _TAG + "str" or not node.value.strip():
        fail(node, file, f"{what} must be text (in quotes if YAML would read it as something else)")
    return str(node.value).strip()


def number(node: yaml.Node, file: str, what: str, low: float, high: float) -> float:
    """A number between `low` and `high`."""
    value = node.value if isinstance(node, yaml.ScalarNode) and node.tag in {_TAG + "int", _TAG + "float"} else ""
    if not value or not low <= float(value) <= high:
        fail(node, file, f"{what} must be a number from {low} to {high}")
    return float(value)


def items(node: yaml.Node, file: str, what: str) -> list[yaml.Node]:
    """The nodes of a list."""
    if not isinstance(node, yaml.SequenceNode):
        fail(node, file, f"{what} must be a list")
    return list(node.value)


def choice(node: yaml.Node, file: str, what: str, known: Mapping[str, object] | Iterable[str]) -> str:
    """One of the known words."""
    names = set(known)
    word = text(node, file, what)
    if word not in names:
        fail(node, file, f"{what} cannot be {word!r}{did_you_mean(word, names)}")
    return word
