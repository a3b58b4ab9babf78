"""Running the program's functions so that their effects are seen: factories, then handlers, then what nobody calls.

Only functions that mention a name some library row ends in are run; the others can have no effect that tmscan knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from tmscan.inventory.calls.arguments import pick
from tmscan.inventory.routes.answers import Answer
from tmscan.inventory.routes.handlers import Handler, behind
from tmscan.inventory.running.fillers import run_fillers
from tmscan.inventory.running.inputs import REQUESTS, inputs_of, requested
from tmscan.inventory.running.offered import applications, offered, only_application
from tmscan.inventory.running.own_applications import own_applications
from tmscan.inventory.running.touched import files_of_web
from tmscan.inventory.running.waiting import fresh, receiver_of
from tmscan.inventory.vocabulary import COMMON
from tmscan.libraries.index import Index
from tmscan.libraries.paths import last_name
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.objects.lookups import prepare_objects
from tmscan.program.objects.models import model_behind
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import (
    UNKNOWN,
    Activation,
    Arguments,
    Class,
    Decorated,
    External,
    Function,
    Instance,
    Table,
)

REST_STEPS = 60_000  # for each function that nobody is seen to call


def run_factories(machine: Machine, index: Index, touched: Mapping[str, frozenset[str]]) -> None:
    """Run the functions that nobody has called yet and that may create applications or declare routes.

    Only files that touch a web library can: a function that is handed an application without naming one runs when its
    caller does.
    """
    prepare_objects(machine)
    files = files_of_web(index, touched)
    makers = frozenset(last_name(path) for path in index.routers) - COMMON
    names = (last_name(path) for path, rows in index.routers.items() if rows[0].row.root)
    roots = frozenset(name for name in names if name[:1].isupper()) - COMMON
    for tails in (own_applications(machine, index), roots, makers, machine.vocabulary.declares):
        if tails is machine.vocabulary.declares:
            run_fillers(machine, files, tails)
        application = only_application(machine, index)
        for function in fresh(machine):
            if function.module.path in files and not tails.isdisjoint(function.definition.mentions):
                call_by_framework(machine, function, receiver_of(function), offered(application, function))
    _run_own_methods(machine, index)


def _run_own_methods(machine: Machine, index: Index) -> None:
    """Run the methods of the program's own kinds of applications that may declare routes: `self.get(path)(show)`."""
    made: dict[int, Instance] = {}
    for each in applications(machine, index):
        if isinstance(each, Instance):
            for owner in order_of(each.cls):
                made.setdefault(id(owner), each)
    verbs = frozenset(last_name(path) for path in index.routes) if made else frozenset()
    for function in fresh(machine):
        own = made.get(id(function.owner)) if function.kind == "function" else None
        if own is not None and not verbs.isdisjoint(function.definition.mentions):
            call_by_framework(machine, function, own, Arguments())


def run_rest(machine: Machine, index: Index, touched: Mapping[str, frozenset[str]]) -> None:
    """Run whatever else can have an effect, with arguments nothing is known about but for what is called a request."""
    tails, all_tails = _effect_tails(index, _WITH_INPUT_ONLY), _effect_tails(index, frozenset())
    asking = _asking(machine)
    requests = _requests(machine, index)
    most, machine.per_root = machine.per_root, REST_STEPS
    for function in fresh(machine):
        path = function.module.path
        roots = touched.get(path, frozenset())
        given = requested(function, frozenset(requests[root] for root in roots if root in requests))
        known = all_tails if path in asking or given.keywords else tails
        wanted = (known.get(root, frozenset()) for root in ("builtins", *roots))
        if not all(names.isdisjoint(function.definition.mentions) for names in (machine.vocabulary.unseen, *wanted)):
            call_by_framework(machine, function, receiver_of(function), given)
    machine.per_root = most


def _requests(machine: Machine, index: Index) -> dict[str, str]:
    """What requests are to the libraries that have some, by the roots of their imports."""
    return {
        name.partition(".")[0]: f"{library.name}:Request"
        for library in index.libraries
        if f"{library.name}:Request" in machine.request_paths
        for name in (library.name, *library.imports)
    }


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
    for function in fresh(machine):
        if not names.get(function.module.path, frozenset()).isdisjoint(function.definition.mentions):
            call_by_framework(machine, function, receiver_of(function), Arguments())


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


def _asking(machine: Machine) -> set[str]:
    """The files in which the request is a name that every function can read (`flask.request`)."""
    return {
        module.path
        for module in machine.modules.values()
        if module.frame is not None
        and any(
            isinstance(value, External) and value.path in machine.request_paths
            for value in module.frame.locals.values()
        )
    }


def _effect_tails(index: Index, besides: frozenset[str]) -> dict[str, frozenset[str]]:
    """Per root of a library (import name or library name), last names of calls with an effect worth looking for."""
    found: dict[str, set[str]] = {}
    for library in index.libraries:
        effects = (path for row in library.effects if row.marks or row.does not in besides for path in row.paths)
        stores = (path for row in library.stores for path in row.paths)
        settings = (path for row in library.settings for path in row.paths)
        names = set(map(last_name, chain(effects, stores, settings)))
        for root in {library.name, *(name.partition(".")[0] for name in library.imports)}:
            found.setdefault(root, set()).update(names)
    return {root: frozenset(names) for root, names in found.items()}


# Sinks that only matter when request input reaches them: running the handlers finds them.
_WITH_INPUT_ONLY = frozenset({"log", "html", "url", "regex", "redirect", "content-type"})


def run_handler(machine: Machine, answer: Answer) -> list[Activation]:
    """Run what answers a route, its inputs bound to untrusted data of the right kind."""
    handler, found = answer.handler, answer.found
    functions = [*_providing(answer), handler.function] if handler.function is not None else []
    receiver = handler.receiver
    if handler.cls is not None and handler.function is None:
        receiver = specimen(handler.cls)
        asked = {*(found.actions or ()), *(() if found.actions else map(str.lower, answer.methods))}
        hooks = [name for name in _HOOKS if name not in _ONLY or not asked.isdisjoint(_ONLY[name])]
        names = ["prepare", *found.actions, *(m.lower() for m in answer.methods), *hooks]
        if "ANY" in answer.methods:
            names = ["prepare", "get", "post", "put", "patch", "delete", *_HOOKS]
        functions = [made for name in names if (made := _method(handler, name)) is not None]
        functions.extend(behind(machine, functions))
    activations = []
    for function in functions:
        # What a decorator made of a method is a method, too: it is given the object.
        plain = function.owner is None and handler.function is not None
        owner = None if plain else receiver or receiver_of(function)
        arguments = _handed(machine, handler.cls, function) or inputs_of(machine, answer, function, owner)
        activation = call_by_framework(machine, function, owner, arguments)
        if activation is not None:
            activations.append(activation)
    return activations


def _providing(answer: Answer) -> list[Function]:
    """The outermost wrapper of the project's, where the function behind it takes what no framework gives it."""
    function = answer.handler.function
    wrappers = [wrapper.by for wrapper in answer.handler.wrappers if isinstance(wrapper.by, Function)]
    if not wrappers or function is None or function.owner is not None:
        return []
    known = {parameter.name for parameter in answer.parameters} | {*REQUESTS}
    parameters = function.definition.parameters
    given = any(
        parameter.kind in (0, 1, 3) and parameter.default is None and parameter.name not in known
        for parameter in parameters
    )
    return wrappers[:1] if given else []


_HOOKS = (
    "dispatch", "dispatch_request", "get_queryset", "get_serializer_class", "get_form_class", "get_object",
    "get_permissions", "filter_queryset", "get_context_data", "form_valid", "form_invalid", "create", "list",
    "retrieve", "update", "partial_update", "destroy", "perform_create", "perform_update", "perform_destroy", "on_get",
    "on_post", "on_put", "on_patch", "on_delete",
)  # fmt: skip


# The actions and verbs that a hook runs for.
_ONLY = {
    "create": ("create", "post"),
    "list": ("list", "get"),
    "retrieve": ("retrieve", "get"),
    "update": ("update", "partial_update", "put", "patch"),
    "partial_update": ("partial_update", "patch"),
    "destroy": ("destroy", "delete"),
    "perform_create": ("create", "post"),
    "perform_update": ("update", "partial_update", "put", "patch"),
    "perform_destroy": ("destroy", "delete"),
}

# What frameworks hand to hooks: an object of the class that the handler class names, or of its model.
_HANDED = {"perform_create": "serializer_class", "perform_update": "serializer_class", "form_valid": "form_class"}


def _handed(machine: Machine, cls: Class | None, function: Function) -> Arguments | None:
    """The arguments of a hook, where the class says what they are; None for all else."""
    if cls is None or len(function.definition.parameters) != 2:
        return None
    attribute = _HANDED.get(function.definition.name, "")
    if attribute:
        shape, _ = find_in_class(cls, attribute)
        return Arguments([specimen(shape)]) if isinstance(shape, Class) else None
    if function.definition.name == "perform_destroy":
        model = model_behind(machine, specimen(cls))
        return Arguments([specimen(model)]) if model is not None else None
    return None


def _method(handler: Handler, name: str) -> Function | None:
    if handler.cls is None:
        return None
    found, _ = find_in_class(handler.cls, name)
    while isinstance(found, Decorated):
        found = found.value
    return found if isinstance(found, Function) else None
