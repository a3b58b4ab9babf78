"""What answers a route: routes go in; out come the handlers with the verbs they answer, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from tmscan.inventory.calls.arguments import pick, texts, words
from tmscan.inventory.routes.actions import class_methods, kinds_of, provided_by
from tmscan.inventory.routes.found import CONCATENATED, Found
from tmscan.inventory.routes.handlers import Handler, method_map, unwrap
from tmscan.inventory.routes.parameters import parameters_of
from tmscan.inventory.types import Parameter
from tmscan.libraries.index import Index
from tmscan.libraries.types import RouteRow
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import Activation, Class, Decorated, External, Function

_CONVERTER = re.compile(r"<[a-z]+:")  # one call that may have any of several converters declares one route
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@dataclass(slots=True)
class Answer:
    """One route with its handler: the verbs it answers, the method of a class if one alone does, and what it takes.

    `runs` are the activations of the handler once it has run.
    """

    found: Found
    handler: Handler
    methods: tuple[str, ...]
    method: Function | None
    path: str
    parameters: tuple[Parameter, ...]
    runs: list[Activation] = field(default_factory=list)


def answers_of(machine: Machine, index: Index, routes: Iterable[Found]) -> list[Answer]:
    """One answer per route, and per method of a class of actions."""
    made: dict[tuple[object, ...], Answer] = {}
    for found in (_by_verb(machine, route) for route in routes):
        handler = unwrap(machine, found.target)
        if handler is not None and handler.cls is not None:
            _place_action(machine, found, handler)
        if handler is None or not handler.name:
            continue
        path = f"/{found.path}" if found.syntax in CONCATENATED and not found.path.startswith("/") else found.path
        for verbs, method in _answers(machine, index, found, handler):
            methods = tuple(sorted(dict.fromkeys(verbs)))
            place = id(found.event) if found.event is not None and "<" in path else None
            key = (methods, _CONVERTER.sub("<", path) if place else path, handler.name, place)
            if key not in made:
                parameters = parameters_of(machine, found, handler, method, path)
                made[key] = Answer(found, handler, methods, method, path, parameters)
    return list(made.values())


def _by_verb(machine: Machine, found: Found) -> Found:
    """The route with the methods that bear verbs in another form: `on_get`, `on_get_list`, `GET`."""
    handler = unwrap(machine, found.target)
    cls = handler.cls if handler is not None and not (found.action or found.actions) else None
    if cls is None:
        return found
    suffix = ""
    if found.row is not None and found.row.suffix and found.event is not None:
        suffix = next((f"_{text}" for text in texts(pick(found.event.arguments, found.row.suffix))), "")
    allowed = found.methods if found.methods is not None and "ANY" not in found.methods else VERBS[:6]
    held: list[tuple[str, str]] = []
    for verb in allowed:
        names = (f"on_{verb.lower()}{suffix}", verb)
        held += [(verb, name) for name in names if isinstance(find_in_class(cls, name)[0], Function | Decorated)]
    if not held:
        return found
    return replace(found, methods=tuple(verb for verb, _ in held), actions=tuple(name for _, name in held))


def _place_action(machine: Machine, found: Found, handler: Handler) -> None:
    """Turn the handler of a registered class into what answers: one of its methods, or the class as a whole."""
    if handler.cls is None:
        return
    mapping = method_map(handler.initial)
    if mapping and not found.actions:
        found.actions, found.acts = tuple(dict.fromkeys(mapping.values())), tuple(mapping.items())
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
        yield found.methods or (found.row.default if found.row is not None else ("GET",)), handler.function
        return
    mapping = method_map(handler.initial)
    if mapping:
        yield tuple(sorted(mapping)), None
        return
    held = _held_open(machine, index, handler)
    if held is not None or (found.row is not None and found.row.protocol == "websocket"):
        found.actions = found.actions or (held.calls if held is not None else ())
        yield ("WEBSOCKET",), handler.function
        verbs = _own_verbs(handler) if held is not None else ()
        if verbs:
            yield verbs, handler.function
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
    every = found.methods is None or "ANY" in found.methods  # the class says itself which verbs it has
    allowed = (_class_verbs(machine, handler.cls) if every else None) or found.methods
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


def _own_verbs(handler: Handler) -> tuple[str, ...]:
    """The verbs that a class of the program answers besides holding connections open."""
    cls = handler.cls
    found = (
        verb
        for verb in VERBS[:5]
        if cls is not None and isinstance(find_in_class(cls, verb.lower())[0], Function | Decorated)
    )
    return tuple(found)


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
    verbs = [verb for verb in VERBS[:5] if verb.lower() in names]
    if isinstance(find_in_class(cls, "head")[0], Function | Decorated):
        verbs.append("HEAD")
    if allowed:
        upper = {verb.upper() for verb in allowed}
        verbs = [verb for verb in verbs if verb in upper] or [verb for verb in VERBS[:5] if verb in upper and not verbs]
    return tuple(verbs)
