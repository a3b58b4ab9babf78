"""A decorator, dependency, class, hook or middleware goes in; out comes whether it is a guard, and of which kind.

Project code is a guard if it refuses depending on the caller; names in the library files only cover third-party code.
"""

from __future__ import annotations

from dataclasses import replace

from tmscan.facts.types import line_of
from tmscan.inventory.calls.arguments import listed, pick, show, texts
from tmscan.inventory.guards.declaring import declared_guard
from tmscan.inventory.guards.followed import counts, followed
from tmscan.inventory.guards.handed import VIEWS, arguments_for, from_route, is_view, middleware_of
from tmscan.inventory.guards.judges import Asked, Judge, Judged
from tmscan.inventory.guards.refusals import refusals_of
from tmscan.inventory.guards.titles import title_of
from tmscan.inventory.running.injected import targets_of
from tmscan.inventory.types import Guard
from tmscan.libraries.types import GuardKind, Scope
from tmscan.program.data.regexes import matched
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.lattice import options
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.values import (
    FALSE,
    NOTHING,
    Arguments,
    Bound,
    Choice,
    Class,
    Decorated,
    Event,
    External,
    Function,
    Instance,
    Known,
    Partial,
    Sequence,
    Value,
)
from tmscan.sources.types import Location

_CUT = "takes too many steps to follow to the end"
DEPTH = 8
_OUTSIDE = ("middleware", "framework", "app", "router", "class")
_MIDDLEWARE = ("__call__", "dispatch", "process_request", "process_resource", "process_view", "authenticate_request")


def judge_value(judge: Judge, value: Value, asked: Asked, depth: int = DEPTH) -> Judged | None:
    """The judgement on whatever stands before a handler; None if it is no guard."""
    if depth == 0:
        return None
    if isinstance(value, External):
        return _external(judge, value, asked, depth)
    declared = declared_guard(judge, value, asked.scope)
    if declared is not None:
        return declared
    if isinstance(value, Decorated):  # a hook on many blueprints is wrapped once for each: that takes no depth
        return judge_value(judge, value.by, asked, depth - 1) or judge_value(judge, value.value, asked, depth)
    if isinstance(value, Partial):
        return judge_value(judge, value.function, asked, depth - 1)
    if isinstance(value, Bound):
        return judge_function(judge, value.function, value.receiver, asked)
    if isinstance(value, Function):
        return judge_function(judge, value, None, asked) or _made(judge, value, None, asked)
    if isinstance(value, Class):
        return _class(judge, value, Instance(value, ready=False), asked)
    if isinstance(value, Instance):
        return _class(judge, value.cls, value, asked)
    if isinstance(value, Choice):
        found = [judge_value(judge, option, asked, depth - 1) for option in value.options]
        return next((judged for judged in found if judged is not None), None)
    if isinstance(value, Known) and isinstance(value.value, str) and "." in value.value:
        return _by_name(judge, value.value, asked, depth)
    return None


def judge_function(judge: Judge, function: Function, receiver: Value | None, asked: Asked) -> Judged | None:
    """Whether running a function for an anonymous request can end in a refusal that hangs on who asks."""
    identity = _identity(function, receiver, asked)
    varies = judge.candidates.get(identity, False)
    key = (*identity, asked.situation.key) if identity in judge.candidates and varies is None else identity
    if identity in judge.candidates and varies is True:
        key = identity
    if key not in judge.known:
        judge.known[key] = None
        judge.candidates.setdefault(identity, True)
        judged, depends = _rehearsed(judge, function, receiver, asked)
        if depends:
            judge.candidates[identity] = None
            judge.known.pop(identity, None)
            key = (*identity, asked.situation.key)
        judge.known[key] = judged
    judged = judge.known[key]
    if judged is None:
        judged = next((found for found in dependencies(judge, function, asked) if not found.public), None)
    return _at(judged, asked.scope)


def _made(judge: Judge, function: Function, receiver: Value | None, asked: Asked) -> Judged | None:
    """The judgement on what a decorator or a maker of middleware returns: the function inside it."""
    if asked.scope not in _OUTSIDE:
        return None
    arguments = arguments_for(judge, function, receiver, asked)
    made = call_by_framework(judge.machine, function, receiver, arguments)
    for option in options(made.result) if made is not None else ():
        inner = option.value if isinstance(option, Decorated) else option
        if isinstance(inner, Function) and inner.scope is not None and inner.scope.function is function:
            return judge_function(judge, inner, None, asked)
    return None


def _rehearsed(judge: Judge, function: Function, receiver: Value | None, asked: Asked) -> tuple[Judged | None, bool]:
    """The judgement, and whether it could be another one for another endpoint."""
    arguments = arguments_for(judge, function, receiver, asked)
    names = {parameter.name for parameter in function.definition.parameters}
    wraps = bool(asked.skipped) and (asked.scope == "handler" or not names.isdisjoint(VIEWS))
    given = any(is_view(function, name) for name in names)
    if not wraps and not given and not _may_refuse(judge, function, receiver, asked):
        return None, False
    if judge.only_looks:
        return None, False
    found, cut = followed(judge, function, receiver, arguments, asked)
    depends = not judge.facts.isdisjoint(judge.machine.consulted) or given
    depends = depends or (isinstance(receiver, Instance) and "action" in function.definition.mentions)
    name, roles = title_of(function)
    place = Location(function.module.path, line_of(function.definition.at))
    if not found:
        guard = Guard("authentication", name, asked.scope, place, roles)
        return (Judged(guard, rehearsed=True, unsure=_CUT) if cut else None), depends
    first = next((refusal for refusal in found if refusal.kind == "authentication"), found[0])
    kind: GuardKind = "authorization" if roles and first.kind == "authentication" else first.kind
    return Judged(Guard(kind, name, asked.scope, place, roles), rehearsed=True), depends


def _may_refuse(judge: Judge, function: Function, receiver: Value | None, asked: Asked) -> bool:
    """Whether it refuses at all, whoever asks: only then is it worth a rehearsal."""
    identity = _identity(function, receiver, asked)
    if identity not in judge.refusing:
        judge.refusing[identity] = _refuses(judge, function, receiver, asked)
    return judge.refusing[identity]


def _identity(function: Function, receiver: Value | None, asked: Asked) -> tuple[object, ...]:
    """What one judgement holds for: a function, for whom it runs, and the endpoint if its route says the arguments."""
    cls = receiver.cls if isinstance(receiver, Instance) else None
    identity = (id(function.definition), id(function.scope), id(cls), asked.scope == "body")
    names = {parameter.name for parameter in function.definition.parameters}
    return identity if names.isdisjoint(from_route(function, asked)) else (*identity, asked.situation.key)


def _refuses(judge: Judge, function: Function, receiver: Value | None, asked: Asked) -> bool:
    own = function.definition
    plain = next((run for run in asked.runs if run.function is not None and run.function.definition is own), None)
    if plain is None and judge.machine.steps > judge.machine.budget:
        return True  # there is no work left for such a look, but each rehearsal has its own
    if plain is None:  # a request of its own: what code leaves on it must not reach the next hook
        request = External(asked.request.path) if isinstance(asked.request, External) else None
        arguments = arguments_for(judge, function, receiver, replace(asked, request=request))
        plain = call_by_framework(judge.machine, function, receiver, arguments)
    if plain is None:
        return False
    return any(counts(found, plain, asked.scope == "body") for found in refusals_of(judge.reader, plain))


def dependencies(judge: Judge, function: Function, asked: Asked) -> list[Judged]:
    """The guards among the dependencies in a signature, nested ones included."""
    inner = replace(asked, scope="handler", injected=True)
    found = (judge_value(judge, target, inner) for _, target in targets_of(judge.machine, function))
    return [judged for judged in found if judged is not None]


def named(judge: Judge, path: str, event: Event | None, scope: Scope) -> Judged | None:
    """The judgement that a library file passes on a third-party name."""
    for known in judge.index.guards.get(path, ()):
        row = known.row
        arguments = event.arguments if event is not None else Arguments()
        if all(show(arguments.keywords.get(name)) == wanted for name, wanted in row.when):
            place = Location(event.module.path, line_of(event.at)) if event is not None else Location("", 0)
            roles = texts(pick(arguments, row.roles)) if row.roles else ()
            name = path.removesuffix("()").rpartition(".")[2]
            return Judged(Guard(row.kind, name, scope, place, roles), row.public, row.methods, spares=row.spares)
    return None


def _external(judge: Judge, value: External, asked: Asked, depth: int) -> Judged | None:
    event = value.event
    automatic = event.arguments.keywords.get("auto_error") if event is not None else None
    if isinstance(automatic, Known) and automatic.value is False:
        return None
    if _is_excluded(value, asked):
        return None
    for known in judge.index.guards.get(value.path, ()) if event is not None else ():
        asking = pick(event.arguments, known.row.by) if event is not None and known.row.by else None
        if known.row.by:
            return _asking(judge, asking, known.row.method, asked) if isinstance(asking, Instance) else None
    found = named(judge, value.path, event, asked.scope)
    if found is None and value.path.endswith("()"):
        found = named(judge, value.path[:-2], event, asked.scope)
    if found is not None:
        return found
    if event is not None:
        if value.path in judge.machine.vocabulary.injecting:
            asked = replace(asked, injected=True)
        maker = event.callee.event if isinstance(event.callee, External) else None  # `signed_in = Tool("…", check)`
        given = maker.arguments.positional[:2] if maker is not None and not event.arguments.positional else []
        for argument in [*event.arguments.positional[:2], event.arguments.keywords.get("dependency"), *given]:
            items = listed(argument) if isinstance(argument, Sequence) else [argument]
            for item in items:
                if isinstance(item, External) and item.event is None and item is not value and depth == DEPTH:
                    item = External(item.path, item.base, event)
                if isinstance(item, Class) and asked.scope in _OUTSIDE:
                    item = middleware_of(judge.machine, item, event)
                if isinstance(item, Function | Bound | Class | Instance | External | Decorated | Partial | Choice):
                    inner = judge_value(judge, item, asked, depth - 1)
                    if inner is not None:
                        return inner
    return None


def _asking(judge: Judge, instance: Instance, name: str, asked: Asked) -> Judged | None:
    """The judgement on third-party code that leaves the decision to a method of an object of the project."""
    method, _ = find_in_class(instance.cls, name)
    judged = judge_function(judge, method, instance, asked) if isinstance(method, Function) else None
    title = instance.cls.qualname.rpartition(".")[2]
    return replace(judged, guard=replace(judged.guard, name=title)) if judged is not None else None


def _is_excluded(value: External, asked: Asked) -> bool:
    """Whether what makes a guard says that it leaves this path alone: `DefineMiddleware(Key, exclude=["/public"])`."""
    path = asked.situation.path
    for holder in (value, value.base):
        event = holder.event if isinstance(holder, External) else None
        said = event.arguments.keywords.get("exclude") if event is not None else None
        patterns = texts(said) or [text for item in listed(said) for text in texts(item)]
        if isinstance(path, Known) and isinstance(path.value, str):
            answers = (matched("search", pattern, path.value) for pattern in patterns)
            if any(answer is not None and answer is not NOTHING for answer in answers):
                return True
    return False


def _class(judge: Judge, cls: Class, instance: Instance, asked: Asked) -> Judged | None:
    """A middleware, callable dependency or other class whose objects are asked before the handler."""
    for name in (*_MIDDLEWARE, "apply", "__init__"):
        method, _ = find_in_class(cls, name)
        while isinstance(method, Decorated):
            method = method.value
        if isinstance(method, Function) and (name != "__init__" or asked.scope == "handler"):
            judged = judge_function(judge, method, instance, asked)
            judged = judged or (_made(judge, method, instance, asked) if name == "apply" else None)
            if judged is not None:
                heeds = name == "authenticate_request"  # the library asks it, after it has looked at marks itself
                judged = replace(judged, rehearsed=judged.rehearsed and not heeds)
                return replace(judged, guard=replace(judged.guard, name=cls.qualname.rpartition(".")[2]))
    for base in order_of(cls):
        if isinstance(base, External):
            judged = named(judge, base.path, None, asked.scope)
            if judged is None and not _is_lenient(instance):
                judged = named(judge, f"{base.path}()", None, asked.scope)
            if judged is not None:
                return judged
    return None


def _is_lenient(instance: Instance) -> bool:
    """Whether an object of the project on top of a library's guard lets it answer nothing: `auto_error=False`."""
    made, _ = find_in_class(instance.cls, "__init__")
    given = instance.event.arguments.keywords.get("auto_error") if instance.event is not None else None
    if isinstance(made, Function) and given is None:
        given = made.defaults.get("auto_error", FALSE if "auto_error" in made.definition.mentions else None)
    return isinstance(given, Known) and given.value is False


def _by_name(judge: Judge, dotted: str, asked: Asked, depth: int) -> Judged | None:
    module, _, name = dotted.rpartition(".")
    target = judge.machine.import_module(judge.machine, module)
    if target is None:
        return named(judge, judge.machine.vocabulary.aliases.get(dotted, dotted), None, asked.scope)
    value = judge.machine.attribute(judge.machine, judge.machine.nowhere, target, name, 0)
    return judge_value(judge, value, asked, depth - 1)


def _at(judged: Judged | None, scope: Scope) -> Judged | None:
    return replace(judged, guard=replace(judged.guard, scope=scope)) if judged is not None else None
