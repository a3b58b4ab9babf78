"""What third-party base classes do for a handler class: `ModelViewSet.create` writes the model that the class names.

Endpoints with their answers go in; per endpoint come what such methods do to the store, and the methods of serializers
and forms of the program that they call on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tmscan.inventory.effects.entities import Owners, chain_of, class_named
from tmscan.inventory.routes.actions import provided_by
from tmscan.inventory.routes.answers import Answer
from tmscan.inventory.running.shown import checked_models
from tmscan.libraries.index import Index
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.values import Activation, Arguments, Class, Decorated, Function, Instance, Known, Value

Provided = tuple[str, str, Class]  # operation, model, the class of the handler
_MODELS = ("get_queryset", "queryset", "model", "get_serializer_class", "serializer_class", "form_class")
_SHAPES = ("get_serializer_class", "serializer_class", "get_form_class", "form_class")
_READS = ("get_", "to_representation", "to_dict")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HOOKS = {"create": "perform_create", "update": "perform_update", "destroy": "perform_destroy"}
_CHECKS = frozenset({"validate", "validate_on_submit", "is_valid", "full_clean"})
_CHECKERS = ("validate", "clean", "to_internal_value")
_DEPTH = 5
_CONTEXTS = 200  # a method that asks for the action is another one for each


def provided_for(machine: Machine, index: Index, answer: Answer, owners: Owners) -> list[Provided]:
    """What the methods do that the bases of a handler class bring and the program leaves as they are."""
    cls = answer.handler.cls
    if cls is None:
        return []
    names = answer.found.actions or tuple(method.lower() for method in answer.methods)
    found: dict[str, None] = {}
    for path in sorted(provided_by(machine, cls)):
        known = index.classes.get(path)
        for name, operation in known.row.access if known is not None else ():
            if name in names and _left(cls, name):
                found[operation] = None
    model = _model(machine, cls, answer, owners) if found else ""
    made = [(operation, model, cls) for operation in sorted(found)]
    named = _SHAPES[:2] if found else ()
    shown = _nested((value for name in named for value in _values(machine, cls, name, answer)), owners)
    held = (run.frame.locals.values() for run in answer.runs if run.frame is not None)
    shown |= _nested([value for values in held for value in values if isinstance(value, Instance)], owners)
    if not _SAFE.issuperset(answer.methods):
        shapes = (
            shape
            for name in named
            for value in _values(machine, cls, name, answer)
            for shape in _shapes(value, 1, set())
        )
        shown |= {class_named(model, owners) for shape in shapes for model in checked_models(machine, shape)}
    return [*made, *(("read", name, cls) for name in sorted(shown - {"", model}))]


def _nested(values: Iterable[Value], owners: Owners) -> set[str]:
    """The models of the serializers that stand in others: what is shown of other objects is read."""
    names: set[str] = set()
    for value in values:
        for shape in list(_shapes(value, _DEPTH, set()))[1:]:
            meta, _ = find_in_class(shape, "Meta")
            model = find_in_class(meta, "model")[0] if isinstance(meta, Class) else None
            if model is not None:
                names.add(class_named(model, owners))
    return names


def shaping(
    machine: Machine, answer: Answer, by_definition: Mapping[int, list[Activation]]
) -> Iterator[list[Activation]]:
    """What ran of the serializers and forms that a handler class names, if a request of these verbs can start it:
    by method, which bases share.
    """
    cls = answer.handler.cls
    if cls is None:
        return
    changes = not _SAFE.issuperset(answer.methods)
    seen: set[int] = set()
    for name in _SHAPES:
        for value in _values(machine, cls, name, answer):
            for shape in _shapes(value, _DEPTH, seen):
                yield machine.shown.get(id(shape), [])
                for method in _methods(shape):
                    if id(shape) in machine.shown and method.definition.name.startswith("get_"):
                        continue
                    if changes or method.definition.name.startswith(_READS):
                        yield by_definition.get(id(method.definition), [])


def checking(runs: Iterable[Activation], by_definition: Mapping[int, list[Activation]]) -> Iterator[list[Activation]]:
    """The checks of forms and serializers of the program that a call of a method of their library's starts."""
    for run in runs:
        for event in run.events:
            if event.path.rpartition(".")[2] in _CHECKS:
                made = next((part for part in chain_of(event.callee) if isinstance(part, Instance)), None)
                for shape in _shapes(made, _DEPTH, set()) if made is not None else ():
                    for method in _methods(shape):
                        if method.definition.name.startswith(_CHECKERS):
                            yield by_definition.get(id(method.definition), [])


def _left(cls: Class, name: str) -> bool:
    """Whether nothing of the program stands in for a provided method, or what does calls it in the end."""
    for each in (name, _HOOKS.get(name, "")):
        method = find_in_class(cls, each)[0] if each else None
        while isinstance(method, Decorated):
            method = method.value
        if isinstance(method, Function) and "super" not in method.definition.mentions:
            return False
    return True


def _model(machine: Machine, cls: Class, answer: Answer, owners: Owners) -> str:
    for name in _MODELS:
        for value in _values(machine, cls, name, answer):
            found = class_named(value, owners)
            if found:
                return found
    return ""


def _values(machine: Machine, cls: Class, name: str, answer: Answer) -> Iterator[Value]:
    """What a class says under a name, or what its method of that name gave when it ran: for these actions, if it
    asks which one it is.
    """
    said, _ = find_in_class(cls, name)
    if isinstance(said, Function) and answer.found.actions and "action" in said.definition.mentions:
        saved, machine.context_limit = machine.context_limit, _CONTEXTS
        views = (Instance(cls, {"action": Known(action)}, ready=False) for action in answer.found.actions)
        runs = [call_by_framework(machine, said, view, Arguments()) for view in views]
        machine.context_limit = saved
        for run in runs:
            yield from options(run.result) if run is not None else ()
    elif isinstance(said, Function):
        for run in answer.runs:
            if run.function is not None and run.function.definition is said.definition:
                yield from options(run.result)
    elif said is not None:
        yield from options(said)


def _shapes(value: Value, depth: int, seen: set[int]) -> Iterator[Class]:
    """A class of the program and those whose objects stand in its body: `author = AuthorSerializer()`."""
    cls = value.cls if isinstance(value, Instance) else value
    if not isinstance(cls, Class) or id(cls) in seen or depth == 0:
        return
    seen.add(id(cls))
    yield cls
    for owner in order_of(cls):
        if isinstance(owner, Class):
            for inner in owner.namespace.values():
                if isinstance(inner, Instance):
                    yield from _shapes(inner, depth - 1, seen)


def _methods(cls: Class) -> Iterator[Function]:
    for owner in order_of(cls):
        if isinstance(owner, Class):
            for method in owner.namespace.values():
                inner = method.value if isinstance(method, Decorated) else method
                if isinstance(inner, Function):
                    yield inner
