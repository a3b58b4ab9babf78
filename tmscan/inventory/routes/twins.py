"""What stands twice: applications made once more by the same code, and routes of which another copy says more.

Routers and routes go in; those that count come out. It stands apart because it compares what the walk has found.
"""

from __future__ import annotations

from collections.abc import Iterable

from tmscan.inventory.calls.arguments import HOLE, pick, texts
from tmscan.inventory.routes.found import ANCHORED, Found, Walk, note_unknown
from tmscan.inventory.routes.routers import Router, children_of
from tmscan.program.values import Instance

Site = tuple[str, int]


def copies_of_mounted(walk: Walk) -> frozenset[int]:
    """Applications that nobody mounts, while the same code makes one that another application mounts: by `id`.

    A factory may be called for tests, for a second process or for itself; what it makes is served where it is mounted.
    Likewise the object of a class of applications of which nobody says how it is made, where another is seen made.
    """
    sites: dict[Site, set[Site]] = {}
    for router in walk.routers.by_key.values():
        for mount in router.mounts:
            for child in children_of(walk.routers, mount.child):
                inner, outer = _site(child), _site(router)
                if inner is not None and outer is not None and inner != outer and child.root:
                    sites.setdefault(inner, set()).add(outer)
    known = {_site(router) for router in walk.routers.by_key.values() if not _stands_for_others(router)}
    return frozenset(
        id(router)
        for router in walk.routers.by_key.values()
        if router.root
        and not router.mounted
        and (_site(router) in sites or (_stands_for_others(router) and _site(router) in known))
    )


def _site(router: Router) -> Site | None:
    event = router.event
    return (event.module.name, event.at) if event is not None else None


def _stands_for_others(router: Router) -> bool:
    """Whether this is the object of a class that stands for those which the scan has not seen made."""
    made = router.event.result if router.event is not None else None
    return isinstance(made, Instance) and made is made.cls.specimen


def without_vague_twins(walk: Walk, found: Iterable[Found]) -> list[Found]:
    """Without the routes of which only a part is known, where the same declaration also gives whole ones.

    A prefix that hangs on configuration is then the exception to the rule, and said to be unknown.
    """
    kept = _without_copies(walk, list(found))
    for route in kept:
        own = _own_path(route)
        while route.path.startswith(f"/{HOLE}") and route.path != own:
            # A prefix nothing is known of: most often there is none.
            note_unknown(walk, "prefix", f"{route.path} may be served under a prefix of its own", route.event)
            route.path = route.path[len(HOLE) + 1 :] or "/"
    return _without_copies(walk, kept)


def _without_copies(walk: Walk, found: list[Found]) -> list[Found]:
    whole = {(id(route.event), route.action, route.actions) for route in found if HOLE not in route.path}
    paths: dict[tuple[object, ...], set[str]] = {}
    for route in found:
        paths.setdefault(_declaration(route), set()).add(route.path)
    kept: list[Found] = []
    for route in found:
        same = (id(route.event), route.action, route.actions) in whole
        if HOLE in route.path and (same or _ends(route.path, paths[_declaration(route)])):
            note_unknown(
                walk, "prefix", f"{route.path} is served too, under a prefix that the scan cannot know", route.event
            )
        else:
            kept.append(route)
    return kept


def _declaration(route: Found) -> tuple[object, ...]:
    """Where a route is declared: each run of a factory declares it anew."""
    event = route.event
    place = (event.module.name, event.at) if event is not None else (id(route),)
    return (*place, route.action, route.actions)


def _ends(path: str, others: set[str]) -> bool:
    """Whether a path is another one behind a prefix in which something is not known."""
    return any(
        other != path and other and path.endswith(other) and HOLE in path[: len(path) - len(other)] for other in others
    )


def _own_path(route: Found) -> str:
    """The path that the route's own declaration says, if all of it is unknown: then that is no prefix."""
    if route.row is None or route.event is None or not route.row.path or route.syntax == ANCHORED:
        return ""  # (an anchored pattern has its prefix in it)
    own = texts(pick(route.event.arguments, route.row.path))
    return next((f"/{path.lstrip('/')}" for path in own if path.strip("/") == HOLE), "")
