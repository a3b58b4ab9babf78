"""What the application does: endpoints in, the processes of each level out (groups, parts of a group, single handlers).

A unit is a process with the atoms (endpoint and entry-point ids) it stands for, so that strands find their process.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tmscan.dfd.boundaries import WORKER, admin_boundary, app_boundary
from tmscan.dfd.callers import is_admin
from tmscan.dfd.labels import route
from tmscan.dfd.names import count, display_names, listed, plain, slug
from tmscan.dfd.types import Boundary, Element
from tmscan.dfd.uses import OTHER
from tmscan.inventory.types import Endpoint, EntryPoint

APPLICATION = "process:application"
_SIGN_IN = re.compile(
    r"(?:^|[/_.-])(?:log_?in|log_?out|sign_?in|sign_?out|sign_?up|register|password|reset|token|oauth2?|sso|mfa|2fa)(?:$|[/_.-])",
    re.IGNORECASE,
)
_ENTRY_UNITS = {
    "task": ("process:worker", "Background worker", "tasks", WORKER.id),
    "consumer": ("process:worker", "Background worker", "tasks", WORKER.id),
    "schedule": ("process:worker", "Background worker", "tasks", WORKER.id),
    "command": ("process:commands", "Commands", "command line", "application"),
    "websocket": ("process:websockets", "Websockets", "websocket", "application"),
    "graphql": ("process:graphql", "GraphQL", "graphql", "application"),
    "lambda": ("process:functions", "Cloud functions", "lambda", "application"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A process, the atoms it stands for, its app, its name in code, and the names of the units merged into it."""

    element: Element
    atoms: tuple[str, ...]
    app: str = ""
    key: str = ""
    merged: tuple[str, ...] = ()


def group_units(name: str, endpoints: Sequence[Endpoint]) -> tuple[tuple[Unit, ...], tuple[Boundary, ...]]:
    """One process per app and group, in the application (or its admin area), and the boundaries that this takes."""
    groups: defaultdict[tuple[str, str], list[Endpoint]] = defaultdict(list)
    for endpoint in endpoints:
        groups[endpoint.app, endpoint.group].append(endpoint)
    apps = sorted({app for app, _ in groups})
    app_names = display_names(apps, name)
    shown = display_names({group or app for app, group in groups}, name)
    boundaries: dict[str, Boundary] = {}
    units = []
    for (app, group), members in sorted(groups.items()):
        inside = "application"
        if len(apps) > 1:
            boundary = app_boundary(app, app_names[app])
            boundaries[boundary.id] = boundary
            inside = boundary.id
        if all(is_admin(endpoint) for endpoint in members):
            boundary = admin_boundary(app if len(apps) > 1 else "", inside)
            boundaries[boundary.id] = boundary
            inside = boundary.id
        identity = f"process:{slug(app)}/{slug(group)}"
        title = shown[group or app]
        units.append(endpoint_unit(identity, title, members, inside, APPLICATION, app, group or app))
    return tuple(units), tuple(boundaries.values())


def entry_units(entry_points: Iterable[EntryPoint]) -> tuple[Unit, ...]:
    """Processes for ways in that are not HTTP; kinds that nobody outside starts (signals, …) belong to `OTHER`."""
    groups: defaultdict[tuple[str, str, str, str], list[EntryPoint]] = defaultdict(list)
    for entry in entry_points:
        if entry.kind in _ENTRY_UNITS:
            groups[_ENTRY_UNITS[entry.kind]].append(entry)
    units = []
    for (identity, name, noun, boundary), members in sorted(groups.items()):
        members.sort(key=lambda entry: entry.id)
        element = Element(
            id=identity,
            kind="process",
            name=name,
            technology=f"{count(len(members), 'entry point')}, {noun}",
            boundary=boundary,
            parent=APPLICATION,
            description=f"{listed((entry.name for entry in members), 8)}.",
            evidence=tuple(sorted(entry.location for entry in members)),
        )
        units.append(Unit(element, tuple(entry.id for entry in members)))
    return tuple(units)


def other_unit(entry_points: Iterable[EntryPoint]) -> Unit:
    """Code that uses something and that no endpoint is known to reach."""
    internal = sorted((entry for entry in entry_points if entry.kind not in _ENTRY_UNITS), key=lambda entry: entry.id)
    element = Element(
        id=OTHER,
        kind="process",
        name="Other code",
        technology="no endpoint seen to reach it",
        boundary="application",
        parent=APPLICATION,
        description="Stores, hosts and libraries used by code that the scan could not follow from any endpoint.",
        evidence=tuple(sorted(entry.location for entry in internal)),
        provenance="assumed",
    )
    return Unit(element, (OTHER, *(entry.id for entry in internal)))


def endpoint_unit(
    identity: str,
    name: str,
    endpoints: Sequence[Endpoint],
    boundary: str,
    parent: str,
    app: str,
    key: str,
    merged: tuple[str, ...] = (),
) -> Unit:
    """A process made of endpoints; its small print is the frameworks and how many endpoints there are."""
    ordered = tuple(sorted(endpoints, key=lambda endpoint: endpoint.id))
    frameworks = ", ".join(sorted({plain(endpoint.framework) for endpoint in ordered}))
    element = Element(
        id=identity,
        kind="process",
        name=plain(name),
        technology=route(ordered[0]) if len(ordered) == 1 else f"{frameworks}: {count(len(ordered), 'endpoint')}",
        boundary=boundary,
        parent=parent,
        evidence=tuple(sorted({endpoint.location for endpoint in ordered})),
        provenance="observed" if any(endpoint.provenance == "observed" for endpoint in ordered) else "derived",
        endpoints=ordered,
    )
    return Unit(element, tuple(endpoint.id for endpoint in ordered), app, key, merged)


def parts_of(group: Unit) -> tuple[Unit, ...]:
    """The endpoints of a group by their subject: signing in, else the first path segment that tells them apart."""
    parts: defaultdict[str, list[Endpoint]] = defaultdict(list)
    depth = _shared_depth(group.element.endpoints)
    for endpoint in group.element.endpoints:
        parts[_subject(endpoint, depth)].append(endpoint)
    return tuple(
        _inner(group, key, "Sign-in" if key == "sign-in" else key, members) for key, members in sorted(parts.items())
    )


def handlers_of(group: Unit) -> tuple[Unit, ...]:
    """One process per handler."""
    handlers: defaultdict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in group.element.endpoints:
        handlers[endpoint.handler].append(endpoint)
    names = _handler_names(handlers)
    return tuple(_inner(group, handler, names[handler], members) for handler, members in sorted(handlers.items()))


def classes_of(group: Unit) -> tuple[Unit, ...]:
    """One process per handler class, or per function where there is no class."""
    classes: defaultdict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in group.element.endpoints:
        holder = endpoint.handler.rpartition(".")[0]
        is_class = holder.rpartition(".")[2][:1].isupper()
        classes[holder if is_class else endpoint.handler].append(endpoint)
    names = _handler_names(classes)
    return tuple(_inner(group, key, names[key], members) for key, members in sorted(classes.items()))


def _inner(group: Unit, key: str, name: str, members: Sequence[Endpoint]) -> Unit:
    identity = f"{group.element.id}#{slug(key)}"
    return endpoint_unit(identity, name, members, group.element.boundary, group.element.id, group.app, key)


def _subject(endpoint: Endpoint, depth: int) -> str:
    if _SIGN_IN.search(endpoint.path) or _SIGN_IN.search(endpoint.handler.rpartition(".")[2]):
        return "sign-in"
    words = _static(endpoint.path)
    return f"/{words[depth]}" if len(words) > depth else "/"


def _static(path: str) -> list[str]:
    """The fixed segments of a path, up to the first that holds a parameter."""
    words: list[str] = []
    for segment in path.strip("^/$").split("/"):
        if not segment or re.search(r"[<{(:*?\[]", segment):
            break
        words.append(segment)
    return words


def _shared_depth(endpoints: Sequence[Endpoint]) -> int:
    rows = [_static(endpoint.path) for endpoint in endpoints]
    depth = 0
    while rows and all(len(row) > depth + 1 for row in rows) and len({row[depth] for row in rows}) == 1:
        depth += 1
    return depth


def _handler_names(handlers: Mapping[str, object]) -> dict[str, str]:
    short = {handler: handler.rpartition(".")[2] or handler for handler in handlers}
    taken = list(short.values())
    return {h: name if taken.count(name) == 1 else ".".join(h.split(".")[-2:]) for h, name in short.items()}
