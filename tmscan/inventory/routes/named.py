"""Routes in two halves that a name joins: one call gives a path a name, another says who answers under that name.

What the walk noted about paths and what was recorded about answers go in; whole routes come out.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.calls.arguments import HOLE, pick, texts
from tmscan.inventory.routes.found import Found, Here, NamedPath, Walk, join_path, note_unknown, verbs_of
from tmscan.inventory.routes.grants import default_permission, permission_guard, root_context
from tmscan.inventory.routes.handlers import unwrap
from tmscan.inventory.routes.routers import RouteCall
from tmscan.libraries.types import Scope
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import Arguments, Class, Decorated, Event, External, Function, Value


def declare_name(walk: Walk, call: RouteCall, here: Here) -> Iterator[Found]:
    """Note the path that a call gives a name to; a route at once if the call says who answers as well."""
    paths = texts(pick(call.event.arguments, call.row.path))
    names = texts(pick(call.event.arguments, call.row.name))
    if not paths or not names:
        note_unknown(walk, "route", "the path is computed by code the scan cannot follow", call.event)
        return
    for path in paths:
        whole = join_path(here.prefix, path, call.row.syntax)
        named = NamedPath(call, whole if whole.startswith("/") else f"/{whole}", here)
        if call.target is not None:
            yield _route(walk, named, call, call.event.arguments)
        for name in names:
            walk.names.setdefault((call.library.name, name), []).append(named)


def named_routes(walk: Walk) -> Iterator[Found]:
    """Every route of two halves; a half without the other is noted as unknown."""
    answered: set[tuple[str, str]] = set()
    defaults = _class_defaults(walk)
    for call in walk.routers.answering:
        given = _with_defaults(call, defaults)
        value = pick(given, call.row.name)
        if value is None or call.target is None:
            note_unknown(walk, "route", "a request's objects decide which path leads here", call.event)
            continue
        for name in texts(value):
            key = (call.library.name, name)
            if key not in walk.names and HOLE not in name:
                note_unknown(walk, "route", f"no path was seen for the route {name}", call.event)
            for named in _nearest(walk.names.get(key, []), call.event):
                answered.add(key)
                yield _route(walk, named, call, given)
    for key, paths in walk.names.items():
        if key not in answered and all(named.call.target is None for named in paths):
            note_unknown(walk, "route", f"nobody was seen to answer the route {key[1]}", paths[0].call.event)


def _nearest(paths: list[NamedPath], event: Event) -> list[NamedPath]:
    """The paths of one name in the application that the answering code belongs to, where several have the name."""
    taken = [named for named in paths if named.here.routers and named.here.routers[0].event is not None] or paths
    depths = [shared(named.call.event.module.name, event.module.name) for named in taken]
    nearest = [named for named, depth in zip(taken, depths, strict=True) if depth == max(depths)]
    return list({named.path: named for named in nearest}.values())


def shared(one: str, other: str) -> int:
    """How many leading parts two dotted names have in common."""
    count = 0
    for left, right in zip(one.split("."), other.split("."), strict=False):
        if left != right:
            break
        count += 1
    return count


def _class_defaults(walk: Walk) -> dict[int, Arguments]:
    """What decorators of classes say for all the answers in them, by class: rows with a name and no handler."""
    found: dict[int, Arguments] = {}
    for event in walk.machine.events:
        inner = getattr(event.callee, "event", None)
        if not (event.decorates and isinstance(inner, Event) and event.arguments.positional):
            continue
        if any(known.row.for_class for known in walk.index.routes.get(inner.path, ())):
            target = event.arguments.positional[0]
            while isinstance(target, Decorated):
                target = target.value
            if isinstance(target, Class):
                found[id(target)] = inner.arguments
    return found


def _with_defaults(call: RouteCall, defaults: dict[int, Arguments]) -> Arguments:
    """The arguments of a call, with those that the class of the answering method says for all its methods."""
    target = call.target
    while isinstance(target, Decorated):
        target = target.value
    cls = target.owner if isinstance(target, Function) else target if isinstance(target, Class) else None
    for owner in order_of(cls) if cls is not None and defaults else ():
        more = defaults.get(id(owner))
        if more is not None:
            own = call.event.arguments
            return Arguments(own.positional, {**more.keywords, **own.keywords}, own.unknown)
    return call.event.arguments


def _route(walk: Walk, named: NamedPath, call: RouteCall, given: Arguments) -> Found:
    here, row, first = named.here, call.row, named.call
    allowed = verbs_of(pick(first.event.arguments, first.row.methods))
    methods = verbs_of(pick(given, row.methods)) or allowed
    if methods and allowed:
        methods = tuple(verb for verb in methods if verb in allowed) or methods
    guards: list[tuple[Value, Scope]] = [(value, scope) for value, scope in here.guards if not texts(value)]
    guards += [(value, "handler") for name in row.guards if (value := pick(given, (name,))) is not None]
    wanted = pick(given, row.permission)
    scope: Scope = "handler" if wanted is not None else "app"
    wanted = wanted or default_permission(walk, call.library, here)
    context = pick(first.event.arguments, first.row.context) or root_context(here, first.row.context[1:])
    guards += permission_guard(walk, call.library, call.event, wanted, scope, context)
    _make(walk, call)
    return Found(
        call.library, row, named.path, methods, call.target, call.event, tuple(guards), here.routers, here.app,
        here.group, first.row.syntax, _action(walk, call, given),
    )  # fmt: skip


def _make(walk: Walk, call: RouteCall) -> None:
    """Make the object of a class whose method answers the way the framework does: with the request."""
    handler = unwrap(walk.machine, call.target)
    cls = handler.cls if handler is not None else None
    if handler is not None and handler.function is not None and handler.function.kind == "function":
        cls = handler.function.owner
    request = walk.machine.vocabulary.aliases.get(f"{call.library.name}.Request()", f"{call.library.name}:Request")
    maker = find_in_class(cls, "__init__")[0] if cls is not None else None
    instance = specimen(cls) if cls is not None else None
    if instance is not None and isinstance(maker, Function) and not instance.ready:
        instance.ready = True
        names = {parameter.name for parameter in maker.definition.parameters}
        given = {name: External(request) for name in names & {"request", "req"}}
        call_by_framework(walk.machine, maker, instance, Arguments(keywords=dict[str, Value](given)))


def _action(walk: Walk, call: RouteCall, given: Arguments) -> str:
    """The method of a class that answers: named by the call, else what makes its objects callable."""
    named = texts(pick(given, call.row.action)) if call.row.action else ()
    if named:
        return named[0]
    handler = unwrap(walk.machine, call.target)
    if handler is None or handler.function is not None or handler.cls is None:
        return ""
    return "__call__" if find_in_class(handler.cls, "__call__")[0] is not None else ""
