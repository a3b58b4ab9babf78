"""Where routes start: applications, tables that a setting names, and what nobody mounts; every route goes out whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tmscan.facts.types import line_of
from tmscan.inventory.calls.arguments import HOLE, listed, pick, texts
from tmscan.inventory.routes.actions import provided_by
from tmscan.inventory.routes.described import described_routes
from tmscan.inventory.routes.found import (
    Found,
    Here,
    Walk,
    name_of,
    note_unknown,
)
from tmscan.inventory.routes.handmade import handmade_routes
from tmscan.inventory.routes.named import named_routes
from tmscan.inventory.routes.objecttree import tree_routes
from tmscan.inventory.routes.pasted import Pasted
from tmscan.inventory.routes.plain import plain_routes
from tmscan.inventory.routes.routers import Router, Routers, children_of
from tmscan.inventory.routes.twins import copies_of_mounted, without_vague_twins
from tmscan.inventory.routes.versions import with_version
from tmscan.inventory.routes.walk import walk_list, walk_module, walk_router
from tmscan.inventory.routes.wrapped import guards_around
from tmscan.inventory.types import Unknown
from tmscan.libraries.index import Index
from tmscan.libraries.types import Library
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import Activation, External, Module, Sequence, Value
from tmscan.sources.types import Location

_PLACEHOLDER = re.compile(r"\{\{\s*(?:\w+\.)?(\w+)\s*\}\}")


def walk_routes(machine: Machine, index: Index, routers: Routers, pasted: Pasted) -> tuple[list[Found], list[Unknown]]:
    """Every route of the program, and what the walk could not resolve."""
    walk = Walk(machine, index, routers)
    found: list[Found] = []
    for router in list(routers.by_key.values()):
        for mount in router.mounts:
            for child in children_of(walk.routers, mount.child):
                if child is router:
                    continue  # an application that mounts what its own factory makes
                child.mounted = child.mounted or not child.root or router.event is not None
        for entry in listed(router.routes) if router.event is not None else ():
            for child in _listed_below(walk, entry):
                child.mounted = child.mounted or child is not router
    found.extend(_from_settings(walk))
    copies = copies_of_mounted(walk)
    roots = [
        router for router in list(routers.by_key.values())
        if router.root and not router.mounted and id(router) not in copies
    ]  # fmt: skip
    around = guards_around(machine, index, routers)
    for router in roots:
        for place in pasted.of(router.event):
            guards = (*place.guards, *around.get(router.key, ()))
            found.extend(walk_router(walk, router, Here(place.prefix, guards, app=name_of(router))))
    found.extend(pasted.routes)
    seen = {id(route.event) for route in found}
    for router in list(routers.by_key.values()):
        if router not in roots and not router.mounted and id(router) not in copies and not _is_site(router):
            rest = walk_router(walk, router, Here("", app=name_of(roots[0]) if len(roots) == 1 else ""))
            loose = [route for route in rest if id(route.event) not in seen]
            if router.event is not None and (roots or _only_listed(walk, router)):
                for route in loose:
                    note_unknown(walk, "mount", f"no application was seen to take {route.path} in", route.event)
            if not _only_listed(walk, router):
                found.extend(loose)
    for router in list(routers.by_key.values()):  # applications that mount each other: the first one is the way in
        if router.root and router.event is not None and router.key not in walk.visits and id(router) not in copies:
            found.extend(walk_router(walk, router, Here("", app=name_of(router))))
    found = [with_version(route) for route in found]
    found.extend(named_routes(walk))
    found.extend(tree_routes(walk, pasted, around))
    found.extend(described_routes(walk))
    found.extend(handmade_routes(walk.machine, found))
    found.extend(plain_routes(walk.machine, walk.index, found))
    found.extend(_loose(walk, found))
    found.extend(_loose_tuples(walk, found))
    kept = without_vague_twins(walk, found)
    for route in kept:
        if HOLE in route.path:
            note_unknown(
                walk, "route", f"a part of {route.path} is computed by code the scan cannot follow", route.event
            )
    return kept, walk.unknowns


def _listed_below(walk: Walk, entry: Value, depth: int = 6) -> Iterator[Router]:
    """The routers that an element of a list of routes takes in, by name as well: `Mount("/x", app=inner)`."""
    yield from children_of(walk.routers, entry)
    event = entry.event if isinstance(entry, External) else None
    for mount in walk.index.mounts.get(event.path, ()) if event is not None and depth else ():
        child = pick(event.arguments, mount.row.child) if event is not None else None
        yield from children_of(walk.routers, child)
        for inner in listed(child):
            yield from _listed_below(walk, inner, depth - 1)


def _is_site(router: Router) -> bool:
    """Whether a library makes pages for what is registered there: they are where a table lists them, or nowhere."""
    return bool(router.resources) and all(call.row.lists for call in router.resources)


def _only_listed(walk: Walk, router: Router) -> bool:
    """Whether a router's routes are served only where a table lists them, and the application's table is known."""
    return bool(walk.rooted) and any(router.library in known for known in walk.index.url_attributes.values())


def _from_settings(walk: Walk) -> Iterator[Found]:
    """Tables of routes that a setting names; without one, those that no other table includes."""
    for library in sorted(
        {known.library for rows in walk.index.routes.values() for known in rows}, key=lambda library: library.name
    ):
        for root in library.roots:
            started = False
            for module in list(walk.machine.modules.values()):
                value = module.frame.locals.get(root.setting) if module.frame is not None else None
                for name in texts(value):
                    target = _named(walk.machine, module, name)
                    if isinstance(target, Module) and target.name not in walk.included:
                        started = True
                        walk.rooted.add(library.name)
                        app = name.rpartition(".")[0] or name
                        yield from walk_module(walk, target, library, Here("/", app=app))
            yield from _orphans(walk, root.attribute, library, started)


def _named(machine: Machine, module: Module, name: str) -> Value | None:
    """The module that a setting names, in a template of a project (`{{ project_name }}.urls`) too."""
    found = machine.import_module(machine, name)
    if found is not None or "{" not in name:
        return found
    filled = _PLACEHOLDER.sub(r"\1", name)
    folders = module.name.split(".")
    near = (".".join([*folders[:length], filled]) for length in range(len(folders) - 1, -1, -1))
    return next((found for place in near if (found := machine.import_module(machine, place)) is not None), None)


def _orphans(walk: Walk, attribute: str, library: Library, started: bool) -> Iterator[Found]:
    holders = [
        module for module in walk.machine.modules.values()
        if module.frame is not None
        and isinstance(module.frame.locals.get(attribute), Sequence)
        and module.name not in walk.included
    ]  # fmt: skip
    if started:
        for module in holders:
            reason = f"the routes of {module.name} are not reached from the setting that names the root"
            walk.unknowns.append(Unknown("route", reason, Location(module.path, 1)))
        return
    before = set(walk.included)
    found: dict[str, list[Found]] = {}
    for module in holders:
        found[module.name] = list(walk_module(walk, module, library, Here("/", app=module.name.partition(".")[0])))
    nested: set[str] = set()
    for module in holders:
        walk.included = set(before)
        list(walk_module(walk, module, library, Here("/")))
        nested |= walk.included - {module.name} - before
    for module in holders:
        if module.name not in nested:
            yield from found[module.name]


def _loose(walk: Walk, found: list[Found]) -> list[Found]:
    """Routes in lists that functions return and that no table was seen to take in; the outermost lists count."""
    taken = {id(route.event) for route in found}
    listings: dict[int, list[Found]] = {}
    for position, activation in enumerate(walk.machine.activations.values()):
        if activation.function is None:
            continue
        lists = [option for option in options(activation.result) if isinstance(option, Sequence) and option.items]
        library = next((known for option in lists if (known := _library_of(walk, option)) is not None), None)
        if library is None:
            continue
        here = Here("/", app=activation.module.name.partition(".")[0], group=activation.module.name)
        routes = list(walk_list(walk, activation.result, library, here))
        if not routes or any(id(route.event) in taken for route in routes):
            continue
        # The application's own table is known, or third-party code asks for these: where they are taken in is not.
        if library.name in walk.rooted or _overrides(activation, lists):
            reason = f"no table of routes was seen to take in what {activation.name} returns"
            where = Location(activation.module.path, line_of(activation.function.definition.at))
            walk.unknowns.append(Unknown("route", reason, where))
        else:
            listings[position] = routes
    events = {position: frozenset(id(route.event) for route in routes) for position, routes in listings.items()}
    kept: list[Found] = []
    done: set[int] = set()
    for position in sorted(listings, key=lambda place: (-len(events[place]), place)):
        if not events[position] & done:
            done |= events[position]
            kept.extend(listings[position])
    return kept


def _overrides(activation: Activation, lists: list[Sequence]) -> bool:
    """Whether a list of routes is what a third-party method of the same name gives, and more."""
    ending = f".{activation.function.definition.name}()[]" if activation.function is not None else ""
    return any(isinstance(value.rest, External) and value.rest.path.endswith(ending) for value in lists)


def _loose_tuples(walk: Walk, found: list[Found]) -> list[Found]:
    """Routes that are plain tuples in lists which nobody was seen to take in: lists under a name that hold at least
    one handler of the library, no handler of theirs being known from elsewhere.
    """
    kept: list[Found] = []
    for known in walk.index.routes.get("tuple", ()):
        bases = {path for row in known.library.routes if row.shape == "class" for path in row.paths}
        handlers = {id(cls) for cls in walk.machine.classes if not provided_by(walk.machine, cls).isdisjoint(bases)}
        if not handlers:
            continue
        handlers -= {id(route.target) for route in found}
        looked: set[int] = set()
        frames = [(module, module.frame) for module in walk.machine.modules.values()]
        frames += [(run.module, run.frame) for run in walk.machine.activations.values() if run.function is not None]
        for module, frame in frames:
            for value in list(frame.locals.values()) if frame is not None else ():
                if type(value) is not Sequence or value.kind != "list" or id(value) in looked:
                    continue
                looked.add(id(value))
                if _names_one(value, handlers):
                    here = Here("", app=module.name.partition(".")[0], group=module.name)
                    kept.extend(walk_list(walk, value, known.library, here))
                    handlers -= {id(route.target) for route in kept}
    return kept


def _names_one(listed: Sequence, handlers: set[int]) -> bool:
    """Whether some element is a tuple with one of these classes, or an object that was made with it."""
    for item in listed.items[:16]:
        event = item.event if isinstance(item, External) else None
        parts = item.items if isinstance(item, Sequence) and item.kind == "tuple" else []
        if event is not None:
            parts = [*event.arguments.positional[:2], *event.arguments.keywords.values()]
        if any(id(part) in handlers for part in parts):
            return True
    return False


def _library_of(walk: Walk, value: Sequence) -> Library | None:
    """The library whose listed routes a list holds; None for a list of anything else."""
    for item in value.items[:3]:
        event = item.event if isinstance(item, External) else None
        for known in walk.index.routes.get(event.path, ()) if event is not None else ():
            if known.row.shape == "listed":
                return known.library
    return None
