"""Trees of objects that are served as they are: the attributes on the way are the path, and some methods answer.

The call that serves an object goes in; a route for every method that is exposed comes out, with the tools (code that
runs before it) that the configuration on the way switches on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tmscan.inventory.calls.arguments import pick, texts
from tmscan.inventory.routes.actions import layers
from tmscan.inventory.routes.by_convention import event_of_class, root_given, roots_by_convention
from tmscan.inventory.routes.controllers import controller_routes
from tmscan.inventory.routes.found import Found, Walk, note_unknown
from tmscan.inventory.routes.pasted import Pasted
from tmscan.inventory.routes.placed import placed_routes
from tmscan.inventory.routes.tablemounts import prefixes_of_trees
from tmscan.inventory.routes.treeroots import root_named
from tmscan.inventory.routes.wrapped import Guards
from tmscan.libraries.types import Library, Scope, TreeRow
from tmscan.program.data.operators import truth
from tmscan.program.lattice import options
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import (
    TRUE,
    Choice,
    Class,
    Decorated,
    Event,
    External,
    Function,
    Instance,
    Scalar,
    Table,
    Value,
)

DEPTH, OBJECTS = 8, 2000
_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_ON = re.compile(r"(.+)\.on")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a tree a walk stands: the path so far, what is configured there, and the objects on the way."""

    path: str
    settings: Mapping[Scalar, Value]
    seen: tuple[int, ...] = ()


@dataclass(slots=True)
class Tree:
    """One served tree: the row and the call that serves it, its configuration, and what classes take of a path."""

    walk: Walk
    library: Library
    row: TreeRow
    event: Event
    config: Table
    taken: dict[int, tuple[str, ...]]
    exposed: frozenset[int]
    count: int = 0


def tree_routes(walk: Walk, pasted: Pasted, around: Mapping[object, Guards]) -> Iterator[Found]:
    """Every route of every tree of objects that the program serves, wherever a file says that it is served."""
    for library in walk.index.libraries:
        for row in library.trees:
            yield from placed_routes(walk, library, row) if row.placed else ()
            for cls in roots_by_convention(walk.machine, row) if row.root_class else ():
                yield from controller_routes(walk, library, row, event_of_class(walk.machine, cls), cls, "")
    mounted = prefixes_of_trees(walk.machine, walk.index)
    for event in list(walk.machine.events):
        for known in walk.index.trees.get(event.path, ()):
            row = known.row
            if row.placed:
                continue
            config = pick(event.arguments, row.config)
            table = config if isinstance(config, Table) else Table({})
            tree = Tree(walk, known.library, row, event, table, *_marked_classes(walk, row))
            prefix = (texts(pick(event.arguments, row.prefix)) or ("",))[0]
            root = root_named(walk.machine, row, root_given(row, pick(event.arguments, row.root)))
            found: list[Found] = []
            for served in pasted.of(event):
                for under in mounted.get(id(event), [""]):
                    below = served.prefix + under + prefix.rstrip("/")
                    if row.lookup and root is not None:
                        routes = controller_routes(walk, known.library, row, event, root, below)
                    else:
                        routes = _of(tree, root, Place(below, {}))
                    before = (*served.guards, *around.get(id(event), ()))
                    found.extend(replace(route, guards=(*before, *route.guards)) for route in routes)
            if not found and root is not None:
                note_unknown(walk, "route", "no method of what is served here is seen to be exposed", event)
            yield from found


def _of(tree: Tree, value: Value | None, place: Place) -> Iterator[Found]:
    """The routes at and below one object."""
    if isinstance(value, Choice):
        for option in value.options:
            yield from _of(tree, option, place)
        return
    if isinstance(value, Decorated):
        value = value.value
    if isinstance(value, Class):
        value = specimen(value)
    tree.count += 1
    if not isinstance(value, Instance) or id(value) in place.seen or tree.count > OBJECTS or len(place.seen) > DEPTH:
        return
    tree.walk.machine.prepare(tree.walk.machine, value)
    taken = "".join(f"/{{{name}}}" for name in tree.taken.get(id(value.cls), ()))
    settings = {**place.settings, **_own_settings(tree, value), **_settings_at(tree, place.path)}
    here = Place(place.path + taken, settings, (*place.seen, id(value)))
    held = _members(value)
    if _by_verb(tree, here):
        flag = value.attributes.get(tree.row.mark) or find_in_class(value.cls, tree.row.mark)[0]
        exposed = truth(flag) is not False if flag is not None else not tree.exposed.isdisjoint(_own_order(value))
        for verb in _VERBS if exposed else ():
            if verb in held and _function(held[verb]) is not None:
                yield _of_class(_route(tree, value, verb, here, here.path or "/", (verb,)))
    for name in sorted(held):
        member = held[name]
        below = here.path if name in tree.row.index else f"{here.path}/{name}"
        if isinstance(member, Instance):
            yield from _of(tree, member, replace(here, path=below))
        elif not _by_verb(tree, here):
            yield from _exposed(tree, value, name, member, here)


def _exposed(tree: Tree, owner: Instance, name: str, member: Value, place: Place) -> Iterator[Found]:
    """The route of one method, if it is exposed, and those of its other names."""
    function = _function(member)
    if function is None or name.startswith("__"):
        return
    decorators = [layer.by for layer in layers(member) if isinstance(layer.by, External)]
    marks = [by for by in decorators if by.path in tree.row.exposed]
    flag = function.attributes.get(tree.row.mark)
    if not marks and (flag is None or truth(flag) is not True):
        return
    names = [name]
    for mark in marks:
        event = mark.event
        for given in (*event.arguments.positional, *event.arguments.keywords.values()) if event is not None else ():
            items = getattr(given, "items", None)
            for item in items if isinstance(items, list) else [given]:
                names.extend(texts(item))
    for each in names:
        path = place.path if each in tree.row.index else f"{place.path}/{each}"
        if each in tree.row.default:
            path = f"{place.path}/{{path}}"
        yield _route(tree, owner, name, place, path or "/", ("ANY",))


def _route(tree: Tree, owner: Instance, name: str, place: Place, path: str, verbs: tuple[str, ...]) -> Found:
    held = _members(owner)[name]
    settings = {**place.settings, **_settings_at(tree, path), **_said_of(tree, held)}
    guards: list[tuple[Value, Scope]] = []
    for key in sorted(str(key) for key in settings):
        switch = _ON.fullmatch(key)
        if switch is not None and any(truth(option) is True for option in options(settings[key])):
            guards.append((_tool(tree, switch[1]), "class"))
    module = tree.event.module.name
    own = find_in_class(owner.cls, name)[0] is not None
    return Found(
        tree.library, None, path, verbs, owner if own else held, tree.event, tuple(guards), (), module, module,
        "starlette", name if own else "",
    )  # fmt: skip


def _of_class(found: Found) -> Found:
    """A route that the class answers as a whole, by the method that is named for the verb."""
    found.actions, found.action = (found.action,), ""
    return found


def _members(value: Instance) -> dict[str, Value]:
    """What an object has, its own attributes before those of its classes."""
    held: dict[str, Value] = {}
    for owner in reversed(order_of(value.cls)):
        if isinstance(owner, Class):
            held.update(owner.namespace)
    return {**held, **value.attributes}


def _function(value: Value | None) -> Function | None:
    while isinstance(value, Decorated):
        value = value.value
    return value if isinstance(value, Function) and value.kind in ("function", "staticmethod", "classmethod") else None


def _by_verb(tree: Tree, place: Place) -> bool:
    """Whether the methods of an object answer the verbs that they are named for."""
    dispatcher = place.settings.get(tree.row.dispatch)
    return isinstance(dispatcher, External) and dispatcher.path in tree.row.by_verb


def _own_settings(tree: Tree, value: Instance) -> Mapping[Scalar, Value]:
    found = value.attributes.get(tree.row.settings) or find_in_class(value.cls, tree.row.settings)[0]
    return found.items if isinstance(found, Table) else {}


def _settings_at(tree: Tree, path: str) -> Mapping[Scalar, Value]:
    """What the configuration of the tree says about a path and those above it, the nearest last."""
    found: dict[Scalar, Value] = {}
    for key in sorted(str(key) for key in tree.config.items):
        section = tree.config.items.get(key)
        if isinstance(section, Table) and (key == "/" or f"{path}/".startswith(f"{key.rstrip('/')}/")):
            found.update(section.items)
    return found


def _said_of(tree: Tree, member: Value) -> Mapping[Scalar, Value]:
    """What decorators and attributes of a method configure: `@tools.name()`, `@config(**settings)`."""
    found: dict[Scalar, Value] = {}
    for layer in reversed(list(layers(member))):
        event = layer.by.event if isinstance(layer.by, External) else None
        if event is not None and event.path.startswith(f"{tree.row.tools}."):
            found[f"{_short(tree)}{event.path.rpartition('.')[2]}.on"] = TRUE
        elif event is not None and event.path in tree.row.configures:
            found.update(event.arguments.keywords)
    function = _function(member)
    own = function.attributes.get(tree.row.settings) if function is not None else None
    return {**found, **own.items} if isinstance(own, Table) else found


def _tool(tree: Tree, name: str) -> Value:
    """The code that a tool runs: the project's function, or a third-party name for the libraries' rows."""
    path = f"{tree.row.tools}.{name.removeprefix(_short(tree))}"
    made = tree.walk.machine.outside.get(path)
    if isinstance(made, External) and made.event is not None:
        given = made.event.arguments
        target = given.positional[1] if len(given.positional) > 1 else given.keywords.get("callable")
        if target is not None:
            return target
    for event in tree.walk.machine.events:
        inner = event.callee.event if isinstance(event.callee, External) else None
        if inner is not None and event.decorates and inner.path == f"{tree.row.tools}.register":
            target = event.arguments.positional[0]
            function = _function(target)
            named = texts(inner.arguments.keywords.get("name")) or ((function.definition.name,) if function else ())
            if path.endswith(tuple(f".{each}" for each in named)) and named:
                return target
    return External(path)


def _short(tree: Tree) -> str:
    return f"{tree.row.tools.rpartition('.')[2]}."


def _own_order(value: Instance) -> frozenset[int]:
    return frozenset(id(owner) for owner in order_of(value.cls))


def _marked_classes(walk: Walk, row: TreeRow) -> tuple[dict[int, tuple[str, ...]], frozenset[int]]:
    """What decorators of classes say: the parts of a path that objects take as parameters, and which are exposed."""
    taken: dict[int, tuple[str, ...]] = {}
    exposed: set[int] = set()
    for event in walk.machine.events:
        if not event.decorates or not event.arguments.positional:
            continue
        target = event.arguments.positional[0]
        while isinstance(target, Decorated):
            target = target.value
        if isinstance(target, Class):
            inner = event.callee.event if isinstance(event.callee, External) else None
            if event.path in row.exposed:
                exposed.add(id(target))
            elif inner is not None and inner.path in row.parameters:
                taken[id(target)] = tuple(text for given in inner.arguments.positional for text in texts(given))
    return taken, frozenset(exposed)
