"""The tree of routers: recorded calls in, objects that carry routes and mounts out, to be walked from the roots."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tmscan.inventory.calls.arguments import listed, pick, pick_all, texts
from tmscan.inventory.routes.extended import Added, collect_added
from tmscan.inventory.routes.nested import made_below, prefix_given, registered_on
from tmscan.inventory.routes.offering import offer_routers
from tmscan.inventory.routes.tablemounts import children_by_prefix
from tmscan.libraries.index import Index, Known
from tmscan.libraries.types import ArgumentRef, Library, MountRow, ResourceRow, RouteRow, RouterRow
from tmscan.program.data.operators import is_none
from tmscan.program.machine import Machine
from tmscan.program.values import (
    Arguments,
    Choice,
    Decorated,
    Event,
    External,
    Instance,
    Module,
    Sequence,
    Super,
    Value,
)
from tmscan.program.values import Known as Constant


@dataclass(slots=True, eq=False)
class RouteCall:
    """One declaration: the row it follows, the call, and the value that is to answer."""

    library: Library
    row: RouteRow
    event: Event
    target: Value | None


@dataclass(slots=True, eq=False)
class ResourceCall:
    """One registration of a class of actions."""

    library: Library
    row: ResourceRow
    event: Event


@dataclass(slots=True, eq=False)
class MountCall:
    """One mount of a child under a prefix, with the guards that the mount itself brings."""

    library: Library
    prefix: Value | None
    child: Value | None
    guards: Value | None
    event: Event
    overrides: bool = False
    serves: bool = False


@dataclass(slots=True, eq=False)
class Router:
    """An object that carries routes. `key` is its identity; `event` its creation (None: nobody saw it made)."""

    key: object
    library: Library
    event: Event | None = None
    value: Value | None = None
    name: Value | None = None
    prefix: Value | None = None
    guards: Value | None = None
    routes: Value | None = None
    root: bool = False
    calls: list[RouteCall] = field(default_factory=list)
    resources: list[ResourceCall] = field(default_factory=list)
    mounts: list[MountCall] = field(default_factory=list)
    mounted: bool = False
    added: Added = field(default_factory=dict)  # verbs that classes of routers add to the framework's own routes
    row: RouterRow | None = None
    copied: Router | None = None  # the router whose declarations it has, too
    under: str = ""  # where the walk met it: the prefix that an application is mounted under
    taken: Event | None = None  # … and the mount that took it in


@dataclass(slots=True)
class Routers:
    """All routers by identity, in the order they came to be, and listed-route objects by their creating call."""

    by_key: dict[object, Router] = field(default_factory=dict)
    answering: list[RouteCall] = field(default_factory=list)  # who answers a path that has its name elsewhere
    taken: set[int] = field(default_factory=set)


def identity(value: Value | None) -> object | None:
    """What makes a router this one and no other: the call that created it, or the instance."""
    if isinstance(value, Decorated):
        return identity(value.value)
    if isinstance(value, External):
        if value.event is not None:
            result = value.event.result
            return id(result) if isinstance(result, Instance) else id(value.event)
        if isinstance(value.base, External | Instance) and value.path.partition("(")[0].find(":") > 0:
            parent = identity(value.base)
            if isinstance(parent, int):
                return parent
        return f"?{value.path}"
    if isinstance(value, Instance):
        return id(value)
    if isinstance(value, Super):
        return identity(value.receiver)
    return None


def collect_routers(machine: Machine, index: Index) -> Routers:
    """Every router of the program with what was declared on it."""
    routers, added = Routers(), collect_added(machine, index)
    offer_routers(machine, index)
    for event in machine.events:
        for known in index.routers.get(event.path, ()):
            row = known.row
            router = router_for(routers, event.result, known.library)
            if router is not None and router.event is None:
                router.event, router.root, router.row = event, row.root, row
                router.name = pick(event.arguments, row.name)
                router.copied = router_for(routers, _receiver(event), known.library) if row.copies else None
                router.prefix = prefix_given(event, row)
                if row.under and (router.prefix is None or texts(router.prefix) == ("",) or is_none(router.prefix)):
                    names = texts(router.name) or ("",)
                    router.prefix = Constant(row.under.replace("{name}", names[0]))
                if row.nested:
                    outer = children_of(routers, pick(event.arguments, row.below))
                    router.prefix = made_below(event, row, outer[0].prefix if outer else None)
                guarded = External(row.guarded) if row.guarded else None
                router.guards = pick_all(event.arguments, row.guards) or guarded
                router.routes = pick(event.arguments, row.routes)
                if row.pairs:
                    router.routes = _paired(router.routes, event)
                for argument in event.arguments.positional if row.children else ():
                    for child in listed(argument) or [argument]:
                        router.mounts.append(MountCall(known.library, None, child, None, event))
    for event in machine.events:
        _routes_of(routers, index, event)
        for mount in index.mounts.get(event.path, ()):
            _mount(machine, routers, event, mount.library, mount.row)
        for resource in index.resources.get(event.path, ()):
            on = registered_on(event, resource.row) if resource.row.parents else carrier(event, resource.row.on)
            if on is None and resource.row.site:
                on = External(resource.row.site[0])
            router = router_for(routers, on, resource.library)
            if router is not None:
                router.added = added
                router.resources.append(ResourceCall(resource.library, resource.row, _unpacked(event, resource.row)))
    return routers


def _paired(value: Value | None, event: Event) -> Value | None:
    """Paths and handlers in turn as a list of tuples; a handler may be a name in the module of the call."""
    if not isinstance(value, Sequence):
        return value
    names = event.module.frame.locals if event.module.frame is not None else {}
    pairs: list[Value] = []
    for path, target in zip(value.items[::2], value.items[1::2], strict=False):
        if isinstance(target, Constant) and isinstance(target.value, str):
            target = names.get(target.value, target)
        pairs.append(Sequence("tuple", [path, target]))
    return Sequence("list", pairs, value.rest)


def _unpacked(event: Event, row: ResourceRow) -> Event:
    """The registration with its own arguments, where they are handed over as one tuple."""
    given = event.arguments.positional[0] if row.packed and event.arguments.positional else None
    return replace(event, arguments=Arguments(list(given.items))) if isinstance(given, Sequence) else event


def router_for(routers: Routers, value: Value | None, library: Library) -> Router | None:
    """The router that a value is; one that nobody saw made gets a record of its own."""
    if isinstance(value, Choice):
        found = [router for option in value.options if (router := router_for(routers, option, library)) is not None]
        return next((router for router in found if router.event is not None), found[0] if found else None)
    key = identity(value)
    if key is None:
        return None
    router = routers.by_key.get(key)
    if router is None:
        router = routers.by_key[key] = Router(key, library, value=value)
    return router


def children_of(routers: Routers, value: Value | None) -> list[Router]:
    """The routers that a mounted value stands for, through third-party wrappers too."""
    if isinstance(value, Choice):
        return [router for option in value.options for router in children_of(routers, option)]
    if isinstance(value, Module):
        return []
    key = identity(value)
    router = routers.by_key.get(key) if key is not None else None
    if router is None and isinstance(value, External) and value.event is not None:
        # A router handed through third-party code: `WSGIMiddleware(app)`, `socketio.ASGIApp(server, app)`.
        for argument in value.event.arguments.positional:
            inner = children_of(routers, argument) if isinstance(argument, External | Instance) else []
            if inner:
                return inner
    return [router] if router is not None else []


def carrier(event: Event, reference: ArgumentRef) -> Value | None:
    """An argument of a call, or what it is a method of (`receiver`), or what it makes (`result`)."""
    if reference == ("receiver",):
        return _receiver(event)
    return event.result if reference == ("result",) else pick(event.arguments, reference)


def _receiver(event: Event) -> Value | None:
    callee = event.callee
    if isinstance(callee, External):
        return callee.base
    return None


def _routes_of(routers: Routers, index: Index, event: Event) -> None:
    for known in index.routes.get(event.path, ()):
        row = known.row
        if row.shape in ("registered", "named"):
            answering = pick(event.arguments, row.handler) or _said_before(event, row)
            _declare(routers, known, event, _receiver(event), answering)
        elif row.shape == "decorated" and event.decorates:
            _declare(routers, known, event, _receiver(event), event.arguments.positional[0])
        elif row.shape == "constructed" and event.result is not None:
            made = event.result.cls if isinstance(event.result, Instance) else External(event.path)
            _declare(routers, known, event, event.result, pick(event.arguments, row.handler) or made)
    if not event.path.endswith("()"):
        return
    callee = event.callee
    inner = callee.event if isinstance(callee, External) else None
    if inner is None or not event.arguments.positional:
        return
    for known in index.routes.get(inner.path, ()):
        if known.row.shape == "decorated":
            _declare(routers, known, inner, _receiver(inner), event.arguments.positional[0])


def _said_before(event: Event, row: RouteRow) -> Value | None:
    """Who answers where the declaration leaves it to what made the part it is called on: `submapper(controller=c)`."""
    made = _receiver(event)
    names = tuple(name for name in row.handler if isinstance(name, str))
    return pick(made.event.arguments, names) if isinstance(made, External) and made.event is not None else None


def _declare(
    routers: Routers, known: Known[RouteRow], event: Event, receiver: Value | None, target: Value | None
) -> None:
    if receiver is None and "." in event.path:  # `from bottle import route`: declared on the module, as `bottle.route`
        receiver = External(event.path.removesuffix("()").rpartition(".")[0])
    call = RouteCall(known.library, known.row, event, target)
    if known.row.for_class:
        return
    if known.row.name and known.row.shape != "named":
        routers.answering.append(call)
        return
    router = router_for(routers, receiver, known.library)
    if router is not None:
        router.calls.append(call)


def _by_name(machine: Machine, child: Value | None) -> Value | None:
    """A child that is named by its place in the program (`"shop.api.router"`), as itself."""
    if isinstance(child, Constant) and isinstance(child.value, str):
        place, _, name = child.value.rpartition(".")
        module = machine.import_module(machine, place) if place else None
        return machine.attribute(machine, machine.nowhere, module, name, 0) if module is not None else child
    return child


def _mount(machine: Machine, routers: Routers, event: Event, library: Library, row: MountRow) -> None:
    if row.on != ("receiver",):
        child = carrier(event, row.child)
        for parent in children_of(routers, pick(event.arguments, row.on)):
            for prefix, inner in children_by_prefix(row, event, child):
                if parent.event is not None and identity(inner) not in (None, parent.key):
                    guards = pick(event.arguments, row.guards)
                    parent.mounts.append(MountCall(library, prefix, inner, guards, event, row.overrides))
        return
    receiver = _receiver(event)
    bare = isinstance(receiver, External) and "(" not in receiver.path and ":" not in receiver.path
    if receiver is None or (bare and not row.serves):
        return  # a mount that is an element of a list, not a call on a router
    router = router_for(routers, receiver, library)
    if router is not None and not row.directive and not row.scanned:
        router.event, router.root = (router.event or event, True) if row.serves else (router.event, router.root)
        arguments = event.arguments
        child = event.result if row.includes else _by_name(machine, carrier(event, row.child))
        if child is event.result and child is not None:
            router_for(routers, child, library)
        prefix, guards = pick(arguments, row.prefix), pick_all(arguments, row.guards)
        router.mounts.append(MountCall(library, prefix, child, guards, event, row.overrides, row.serves))
