"""Walking the routers from their roots: every route with its whole prefix and the guards it passes on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tmscan.facts.types import line_of
from tmscan.inventory.arguments import HOLE, listed, pick, texts, words
from tmscan.inventory.resources import ResourceRoute, resource_routes
from tmscan.inventory.routers import MountCall, RouteCall, Router, Routers, identity, router_for
from tmscan.inventory.types import Unknown
from tmscan.libraries.index import Index
from tmscan.libraries.types import Library, RouteRow, Scope
from tmscan.program.machine import Machine
from tmscan.program.operators import is_none
from tmscan.program.values import (
    Arguments,
    Bound,
    Choice,
    Class,
    Decorated,
    Event,
    External,
    Function,
    Instance,
    Known,
    Module,
    Sequence,
    Table,
    Value,
)
from tmscan.sources.types import Location

CONCATENATED = frozenset({"django", "regex"})
ROUTE_LIMIT = 100_000


@dataclass(slots=True, eq=False)
class Found:
    """One route, whole: paths it can have, verbs if the declaration names them, and who stands before it."""

    library: Library
    row: RouteRow | None
    path: str
    methods: tuple[str, ...] | None
    target: Value | None
    event: Event | None
    guards: tuple[tuple[Value, Scope], ...]
    routers: tuple[Router, ...]
    app: str
    group: str
    syntax: str
    action: str = ""  # the method that answers, where each method of a class has routes of its own
    actions: tuple[str, ...] = ()  # the methods behind the verbs, where a class answers as a whole
    options: Arguments | None = None


@dataclass(slots=True)
class Walk:
    """State of one walk: what was visited, what could not be known."""

    machine: Machine
    index: Index
    routers: Routers
    unknowns: list[Unknown] = field(default_factory=list)
    included: set[str] = field(default_factory=set)
    count: int = 0


@dataclass(slots=True, frozen=True)
class Here:
    """Where the walk stands: prefix, guards and routers so far, application and group names, modules on the way."""

    prefix: str
    guards: tuple[tuple[Value, Scope], ...] = ()
    routers: tuple[Router, ...] = ()
    app: str = ""
    group: str = ""
    stack: tuple[object, ...] = ()


def walk_routes(machine: Machine, index: Index, routers: Routers) -> tuple[list[Found], list[Unknown]]:
    """Every route of the program, and what the walk could not resolve."""
    walk = Walk(machine, index, routers)
    found: list[Found] = []
    for router in list(routers.by_key.values()):
        for mount in router.mounts:
            for child in _children(walk, mount.child):
                child.mounted = child.mounted or not child.root or router.event is not None
    found.extend(_from_settings(walk))
    roots = [router for router in list(routers.by_key.values()) if router.root and not router.mounted]
    for router in roots:
        found.extend(_router(walk, router, Here("", app=_name(router))))
    seen = {id(route.event) for route in found}
    for router in list(routers.by_key.values()):
        if router not in roots and not router.mounted:
            rest = _router(walk, router, Here("", app=_name(roots[0]) if len(roots) == 1 else ""))
            found.extend(route for route in rest if id(route.event) not in seen)
    return _whole(walk, found), walk.unknowns


def _whole(walk: Walk, found: list[Found]) -> list[Found]:
    """Without the routes of which only a part is known, where the same declaration also gives whole ones.

    A prefix that hangs on configuration is then the exception to the rule, and said to be unknown.
    """
    known = {(id(route.event), route.action, route.actions) for route in found if HOLE not in route.path}
    kept: list[Found] = []
    for route in found:
        if HOLE in route.path and (id(route.event), route.action, route.actions) in known:
            _unknown(
                walk, "prefix", f"{route.path} is served too, under a prefix that the scan cannot know", route.event
            )
        else:
            kept.append(route)
    return kept


def join_path(prefix: str, path: str, syntax: str) -> str:
    """A prefix and a path as the framework puts them together."""
    if syntax in CONCATENATED:
        return prefix + path
    if not path:
        return prefix
    return f"{prefix.rstrip('/')}/{path.lstrip('/')}" if prefix else path


def _name(router: Router) -> str:
    for name in texts(router.name):
        if name and not name.startswith("{"):
            return name
    event = router.event
    return event.module.name if event is not None else ""


def _router(walk: Walk, router: Router, here: Here) -> Iterator[Found]:
    if router.key in here.stack:
        _unknown(walk, "route", "routers mount each other in a circle", router.event)
        return
    own = _own_guards(router)
    group = _name(router) if not router.root or not here.group else here.group
    prefixes = texts(router.prefix) or (("",) if router.prefix is None or is_none(router.prefix) else (f"/{HOLE}",))
    for prefix in prefixes:
        inner = Here(
            join_path(here.prefix, prefix, ""),
            (*here.guards, *own),
            (*here.routers, router),
            here.app or _name(router),
            group,
            (*here.stack, router.key),
        )
        for call in router.calls:
            yield from _declared(walk, call, inner)
        for resource in router.resources:
            for route in resource_routes(walk.machine, walk.index, resource, router):
                yield _resource(route, inner)
        if router.routes is not None:
            yield from _list(walk, router.routes, router.library, inner)
        for mount in router.mounts:
            yield from _mounted(walk, mount, inner, prefix)


def _own_guards(router: Router) -> tuple[tuple[Value, Scope], ...]:
    scope: Scope = "app" if router.root else "router"
    return ((router.guards, scope),) if router.guards is not None else ()


def _mounted(walk: Walk, mount: MountCall, here: Here, own_prefix: str) -> Iterator[Found]:
    guards = (*here.guards, *(((mount.guards, "router"),) if mount.guards is not None else ()))
    prefixes: tuple[str, ...] = texts(mount.prefix) or (
        ("",) if mount.prefix is None or is_none(mount.prefix) else (f"/{HOLE}",)
    )
    children = _children(walk, mount.child)
    if not children:
        inner = Here(join_path(here.prefix, prefixes[0], ""), guards, here.routers, here.app, here.group, here.stack)
        routes = list(_list(walk, mount.child, mount.library, inner)) if mount.child is not None else []
        if not routes and not isinstance(mount.child, External):
            _unknown(walk, "mount", "what is mounted here is not known", mount.event)
        yield from routes
        return
    for child in children:
        if child.root and not child.mounted:
            continue  # offered to an application that is not in the tree; here it is one of its own
        for prefix in prefixes:
            base = here.prefix
            inner = Here(join_path(base, prefix, ""), guards, here.routers, here.app, here.group, here.stack)
            if mount.overrides and texts(mount.prefix):
                saved, child.prefix = child.prefix, None
                yield from _router(walk, child, inner)
                child.prefix = saved
            else:
                yield from _router(walk, child, inner)


def _children(walk: Walk, value: Value | None) -> list[Router]:
    if isinstance(value, Choice):
        return [router for option in value.options for router in _children(walk, option)]
    if isinstance(value, Module):
        return []
    key = identity(value)
    router = walk.routers.by_key.get(key) if key is not None else None
    if router is None and isinstance(value, External) and value.event is not None:
        # A router handed through third-party code: `WSGIMiddleware(app)`, `socketio.ASGIApp(server, app)`.
        for argument in value.event.arguments.positional:
            inner = _children(walk, argument) if isinstance(argument, External | Instance) else []
            if inner:
                return inner
    return [router] if router is not None else []


def _declared(walk: Walk, call: RouteCall, here: Here) -> Iterator[Found]:
    arguments = call.event.arguments
    paths = texts(pick(arguments, call.row.path)) if call.row.path else ("",)
    if not paths:
        given = pick(arguments, call.row.path)
        if given is None and arguments.unknown is None:
            paths = ("",)
        else:
            _unknown(walk, "route", "the path is computed by code the scan cannot follow", call.event)
            return
    guards = pick(arguments, call.row.guards)
    chain = (*here.guards, *(((guards, "handler"),) if guards is not None else ()))
    for path in paths:
        yield Found(
            call.library, call.row, join_path(here.prefix, path, call.row.syntax), _methods(call), call.target, call.event,
            chain, here.routers, here.app, here.group, call.row.syntax,
        )  # fmt: skip


def _methods(call: RouteCall) -> tuple[str, ...] | None:
    if call.row.methods_by == "name":
        verb = call.event.path.rpartition(".")[2].upper()
        return (verb,)
    return _verbs(pick(call.event.arguments, call.row.methods))


def _verbs(value: Value | None) -> tuple[str, ...] | None:
    found = words(value)
    return tuple(dict.fromkeys(verb.upper() for verb in found)) if found else None


def _resource(route: ResourceRoute, here: Here) -> Found:
    single = route.methods[0] if route.answers == "method" and route.methods else ""
    return Found(
        route.library, None, join_path(here.prefix, route.path, route.syntax), route.verbs, route.target, route.event,
        (*here.guards, *route.guards), here.routers, here.app, here.group, route.syntax, single,
        () if single else route.methods, route.options,
    )  # fmt: skip


def _list(walk: Walk, value: Value | None, library: Library, here: Here) -> Iterator[Found]:
    for entry in listed(value):
        walk.count += 1
        if walk.count > ROUTE_LIMIT:
            _unknown(walk, "route", "more routes than are followed", None)
            return
        yield from _entry(walk, entry, library, here)


def _entry(walk: Walk, entry: Value, library: Library, here: Here) -> Iterator[Found]:
    if isinstance(entry, Choice):
        for option in entry.options:
            yield from _entry(walk, option, library, here)
        return
    if isinstance(entry, Sequence):
        if entry.kind == "list":
            yield from _list(walk, entry, library, here)
        return
    event = entry.event if isinstance(entry, External | Instance) else None
    if event is None:
        return
    for known in walk.index.routes.get(event.path, ()):
        if known.row.shape == "listed":
            yield from _listed_route(walk, known.library, known.row, event, here)
            return
    for mount in walk.index.mounts.get(event.path, ()):
        row = mount.row
        made = MountCall(
            mount.library,
            pick(event.arguments, row.prefix),
            pick(event.arguments, row.child),
            pick(event.arguments, row.guards),
            event,
        )
        yield from _mounted(walk, made, here, "")
        return
    if isinstance(entry, External) and event.path.rpartition(".")[2].endswith("patterns"):
        for argument in event.arguments.positional:  # `i18n_patterns(…)`, `format_suffix_patterns([…])`
            yield from _entry(walk, argument, library, here)


def _listed_route(walk: Walk, library: Library, row: RouteRow, event: Event, here: Here) -> Iterator[Found]:
    paths = texts(pick(event.arguments, row.path))
    target = pick(event.arguments, row.handler)
    if not paths:
        _unknown(walk, "route", "the path is computed by code the scan cannot follow", event)
        return
    guards = pick(event.arguments, row.guards)
    chain = (*here.guards, *(((guards, "handler"),) if guards is not None else ()))
    for path in paths:
        whole = join_path(here.prefix, path, row.syntax)
        inner = Here(whole, chain, here.routers, here.app, here.group, here.stack)
        nested = _included(walk, target, library, inner)
        if nested is not None:
            yield from nested
        else:
            yield Found(
                library, row, whole, _verbs(pick(event.arguments, row.methods)), target, event,
                chain, here.routers, here.app, here.group, row.syntax,
            )  # fmt: skip


def _included(walk: Walk, target: Value | None, library: Library, here: Here) -> list[Found] | None:
    """The routes behind `include(…)`, a list or a router's `urls`; None when `target` is a handler."""
    if isinstance(target, Sequence) and target.kind in ("list", "tuple"):
        return list(_module_or_list(walk, target, library, here))
    if isinstance(target, Choice):
        parts = [_included(walk, option, library, here) for option in target.options]
        found = [part for part in parts if part is not None]
        return [route for part in found for route in part] if found else None
    if not isinstance(target, External):
        return None
    if target.event is not None:
        for mount in walk.index.mounts.get(target.event.path, ()):
            child = pick(target.event.arguments, mount.row.child)
            return list(_module_or_list(walk, child, mount.library, here, target.event))
    owner = _url_holder(walk, target)
    return list(_router(walk, owner, here)) if owner is not None else None


def _url_holder(walk: Walk, target: External) -> Router | None:
    for known in walk.index.url_attributes.get(target.path, ()):
        return router_for(walk.routers, target.base, known)
    return None


def _module_or_list(
    walk: Walk, child: Value | None, library: Library, here: Here, event: Event | None = None
) -> Iterator[Found]:
    if isinstance(child, Sequence) and child.kind == "tuple" and child.items and not _is_entry(child.items[0]):
        child = child.items[0]
    if isinstance(child, Choice):
        for option in child.options:
            yield from _module_or_list(walk, option, library, here, event)
        return
    if isinstance(child, Known) and isinstance(child.value, str):
        module = walk.machine.import_module(walk.machine, child.value)
        if isinstance(module, Module):
            yield from _module(walk, module, library, here)
        elif child.value.partition(".")[0] in walk.machine.modules:
            _unknown(walk, "route", f"the included module {child.value!r} is not in the tree", event)
        return
    if isinstance(child, Module):
        yield from _module(walk, child, library, here)
        return
    if isinstance(child, External):
        owner = _url_holder(walk, child)
        if owner is not None:
            yield from _router(walk, owner, here)
            return
        if child.event is not None:
            yield from _entry(walk, child, library, here)
        return
    if isinstance(child, Sequence | Table):
        yield from _list(walk, child, library, here)
    elif child is not None and not isinstance(child, Function | Class | Bound | Decorated):
        _unknown(walk, "route", "what is included here is computed by code the scan cannot follow", event)


def _is_entry(value: Value) -> bool:
    return isinstance(value, External) and value.event is not None and "path" in value.event.path


def _module(walk: Walk, module: Module, library: Library, here: Here) -> Iterator[Found]:
    if module in here.stack:
        _unknown(walk, "route", f"{module.name} includes itself", None)
        return
    walk.included.add(module.name)
    attribute = next((root.attribute for root in library.roots), "urlpatterns")
    routes = module.frame.locals.get(attribute) if module.frame is not None else None
    inner = Here(here.prefix, here.guards, here.routers, here.app, module.name, (*here.stack, module))
    yield from _module_or_list(walk, routes, library, inner)


def _from_settings(walk: Walk) -> Iterator[Found]:
    """Tables of routes that a setting names; without one, those that no other table includes."""
    for library in sorted(
        {known.library for rows in walk.index.routes.values() for known in rows}, key=lambda l: l.name
    ):
        for root in library.roots:
            started = False
            for module in list(walk.machine.modules.values()):
                value = module.frame.locals.get(root.setting) if module.frame is not None else None
                for name in texts(value):
                    target = walk.machine.import_module(walk.machine, name)
                    if isinstance(target, Module) and target.name not in walk.included:
                        started = True
                        app = name.rpartition(".")[0] or name
                        yield from _module(walk, target, library, Here("/", app=app))
            yield from _orphans(walk, root.attribute, library, started)


def _orphans(walk: Walk, attribute: str, library: Library, started: bool) -> Iterator[Found]:
    holders = [
        module for module in walk.machine.modules.values()
        if module.frame is not None and isinstance(module.frame.locals.get(attribute), Sequence) and module.name not in walk.included
    ]  # fmt: skip
    if started:
        for module in holders:
            reason = f"the routes of {module.name} are not reached from the setting that names the root"
            walk.unknowns.append(Unknown("route", reason, Location(module.path, 1)))
        return
    before = set(walk.included)
    found: dict[str, list[Found]] = {}
    for module in holders:
        found[module.name] = list(_module(walk, module, library, Here("/", app=module.name.partition(".")[0])))
    nested: set[str] = set()
    for module in holders:
        walk.included = set(before)
        list(_module(walk, module, library, Here("/")))
        nested |= walk.included - {module.name} - before
    for module in holders:
        if module.name not in nested:
            yield from found[module.name]


def _unknown(walk: Walk, kind: str, reason: str, event: Event | None) -> None:
    where = Location(event.module.path, line_of(event.at)) if event is not None else Location("", 0)
    walk.unknowns.append(Unknown(kind, reason, where))
