"""What a walk over the routers finds and carries along: routes, the place it stands at, what it could not know."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from tmscan.facts.types import line_of
from tmscan.inventory.calls.arguments import HOLE, pick, texts, words
from tmscan.inventory.routes.handlers import unwrap
from tmscan.inventory.routes.routers import RouteCall, Router, Routers
from tmscan.inventory.types import Unknown
from tmscan.libraries.index import Index
from tmscan.libraries.types import Library, MountRow, PathSyntax, RouteRow, Scope
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.values import (
    UNKNOWN,
    Arguments,
    Bound,
    Event,
    External,
    Function,
    Instance,
    Known,
    Sequence,
    Table,
    Value,
)
from tmscan.sources.types import Location

CONCATENATED = frozenset({"django", "regex"})
ANCHORED = "anchored"  # a pattern for the whole path of a request, wherever its rule stands
_SPECIAL = re.compile(r"[.*+?()\[\]\\|]")
VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"})
ROUTE_LIMIT = 100_000
VISITS = 250  # of one router, module or list, under whatever prefixes: what mounts each other multiplies without end


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
    syntax: PathSyntax
    action: str = ""  # the method that answers, where each method of a class has routes of its own
    actions: tuple[str, ...] = ()  # the methods behind the verbs, where a class answers as a whole
    options: Arguments | None = None
    acts: tuple[tuple[str, str], ...] = ()  # each verb with the one of `actions` that answers it, where that is known


@dataclass(slots=True, frozen=True)
class Here:
    """Where the walk stands: prefix, guards and routers so far, application and group names, modules on the way."""

    prefix: str
    guards: tuple[tuple[Value, Scope], ...] = ()
    routers: tuple[Router, ...] = ()
    app: str = ""
    group: str = ""
    stack: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedPath:
    """A path under a name, with the place in the tree of routers where it was declared."""

    call: RouteCall
    path: str
    here: Here


@dataclass(slots=True)
class Walk:
    """State of one walk: what was visited, what could not be known."""

    machine: Machine
    index: Index
    routers: Routers
    unknowns: list[Unknown] = field(default_factory=list)
    included: set[str] = field(default_factory=set)
    count: int = 0
    visits: dict[object, int] = field(default_factory=dict)
    inside: set[int] = field(default_factory=set)  # the lists that are being walked, by identity
    tuples: dict[int, Event] = field(default_factory=dict)
    names: dict[tuple[str, str], list[NamedPath]] = field(default_factory=dict)  # library and name -> paths
    rooted: set[str] = field(default_factory=set)  # libraries whose root a setting names


def chain_of(
    row: RouteRow, outer: tuple[tuple[Value, Scope], ...], guards: Value | None
) -> tuple[tuple[Value, Scope], ...]:
    """What stands before a route, outermost first; where one replaces the other, only what was said last."""
    chain: tuple[tuple[Value, Scope], ...] = (*outer, *(((guards, "handler"),) if guards is not None else ()))
    return chain[-1:] if row.alone else chain


def join_path(prefix: str, path: str, syntax: PathSyntax) -> str:
    """A prefix and a path as the framework puts them together."""
    if syntax == ANCHORED:
        path = f"/{path}" if path.startswith(HOLE) else path
        special = _SPECIAL.search(path.replace(HOLE, "")) is not None
        return f"{path}$" if special and not path.endswith("$") else path
    if syntax in CONCATENATED:
        return prefix + path
    if not path:
        return prefix
    return f"{prefix.rstrip('/')}/{path.lstrip('/')}" if prefix else path


def paths_of(walk: Walk, value: Value | None) -> tuple[str, ...]:
    """The paths that an argument stands for: texts, or an object that a library row calls a path (`PathMatches(…)`)."""
    if isinstance(value, Sequence):
        return tuple(dict.fromkeys(path for item in value.items for path in paths_of(walk, item)))
    event = value.event if isinstance(value, External) else None
    if event is not None and event.path == "re.compile":
        return texts(pick(event.arguments, (0, "pattern")))
    for known in walk.index.routes.get(event.path, ()) if event is not None else ():
        if known.row.shape == "listed" and not known.row.handler:
            return texts(pick(event.arguments, known.row.path)) if event is not None and known.row.path else ("",)
    return texts(value)


def tuple_route(walk: Walk, entry: Sequence, library: Library, here: Here) -> tuple[RouteRow, Event] | None:
    """A plain tuple in a list of routes, for libraries that know such, as if it were the call of a route's class."""
    row = next((known.row for known in walk.index.routes.get("tuple", ()) if known.library is library), None)
    held = next((router.event for router in reversed(here.routers) if router.event is not None), None)
    if row is None or not entry.items:
        return None
    event = walk.tuples.get(id(entry))
    if event is None:
        nowhere = walk.machine.nowhere
        event = Event(
            "tuple", UNKNOWN, Arguments(list(entry.items)), held.module if held is not None else nowhere.module,
            held.at if held is not None else 0, held.end if held is not None else 0, nowhere.activation,
        )  # fmt: skip
        walk.tuples[id(entry)] = event
    return row, event


def handler_named(target: Value | None, event: Event) -> Value | None:
    """What a name for a handler stands for: a method `name` or `on_name` of the object that declares it, a function."""
    name = target.value if isinstance(target, Known) and isinstance(target.value, str) else ""
    receiver = event.activation.receiver
    space = event.module.frame.locals if event.module.frame is not None else {}
    for known in (name, f"on_{name}") if name.isidentifier() else ():
        method = find_in_class(receiver.cls, known)[0] if isinstance(receiver, Instance) else None
        if isinstance(method, Function):
            return Bound(method, receiver) if isinstance(receiver, Instance) else method
        if isinstance(space.get(known), Function):
            return space[known]
    return target


def passed_by_route(found: Found) -> dict[str, Value]:
    """What a route gives its handler besides what is in the path: `path("new", show, {"kind": "new"})`."""
    given = pick(found.event.arguments, found.row.given) if found.event is not None and found.row is not None else None
    return {str(name): value for name, value in given.items.items()} if isinstance(given, Table) else {}


def name_of(router: Router) -> str:
    for name in texts(router.name):
        if name and not name.startswith("{"):
            return name
    event = router.event
    return event.module.name if event is not None else ""


def visit(walk: Walk, what: object, event: Event | None) -> bool:
    """Whether to go in once more; past the bound it is noted that there is more than is followed."""
    walk.visits[what] = walk.visits.get(what, 0) + 1
    if walk.visits[what] > VISITS:
        note_unknown(walk, "route", "mounted in more places than are followed", event)
        return False
    return True


def note_unknown(walk: Walk, kind: str, reason: str, event: Event | None) -> None:
    where = Location(event.module.path, line_of(event.at)) if event is not None else Location("", 0)
    walk.unknowns.append(Unknown(kind, reason, where))


def otherwise(machine: Machine, call: RouteCall) -> str:
    """The path of a declaration that gives none."""
    if "{name}" not in call.row.otherwise:
        return call.row.otherwise
    handler = unwrap(machine, call.target)
    return call.row.otherwise.replace("{name}", handler.name.rpartition(".")[2] if handler is not None else "")


def under_setting(walk: Walk, row: MountRow, event: Event, here: Here) -> Here:
    """Where the routes stand that a call hangs under the value of a setting: `i18n_patterns(…)`."""
    given = event.arguments.keywords.get(row.unless)
    holders = walk.machine.vocabulary.settings if row.switch else ()
    switches = [walk.machine.setting(walk.machine, holder, row.switch) for holder in holders]
    if any(isinstance(value, Known) and value.value is False for value in (given, *switches)):
        return here
    held = (
        module.frame.locals.get(row.setting) for module in walk.machine.modules.values() if module.frame is not None
    )
    said = next((text for value in held for text in texts(value)), row.otherwise)
    return replace(here, prefix=f"{here.prefix}{said}/")


def methods_of(call: RouteCall) -> tuple[str, ...] | None:
    if call.row.methods_by == "name":
        verb = call.event.path.rpartition(".")[2].upper()
        return (verb,)
    return verbs_of(pick(call.event.arguments, call.row.methods))


def verbs_of(value: Value | None) -> tuple[str, ...] | None:
    found = words(value)
    if not found:  # members of enumerations: `[HTTPMethod.GET]`
        items = value.items if isinstance(value, Sequence) else [value]
        names = [item.path.rpartition(".")[2] if isinstance(item, External) else "" for item in items]
        found = tuple(names) if names and all(name in VERBS for name in names) else None
    every = [verb.strip() for each in found or () for verb in each.split(",")]
    return tuple(dict.fromkeys("ANY" if verb == "*" else verb.upper() for verb in every)) or None
