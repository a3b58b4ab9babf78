"""Which keys each kind of row may have, as tables: the schema of library files.

`types.py` says what the rows mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

import yaml

from tmscan.libraries.nodes import Read, Reader, flag, one_of, pairs, paths, reference, text, texts
from tmscan.libraries.types import CallDoes, Given, GuardKind, PathSyntax, Place, Scope, StoreKind
from tmscan.libraries.vocabulary import ENTRY_KINDS, MEANINGS, OPERATIONS, PROTOCOLS, SINKS

_GUARD = one_of(get_args(GuardKind), "kind of guard")
_STORE = one_of(get_args(StoreKind), "kind of store")
_DOES = one_of(SINKS, "effect")
SYNTAX = one_of(get_args(PathSyntax)[1:], "way to write paths")


def _also(reader: Reader, node: yaml.Node) -> tuple[object, ...]:
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return tuple(_DOES(reader, item) for item in nodes)


def _entity(reader: Reader, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode) and node.value == "receiver":
        return "receiver"
    return reference(reader, node)


@dataclass(frozen=True, slots=True)
class Section:
    """The keys of one kind of row. `heads` hold its paths (with `shaped`, the head's name is the row's shape).

    `headless` rows may do without paths. Keys become fields with `-` as `_`, save those that `renamed` names.
    """

    heads: tuple[str, ...]
    fields: Mapping[str, Read]
    required: tuple[str, ...] = ()
    shaped: bool = False
    headless: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)


ENDPOINTS = Section(
    heads=("decorated", "registered", "listed", "class", "constructed", "named"),
    fields={
        "path": reference,
        "name": reference,
        "action": reference,
        "context": reference,
        "permission": reference,
        "version": reference,
        "version-prefix": reference,
        "suffix": reference,
        "for-class": flag,
        "handler": reference,
        "methods": reference,
        "methods-by": one_of(("name", "argument", "class", "map", "any"), "way to find methods"),
        "default": texts,
        "guards": reference,
        "prefix": reference,
        "syntax": SYNTAX,
        "protocol": one_of(("http", "websocket"), "protocol"),
        "verbs": pairs,
        "signature": flag,
        "alone": flag,
        "admits": flag,
        "wraps": flag,
        "handler-attribute": text,
        "children-attribute": text,
        **dict.fromkeys(("otherwise", "made-by", "place", "action-otherwise"), text),
        "calls": texts,
        "given": reference,
        "passes-request": flag,
    },
    shaped=True,
)
RESOURCES = Section(
    ("call",),
    {
        "path": reference,
        "handler": reference,
        "on": reference,
        "of": paths,
        "prefixes": texts,
        "defaults": pairs,
        "routes": pairs,
        "inherited": pairs,
        "inherited-guards": paths,
        "rest": text,
        "ignored": text,
        "include": text,
        "exclude": text,
        "action": paths,
        "action-name": reference,
        "action-default": text,
        "action-methods": reference,
        "action-path": text,
        "action-detail-path": text,
        "slash": text,
        "urls": paths,
        "syntax": SYNTAX,
        "answers": one_of(("class", "method"), "way to answer"),
        "parents": reference,
        "parent-group": text,
        **dict.fromkeys(("above", "parent"), reference),
        "more": pairs,
        **dict.fromkeys(("site", "guards", "extended"), paths),
        "places": texts,
        **dict.fromkeys(("lists", "place"), text),
        "packed": flag,
        "table": text,
        "entry": paths,
        "dynamic": paths,
        "renamed": pairs,
    },
    required=("handler",),
)
ROUTERS = Section(
    ("create",),
    {
        **dict.fromkeys(("name", "prefix", "guards", "routes", "below", "lookup"), reference),
        **dict.fromkeys(("pairs", "children", "copies", "joins", "root"), flag),
        **dict.fromkeys(("under", "guarded", "nested", "front", "front-made-by", "front-switch"), text),
        "front-view": texts,
        "urls": paths,
    },
)
MOUNTS = Section(
    ("call",),
    {
        "child": reference,
        "on": reference,
        "prefix": reference,
        "guards": reference,
        **dict.fromkeys(("overrides", "serves", "table"), flag),
        **dict.fromkeys(("setting", "otherwise", "unless", "switch", "invokes", "includes"), text),
        "directive": paths,
        "scanned": paths,
    },
    required=("child",),
)
TREES = Section(
    ("call",),
    {
        "root": reference,
        "prefix": reference,
        "config": reference,
        "exposed": paths,
        "mark": text,
        "index": texts,
        "default": texts,
        "settings": text,
        "dispatch": text,
        "by-verb": paths,
        "tools": text,
        **dict.fromkeys(("configures", "parameters", "answering", "routed", "placed", "root-bases"), paths),
        **dict.fromkeys(("lookup", "actions", "section", "key", "root-class"), text),
    },
    required=("root",),
)
ROOTS = Section(
    (),
    {"setting": text, "attribute": text, "object": text, "namespace": text, "defaults": pairs},
    required=("setting", "attribute"),
    headless=True,
)
LOOKUPS = Section(
    ("call",),
    {
        "argument": reference,
        "base": paths,
        "by": texts,
        "prepare": texts,
        "module": text,
        "every": flag,
        "has": texts,
        "holds": text,
        "sole": flag,
    },
    required=("base",),
)
CALLS = Section(
    ("call",),
    {"does": one_of(get_args(CallDoes), "outcome of a call"), "argument": reference},
    required=("does",),
)
INPUTS = Section(
    ("read",),
    {
        "from": one_of(get_args(Place), "place of input"),
        "type": text,
        "name": text,
        "of": reference,
        "model": reference,
        "fields": flag,
        "checked-by": text,
    },
    required=("from",),
    renamed={"from": "place"},
)
EFFECTS = Section(
    ("call",),
    {
        "does": _DOES,
        "argument": reference,
        "also": _also,
        "operation": one_of(OPERATIONS, "operation"),
        "entity": _entity,
        "models": one_of(("every", "related", "joined"), "models of a read"),
        "protocol": one_of(PROTOCOLS, "protocol"),
        "target": reference,
        "vendor": text,
        "options": texts,
        "timeout": reference,
        "only": pairs,
        "unless": pairs,
        "engine": text,
        "kind": _STORE,
    }
    | {"lazy": flag, "text": flag, "marks": flag, "context": reference, "unless-called": paths},
    required=("does",),
)
STORES = Section(
    ("create",),
    {"setting": text, "kind": _STORE, "engine": text, "name": reference, "host": reference, "dsn": reference}
    | {"only": pairs},
    required=("kind",),
    headless=True,
)
GUARDS = Section(
    ("name",),
    {"kind": _GUARD, "public": flag, "roles": reference, "when": pairs, "methods": texts, "marks": flag}
    | {"by": reference, "method": text, "spares": paths, "told": pairs},
    required=("kind",),
)
GUARD_PLACES = Section(
    (),
    {
        "attribute": text,
        "setting": text,
        "calls": paths,
        "argument": reference,
        "methods": texts,
        "scope": one_of(get_args(Scope), "scope"),
        "of": paths,
        "marks": flag,
        "besides": one_of(("always", "with-values"), "time to run"),
        "path": reference,
    },
    headless=True,
)
REFUSALS = Section(("call",), {"status": reference, "unless": pairs, "asks": flag})
ANONYMOUS = Section(
    ("read",), {"gives": one_of(get_args(Given), "value for an anonymous request")}, required=("gives",)
)
SANITIZERS = Section(
    ("call", "lookup", "read", "test", "compared", "demand"),
    {"for": texts, "argument": reference, "after": texts},
    shaped=True,
    renamed={"for": "kinds"},
)
SETTINGS = Section(
    ("call",),
    {"key": text, "meaning": one_of(MEANINGS, "meaning"), "argument": reference, "host": reference},
    required=("key", "meaning"),
    headless=True,
)
ENTRIES = Section(
    heads=("decorated", "registered", "class", "within", "module", "server"),
    fields={
        "kind": one_of(ENTRY_KINDS, "kind of entry point"),
        "name": reference,
        "handler": reference,
        "method": texts,
        "guards": reference,
        "gives": _GUARD,
        "of": paths,
        "named": texts,
        "setting": text,
        "gate": text,
    },
    required=("kind",),
    shaped=True,
    headless=True,
    renamed={"method": "methods"},
)
_CLASS = {
    "bases": paths, "methods": texts, "attributes": pairs, "access": pairs, "has": texts, "lists": texts, "adds": paths,
    "guarded": flag, "shows": flag, "stored": flag,
}  # fmt: skip
CLASS = Section((), _CLASS, headless=True)
