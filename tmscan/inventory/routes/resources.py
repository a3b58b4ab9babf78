"""Classes of actions registered under a prefix: one registration goes in, the family of routes it declares comes out.

What the class itself says (its methods, their decorators and parameters) is read in `actions`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tmscan.inventory.calls.arguments import HOLE, pick, texts, words
from tmscan.inventory.routes.actions import (
    class_methods,
    dashed,
    kinds_of,
    marked,
    members,
    parameter_parts,
    provided_by,
)
from tmscan.inventory.routes.by_convention import controller_named
from tmscan.inventory.routes.extended import added_routes
from tmscan.inventory.routes.handlers import unwrap
from tmscan.inventory.routes.held_by import who_has
from tmscan.inventory.routes.nested import below_parents
from tmscan.inventory.routes.routers import ResourceCall, Router, carrier
from tmscan.inventory.routes.sites import model_paths
from tmscan.inventory.routes.tables import own_table
from tmscan.libraries.index import Index
from tmscan.libraries.types import Library, PathSyntax, ResourceRow, Scope
from tmscan.program.data.operators import truth
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class
from tmscan.program.values import Arguments, Class, Event, External, Instance, Known, Table, Value

_NAMES = re.compile(r"\{([\w-]+)\}")
_SLASHES = re.compile(r"//+")


@dataclass(frozen=True, slots=True)
class ResourceRoute:
    """One route of a registered class: its verbs, the methods that answer, and what the registration puts before it.

    `options` are the arguments of the decorator that marks an extra action.
    """

    path: str
    verbs: tuple[str, ...]
    methods: tuple[str, ...]
    target: Value | None
    event: Event
    library: Library
    syntax: PathSyntax
    answers: str
    guards: tuple[tuple[Value, Scope], ...] = ()
    options: Arguments | None = None
    acts: tuple[tuple[str, str], ...] = ()  # each verb with its method


def resource_routes(machine: Machine, index: Index, call: ResourceCall, router: Router) -> Iterator[ResourceRoute]:
    """Every route of one registration; one for each path if the class answers as a whole."""
    routes = _routes(machine, index, call, router)
    if call.row.answers == "method":
        yield from routes
        return
    by_path: dict[str, ResourceRoute] = {}
    for route in routes:
        known = by_path.get(route.path)
        if known is None:
            by_path[route.path] = route
        else:
            verbs = tuple(dict.fromkeys((*known.verbs, *route.verbs)))
            methods = tuple(dict.fromkeys((*known.methods, *route.methods)))
            acts, options = (*known.acts, *route.acts), known.options or route.options
            by_path[route.path] = replace(known, verbs=verbs, methods=methods, options=options, acts=acts)
    yield from by_path.values()


def registered_class(machine: Machine, call: ResourceCall) -> tuple[Value | None, Class | None]:
    """What is registered, and the project's class behind it (none for a third-party class, or an object of one)."""
    target = controller_named(machine, call.row.place, carrier(call.event, call.row.handler))
    if call.row.more:
        target = next(
            (held for _, _, method in _pairs(call.row.routes) if (held := who_has(target, method)) is not target),
            target,
        )
    made = call.event.result
    if target is None and isinstance(made, External) and made.attributes is not None:
        # what a constructor is not given may be set afterwards: `builder.indexview = Home`
        target = next((made.attributes[name] for name in map(str, call.row.handler) if name in made.attributes), None)
    if call.row.of and isinstance(target, External):
        return External(target.event.path if target.event is not None else target.path), None
    handler = unwrap(machine, target)
    return target, handler.cls if handler is not None else None


def _routes(machine: Machine, index: Index, call: ResourceCall, router: Router) -> Iterator[ResourceRoute]:
    row = call.row
    target, cls = registered_class(machine, call)
    bases = provided_by(machine, cls) if cls is not None else kinds_of(machine, *_external(target))
    if row.of and bases.isdisjoint(row.of):
        return
    slash = _slash(call, router, cls)
    table = own_table(row, router)
    for prefix in prefixes_of(machine, index, call, cls):
        values = {"prefix": prefix, "slash": slash, "lookup": _lookup(machine, cls)}

        def made(
            template: str, verbs: tuple[str, ...], method: str, options: Arguments | None = None, **more: str
        ) -> ResourceRoute:
            path = _fill(template, {**values, **more, "method": method}, row)  # noqa: B023 - used in this round only
            methods = (method,) if method else ()
            before: tuple[tuple[Value, Scope], ...] = tuple((External(path), "router") for path in row.guards)
            syntax = row.syntax or "regex"
            return ResourceRoute(
                path, verbs, methods, target, call.event, call.library, syntax, row.answers, before, options,
                tuple((verb, method) for verb in verbs if method),
            )  # fmt: skip

        if cls is None:
            for template, verb, _ in _pairs((*row.routes, *row.inherited)):
                yield made(template, (verb,), "")
            continue
        allowed = _allowed(machine, cls, row)
        actions = [action for action in marked(cls, row) if allowed(action.method)]
        taken = {action.method for action in actions}
        arguments = {name: parameter_parts(machine, cls, name, row.ignored) for name in members(cls)}
        present = class_methods(machine, cls)
        own = (*_further(call), *_pairs(row.routes), *added_routes(row, router.value, router.added))
        for template, verb, method in table.routes if table is not None else own:
            if method in present and method not in taken and allowed(method):
                yield made(template, (verb,), method, arguments=arguments.get(method, ""))
        for action in actions:
            template = row.action_detail_path if action.detail and row.action_detail_path else row.action_path
            if table is not None:
                template = table.detail if action.detail else table.action
                if not template:
                    continue
            yield made(template, action.verbs, action.method, action.options, action=action.path)
        named = {method for _, _, method in _pairs(row.routes)}
        brought = class_methods(machine, cls, own=False)
        for method in members(cls) if row.rest else ():
            if method not in named | taken | brought and allowed(method):
                yield made(row.rest, ("GET",), method, arguments=arguments[method])
        guards: tuple[tuple[Value, Scope], ...] = tuple((External(path), "handler") for path in row.inherited_guards)
        for template, verb, method in _pairs(row.inherited):
            if find_in_class(cls, method)[0] is None and allowed(method):
                yield replace(made(template, (verb,), method), guards=guards)


def _external(target: Value | None) -> tuple[External, ...]:
    return (target,) if isinstance(target, External) else ()


def _pairs(routes: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str, str]]:
    """(template, verb, method) of pairs such as ("{prefix}", "list GET, create POST")."""
    for template, mapping in routes:
        for pair in mapping.split(","):
            method, _, verb = pair.strip().partition(" ")
            yield template, verb, method


def _further(call: ResourceCall) -> Iterator[tuple[str, str, str]]:
    """What a registration lists besides: `collection={"detail": "GET"}`."""
    for argument, template in call.row.more:
        table = pick(call.event.arguments, (argument,))
        for method, verb in table.items.items() if isinstance(table, Table) else ():
            for text in texts(verb):
                yield template.replace("{action}", str(method)), text.upper(), str(method)


def _allowed(machine: Machine, cls: Class, row: ResourceRow) -> _Allowed:
    return _Allowed(_listed_in(machine, cls, row.include), _listed_in(machine, cls, row.exclude) or frozenset())


@dataclass(frozen=True, slots=True)
class _Allowed:
    """Which methods a class lets be routes."""

    include: frozenset[str] | None
    exclude: frozenset[str]

    def __call__(self, method: str) -> bool:
        return method not in self.exclude and (self.include is None or method in self.include)


def _listed_in(machine: Machine, cls: Class, attribute: str) -> frozenset[str] | None:
    if not attribute:
        return None
    value = machine.attribute(machine, machine.nowhere, cls, attribute, 0)
    found = words(value)
    if found is None and isinstance(value, External) and value.event is not None:
        # a set that third-party code adds to: `RouteMethod.CRUD_SET | {"x"}` names at least what is written here
        found = next((known for argument in value.event.arguments.positional if (known := words(argument))), None)
    return frozenset(found) if found is not None else None


def prefixes_of(machine: Machine, index: Index, call: ResourceCall, cls: Class | None) -> tuple[str, ...]:
    """What the paths of a registration begin with: one, or one for each thing that is registered at once."""
    if call.row.prefixes == ("{model-path}",):
        return model_paths(machine, call.event)
    if call.row.path:
        own = tuple(_above(call, text) for text in texts(pick(call.event.arguments, call.row.path)))
        return tuple(below_parents(call.event, call.row, prefix) for prefix in own) if call.row.parents else own
    for template in call.row.prefixes:
        names = _NAMES.findall(template)
        found = {name: _named(machine, index, call, cls, name) for name in names}
        if all(value is not None for value in found.values()):
            return (_fill(template, {name: value or "" for name, value in found.items()}, call.row),)
    return ()


def _above(call: ResourceCall, path: str) -> str:
    """A prefix behind what the registration says of outer things: `path_prefix`, or the names of an outer resource."""
    row, given = call.row, call.event.arguments
    if not row.above:
        return path
    before = next(iter(texts(pick(given, row.above))), "")
    outer = pick(given, row.parent)
    if pick(given, row.above) is None and isinstance(outer, Table):
        names = [next(iter(texts(outer.items.get(key))), HOLE) for key in ("collection_name", "member_name")]
        before = f"{names[0]}/:{names[1]}_id"
    return "".join(f"/{part}" for part in (before.strip("/"), path.strip("/")) if part)


def _named(machine: Machine, index: Index, call: ResourceCall, cls: Class | None, name: str) -> str | None:
    """The text behind a name of a prefix: a keyword of the call, an attribute of the class, or the row's default."""
    if name == "class":
        return cls.qualname.rpartition(".")[2].lower() if cls is not None else ""
    if name == "class-dashed":
        return dashed(cls.qualname.rpartition(".")[2].removesuffix("View")) if cls is not None else ""
    made = carrier(call.event, call.row.handler)
    making = made.event if isinstance(made, External | Instance) else None
    if making is None and isinstance(call.event.callee, External):
        making = call.event.callee.event  # a decorator: what it was made with
    if name == "first-class":
        first = making.arguments.positional[0] if making is not None and making.arguments.positional else None
        return first.qualname.rpartition(".")[2].lower() if isinstance(first, Class) else None
    given = texts(call.event.arguments.keywords.get(name))
    if not given and making is not None:
        given = texts(making.arguments.keywords.get(name))
    if not given and cls is not None:
        given = texts(machine.attribute(machine, machine.nowhere, cls, name, 0))
        if not given and find_in_class(cls, name)[0] is None:
            known = (index.classes.get(path) for path in sorted(provided_by(machine, cls)))
            given = tuple(
                text for found in known if found is not None for key, text in found.row.attributes if key == name
            )
    if given:
        return given[0]
    default = next((text for key, text in call.row.defaults if key == name), None)
    if default is None:
        return None
    return _NAMES.sub(lambda match: _named(machine, index, call, cls, match[1]) or "", default)


def _fill(template: str, values: Mapping[str, str], row: ResourceRow) -> str:
    for name in ("action", "arguments"):
        if values.get(name) == "":
            template = template.replace(f"/{{{name}}}", "")
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    if row.syntax == "flask":
        return _SLASHES.sub("/", template)
    return template.replace("^/", "^") if values.get("prefix") == "" else template


def _slash(call: ResourceCall, router: Router, cls: Class | None) -> str:
    """The ending of the paths: a router or class with `trailing_slash=False` leaves it out."""
    name = call.row.slash
    if not name:
        return ""
    given = call.event.arguments.keywords.get(name)
    if given is None and router.event is not None:
        given = router.event.arguments.keywords.get(name)
    if given is None and cls is not None:
        given = find_in_class(cls, name)[0]
    if given is None and isinstance(router.value, Instance):
        given = router.value.attributes.get(name) or find_in_class(router.value.cls, name)[0]
    if given is None or (isinstance(given, Known) and given.value is None):
        return "/"
    return "" if truth(given) is False else (texts(given) or ("/",))[0]


def _lookup(machine: Machine, cls: Class | None) -> str:
    """The named group of the identifier: `lookup_url_kwarg`, else `lookup_field`, else `pk`."""
    found = {}
    for name in ("lookup_url_kwarg", "lookup_field", "lookup_value_regex"):
        known = texts(machine.attribute(machine, machine.nowhere, cls, name, 0)) if cls is not None else ()
        found[name] = known[0] if known else ""
    field = found["lookup_url_kwarg"] or found["lookup_field"] or "pk"
    return f"(?P<{field}>{found['lookup_value_regex'] or '[^/.]+'})"
