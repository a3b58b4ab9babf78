"""Trees of resources: objects that calls put below each other under names, each answering the verbs of its methods.

A row in, which names the call that serves the root; out come the routes of every resource that is below one. Where code
cannot be seen to make the object that others are put into, it counts as the root: nobody puts such an object anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tmscan.facts.body import nodes_in, statements
from tmscan.facts.types import Bytes, Constant
from tmscan.inventory.calls.arguments import pick, texts
from tmscan.inventory.routes.found import Found, Walk
from tmscan.inventory.routes.routers import identity
from tmscan.libraries.types import Library, Scope, TreeRow
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.lattice import options
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.objects.unseen import UNSEEN
from tmscan.program.values import (
    UNKNOWN,
    Arguments,
    Class,
    Decorated,
    Event,
    External,
    Function,
    Instance,
    Known,
    Value,
)

DEPTH, RESOURCES, ASKED = 10, 1500, 40
_VERB = re.compile(r"_?(?:\w+_)?render_(GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)")
_PART = re.compile(r"[\w.~-]+")
_OTHER = "~"

Guards = tuple[tuple[Value, Scope], ...]


@dataclass(slots=True)
class Resources:
    """What was put where: by the identity of what it was put into, names and what was put there, in order."""

    walk: Walk
    library: Library
    row: TreeRow
    below: dict[object, list[tuple[str, Value, Event]]] = field(default_factory=dict)
    seen: set[tuple[object, str]] = field(default_factory=set)


def placed_routes(walk: Walk, library: Library, row: TreeRow) -> Iterator[Found]:
    """Every route of every tree of resources."""
    tree = Resources(walk, library, row)
    roots: dict[object, tuple[Value, Event]] = {}
    for event in walk.machine.events:
        if event.path in row.placed:
            into = event.callee.base if isinstance(event.callee, External) else None
            key = "" if event.path.startswith(f"{UNSEEN}.") else identity(into)
            child = pick(event.arguments, (1, "child"))
            for name in _names(pick(event.arguments, (0, "path"))):
                if child is not None:
                    tree.below.setdefault(key, []).append((name, child, event))
        elif event.path in row.paths:
            root = pick(event.arguments, row.root)
            for option in options(root) if root is not None else ():
                roots.setdefault(identity(option) or id(event), (option, event))
    for root, event in [*roots.values(), *_only_root(tree, roots)]:
        yield from _of(tree, root, "", event, (), 0)
    for name, child, event in tree.below.get("", []):
        yield from _of(tree, child, f"/{name}", event, (), 1)


def _only_root(tree: Resources, roots: dict[object, tuple[Value, Event]]) -> Iterator[tuple[Value, Event]]:
    """The one resource that holds others and stands nowhere, where a site serves something that is not known."""
    if not roots or any(isinstance(root, Instance) or key in tree.below for key, (root, _) in roots.items()):
        return
    placed = {identity(option) for held in tree.below.values() for _, child, _ in held for option in options(child)}
    free = {key: held[0][2] for key, held in tree.below.items() if key != "" and key not in placed}
    if len(free) == 1:
        event = next(iter(free.values()))
        if isinstance(event.callee, External) and event.callee.base is not None:
            yield event.callee.base, event


def _of(tree: Resources, value: Value, path: str, event: Event, guards: Guards, depth: int) -> Iterator[Found]:
    for option in options(value):
        key = identity(option)
        if key is None or (key, path) in tree.seen or depth > DEPTH or len(tree.seen) > RESOURCES:
            continue
        tree.seen.add((key, path))
        if isinstance(option, Instance):
            tree.walk.machine.prepare(tree.walk.machine, option)
            yield from _answers(tree, option, path, event, guards)
            yield from _handed(tree, option, path, event, guards, depth)
        for name, child, put in tree.below.get(key, []):
            yield from _of(tree, child, f"{path}/{name}" if name else path, put, guards, depth + 1)
        made = option.event if isinstance(option, External) else None
        inner = next((one for one in made.arguments.positional if identity(one) is not None), None) if made else None
        if inner is not None:  # a library's resource around one of the project's
            yield from _of(tree, inner, path, event, (*guards, (option, "router")), depth + 1)


def _answers(tree: Resources, value: Instance, path: str, event: Event, guards: Guards) -> Iterator[Found]:
    """A route for each verb that a resource has a method for, or one for all that its `render` answers."""
    names: dict[str, str] = {}
    for owner in order_of(value.cls):
        for name in owner.namespace if isinstance(owner, Class) else ():
            found = _VERB.fullmatch(name)
            if found is not None:
                names.setdefault(found[1], name)
    if not names and isinstance(find_in_class(value.cls, "render")[0], Function | Decorated):
        names = {"ANY": "render"}
    module = event.module.name
    for verb, name in sorted(names.items()):
        yield Found(
            tree.library, None, path or "/", (verb,), value, event, guards, (), module, module, "starlette", name
        )  # fmt: skip


def _handed(tree: Resources, value: Instance, path: str, event: Event, guards: Guards, depth: int) -> Iterator[Found]:
    """The routes of what a resource gives when it is asked for a part of a path: itself, or others."""
    method = find_in_class(value.cls, tree.row.lookup)[0] if tree.row.lookup else None
    while isinstance(method, Decorated):
        method = method.value
    if not isinstance(method, Function):
        return
    name = next((each.name for each in method.definition.parameters[1:]), "path")
    usual = _asked(tree, value, method, Known(_OTHER.encode()))
    named: set[int] = set()
    for word in sorted(_compared(method))[:ASKED]:
        for given in _asked(tree, value, method, Known(word.encode())):
            if all(given.cls is not each.cls for each in usual):
                named.add(id(given.cls))
                yield from _of(tree, given, f"{path}/{word}", event, guards, depth + 1)
    for given in [*usual, *_asked(tree, value, method, UNKNOWN)]:
        if id(given.cls) in named:
            continue
        if given is value:
            below = f"{path}/{{{name}}}"
            if (id(value), below) not in tree.seen:
                tree.seen.add((id(value), below))
                yield from _answers(tree, value, below, event, guards)
        elif (id(given.cls), path) not in tree.seen:
            tree.seen.add((id(given.cls), path))
            yield from _of(tree, given, f"{path}/{{{name}}}", event, guards, depth + 1)


def _asked(tree: Resources, owner: Instance, method: Function, part: Value) -> list[Instance]:
    request = External("twisted.web.server.Request()")
    run = call_by_framework(tree.walk.machine, method, owner, Arguments([part, request]))
    found: list[Instance] = []
    for option in options(run.result) if run is not None else ():
        made = option.event if isinstance(option, External) else None
        inner = made.arguments.positional[:1] if made is not None else [option]
        found.extend(one for each in inner for one in options(each) if isinstance(one, Instance))
    return found


def _compared(method: Function) -> set[str]:
    """The parts of a path that a method names."""
    found: set[str] = set()
    for node in nodes_in(statements(method.definition)):
        if isinstance(node, Bytes):
            found.add(node.value.decode("utf-8", "replace"))
        elif isinstance(node, Constant) and isinstance(node.value, str):
            found.add(node.value)
    return {word for word in found if _PART.fullmatch(word)}


def _names(value: Value | None) -> tuple[str, ...]:
    """The names that a value can be, texts or bytes."""
    held = [option.value for option in options(value) if isinstance(option, Known)] if value is not None else []
    return tuple(each.decode("utf-8", "replace") for each in held if isinstance(each, bytes)) or texts(value)
