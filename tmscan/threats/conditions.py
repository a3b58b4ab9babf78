"""YAML nodes of `where`, `unless` and `message` in, checked conditions out: the whole grammar of rules.

Equality, a list (any of), `not:`, `any:`, and one level of nesting for related records.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from tmscan.threats.nodes import did_you_mean, fail, items, pairs, scalar
from tmscan.threats.subjects import RELATIONS, Name, names_of
from tmscan.threats.types import AnyOf, Comparison, Condition, Negation, OptionComparison, Relation, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable

PLACEHOLDER = re.compile(r"\{([a-z_]+)(?:\.([a-z_]+))?\}")


def read_condition(node: yaml.Node, file: str, what: str, kind: str, nested: bool = False) -> Condition:
    """The condition map `node` about records of `kind`; inside a related record (`nested`) there is no further nesting.

    Raises TmscanError for a name that such records do not have and for a value they cannot take.
    """
    tests: list[Comparison | OptionComparison | Relation | Negation | AnyOf] = []
    names = names_of(kind)
    relations = {} if nested else RELATIONS.get(kind, {})
    for key, name, value in pairs(node, file, what):
        if name == "not":
            tests.append(Negation(read_condition(value, file, f"{what}: not", kind, nested)))
        elif name == "any":
            parts = items(value, file, f"{what}: any")
            if len(parts) < 2:
                fail(value, file, f"{what}: any needs two conditions or more")
            tests.append(AnyOf(tuple(read_condition(part, file, f"{what}: any", kind, nested) for part in parts)))
        elif name in relations and isinstance(value, yaml.MappingNode):
            tests.append(
                Relation(name, read_condition(value, file, f"{what}: {name}", relations[name][0], nested=True))
            )
        elif name not in names:
            if nested and name in RELATIONS.get(kind, {}):
                fail(key, file, f"{what}: only one level of nesting is allowed, {name!r} would be a second")
            known = (*names, *relations, "not", "any")
            fail(key, file, f"{what}: {kind} records have no {name!r}{did_you_mean(name, known)}")
        elif names[name].shape == "options":
            tests += _options(value, file, what, name)
        else:
            tests.append(_comparison(value, file, what, name, names[name]))
    if not tests:
        fail(node, file, f"{what} says nothing; leave it out or name what must hold")
    return Condition(tuple(tests))


def check_message(message: str, node: yaml.Node, file: str, kind: str) -> None:
    """Raise TmscanError for a placeholder that names nothing of such a record, or a brace that is none."""
    for match in PLACEHOLDER.finditer(message):
        name, of = match.groups()
        if of is None:
            _known(name, names_of(kind), node, file, f"{kind} records have no")
            continue
        relations = RELATIONS.get(kind, {})
        _known(name, relations, node, file, f"{kind} records have no related")
        _known(of, names_of(relations[name][0]), node, file, f"{relations[name][0]} records have no")
    if "{" in (rest := PLACEHOLDER.sub("", message)) or "}" in rest:
        fail(node, file, "message: braces are for placeholders, {field} or {relation.field}")


def _known(name: str, known: Iterable[str], node: yaml.Node, file: str, problem: str) -> None:
    names = tuple(known)
    if name not in names:
        fail(node, file, f"message: {problem} {name!r}{did_you_mean(name, names)}")


def _options(node: yaml.Node, file: str, what: str, name: str) -> list[OptionComparison]:
    found = []
    for key, option, value in pairs(node, file, f"{what}: {name}"):
        parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
        values = [scalar(part, file, f"{what}: {name}: {option}") for part in parts]
        if not values or not all(isinstance(each, str) for each in values):
            fail(key, file, f"{what}: {name}: {option} is compared as text: put its value in quotes")
        found.append(OptionComparison(name, option, tuple(str(each) for each in values)))
    if not found:
        fail(node, file, f"{what}: {name} names no option")
    return found


def _comparison(node: yaml.Node, file: str, what: str, name: str, asked: Name) -> Comparison:
    negated = False
    if isinstance(node, yaml.MappingNode):
        inner = pairs(node, file, f"{what}: {name}")
        if len(inner) != 1 or inner[0][1] != "not":
            fail(node, file, f"{what}: {name} takes a value, a list of values, or `not:` with one of these")
        node, negated = inner[0][2], True
    parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if not parts:
        fail(node, file, f"{what}: {name} has an empty list")
    return Comparison(name, tuple(_value(part, file, f"{what}: {name}", asked) for part in parts), negated)


def _value(node: yaml.Node, file: str, what: str, asked: Name) -> Scalar:
    value = scalar(node, file, what)
    if value is None:
        if not asked.optional:
            fail(node, file, f"{what} is never null")
        return None
    expected = {"text": str, "texts": str, "flag": bool, "number": int}[asked.shape]
    if type(value) is not expected:
        words = {"text": "text (in quotes)", "texts": "text (in quotes)", "flag": "true or false", "number": "a number"}
        fail(node, file, f"{what} is compared with {words[asked.shape]}, not {node.value!r}")
    if asked.choices and value not in asked.choices:
        fail(node, file, f"{what} is never {value!r}{did_you_mean(str(value), asked.choices)}")
    return value
