"""A declaration or registered class in, its routes out, each whole at the place that a walk has come to."""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.calls.arguments import pick, pick_all, texts
from tmscan.inventory.routes.by_convention import controller_named
from tmscan.inventory.routes.found import (
    Found,
    Here,
    Walk,
    chain_of,
    join_path,
    methods_of,
    note_unknown,
    otherwise,
    paths_of,
)
from tmscan.inventory.routes.grants import permission_guard
from tmscan.inventory.routes.held_by import who_has
from tmscan.inventory.routes.named import declare_name
from tmscan.inventory.routes.resources import ResourceRoute
from tmscan.inventory.routes.routers import RouteCall
from tmscan.program.values import Class, External


def declared(walk: Walk, call: RouteCall, here: Here) -> Iterator[Found]:
    """The routes of one call that declares them on a router, at the place that the walk has come to."""
    if call.row.shape == "named":
        yield from declare_name(walk, call, here)
        return
    arguments = call.event.arguments
    if call.row.shape == "constructed" and len(here.stack) < 2:
        return  # it answers where it is mounted, and nobody mounts it here
    paths = paths_of(walk, pick(arguments, call.row.path)) if call.row.path else (otherwise(walk.machine, call),)
    if not paths:
        given = pick(arguments, call.row.path)
        if given is None and arguments.unknown is None:
            paths = (otherwise(walk.machine, call),)
        else:
            note_unknown(walk, "route", "the path is computed by code the scan cannot follow", call.event)
            return
    action = next(iter(texts(pick(arguments, call.row.action))), "") if call.row.action else ""
    target = who_has(controller_named(walk.machine, call.row.place, call.target), action)
    if target is not call.target and not action and isinstance(target, Class):
        action = call.row.action_otherwise
    chain = chain_of(call.row, here.guards, pick_all(arguments, call.row.guards))
    made = f"{call.event.path}()"
    if made in walk.index.guards:  # the declaration itself can ask for a key: `route("/x", api_key_required=True)`
        chain = (*chain, (External(made, None, call.event), "handler"))
    chain = (*chain, *permission_guard(walk, call.library, call.event, pick(arguments, call.row.permission)))
    for path in paths:
        yield Found(
            call.library, call.row, join_path(here.prefix, path, call.row.syntax), methods_of(call), target,
            call.event,
            chain, here.routers, here.app, here.group, call.row.syntax, action,
        )  # fmt: skip


def of_resource(route: ResourceRoute, here: Here) -> Found:
    """One of the routes that a registered class has."""
    single = route.methods[0] if route.answers == "method" and route.methods else ""
    return Found(
        route.library, None, join_path(here.prefix, route.path, route.syntax), route.verbs, route.target, route.event,
        (*here.guards, *route.guards), here.routers, here.app, here.group, route.syntax, single,
        () if single else route.methods, route.options, route.acts,
    )  # fmt: skip
