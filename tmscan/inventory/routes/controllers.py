"""Trees of controllers: objects whose attributes are the path, some with a method for each verb that takes ids of it.

The root of such a tree goes in; a route for every method that is exposed comes out. What a controller hands on when it
is asked for the rest of a path is found out by asking it (`lookups`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile

from tmscan.inventory.calls.arguments import pick, texts, words
from tmscan.inventory.routes.actions import innermost, layers, provided_by
from tmscan.inventory.routes.found import Found, Walk
from tmscan.inventory.routes.handlers import wrapped_by
from tmscan.inventory.routes.lookups import looked_up
from tmscan.libraries.types import Library, TreeRow
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import Arguments, Choice, Class, Decorated, Event, External, Function, Instance, Table, Value

DEPTH, OBJECTS = 10, 1500
_ID = re.compile(r"(?:id|ident)$")  # how a parameter ends that takes a part of the path rather than of the body
# What each method of a controller answers that has one for each verb: the verb, and what stands behind its own ids.
_METHODS = {
    "get_all": ("GET", ""), "get": ("GET", ""), "get_one": ("GET", ""), "new": ("GET", "/new"),
    "edit": ("GET", "/edit"), "get_delete": ("GET", "/delete"), "post": ("POST", ""), "put": ("PUT", ""),
    "patch": ("PATCH", ""), "delete": ("DELETE", ""), "post_delete": ("DELETE", ""), "head": ("HEAD", ""),
    "options": ("OPTIONS", ""),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a tree a controller stands: the path, the ids in it that its methods are handed, and those above it."""

    path: str
    ids: tuple[str, ...] = ()
    above: tuple[int, ...] = ()


@dataclass(slots=True)
class Controllers:
    """One tree: the call that serves it, and the functions of the program that are exposed or answer for others."""

    walk: Walk
    library: Library
    row: TreeRow
    event: Event
    exposed: frozenset[int]
    routed: Mapping[int, Mapping[str, Value]]
    count: int = 0
    seen: set[tuple[int, str]] = field(default_factory=set)


def controller_routes(
    walk: Walk, library: Library, row: TreeRow, event: Event, root: Value, prefix: str
) -> Iterator[Found]:
    """Every route at and below a root, which may be a class."""
    tree = Controllers(walk, library, row, event, _exposed_functions(walk, row), _routed(walk, row))
    yield from _of(tree, root, Spot(prefix))


def _of(tree: Controllers, value: Value | None, spot: Spot) -> Iterator[Found]:
    if isinstance(value, Choice):
        for option in value.options:
            yield from _of(tree, option, spot)
        return
    if isinstance(value, Decorated):
        value = value.value
    if isinstance(value, Class):
        value = specimen(value)
    tree.count += 1
    if not isinstance(value, Instance) or tree.count > OBJECTS or len(spot.above) > DEPTH:
        return
    if id(value.cls) in spot.above or (id(value.cls), spot.path) in tree.seen:
        return
    tree.seen.add((id(value.cls), spot.path))
    tree.walk.machine.prepare(tree.walk.machine, value)
    here = replace(spot, above=(*spot.above, id(value.cls)))
    held = _members(tree, value)
    by_verb = not provided_by(tree.walk.machine, value.cls).isdisjoint(tree.row.by_verb)
    yield from _verbs(tree, value, held, here) if by_verb else _names(tree, value, held, here)
    below = _below(held, here) if by_verb else here
    for name in sorted(held):
        for option in _options(held[name]):
            if isinstance(option, Instance) and not name.startswith("__"):
                place = below if _takes(tree, option, below) else here
                yield from _of(tree, option, replace(place, path=f"{place.path}/{name}"))
    handing = innermost(held.get(tree.row.lookup)) if tree.row.lookup else None
    if handing is not None:
        for found in looked_up(tree.walk.machine, value, handing):
            yield from _of(tree, found.controller, Spot(here.path + found.path, (), here.above))


def _names(tree: Controllers, owner: Instance, held: Mapping[str, Value], here: Spot) -> Iterator[Found]:
    """The routes of a controller whose methods go by their names, and by the verbs that others answer for them."""
    answered: dict[str, dict[str, str]] = {}
    for name, member in held.items():
        for by in _marks(member):
            first = by.event.callee.base if by.event is not None and isinstance(by.event.callee, External) else None
            function = innermost(first)
            if by.path in tree.row.answering and by.event is not None and function is not None:
                for verb in texts(pick(by.event.arguments, (0, "method"))):
                    answered.setdefault(function.definition.name, {})[verb.upper()] = name
    others = {name for verbs in answered.values() for name in verbs.values()}
    for name in sorted(held):
        if name.startswith("__") or name == tree.row.lookup or name in others or not _is_exposed(tree, held[name]):
            continue
        path = here.path if name in tree.row.index else f"{here.path}/{_segment(tree, held[name]) or name}"
        path = f"{here.path}/{{path}}" if name in tree.row.default else path
        for verb, method in sorted(answered.get(name, {}).items()):
            yield _route(tree, owner, method, path, verb)
        if name not in answered:
            yield _route(tree, owner, name, path, "ANY")
        elif "GET" not in answered[name] and _returns(tree, owner, held[name]):
            yield _route(tree, owner, name, path, "GET")


def _returns(tree: Controllers, owner: Instance, member: Value) -> bool:
    """Whether a method ever comes to an end by itself: often it only refuses the verbs that no other answers."""
    function = innermost(member)
    run = call_by_framework(tree.walk.machine, function, owner, Arguments()) if function is not None else None
    return run is None or any(kind == "return" for kind, *_ in run.ends)


def _verbs(tree: Controllers, owner: Instance, held: Mapping[str, Value], here: Spot) -> Iterator[Found]:
    """The routes of a controller with a method for each verb, and of the further ones that it says it has."""
    for name, (verb, last) in _METHODS.items():
        rest = _required(held.get(name))[len(here.ids) :]
        if name in ("get", "get_one") and not rest and "get_all" in held:
            continue  # the list answers
        if name in held and _is_exposed(tree, held[name]):
            ids = "".join(f"/{{{each}}}" for each in _ids(held, name, verb, here))
            yield _route(tree, owner, name, f"{here.path}{ids}{last}", verb)
    for name in tree.row.default:
        if name in held and _is_exposed(tree, held[name]):
            yield _route(tree, owner, name, f"{here.path}/{{path}}", "ANY")
    for action, verbs in _own_actions(tree, owner).items():
        for verb in verbs:
            found = next((each for each in (f"{verb.lower()}_{action}", action) if each in held), "")
            if found and _is_exposed(tree, held[found]):
                ids = "".join(f"/{{{each}}}" for each in _ids(held, found, verb, here))
                behind = f"/{action}{ids}" if verb in ("PUT", "DELETE") else f"{ids}/{action}"
                yield _route(tree, owner, found, here.path + behind, verb)


def _ids(held: Mapping[str, Value], name: str, verb: str, here: Spot) -> tuple[str, ...]:
    """The parts of a path that a method takes behind those that it is handed; what remains comes in the body."""
    own = _required(held.get(name))[len(here.ids) :]
    if name in _METHODS and verb in ("GET", "DELETE", "HEAD"):
        return () if name == "get_all" else own
    body = any("body" in by.event.arguments.keywords for by in _marks(held[name]) if by.event is not None)
    if verb in ("GET", "DELETE"):
        return own
    if body:
        return own[:-1]
    if verb == "POST" or name not in _METHODS:
        return tuple(takewhile(_ID.search, own))
    one = next((each for each in ("get_one", "get", "delete") if each in held), "")
    return own[: len(_required(held.get(one))) - len(here.ids)] if one else own[: int("get_all" in held)]


def _below(held: Mapping[str, Value], here: Spot) -> Spot:
    """Where the controllers in one with a method for each verb stand: behind the ids that it takes for one thing."""
    one = next((each for each in ("get_one", "get") if each in held), "")
    ids = _required(held.get(one))[len(here.ids) :]
    return replace(here, path=here.path + "".join(f"/{{{each}}}" for each in ids), ids=(*here.ids, *ids))


def _takes(tree: Controllers, value: Instance, place: Spot, depth: int = 4) -> bool:
    """Whether some method of a controller, or of those below it, takes the ids that the path above would hand it."""
    if not place.ids or not depth:
        return True
    held = _members(tree, value)
    found = (held.get(name) for name in (*_METHODS, *_own_actions(tree, value)))
    functions = [each for member in found if (each := innermost(member)) is not None]
    if functions:
        return any(len(_positional(each)) >= len(place.ids) for each in functions)
    below = (option for member in held.values() for option in _options(member) if isinstance(option, Instance))
    return any(_takes(tree, each, place, depth - 1) for each in below)


def _own_actions(tree: Controllers, value: Instance) -> dict[str, tuple[str, ...]]:
    """The further actions of a controller, each with its verbs."""
    custom = find_in_class(value.cls, tree.row.actions)[0] if tree.row.actions else None
    items = custom.items if isinstance(custom, Table) else {}
    return {str(name): tuple(each.upper() for each in words(verbs) or ()) for name, verbs in items.items()}


def _required(member: Value | None) -> tuple[str, ...]:
    function = innermost(member)
    return tuple(name for name, required in _positional(function) if required) if function is not None else ()


def _positional(function: Function) -> list[tuple[str, bool]]:
    """The parameters of a method behind the object itself, and whether each has to be given."""
    own = function.definition.parameters[1:]
    return [(each.name, each.default is None) for each in own if each.kind in (0, 1)]


def _route(tree: Controllers, owner: Instance, name: str, path: str, verb: str) -> Found:
    own = find_in_class(owner.cls, name)[0] is not None
    module = tree.event.module.name
    target = owner if own else _members(tree, owner)[name]
    return Found(
        tree.library, None, path or "/", (verb,), target, tree.event, (), (), module, module, "starlette",
        name if own else "",
    )  # fmt: skip


def _members(tree: Controllers, value: Instance) -> dict[str, Value]:
    """What a controller has: of its classes, of its own, and what calls gave its classes under names of any kind."""
    held: dict[str, Value] = {}
    for owner in reversed(order_of(value.cls)):
        if isinstance(owner, Class):
            held.update(owner.namespace)
            held.update(tree.routed.get(id(owner), {}))
    return {**held, **value.attributes}


def _options(value: Value) -> tuple[Value, ...]:
    return value.options if isinstance(value, Choice) else (value,)


def _marks(member: Value | None) -> Iterator[External]:
    """The third-party decorators of a method."""
    for layer in layers(member):
        if isinstance(layer.by, External):
            yield layer.by


def _segment(tree: Controllers, member: Value) -> str:
    """The part of a path that a method says it stands for."""
    events = (by.event for by in _marks(member) if by.path in tree.row.exposed and by.event is not None)
    return next((text for event in events for text in texts(pick(event.arguments, ("route",)))), "")


def _function(member: Value | None) -> Function | None:
    while isinstance(member, Decorated):
        member = member.value
    return member if isinstance(member, Function) else None


def _is_exposed(tree: Controllers, member: Value) -> bool:
    value: Value | None = member
    for _ in range(DEPTH):
        function = _function(value)
        if function is None:
            return False
        if id(function) in tree.exposed:
            return True
        value = wrapped_by(function)
    return False


def _exposed_functions(walk: Walk, row: TreeRow) -> frozenset[int]:
    """The functions that a decorator exposes, as one or called as a function."""
    found: set[int] = set()
    for event in walk.machine.events:
        if event.path in row.exposed or event.path in row.answering:
            function = _function(next(iter(event.arguments.positional), None))
            if function is not None:
                found.add(id(function))
    return frozenset(found)


def _routed(walk: Walk, row: TreeRow) -> dict[int, dict[str, Value]]:
    """What calls gave classes of controllers as parts of a path: `route(Root, "all-notes", Notes())`."""
    found: dict[int, dict[str, Value]] = {}
    for event in walk.machine.events:
        given = event.arguments.positional
        if event.path in row.routed and len(given) > 2 and isinstance(given[0], Class):
            for name in texts(given[1]):
                found.setdefault(id(given[0]), {})[name] = given[2]
    return found
