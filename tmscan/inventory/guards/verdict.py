"""Who is asked before a handler runs: the guards of every layer in the order a request meets them, and the verdict."""

from __future__ import annotations

from dataclasses import replace

from tmscan.inventory.calls.arguments import listed, pick, texts
from tmscan.inventory.guards.admitting import admitted_by
from tmscan.inventory.guards.answered import answered_errors
from tmscan.inventory.guards.handed import middleware_of
from tmscan.inventory.guards.judges import Asked, Judge, Judged, new_judge
from tmscan.inventory.guards.judging import dependencies, judge_function, judge_value
from tmscan.inventory.guards.permissions import class_guards
from tmscan.inventory.guards.rehearsal import situation_of, under_mount
from tmscan.inventory.routes.actions import provided_by
from tmscan.inventory.routes.answers import Answer
from tmscan.inventory.routes.found import Found
from tmscan.inventory.routes.handlers import Handler
from tmscan.inventory.routes.outer import outer_marks
from tmscan.inventory.routes.passing import passed_to
from tmscan.inventory.routes.routers import identity
from tmscan.inventory.running.inputs import request_value
from tmscan.inventory.types import Auth
from tmscan.libraries.index import Index
from tmscan.program.machine import Machine
from tmscan.program.values import UNKNOWN, Class, External, Sequence, Table, Value

ANY = ("GET", "POST")
OUTER = frozenset({"middleware", "framework", "app", "router"})


def make_judge(machine: Machine, index: Index) -> Judge:
    """A judge that knows the hooks on every router and the defaults in settings."""
    judge = new_judge(machine, index)
    judge.reader.answered.update(answered_errors(machine, index, judge.reader))
    for event in machine.events:
        callee = event.callee
        owner = callee.base if isinstance(callee, External) else None
        places = index.guard_places.get(event.path, ())
        inner = callee.event if isinstance(callee, External) else None
        if not places and event.path.endswith("()") and inner is not None:
            places = index.guard_places.get(inner.path, ())
            owner = inner.callee.base if isinstance(inner.callee, External) else None
        owner = _router_behind(index, owner) if places else owner
        for known in places:
            given = event.arguments
            target = given.positional[0] if given.positional else pick(given, known.row.argument)
            if isinstance(target, Class) and known.row.scope == "middleware":
                target = middleware_of(machine, target, event)
            if isinstance(target, External) and known.row.scope == "middleware":
                target = External(target.path, target.base, event)
            if target is not None and known.row.besides:
                judge.besides.setdefault(identity(owner), []).append((target, known.row.besides))
            elif target is not None:
                judge.hooks.setdefault(identity(owner), []).append((target, known.row.scope, event))
                told = inner.arguments if inner is not None else given
                for text in texts(pick(told, known.row.path)) if known.row.path else ():
                    judge.limited[id(event)] = (*judge.limited.get(id(event), ()), text.strip("/"))
    for place in (place for library in index.libraries for place in library.guard_places if place.setting):
        key, _, rest = place.setting.partition(".")
        for module in machine.modules.values():
            value = module.frame.locals.get(key) if module.frame is not None else None
            if value is not None and rest:
                value = value.items.get(rest) if isinstance(value, Table) else None
            if value is None:
                continue
            if place.attribute:
                judge.defaults.setdefault(place.attribute, value)
            else:
                judge.middleware.append((value, place.scope))
    return judge


def _router_behind(index: Index, owner: Value | None) -> Value | None:
    """The router that gave the object on which a guard was registered: `app.use_authorization().with_…(…)`."""
    while isinstance(owner, External) and owner.event is not None and owner.event.path not in index.routers:
        maker = owner.event.callee
        if not isinstance(maker, External) or maker.base is None:
            break
        owner = maker.base
    return owner


def guards_of(judge: Judge, answer: Answer, methods: tuple[str, ...]) -> tuple[Judged, ...]:
    """Every guard that stands before the handler of one route for these verbs, outermost first, each once."""
    found, handler, method = answer.found, answer.handler, answer.method
    answering = method or handler.function
    view: Value = answering or handler.cls or UNKNOWN
    skipped = frozenset({id(answering.definition)}) if answering is not None else frozenset()
    situation = situation_of(judge.machine, answer, methods, view)
    passes = found.row is not None and found.row.passes_request
    asked = Asked("handler", situation, _request(judge, found), skipped, passes, answer.runs)
    collected: list[Judged] = []
    for value, scope in judge.middleware:
        judged_all = _each(judge, value, replace(asked, scope=scope))
        collected.extend(judged for judged in judged_all if not _spared(judge, judged, handler))
    for router in found.routers:
        if router.root:
            asked = replace(asked, situation=under_mount(situation, router.under))
        for target, scope, event in judge.hooks.get(router.key, ()):
            if answer.path.strip("/") not in judge.limited.get(id(event), (answer.path.strip("/"),)):
                continue
            collected.extend(_each(judge, target, replace(asked, scope="app" if router.root else scope)))
        for target, when in judge.besides.get(router.key, ()):
            if when == "with-values":
                collected.extend(_each(judge, target, replace(asked, scope="router")))
    judged_by = admitted_by if found.row is not None and found.row.admits else _each
    for value, scope in found.guards:
        if isinstance(value, Table):  # what is injected under a name, where the handler asks for it
            value = Sequence("list", [given for name, given in value.items.items() if name in _asked_for(answer)])
        outside = scope == "handler" and found.row is not None and found.row.wraps
        collected.extend(judged_by(judge, value, replace(asked, scope="router" if outside else scope)))
    for by in dict.fromkeys([*(wrapper.by for wrapper in handler.wrappers), *outer_marks(judge.index, handler)]):
        collected.extend(_each(judge, by, asked))
    if handler.cls is not None:
        acts = tuple(dict.fromkeys(name for verb, name in found.acts if verb in methods)) or found.actions
        names = (method.definition.name,) if method is not None else (*(verb.lower() for verb in methods), *acts)
        action = found.action or (acts[0] if len(acts) == 1 else "")
        collected.extend(class_guards(judge, handler, names, action, replace(asked, skipped=frozenset())))
    if handler.function is not None:
        inside = replace(asked, scope="body", skipped=frozenset())
        collected.extend(dependencies(judge, handler.function, inside))
        judged = judge_function(judge, handler.function, handler.receiver, inside)
        collected.extend([_of_shown(judged, handler)] if judged is not None else [])
        others = passed_to(judge.machine, handler, answer.runs)
        inner = [
            guards_of(judge, replace(answer, handler=view, method=None, runs=[]), methods or ANY) for view in others
        ]
        if all(verdict(each, handler, methods).required for each in inner):
            collected.extend(judged for each in inner for judged in each)
    unique = {(judged.guard.kind, judged.guard.name, judged.guard.scope): judged for judged in reversed(collected)}
    return tuple(reversed(unique.values()))


def verdict(guards: tuple[Judged, ...], handler: Handler, methods: tuple[str, ...]) -> Auth:
    """Whether an anonymous request is refused, with the evidence and the reason in words."""
    asking = [
        judged for judged in guards
        if judged.guard.kind in ("authentication", "authorization", "signature")
        and not judged.public and not judged.unsure
        and (not judged.methods or any(method in judged.methods for method in methods))
    ]  # fmt: skip
    opening = [
        judged for judged in guards if judged.public and judged.guard.kind in ("authentication", "authorization")
    ]
    lifted = any(judged.guard.scope == "handler" for judged in opening)
    above = any(judged.declared for judged in opening)
    heeding = all(judged.guard.scope in OUTER and (above or not judged.rehearsed) for judged in asking)
    if opening and (not asking or (lifted and heeding)):
        return Auth(False, (opening[0].guard,), f"{opening[0].guard.name} lets everybody in")
    if asking:
        first = asking[0].guard
        evidence = tuple(judged.guard for judged in asking)
        return Auth(True, evidence, f"{first.name} ({first.scope}) refuses anonymous requests")
    unsure = next((judged for judged in guards if judged.unsure), None)
    if unsure is not None:
        return Auth(None, (), f"{unsure.guard.name} ({unsure.guard.scope}) may refuse, but {unsure.unsure}")
    if handler.function is None and handler.cls is None:
        return Auth(None, (), "the handler is third-party code that the scan cannot see into")
    return Auth(False, (), "no guard was found on the route, its routers or its handler")


def _asked_for(answer: Answer) -> frozenset[str]:
    function = answer.method or answer.handler.function
    return frozenset(parameter.name for parameter in function.definition.parameters) if function else frozenset()


def _spared(judge: Judge, judged: Judged, handler: Handler) -> bool:
    """Whether a library's guard leaves handlers of this kind alone, as another one answers for them."""
    if not judged.spares:
        return False
    kinds = provided_by(judge.machine, handler.cls) if handler.cls is not None else frozenset()
    around = {wrapper.by.path for wrapper in handler.wrappers if isinstance(wrapper.by, External)}
    return not (kinds | around).isdisjoint(judged.spares)


def _of_shown(judged: Judged, handler: Handler) -> Judged:
    """The judgement on a handler under the name and place of the class that it answers for."""
    place = handler.location
    if handler.shown is None or place is None:
        return judged
    return replace(judged, guard=replace(judged.guard, name=handler.shown.qualname.rpartition(".")[2], location=place))


def _request(judge: Judge, found: Found) -> Value | None:
    """The request that a framework hands on: its library's own, or that of the library it is built on."""
    known = judge.machine.vocabulary.aliases
    named = next((known[path] for top in found.library.imports if (path := f"{top}.Request()") in known), None)
    return request_value(judge.machine, found) or (External(named) if named is not None else None)


def _each(judge: Judge, value: Value, asked: Asked) -> list[Judged]:
    items = listed(value) or ([] if isinstance(value, Sequence) else [value])
    found = (judge_value(judge, item, asked) for item in items)
    return [judged for judged in found if judged is not None]
