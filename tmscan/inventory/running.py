"""Running the program's functions so that their effects are seen: factories, then handlers, then what nobody calls.

Only functions that mention a name some library row ends in are run; the others can have no effect that tmscan knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tmscan.inventory.answers import Answer
from tmscan.inventory.arguments import pick
from tmscan.inventory.handlers import Handler, behind
from tmscan.inventory.injected import injected
from tmscan.inventory.offered import offered, only_application
from tmscan.inventory.own_applications import own_applications
from tmscan.inventory.routes import Found
from tmscan.inventory.vocabulary import COMMON
from tmscan.libraries.index import Index
from tmscan.libraries.paths import last_name
from tmscan.program.calls import call_by_framework
from tmscan.program.classes import external_bases, find_in_class
from tmscan.program.lookups import prepare_objects
from tmscan.program.machine import Machine
from tmscan.program.typing_hints import specimen
from tmscan.program.values import (
    UNKNOWN,
    Activation,
    Arguments,
    Class,
    Decorated,
    External,
    Function,
    Instance,
    Module,
    Origin,
    Table,
    Unknown,
    Value,
)

REQUESTS = ("request", "req")
_NUMERIC = frozenset({"int", "float", "uuid", "UUID", "bool", "date", "datetime", "Decimal", "\\d+", "[0-9]+"})
_EXPRESSIONS = frozenset({"regex", "anchored", "django"})
_NAMELESS = re.compile(r"arg\d+")


def run_factories(machine: Machine, index: Index, touched: Mapping[str, frozenset[str]]) -> None:
    """Run the functions that nobody has called yet and that may create applications or declare routes.

    Only files that touch a web library can: a function that is handed an application without naming one runs when its
    caller does.
    """
    prepare_objects(machine)
    web = {
        name
        for library in index.libraries
        if library.routes or library.routers or library.resources
        for name in (library.name, *library.imports)
    }
    files = {path for path, roots in touched.items() if not web.isdisjoint(roots)}
    makers = frozenset(last_name(path) for path in index.routers) - COMMON
    names = (last_name(path) for path, rows in index.routers.items() if rows[0].row.root)
    roots = frozenset(name for name in names if name[:1].isupper()) - COMMON
    for tails in (own_applications(machine, index), roots, makers, machine.vocabulary.declares):
        application = only_application(machine, index)
        for function in _fresh(machine):
            if function.module.path in files and not tails.isdisjoint(function.definition.mentions):
                call_by_framework(machine, function, _receiver(function), offered(application, function))


def run_rest(machine: Machine, index: Index, touched: Mapping[str, frozenset[str]]) -> None:
    """Run whatever else can have an effect, with arguments nothing is known about."""
    tails = _effect_tails(index)
    wanted: dict[str, frozenset[str]] = {}
    for path, roots in touched.items():
        wanted[path] = frozenset().union(
            tails.get("builtins", frozenset()),
            machine.vocabulary.unseen,
            *(tails.get(root, frozenset()) for root in roots),
        )
    for function in _fresh(machine):
        if not wanted.get(function.module.path, frozenset()).isdisjoint(function.definition.mentions):
            call_by_framework(machine, function, _receiver(function), Arguments())


def run_tables(machine: Machine, index: Index) -> None:
    """Run the functions that put listed routes together, in files that name the calls which make them."""
    listed = frozenset(
        path for path, rows in index.routes.items() if any(known.row.shape == "listed" for known in rows)
    )
    names: dict[str, frozenset[str]] = {}
    for module in machine.modules.values():
        if module.frame is not None:
            held = module.frame.locals.items()
            names[module.path] = frozenset(
                n for n, value in held if isinstance(value, External) and value.path in listed
            )
    for function in _fresh(machine):
        if not names.get(function.module.path, frozenset()).isdisjoint(function.definition.mentions):
            call_by_framework(machine, function, _receiver(function), Arguments())


def run_mount_hooks(machine: Machine, index: Index) -> None:
    """Call what a framework calls on the project's own routers when they are mounted, mounts made there included."""
    done: set[int] = set()
    position = 0
    while position < len(machine.events):
        event = machine.events[position]
        position += 1
        for known in index.mounts.get(event.path, ()):
            child = pick(event.arguments, known.row.child) if known.row.invokes else None
            if not isinstance(child, Instance) or id(child) in done:
                continue
            done.add(id(child))
            method, owner = find_in_class(child.cls, known.row.invokes)
            if isinstance(method, Function) and isinstance(owner, Class) and isinstance(event.callee, External):
                receiver = event.callee.base or UNKNOWN
                call_by_framework(machine, method, child, Arguments([receiver, Table({})]))


def _fresh(machine: Machine) -> Iterator[Function]:
    """The functions that have not run, those included that come to be meanwhile."""
    start = 0
    while start < len(machine.functions):
        batch = machine.functions[start:]
        start = len(machine.functions)
        for function in batch:
            if not started(machine, function):
                yield function


def _effect_tails(index: Index) -> dict[str, frozenset[str]]:
    """Per root of a library (import name or library name), last names of calls with an effect worth looking for."""
    found: dict[str, set[str]] = {}
    for library in index.libraries:
        names = {
            last_name(path) for row in library.effects if row.does not in _WITH_INPUT_ONLY for path in row.paths
        } | {last_name(path) for row in library.stores for path in row.paths}
        for root in {library.name, *(name.partition(".")[0] for name in library.imports)}:
            found.setdefault(root, set()).update(names)
    return {root: frozenset(names) for root, names in found.items()}


# Sinks that only matter when request input reaches them: running the handlers finds them.
_WITH_INPUT_ONLY = frozenset({"log", "html", "url", "regex", "redirect", "content-type"})


def libraries_touched(machine: Machine) -> dict[str, frozenset[str]]:
    """Per file, the roots of third-party paths (`flask`, `sqlalchemy`) that its own and borrowed names hold."""
    direct: dict[str, set[str]] = {}
    borrowed: dict[str, set[str]] = {}
    for module in machine.modules.values():
        if module.frame is None:
            continue
        facts = machine.facts.get(module.path)
        roots = direct.setdefault(
            module.path, {name.partition(".")[0] for name in facts.imports} if facts is not None else set()
        )
        others = borrowed.setdefault(module.path, set())
        for value in module.frame.locals.values():
            if isinstance(value, External):
                roots.add(_root(value.path))
            elif isinstance(value, Class | Instance | Function | Decorated):
                inner = value.value if isinstance(value, Decorated) else value
                cls = inner.cls if isinstance(inner, Instance) else inner
                if isinstance(cls, Class):
                    roots.update(_root(base.path) for base in external_bases(cls))
                if isinstance(cls, Class | Function):
                    others.add(cls.module.path)
            elif isinstance(value, Module):
                others.add(value.path)
    return {
        path: frozenset(roots.union(*(direct.get(other, set()) for other in borrowed[path])))
        for path, roots in direct.items()
    }


def _root(path: str) -> str:
    return path.partition(".")[0].partition("(")[0].partition(":")[0]


def started(machine: Machine, function: Function) -> bool:
    """Whether some activation of this function exists."""
    return id(function.definition) in machine.started


def run_handler(machine: Machine, answer: Answer) -> list[Activation]:
    """Run what answers a route, its inputs bound to untrusted data of the right kind."""
    handler, found = answer.handler, answer.found
    functions = [handler.function] if handler.function is not None else []
    receiver = handler.receiver
    if handler.cls is not None and handler.function is None:
        receiver = specimen(handler.cls)
        names = ["prepare", *found.actions, *(m.lower() for m in answer.methods), *_HOOKS]
        if "ANY" in answer.methods:
            names = ["prepare", "get", "post", "put", "patch", "delete", *_HOOKS]
        functions = [made for name in names if (made := _method(handler, name)) is not None]
        functions.extend(behind(machine, functions))
    activations = []
    for function in functions:
        arguments = _inputs(machine, answer, function, receiver)
        owner = receiver if function.owner is not None else None
        activation = call_by_framework(machine, function, owner, arguments)
        if activation is not None:
            activations.append(activation)
    return activations


_HOOKS = (
    "dispatch", "dispatch_request", "get_queryset", "get_serializer_class", "get_form_class", "get_object",
    "get_context_data", "form_valid", "form_invalid", "create", "list", "retrieve", "update", "partial_update",
    "destroy", "perform_create", "perform_update", "perform_destroy", "on_get", "on_post", "on_put", "on_patch",
    "on_delete",
)  # fmt: skip


def _method(handler: Handler, name: str) -> Function | None:
    if handler.cls is None:
        return None
    found, _ = find_in_class(handler.cls, name)
    while isinstance(found, Decorated):
        found = found.value
    return found if isinstance(found, Function) else None


def _inputs(machine: Machine, answer: Answer, function: Function, receiver: Value | None) -> Arguments:
    """Keyword arguments for a handler: path parameters and typed inputs as untrusted data, the request as itself."""
    arguments = Arguments()
    kinds = {parameter.name: (parameter.place, parameter.type) for parameter in answer.parameters}
    parameters = function.definition.parameters
    if receiver is not None and function.owner is not None:
        parameters = parameters[1:]
    groups = _groups(answer, {parameter.name for parameter in parameters})
    for position, parameter in enumerate(parameters):
        if parameter.kind in (2, 4):
            continue
        if groups and parameter.name not in kinds and parameter.name not in REQUESTS:
            kinds[parameter.name] = ("path", groups.pop(0))
        if parameter.name in kinds:
            place, kind = kinds[parameter.name]
            if kind.strip() not in _NUMERIC:
                origin = Origin(place, parameter.name, function.module.path, function.definition.at)
                arguments.keywords[parameter.name] = Unknown(frozenset({origin}))
        elif parameter.annotation is None and (parameter.name in REQUESTS or (position == 0 and not kinds)):
            request = request_value(machine, answer.found, answer.handler.cls)
            if request is not None:
                arguments.keywords[parameter.name] = request
        made = _named_by_class(receiver, parameter.name)
        if made is not None:
            arguments.keywords[parameter.name] = made
    for name, made in injected(machine, function):
        arguments.keywords[name] = made
    return arguments


def _groups(answer: Answer, names: set[str]) -> list[str]:
    """The patterns of groups without a name in an expression: they are handed over by position."""
    if answer.found.syntax not in _EXPRESSIONS:
        return []
    taken = [each for each in answer.parameters if each.place == "path"]
    return [each.type for each in taken if _NAMELESS.fullmatch(each.name) and each.name not in names]


def _named_by_class(receiver: Value | None, name: str) -> Value | None:
    """`serializer_class = NoteSerializer` says what the parameter `serializer` is; so does `form_class`."""
    if not isinstance(receiver, Instance):
        return None
    found, _ = find_in_class(receiver.cls, f"{name}_class")
    return specimen(found) if isinstance(found, Class) else None


def request_value(machine: Machine, found: Found, cls: Class | None = None) -> Value | None:
    """The request object that a framework hands to its handlers: that of the class view, or of the route's library."""
    if cls is not None:
        own = machine.attribute(machine, machine.nowhere, specimen(cls), "request", 0)
        if isinstance(own, External) and own.path in machine.request_paths:
            return External(own.path)
    path = f"{found.library.name}:Request"
    return External(path) if path in machine.request_paths else None


def _receiver(function: Function) -> Value | None:
    return (
        specimen(function.owner) if function.owner is not None and function.kind in ("function", "property") else None
    )
