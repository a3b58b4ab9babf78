"""Who is asked before a handler runs: guards recognised by what they do, on every layer that this room knows.

A project function is a guard if running it can end in a refusal (401, 403, a redirect to a login page); names in the
library files only cover third-party code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tmscan.facts.types import line_of
from tmscan.inventory.arguments import listed, pick, show, texts
from tmscan.inventory.handlers import Handler, Wrapper
from tmscan.inventory.routers import identity
from tmscan.inventory.types import Auth, Guard
from tmscan.inventory.walk import Found
from tmscan.libraries.index import Index
from tmscan.libraries.types import GuardKind, Scope
from tmscan.program.calls import call_by_framework
from tmscan.program.classes import external_bases, find_in_class, order_of
from tmscan.program.machine import Activation, Machine
from tmscan.program.operators import truth
from tmscan.program.typing_hints import specimen
from tmscan.program.values import (
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

_STATUS = re.compile(r"(?:HTTP_)?(401|403)\b|UNAUTHORIZED|FORBIDDEN", re.IGNORECASE)
_LOGIN = re.compile(r"log_?in|sign_?in|\bauth", re.IGNORECASE)
DEPTH = 8
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Judged:
    """A guard together with what only the verdict needs: whether it opens instead of closing, and for which verbs."""

    guard: Guard
    public: bool = False
    methods: tuple[str, ...] = ()


@dataclass(slots=True)
class Judge:
    """The program and the libraries, with verdicts already passed on project functions and classes."""

    machine: Machine
    index: Index
    known: dict[int, Judged | None] = field(default_factory=dict)
    hooks: dict[object, list[tuple[Value, Scope, Event]]] = field(default_factory=dict)
    middleware: list[tuple[Value, Scope]] = field(default_factory=list)
    defaults: dict[str, Value] = field(default_factory=dict)


def make_judge(machine: Machine, index: Index) -> Judge:
    """A judge that knows the hooks on every router and the defaults in settings."""
    judge = Judge(machine, index)
    for event in machine.events:
        places = index.guard_places.get(event.path, ())
        inner = event.callee.event if isinstance(event.callee, External) else None
        if not places and event.path.endswith("()") and inner is not None:
            places = index.guard_places.get(inner.path, ())
        for known in places:
            target = (
                event.arguments.positional[0]
                if event.arguments.positional
                else pick(event.arguments, known.row.argument)
            )
            callee = event.callee
            owner = callee.base if isinstance(callee, External) else None
            if inner is not None and not index.guard_places.get(event.path):
                owner = inner.callee.base if isinstance(inner.callee, External) else None
            if target is not None:
                judge.hooks.setdefault(identity(owner), []).append((target, known.row.scope, event))
    places_by_setting = [place for rows in index.libraries for place in rows.guard_places if place.setting]
    for place in places_by_setting:
        key, _, rest = place.setting.partition(".")
        for module in machine.modules.values():
            value = module.frame.locals.get(key) if module.frame is not None else None
            if value is None:
                continue
            if rest:
                value = getattr(value, "items", {}).get(rest) if not isinstance(value, Sequence) else None
            if value is None:
                continue
            if place.attribute:
                judge.defaults.setdefault(place.attribute, value)
            else:
                judge.middleware.append((value, place.scope))
    return judge


def guards_of(judge: Judge, found: Found, handler: Handler, methods: tuple[str, ...]) -> tuple[Judged, ...]:
    """Every guard that stands before the handler of one route, outermost first, each once."""
    collected: list[Judged] = []
    for value, scope in judge.middleware:
        collected.extend(_each(judge, value, scope))
    for router in found.routers:
        for target, scope, _ in judge.hooks.get(router.key, ()):
            collected.extend(_each(judge, target, "app" if router.root else scope))
    for value, scope in found.guards:
        collected.extend(_each(judge, value, scope))
    for wrapper in handler.wrappers:
        collected.extend(_wrapper(judge, wrapper))
    if handler.cls is not None:
        collected.extend(_class_guards(judge, handler, methods))
    if handler.function is not None:
        collected.extend(_parameters(judge, handler.function))
        collected.extend(_body(judge, handler.function, handler.receiver))
    unique = {(judged.guard.kind, judged.guard.name, judged.guard.scope): judged for judged in reversed(collected)}
    return tuple(reversed(unique.values()))


def verdict(guards: tuple[Judged, ...], handler: Handler, found: Found, methods: tuple[str, ...]) -> Auth:
    """Whether an anonymous request is refused, with the evidence and the reason in words."""
    asking = [
        judged for judged in guards
        if judged.guard.kind in ("authentication", "authorization") and not judged.public
        and (not judged.methods or any(method in judged.methods for method in methods))
    ]  # fmt: skip
    opening = [judged for judged in guards if judged.public]
    if opening and not any(judged.guard.scope == "handler" for judged in asking):
        return Auth(False, (opening[0].guard,), f"{opening[0].guard.name} lets everybody in")
    if asking:
        first = asking[0].guard
        return Auth(
            True, tuple(judged.guard for judged in asking), f"{first.name} ({first.scope}) refuses anonymous requests"
        )
    if handler.function is None and handler.cls is None:
        return Auth(None, (), "the handler is third-party code that the scan cannot see into")
    return Auth(False, (), "no guard was found on the route, its routers or its handler")


def _each(judge: Judge, value: Value, scope: Scope) -> list[Judged]:
    found: list[Judged] = []
    for item in listed(value) or [value]:
        judged = judge_value(judge, item, scope)
        if judged is not None:
            found.append(judged)
    return found


def _wrapper(judge: Judge, wrapper: Wrapper) -> list[Judged]:
    judged = judge_value(judge, wrapper.by, "handler")
    return [judged] if judged is not None else []


def judge_value(judge: Judge, value: Value, scope: Scope, depth: int = DEPTH) -> Judged | None:
    """Whether a decorator, dependency, class, hook or middleware is a guard."""
    if depth == 0:
        return None
    if isinstance(value, External):
        return _external(judge, value, scope, depth)
    if isinstance(value, Decorated):
        return judge_value(judge, value.value, scope, depth - 1)
    if isinstance(value, Partial):
        return judge_value(judge, value.function, scope, depth - 1)
    if isinstance(value, Bound):
        return _function(judge, value.function, value.receiver, scope)
    if isinstance(value, Function):
        return _function(judge, value, None, scope)
    if isinstance(value, Class):
        return _permission_class(judge, value, scope)
    if isinstance(value, Instance):
        called, _ = find_in_class(value.cls, "__call__")
        if isinstance(called, Function):
            return _function(judge, called, value, scope)
        return _permission_class(judge, value.cls, scope)
    if isinstance(value, Choice):
        found = [judge_value(judge, option, scope, depth - 1) for option in value.options]
        return next((judged for judged in found if judged is not None), None)
    if isinstance(value, Known) and isinstance(value.value, str) and "." in value.value:
        module, _, name = value.value.rpartition(".")
        target = judge.machine.import_module(judge.machine, module)
        if target is not None:
            return judge_value(
                judge, judge.machine.attribute(judge.machine, judge.machine.nowhere, target, name, 0), scope, depth - 1
            )
        return _named(judge, judge.machine.vocabulary.aliases.get(value.value, value.value), None, scope)
    return None


def _external(judge: Judge, value: External, scope: Scope, depth: int) -> Judged | None:
    named = _named(judge, value.path, value.event, scope)
    if named is not None:
        return named
    if value.event is not None:
        for argument in [*value.event.arguments.positional[:2], value.event.arguments.keywords.get("dependency")]:
            if isinstance(argument, Function | Bound | Class | Instance | External | Decorated | Partial):
                inner = judge_value(judge, argument, scope, depth - 1)
                if inner is not None:
                    return inner
    return None


def _named(judge: Judge, path: str, event: Event | None, scope: Scope) -> Judged | None:
    for known in judge.index.guards.get(path, ()):
        row = known.row
        arguments = event.arguments if event is not None else Arguments()
        if all(show(arguments.keywords.get(name)) == wanted for name, wanted in row.when):
            place = Location(event.module.path, line_of(event.at)) if event is not None else Location("", 0)
            roles = texts(pick(arguments, row.roles)) if row.roles else ()
            name = path.removesuffix("()").rpartition(".")[2]
            return Judged(Guard(row.kind, name, scope, place, roles), row.public, row.methods)
    return None


def _function(judge: Judge, function: Function, receiver: Value | None, scope: Scope) -> Judged | None:
    key = id(function.definition)
    if key not in judge.known:
        judge.known[key] = None
        activation = call_by_framework(judge.machine, function, receiver, Arguments())
        kind = refuses(judge, activation) if activation is not None else None
        name = function.definition.name
        if function.scope is not None and function.scope.function is not None:
            name = function.scope.function.definition.name
        if kind is not None:
            place = Location(function.module.path, line_of(function.definition.at))
            judge.known[key] = Judged(Guard(kind, name, "handler", place))
    judged = judge.known[key]
    if judged is None:
        judged = next((found for found in _parameters(judge, function) if not found.public), None)
    if judged is None:
        return None
    guard = judged.guard
    return Judged(Guard(guard.kind, guard.name, scope, guard.location, guard.roles), judged.public, judged.methods)


def refuses(judge: Judge, activation: Activation, depth: int = DEPTH) -> GuardKind | None:
    """The kind of refusal that running this can end in, through the project functions it calls."""
    queue, seen = [(activation, depth)], {id(activation)}
    while queue:
        current, left = queue.pop(0)
        for event in current.events:
            if _is_refusal(judge, event):
                return "authentication"
        if left:
            for _, callee in current.calls:
                if id(callee) not in seen:
                    seen.add(id(callee))
                    queue.append((callee, left - 1))
    return None


def _is_refusal(judge: Judge, event: Event) -> bool:
    for known in judge.index.refusals.get(event.path, ()):
        if not known.row.status:
            return True
        status = pick(event.arguments, known.row.status)
        if status is not None and _STATUS.search(show(status)):
            return True
    for effect in judge.index.effects.get(event.path, ()):
        if effect.row.does == "redirect":
            target = pick(event.arguments, effect.row.argument)
            words = show(target)
            if isinstance(target, External) and target.event is not None:
                words += " ".join(show(argument) for argument in target.event.arguments.positional)
            if _LOGIN.search(words):
                return True
    return False


def _parameters(judge: Judge, function: Function) -> list[Judged]:
    """Dependencies among the parameters: `x = Depends(f)`, `x: Annotated[T, Depends(f)]`."""
    found: list[Judged] = []
    scope = function.scope or function.module.frame
    for parameter in function.definition.parameters:
        values: list[Value] = []
        default = function.defaults.get(parameter.name)
        if isinstance(default, External) and default.event is not None:
            values.append(default)
        if parameter.annotation is not None and scope is not None:
            kind = judge.machine.evaluate(judge.machine, scope, parameter.annotation)
            for option in kind.options if isinstance(kind, Choice) else (kind,):
                if isinstance(option, External) and option.event is not None and option.path.endswith("Annotated[]"):
                    parts = option.event.arguments.positional[0]
                    values.extend(part for part in listed(parts)[1:] if isinstance(part, External))
        for value in values:
            judged = judge_value(judge, value, "handler")
            if judged is not None:
                found.append(judged)
    return found


def _class_guards(judge: Judge, handler: Handler, methods: tuple[str, ...]) -> list[Judged]:
    cls = handler.cls
    if cls is None:
        return []
    found: list[Judged] = []
    for base in external_bases(cls):
        judged = _named(judge, base.path, None, "class")
        if judged is not None:
            found.append(judged)
    bases = _all_bases(judge, cls)
    for place in (place for library in judge.index.libraries for place in library.guard_places if place.attribute):
        if place.of and not bases & set(place.of):
            continue
        given = handler.initial.keywords.get(place.attribute) if handler.initial is not None else None
        value, _ = find_in_class(cls, place.attribute)
        value = given or value or judge.defaults.get(place.attribute)
        if value is not None:
            found.extend(_each(judge, value, place.scope))
    for name in (
        "dispatch",
        "prepare",
        "initial",
        "check_permissions",
        "dispatch_request",
        *(m.lower() for m in methods),
    ):
        method, owner = find_in_class(cls, name)
        layer = method
        while isinstance(layer, Decorated):
            judged = judge_value(judge, layer.by, "handler")
            if judged is not None:
                found.append(judged)
            layer = layer.value
        if isinstance(layer, Function) and isinstance(owner, Class):
            judged = _function(judge, layer, specimen(cls), "class")
            if judged is not None:
                found.append(judged)
    return found


def _all_bases(judge: Judge, cls: Class) -> set[str]:
    paths = [owner.path for owner in order_of(cls) if isinstance(owner, External)]
    for path in paths:
        paths.extend(base for base in judge.machine.vocabulary.bases.get(path, ()) if base not in paths)
    return set(paths)


def _permission_class(judge: Judge, cls: Class, scope: Scope) -> Judged | None:
    """A project permission class: a guard unless its answer is always yes."""
    key = id(cls)
    if key in judge.known:
        return judge.known[key]
    judge.known[key] = None
    for name in ("has_permission", "dispatch", "__call__", "process_request", "process_view"):
        method, _ = find_in_class(cls, name)
        if not isinstance(method, Function):
            continue
        activation = call_by_framework(judge.machine, method, specimen(cls), Arguments())
        if activation is None:
            continue
        place = Location(method.module.path, line_of(method.definition.at))
        if name == "has_permission":
            always = truth(activation.result) is True
            judge.known[key] = Judged(Guard("authorization", cls.qualname, scope, place), always)
        elif (kind := refuses(judge, activation)) is not None:
            judge.known[key] = Judged(Guard(kind, cls.qualname, scope, place))
        if judge.known[key] is not None:
            return judge.known[key]
    for base in external_bases(cls):
        judged = _named(judge, base.path, None, scope)
        if judged is not None:
            judge.known[key] = judged
            return judged
    return None


def _body(judge: Judge, function: Function, receiver: Value | None) -> list[Judged]:
    """A refusal inside the handler, or in a project function it calls."""
    judged = _function(judge, function, receiver, "body")
    return [judged] if judged is not None else []
