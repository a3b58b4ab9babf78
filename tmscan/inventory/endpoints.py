"""Endpoints out of routes: identity, methods, handler, parameters, and the verdict on who may call them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tmscan.facts.types import line_of
from tmscan.inventory.actions import class_methods, kinds_of, provided_by
from tmscan.inventory.arguments import words
from tmscan.inventory.guards import guards_of, verdict
from tmscan.inventory.handlers import Handler, method_map, unwrap
from tmscan.inventory.judges import Judge
from tmscan.inventory.parameters import parameters_of
from tmscan.inventory.routes import Found
from tmscan.inventory.types import Endpoint
from tmscan.libraries.index import Index
from tmscan.libraries.types import RouteRow
from tmscan.program.classes import find_in_class, order_of
from tmscan.program.machine import Machine
from tmscan.program.typing_hints import specimen
from tmscan.program.values import Class, External, Function
from tmscan.sources.types import Location

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


def endpoints_of(machine: Machine, judge: Judge, routes: list[Found]) -> list[tuple[Endpoint, Handler, Found]]:
    """One endpoint per route (and per method of a class of actions), each with its handler, in a stable order."""
    made: dict[str, tuple[Endpoint, Handler, Found]] = {}
    for found in routes:
        handler = unwrap(machine, found.target)
        if handler is not None and handler.cls is not None:
            _place_action(machine, found, handler)
        if handler is None or not handler.name:
            continue
        for methods, method in _answers(machine, judge.index, found, handler):
            for endpoint in _by_verdict(machine, judge, found, handler, methods, method):
                made.setdefault(endpoint.id, (endpoint, handler, found))
    return sorted(made.values(), key=lambda item: (item[0].path, item[0].methods, item[0].handler, item[0].id))


def _by_verdict(
    machine: Machine, judge: Judge, found: Found, handler: Handler, methods: tuple[str, ...], method: Function | None
) -> Iterator[Endpoint]:
    """The endpoints of a handler: one, unless a class guards some of its verbs only."""
    if handler.cls is None or method is not None or len(methods) < 2:
        yield _endpoint(machine, judge, found, handler, methods, method)
        return
    groups: dict[bool | None, list[Endpoint]] = {}
    for verb in sorted(dict.fromkeys(methods)):
        single = _endpoint(machine, judge, found, handler, (verb,), method)
        groups.setdefault(single.auth.required, []).append(single)
    for group in groups.values():
        first = group[0]
        verbs = tuple(verb for single in group for verb in single.methods)
        rest = first.id.removeprefix(f"endpoint:{first.methods[0]} ")
        guards = tuple(dict.fromkeys(guard for single in group for guard in single.guards))
        yield replace(first, id=f"endpoint:{','.join(verbs)} {rest}", methods=verbs, guards=guards)


def _place_action(machine: Machine, found: Found, handler: Handler) -> None:
    """Turn the handler of a registered class into what answers: one of its methods, or the class as a whole."""
    if handler.cls is None:
        return
    mapping = method_map(handler.initial)
    if mapping and not found.actions:
        found.actions = tuple(dict.fromkeys(mapping.values()))
    if found.options is not None and handler.initial is None:
        handler.initial = found.options
    if found.action:
        method = unwrap(machine, find_in_class(handler.cls, found.action)[0])
        if method is not None and method.function is not None:
            handler.function, handler.receiver = method.function, specimen(handler.cls)
            handler.wrappers += method.wrappers


def _answers(
    machine: Machine, index: Index, found: Found, handler: Handler
) -> Iterator[tuple[tuple[str, ...], Function | None]]:
    """(verbs, function that answers) pairs of one route."""
    if found.action:
        yield found.methods or ("GET",), handler.function
        return
    mapping = method_map(handler.initial)
    if mapping:
        yield tuple(sorted(mapping)), None
        return
    held = _held_open(machine, index, handler)
    if held is not None or (found.row is not None and found.row.protocol == "websocket"):
        found.actions = found.actions or (held.calls if held is not None else ())
        yield ("WEBSOCKET",), handler.function
        return
    if handler.function is not None or handler.cls is None:
        if (
            found.methods is None
            and handler.external is not None
            and found.row is not None
            and found.row.shape != "constructed"
            and "ANY" not in found.row.default
        ):
            yield _verbs_outside(index, handler.external), None
            return
        default = found.row.default if found.row is not None else ("GET",)
        yield (
            found.methods or _declared_methods(handler) or _brought_verbs(machine, handler) or default,
            handler.function,
        )
        return
    allowed = found.methods or _class_verbs(machine, handler.cls)
    if not allowed:
        yield (found.row.default if found.row is not None else ("ANY",)), None
        return
    yield tuple(allowed), None


def _declared_methods(handler: Handler) -> tuple[str, ...] | None:
    """The verbs that a decorator names: a call with one list of verbs, such as `require_http_methods(["GET"])`."""
    for wrapper in handler.wrappers:
        callee = wrapper.by
        name = getattr(callee, "path", "").rpartition(".")[2].removesuffix("()")
        if name.startswith("require_"):
            rest = name.removeprefix("require_").upper()
            if rest in VERBS:
                return (rest,)
            if rest == "SAFE":
                return ("GET", "HEAD")
        event = getattr(callee, "event", None)
        if event is not None and event.arguments.positional:
            listed = words(event.arguments.positional[0])
            if listed and all(verb.upper() in VERBS for verb in listed):
                return tuple(verb.upper() for verb in listed)
    return None


def _held_open(machine: Machine, index: Index, handler: Handler) -> RouteRow | None:
    """The row for classes that hold connections open, if what answers is one."""
    if handler.external is not None:
        outside = kinds_of(machine, handler.external)
    elif handler.cls is not None and handler.function is None:
        outside = provided_by(machine, handler.cls)
    else:
        return None
    rows = (known.row for path in sorted(outside) for known in index.routes.get(path, ()))
    return next((row for row in rows if row.shape == "class" and row.protocol == "websocket"), None)


def _verbs_outside(index: Index, external: External) -> tuple[str, ...]:
    """The verbs that a third-party class answers, as its library's row says."""
    rows = (known.row for known in index.routes.get(external.path, ()))
    return next((row.default for row in rows if row.shape == "class" and row.default != ("GET",)), ("ANY",))


def _brought_verbs(machine: Machine, handler: Handler) -> tuple[str, ...]:
    """The verbs of a third-party class that is listed as it is: `TemplateView.as_view()`."""
    if handler.external is None or handler.initial is None:
        return ()
    names = {name for path in kinds_of(machine, handler.external) for name in machine.vocabulary.methods.get(path, ())}
    return tuple(verb for verb in VERBS[:5] if verb.lower() in names)


def _class_verbs(machine: Machine, cls: Class) -> tuple[str, ...]:
    names = class_methods(machine, cls)
    allowed = words(machine.attribute(machine, machine.nowhere, cls, "http_method_names", 0))
    allowed = allowed or words(machine.attribute(machine, machine.nowhere, cls, "methods", 0))
    verbs = [verb for verb in VERBS[:5] if verb.lower() in names or f"on_{verb.lower()}" in names]
    if allowed:
        upper = {verb.upper() for verb in allowed}
        verbs = [verb for verb in verbs if verb in upper] or [verb for verb in VERBS[:5] if verb in upper and not verbs]
    return tuple(verbs)


def _endpoint(
    machine: Machine, judge: Judge, found: Found, handler: Handler, methods: tuple[str, ...], method: Function | None
) -> Endpoint:
    path = f"/{found.path}" if found.syntax in ("django", "regex") and not found.path.startswith("/") else found.path
    methods = tuple(sorted(dict.fromkeys(methods)))
    name, location = handler.name, handler.location
    event = found.event
    route_location = Location(event.module.path, line_of(event.at)) if event is not None else None
    guards = guards_of(judge, found, handler, methods, method, path)
    framework = found.library.name
    public = any(guard.public for guard in guards)
    return Endpoint(
        id=f"endpoint:{','.join(methods)} {path} {name}",
        framework=framework,
        methods=methods,
        path=path or "/",
        handler=name,
        location=location or route_location or Location("", 0),
        app=found.app,
        group=found.group or (event.module.name if event is not None else ""),
        auth=verdict(guards, handler, methods),
        guards=tuple(guard.guard for guard in guards),
        parameters=parameters_of(machine, found, handler, method, path),
        public=public,
        route_location=route_location,
        bases=_bases(handler.cls) if handler.cls is not None else (),
    )


def _bases(cls: Class) -> tuple[str, ...]:
    return tuple(f"{each.module.name}.{each.qualname}" for each in order_of(cls) if isinstance(each, Class))
