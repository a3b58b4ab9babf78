"""Guards that a class of handlers brings: permission classes, mixins, `dispatch` and its kin, and its methods.

An object of the class is made for the one verb and action that is asked about, so that what a class decides by these
counts for them only.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeAlias

from tmscan.facts.types import line_of
from tmscan.inventory.calls.arguments import listed
from tmscan.inventory.guards.actions import DETAIL, LISTS, is_of_one
from tmscan.inventory.guards.declaring import declared_guard
from tmscan.inventory.guards.judges import Asked, Judge, Judged
from tmscan.inventory.guards.judging import judge_function, judge_value, named
from tmscan.inventory.guards.rehearsal import rehearse
from tmscan.inventory.routes.handlers import Handler, unwrap
from tmscan.inventory.types import Guard
from tmscan.libraries.types import GuardPlace
from tmscan.program.data.operators import truth
from tmscan.program.lattice import join, options
from tmscan.program.objects.classes import external_bases, find_in_class, order_of
from tmscan.program.values import (
    UNKNOWN,
    Activation,
    Arguments,
    Bound,
    Choice,
    Class,
    Decorated,
    External,
    Function,
    Instance,
    Known,
    Sequence,
    Table,
    Value,
)
from tmscan.sources.types import Location

HOOKS = ("dispatch", "prepare", "initial", "check_permissions", "dispatch_request", "setup", "_iter")
Names: TypeAlias = tuple[str, ...]
_OF_VERB = re.compile(r"on_(get|post|put|patch|delete|head)(?:_|$)|(GET|POST|PUT|PATCH|DELETE|HEAD)$")


def class_guards(judge: Judge, handler: Handler, names: tuple[str, ...], action: str, asked: Asked) -> list[Judged]:
    """Every guard of a class view, for the methods `names` that answer."""
    cls = handler.cls
    if cls is None:
        return []
    found: list[Judged] = []
    view = _view(handler, cls, action, asked)
    for base in external_bases(cls):
        judged = named(judge, base.path, None, "class")
        if judged is not None:
            found.append(judged)
    declared = declared_guard(judge, cls, "class")
    found.extend([declared] if declared is not None else [])
    bases = _all_bases(judge, cls)
    for library in judge.index.libraries:
        for place in library.guard_places:
            if place.attribute and (not place.of or bases & set(place.of)):
                named_request = f"{library.name}:Request"  # the request as the library of these classes hands it on
                request = External(named_request) if named_request in judge.machine.request_paths else asked.request
                inner = replace(asked, scope=place.scope, request=request)
                found.extend(_attribute(judge, cls, view, place, inner, names))
    for name in dict.fromkeys((*HOOKS, *_first(judge, bases), *_asked(names))):
        method, owner = find_in_class(cls, name)
        layer = method
        while isinstance(layer, Decorated):
            judged = judge_value(judge, layer.by, replace(asked, scope="handler"))
            if judged is not None:
                found.append(judged)
            layer = layer.value
        if isinstance(layer, Function) and isinstance(owner, Class):
            judged = judge_function(judge, layer, view, replace(asked, scope="body" if name in names else "class"))
            if judged is not None:
                found.append(judged)
    return found


def permission_guards(judge: Judge, value: Value, asked: Asked) -> list[Judged]:
    """The guards among permission classes, functions and objects that a declaration is given."""
    found: list[Judged] = []
    for item in _flat(value):
        cls = item.cls if isinstance(item, Instance) else item if isinstance(item, Class) else None
        view = Instance(cls, ready=False) if cls is not None else None
        judged = _permission(judge, item, view, asked) if view is not None else judge_value(judge, item, asked)
        if judged is not None:
            found.append(judged)
    return found


def _first(judge: Judge, bases: set[str]) -> list[str]:
    """The methods that a framework calls before the one that answers, as rows say of the classes that have them."""
    places = (place for library in judge.index.libraries for place in library.guard_places)
    return [name for place in places if not bases.isdisjoint(place.of) for name in place.methods]


def _asked(names: tuple[str, ...]) -> list[str]:
    """The methods, but for those that bear a verb which is not asked about: `on_post` is left out with `get`."""
    kept: list[str] = []
    for name in names:
        match = _OF_VERB.match(name)
        if match is None or (match[1] or match[2].lower()) in names:
            kept.append(name)
    return kept


def _view(handler: Handler, cls: Class, action: str, asked: Asked) -> Instance:
    view = Instance(cls, ready=False)
    if handler.initial is not None:
        view.attributes.update(handler.initial.keywords)
    if asked.request is not None and "request" not in cls.namespace:
        view.attributes["request"] = asked.request
    if action:
        view.attributes["action"] = Known(action)
        if action in DETAIL | LISTS or not isinstance(view.attributes.get("detail"), Known):
            view.attributes["detail"] = Known(action not in LISTS and (action in DETAIL or _detail(asked)))
    return view


def _detail(asked: Asked) -> bool:
    path = asked.situation.path
    return isinstance(path, Known) and "/1" in str(path.value)


def _attribute(judge: Judge, cls: Class, view: Instance, place: GuardPlace, asked: Asked, names: Names) -> list[Judged]:
    value: Value | None = view.attributes.get(place.attribute)
    method, _ = find_in_class(cls, "get_permissions") if place.attribute == "permission_classes" else (None, None)
    if value is None and isinstance(method, Function):
        activation = rehearse(judge.machine, method, view, Arguments(), asked.situation)
        said = options(activation.result) if activation is not None else ()
        certain = [option for option in said if _certain(option)]
        if len(certain) == 1:  # `try: return by_action[self.action]`, where another action is not in the table
            value = certain[0]
    if value is None:
        value = find_in_class(cls, place.attribute)[0] or judge.defaults.get(place.attribute)
    if value is None:
        return []
    found: list[Judged] = []
    if place.attribute.endswith("decorators"):
        return _decorators(judge, cls, value, asked, names)
    for item in _flat(_with_defaults(judge, value, place)):
        asks = place.attribute == "authentication_classes"
        judged = _authentication(judge, item, asked) if asks else _permission(judge, item, view, asked)
        if judged is not None:
            found.append(judged)
    return found


def _decorators(judge: Judge, cls: Class, value: Value, asked: Asked, names: Names) -> list[Judged]:
    """The guards among decorators that a class puts around its methods: a list, or one for each verb."""
    found: list[Judged | None] = []
    machine = judge.machine
    method = next((made for name in names if (made := find_in_class(cls, name)[0]) is not None), None)
    if isinstance(method, Function):
        asked = replace(asked, skipped=frozenset({id(method.definition)}))
    by_verb = value.items.items() if isinstance(value, Table) else [("", value)]
    for verb, listing in by_verb:
        for item in _flat(listing) if verb in ("", *names) else ():
            made = item
            if isinstance(item, Function | Bound) and isinstance(method, Function):
                made = machine.decorate(machine, machine.nowhere, item, method, method.definition.at)
            handler = unwrap(machine, made) if made is not item else None
            wrappers = [wrapper.by for wrapper in handler.wrappers] if handler is not None else [item]
            found.extend(judge_value(judge, wrapper, asked) for wrapper in wrappers)
    return [judged for judged in found if judged is not None]


def _certain(value: Value) -> bool:
    return isinstance(value, Sequence) and value.rest is None and all(
        isinstance(item, Class | Instance | External | Choice) for item in value.items
    )  # fmt: skip


def _with_defaults(judge: Judge, value: Value, place: GuardPlace) -> Value:
    """A list that starts from the library's own view of a setting, with the project's setting in its place."""
    default = judge.defaults.get(place.attribute)
    rest = value.rest if isinstance(value, Sequence) else None
    name = place.setting.rpartition(".")[2]
    if isinstance(value, Sequence) and isinstance(rest, External) and name and f".{name}" in rest.path and default:
        return Sequence(value.kind, [*value.items, *listed(default)])
    if isinstance(value, External) and name and value.path.endswith(f".{name}") and default is not None:
        return default
    return value


def _flat(value: Value) -> list[Value]:
    """All that must agree, one by one: a list, and `a & b` in it."""
    items = listed(value) if isinstance(value, Sequence) else [value]
    return [part for item in items for part in (_flat(item) if isinstance(item, Sequence) else [item])]


def _authentication(judge: Judge, value: Value, asked: Asked) -> Judged | None:
    """The project's own way of telling who calls, where it refuses whoever does not say so."""
    cls = value.cls if isinstance(value, Instance) else value
    method, _ = find_in_class(cls, "authenticate") if isinstance(cls, Class) else (None, None)
    if not isinstance(cls, Class) or not isinstance(method, Function):
        return None
    judged = judge_function(judge, method, Instance(cls, ready=False), asked)
    return replace(judged, guard=replace(judged.guard, name=cls.qualname.rpartition(".")[2])) if judged else None


def _permission(judge: Judge, value: Value, view: Instance, asked: Asked) -> Judged | None:
    if isinstance(value, Choice):  # `a | b`: it refuses if every alternative does
        found = [_permission(judge, option, view, asked) for option in value.options]
        kept = [judged for judged in found if judged is not None and not judged.public]
        if len(kept) < len(found):
            return None
        methods = set(kept[0].methods)
        for each in kept[1:]:
            methods = methods & set(each.methods) if methods and each.methods else methods or set(each.methods)
        first = next((each for each in kept if each.unsure), kept[0])
        return Judged(first.guard, False, tuple(sorted(methods)), unsure=first.unsure)
    if isinstance(value, Sequence):  # `a & b`: it refuses if one of them does
        each_of = (_permission(judge, item, view, asked) for item in value.items)
        return next((judged for judged in each_of if judged is not None and not judged.public), None)
    if isinstance(value, Known) and isinstance(value.value, str):
        module, _, name = value.value.rpartition(".")
        target = judge.machine.import_module(judge.machine, module) if module else None
        if target is not None:
            value = judge.machine.attribute(judge.machine, judge.machine.nowhere, target, name, 0)
    if isinstance(value, Class):
        return _by_class(judge, value, Instance(value, ready=False), view, asked)
    if isinstance(value, Instance):
        return _by_class(judge, value.cls, value, view, asked)
    judged = judge_value(judge, value, asked)
    if judged is None and isinstance(value, External):  # it is named to ask something of somebody
        name = value.path.removesuffix("()").rpartition(".")[2]
        return Judged(Guard("authorization", name, asked.scope, Location("", 0)), unsure="nothing is known of it")
    return judged


def _by_class(judge: Judge, cls: Class, instance: Instance, view: Instance, asked: Asked) -> Judged | None:
    """A project permission class: what does it say to an anonymous request?"""
    method, owner = find_in_class(cls, "has_permission")
    if isinstance(method, Function):
        outcome = _said(judge, method, instance, view, asked)
        answer = truth(outcome) if outcome is not None else None
        if answer is True:
            guarding = _object_permission(judge, cls, instance, view, asked)
            return guarding or Judged(_guard(cls, method, asked), True)
        return Judged(_guard(cls, method, asked))
    if isinstance(owner, External):
        judged = next((j for base in external_bases(cls) if (j := named(judge, base.path, None, asked.scope))), None)
        if judged is not None:
            return judged
        return _object_permission(judge, cls, instance, view, asked)
    return judge_value(judge, instance, asked)


def _object_permission(judge: Judge, cls: Class, instance: Instance, view: Instance, asked: Asked) -> Judged | None:
    method, _ = find_in_class(cls, "has_object_permission")
    action = view.attributes.get("action")
    if not isinstance(method, Function) or not isinstance(action, Known) or not is_of_one(view.cls, action.value):
        return None
    outcome = _said(judge, method, instance, view, asked)
    return None if outcome is not None and truth(outcome) is True else Judged(_guard(cls, method, asked))


def _said(judge: Judge, method: Function, instance: Instance, view: Instance, asked: Asked) -> Value | None:
    if judge.only_looks:
        return None
    inner = Instance(instance.cls, dict(instance.attributes), instance.event, instance.ready)
    activation: Activation | None = rehearse(
        judge.machine, method, inner, Arguments([asked.request or UNKNOWN, view]), asked.situation
    )
    if activation is None:
        return None
    return join([activation.result]) if activation.done else None


def _guard(cls: Class, method: Function, asked: Asked) -> Guard:
    place = Location(method.module.path, line_of(method.definition.at))
    return Guard("authorization", cls.qualname.rpartition(".")[2], asked.scope, place)


def _all_bases(judge: Judge, cls: Class) -> set[str]:
    paths = [owner.path for owner in order_of(cls) if isinstance(owner, External)]
    for path in paths:
        paths.extend(base for base in judge.machine.vocabulary.bases.get(path, ()) if base not in paths)
    return set(paths)
