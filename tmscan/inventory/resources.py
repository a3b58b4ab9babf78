"""Classes of actions registered under a prefix: the family of routes that a resource row describes."""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.arguments import pick, texts, words
from tmscan.inventory.handlers import unwrap
from tmscan.inventory.routers import ResourceCall, Router
from tmscan.libraries.types import Library
from tmscan.program.classes import order_of
from tmscan.program.machine import Machine
from tmscan.program.operators import truth
from tmscan.program.values import Class, Decorated, Event, External, Function, Known, Value


def resource_routes(
    machine: Machine, call: ResourceCall, router: Router
) -> Iterator[tuple[str, dict[str, str], Value | None, Event, Library]]:
    """(path, verb → method, target, registering call, library) for every route of one registration."""
    row, arguments = call.row, call.event.arguments
    target = pick(arguments, row.handler)
    handler = unwrap(machine, target)
    cls = handler.cls if handler is not None else None
    methods = class_methods(machine, cls) if cls is not None else set()
    slash = _slash(call, router)
    lookup = _lookup(machine, cls)
    for prefix in texts(pick(arguments, row.path)):
        values = {"prefix": prefix, "slash": slash, "lookup": lookup}
        for template, mapping in row.routes:
            verbs = {}
            for pair in mapping.split(","):
                method, _, verb = pair.strip().partition(" ")
                if cls is None or method in methods:
                    verbs[verb] = method
            if verbs:
                yield _fill(template, values), verbs, target, call.event, call.library
        for name, verbs_of, detail, path in _actions(cls, row.action):
            template = row.action_detail_path if detail else row.action_path
            yield (
                _fill(template, {**values, "action": path}),
                dict.fromkeys(verbs_of, name),
                target,
                call.event,
                call.library,
            )


def class_methods(machine: Machine, cls: Class) -> set[str]:
    """The method names a class has: its own, inherited ones, and those that third-party bases are known to bring."""
    names: set[str] = set()
    paths: list[str] = []
    for owner in order_of(cls):
        if isinstance(owner, Class):
            names |= {name for name, value in owner.namespace.items() if not _is_none(value)}
        else:
            paths.append(owner.path)
    for path in paths:
        names |= set(machine.vocabulary.methods.get(path, ()))
        paths.extend(base for base in machine.vocabulary.bases.get(path, ()) if base not in paths)
    return names


def _is_none(value: Value) -> bool:
    return isinstance(value, Known) and value.value is None


def _fill(template: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template.replace("^/", "^") if values.get("prefix") == "" else template


def _slash(call: ResourceCall, router: Router) -> str:
    """The ending of the paths: a router made with `trailing_slash=False` leaves it out."""
    if call.row.slash and router.event is not None:
        given = router.event.arguments.keywords.get(call.row.slash)
        if given is not None and truth(given) is False:
            return ""
    if isinstance(router.value, External | None):
        return "/"
    held = getattr(router.value, "attributes", {}).get(call.row.slash)
    return (texts(held) or ("/",))[0] if held is not None else "/"


def _lookup(machine: Machine, cls: Class | None) -> str:
    """The named group of the identifier: `lookup_url_kwarg`, else `lookup_field`, else `pk`."""
    if cls is None:
        return "(?P<pk>[^/.]+)"
    found = {}
    for name in ("lookup_url_kwarg", "lookup_field", "lookup_value_regex"):
        value = machine.attribute(machine, machine.nowhere, cls, name, 0)
        known = texts(value)
        found[name] = known[0] if known else ""
    field = found["lookup_url_kwarg"] or found["lookup_field"] or "pk"
    return f"(?P<{field}>{found['lookup_value_regex'] or '[^/.]+'})"


def _actions(cls: Class | None, markers: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], bool, str]]:
    """(method, verbs, detail, path) of the extra actions that a decorator marks."""
    if cls is None:
        return
    seen: set[str] = set()
    for owner in order_of(cls):
        if not isinstance(owner, Class):
            continue
        for name, value in owner.namespace.items():
            if name in seen:
                continue
            layer: Value = value
            while isinstance(layer, Decorated):
                by = layer.by
                if isinstance(by, External) and by.path in markers and by.event is not None:
                    seen.add(name)
                    arguments = by.event.arguments
                    verbs = words(pick(arguments, (0, "methods"))) or ("GET",)
                    detail = arguments.keywords.get("detail") or (
                        arguments.positional[1] if len(arguments.positional) > 1 else None
                    )
                    path = (texts(arguments.keywords.get("url_path")) or (name,))[0]
                    yield name, tuple(verb.upper() for verb in verbs), truth(detail) is True if detail else False, path
                    break
                layer = layer.value
            if isinstance(layer, Function):
                seen.add(name)
