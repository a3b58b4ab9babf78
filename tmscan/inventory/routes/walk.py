"""Walking the routers from their roots: every route with its whole prefix and the guards it passes on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tmscan.inventory.calls.arguments import HOLE, listed, pick, pick_all
from tmscan.inventory.routes.declared import declared, of_resource
from tmscan.inventory.routes.found import (
    ANCHORED,
    ROUTE_LIMIT,
    Found,
    Here,
    Walk,
    handler_named,
    join_path,
    methods_of,
    name_of,
    note_unknown,
    paths_of,
    tuple_route,
    under_setting,
    visit,
)
from tmscan.inventory.routes.fronts import front_of
from tmscan.inventory.routes.marked import marked_as, members, place_in_class, place_of_method
from tmscan.inventory.routes.resources import prefixes_of, registered_class, resource_routes
from tmscan.inventory.routes.routers import MountCall, ResourceCall, RouteCall, Router, children_of, router_for
from tmscan.inventory.routes.sites import listed_by_class
from tmscan.inventory.routes.taking import prefixes_before, prefixes_of_mount, taken_in
from tmscan.libraries.types import Library, RouteRow, Scope
from tmscan.program.values import (
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


def walk_router(walk: Walk, router: Router, here: Here) -> Iterator[Found]:
    if router.key in here.stack:
        note_unknown(walk, "route", "routers mount each other in a circle", router.event)
        return
    if not visit(walk, router.key, router.event):
        return
    if router.root and here.prefix:
        router = replace(router, under=here.prefix)
    own = _own_guards(router)
    group = name_of(router) if not router.root or not here.group else here.group
    for prefix in prefixes_before(router):
        inner = Here(
            join_path(here.prefix, prefix, ""),
            (*here.guards, *own),
            (*here.routers, router),
            here.app or name_of(router),
            group,
            (*here.stack, router.key),
        )
        for call in (*(router.copied.calls if router.copied is not None else ()), *router.calls):
            yield from declared(walk, call, inner if router.event is not None else place_of_method(walk, call, inner))
        yield from front_of(walk, router, inner)
        for resource in router.resources:
            for route in resource_routes(walk.machine, walk.index, resource, router):
                yield of_resource(route, inner)
            yield from _listed_by_class(walk, resource, inner)
        if router.routes is not None:
            yield from walk_list(walk, router.routes, router.library, inner)
        for mount in router.mounts:
            yield from _mounted(walk, mount, inner)


def _listed_by_class(walk: Walk, call: ResourceCall, here: Here) -> Iterator[Found]:
    _, cls = registered_class(walk.machine, call) if call.row.lists else (None, None)
    routes = listed_by_class(walk.machine, call.row, cls)
    for prefix in prefixes_of(walk.machine, walk.index, call, cls) if routes is not None else ():
        inner = Here(
            join_path(here.prefix, f"{prefix}/", ""), here.guards, here.routers, here.app, here.group, here.stack
        )
        yield from walk_list(walk, routes, call.library, inner)


def _own_guards(router: Router) -> tuple[tuple[Value, Scope], ...]:
    scope: Scope = "app" if router.root else "router"
    return ((router.guards, scope),) if router.guards is not None else ()


def _mounted(walk: Walk, mount: MountCall, here: Here) -> Iterator[Found]:
    guards = (*here.guards, *(((mount.guards, "router"),) if mount.guards is not None else ()))
    prefixes = prefixes_of_mount(mount)
    children = taken_in(walk.routers, mount)
    if not children:
        inner = Here(join_path(here.prefix, prefixes[0], ""), guards, here.routers, here.app, here.group, here.stack)
        routes = list(walk_list(walk, mount.child, mount.library, inner)) if mount.child is not None else []
        if not routes and isinstance(mount.child, External | Decorated | Class):
            routes = list(_entry(walk, mount.child, mount.library, inner))  # one route: `urls.add(Rule("/"))`
        if not routes and not isinstance(mount.child, External | Decorated | Class):
            note_unknown(walk, "mount", "what is mounted here is not known", mount.event)
        yield from routes
        return
    for child in children:
        if child.root and not child.mounted:
            continue  # offered to an application that is not in the tree; here it is one of its own
        for prefix in prefixes:
            base = here.prefix
            inner = Here(join_path(base, prefix, ""), guards, here.routers, here.app, here.group, here.stack)
            yield from walk_router(walk, child, inner)


def walk_list(walk: Walk, value: Value | None, library: Library, here: Here) -> Iterator[Found]:
    event = here.routers[-1].event if here.routers else None
    if id(value) in walk.inside:
        note_unknown(walk, "route", "a list of routes holds itself", event)
        return
    walk.inside.add(id(value))
    for entry in listed(value):
        walk.count += 1
        if walk.count > ROUTE_LIMIT:
            note_unknown(walk, "route", "more routes than are followed", event)
            break
        yield from _entry(walk, entry, library, here)
    walk.inside.discard(id(value))


def _entry(walk: Walk, entry: Value, library: Library, here: Here) -> Iterator[Found]:
    if isinstance(entry, Choice):
        for option in entry.options:
            yield from _entry(walk, option, library, here)
        return
    if isinstance(entry, Sequence):
        given = tuple_route(walk, entry, library, here) if entry.kind == "tuple" else None
        if entry.kind == "list":
            yield from walk_list(walk, entry, library, here)
        elif given is not None:
            yield from _listed_route(walk, library, *given, here)
        return
    if isinstance(entry, Decorated):
        call = marked_as(walk, entry)
        yield from declared(walk, call, here) if call is not None else _entry(walk, entry.value, library, here)
        return
    if isinstance(entry, Class):
        place = place_in_class(walk, entry, here)
        for member in members(entry) if place is not None else ():
            yield from _entry(walk, member, library, place or here)
        return
    event = entry.event if isinstance(entry, External | Instance) else None
    if event is None:
        holder = entry.base if isinstance(entry, External) and entry.path.endswith("[]") else entry
        owner = _url_holder(walk, holder) if isinstance(holder, External) else None
        if owner is not None:
            yield from walk_router(walk, owner, here)
        elif isinstance(holder, External) and holder is not entry:
            yield from _entry(walk, holder, library, here)
        return
    for known in walk.index.routes.get(event.path, ()):
        if known.row.shape == "listed":
            yield from _listed_route(walk, known.library, known.row, event, here)
            return
    for mount in walk.index.mounts.get(event.path, ()):
        row, told = mount.row, event.arguments
        if row.setting:
            inner = under_setting(walk, row, event, here)
            for argument in told.positional:
                yield from _entry(walk, argument, library, inner)
            return
        child, prefix, guards = pick(told, row.child), pick(told, row.prefix), pick_all(told, row.guards)
        yield from _mounted(walk, MountCall(mount.library, prefix, child, guards, event), here)
        return
    for router in children_of(walk.routers, entry) if event.path in walk.index.routers else ():
        yield from walk_router(walk, router, here)
    if isinstance(entry, External) and event.path.rpartition(".")[2].endswith("patterns"):
        for argument in event.arguments.positional:  # by convention it takes routes and gives routes: `…_patterns([…])`
            yield from _entry(walk, argument, library, here)


def _listed_route(walk: Walk, library: Library, row: RouteRow, event: Event, here: Here) -> Iterator[Found]:
    paths = paths_of(walk, pick(event.arguments, row.path))
    if row.syntax == ANCHORED:
        paths = tuple(path for path in paths if path.replace(HOLE, "").strip("/") or HOLE not in path)
    target = handler_named(pick(event.arguments, row.handler), event)
    made = event.result.attributes if isinstance(event.result, External) else None
    answering = made.get(row.handler_attribute, target) if made else target  # replaced after it was listed
    if not paths:
        note_unknown(walk, "route", "the path is computed by code the scan cannot follow", event)
        return
    guards = pick_all(event.arguments, row.guards)
    chain = (*here.guards, *(((guards, "handler"),) if guards is not None else ()))
    for path in paths:
        whole = join_path(here.prefix, path, row.syntax)
        base = here.prefix if row.syntax == ANCHORED else whole
        inner = Here(base, chain, here.routers, here.app, here.group, here.stack)
        nested = _included(walk, target, library, inner)
        if nested is not None:
            yield from nested
        if nested is None or _is_site(walk, target):
            yield Found(
                library, row, whole, methods_of(RouteCall(library, row, event, target)), answering, event,
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
    apps = children_of(walk.routers, target) if isinstance(target, External | Instance) else []
    if apps:
        return [route for app in apps for route in walk_router(walk, app, here)]
    if not isinstance(target, External):
        return None
    if target.event is not None:
        for mount in walk.index.mounts.get(target.event.path, ()):
            child = pick(target.event.arguments, mount.row.child)
            return list(_module_or_list(walk, child, mount.library, here, target.event))
    owner = _url_holder(walk, target)
    return list(walk_router(walk, owner, here)) if owner is not None else None


def _is_site(walk: Walk, target: Value | None) -> bool:
    """Whether these are the routes of an object that a library made: it has pages of its own beside the project's."""
    owner = _url_holder(walk, target) if isinstance(target, External) else None
    return owner is not None and owner.event is None and not isinstance(owner.value, Instance)


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
            yield from walk_module(walk, module, library, here)
        elif child.value.partition(".")[0] in walk.machine.modules:
            note_unknown(walk, "route", f"the included module {child.value!r} is not in the tree", event)
        return
    if isinstance(child, Module):
        yield from walk_module(walk, child, library, here)
        return
    if isinstance(child, External):
        owner = _url_holder(walk, child)
        if owner is not None:
            yield from walk_router(walk, owner, here)
            return
        if child.event is not None:
            yield from _entry(walk, child, library, here)
        return
    if isinstance(child, Sequence | Table):
        yield from walk_list(walk, child, library, here)
    elif child is not None and not isinstance(child, Function | Class | Bound | Decorated):
        note_unknown(walk, "route", "what is included here is computed by code the scan cannot follow", event)


def _is_entry(value: Value) -> bool:
    return isinstance(value, External) and value.event is not None and "path" in value.event.path


def walk_module(walk: Walk, module: Module, library: Library, here: Here) -> Iterator[Found]:
    if module in here.stack:
        note_unknown(walk, "route", f"{module.name} includes itself", None)
        return
    if not visit(walk, module.name, None):
        return
    walk.included.add(module.name)
    attribute = next((root.attribute for root in library.roots), "urlpatterns")
    routes = module.frame.locals.get(attribute) if module.frame is not None else None
    inner = Here(here.prefix, here.guards, here.routers, here.app, module.name, (*here.stack, module))
    yield from _module_or_list(walk, routes, library, inner)
