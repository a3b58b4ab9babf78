"""Serializers of models: what showing an object reads, field by field. The program's classes go in; what ran for each
comes to stand in `Machine.shown`, and behind the code that makes such a serializer itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from tmscan.inventory.running.waiting import receiver_of
from tmscan.libraries.index import Index
from tmscan.libraries.paths import last_name
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import external_bases, find_in_class, order_of
from tmscan.program.objects.relations import relation_of
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import (
    Activation,
    Arguments,
    Class,
    Decorated,
    External,
    Frame,
    Function,
    Instance,
    Known,
    Sequence,
    Value,
)

Declared: TypeAlias = External | Instance
_DEPTH = 5


def run_shapes(machine: Machine, index: Index) -> None:
    """Show an object by every serializer that names its model."""
    endings = tuple(last_name(path) for path, known in index.classes.items() if known.row.shows)
    for cls in list(machine.classes):
        model = shown_model(cls)
        if model is not None and any(last_name(base.path).endswith(endings) for base in external_bases(cls)):
            machine.shown[id(cls)] = list(_shown(machine, cls, model))
    for instance in list(machine.instances.values()):
        if instance.event is not None and id(instance.cls) in machine.shown:
            maker = instance.event.activation
            for shape in _nested(instance.cls, _DEPTH, set()):
                for activation in machine.shown.get(id(shape), ()):
                    if activation.function is None:
                        maker.events.extend(activation.events)
                    else:
                        maker.calls.append((instance.event.at, activation))
                        maker.call_tests.append(())


def shown_model(cls: Class) -> Class | None:
    """The model of the program that a class of serializers names."""
    meta, _ = find_in_class(cls, "Meta")
    model = find_in_class(meta, "model")[0] if isinstance(meta, Class) else None
    while isinstance(model, Decorated):
        model = model.value
    return model if isinstance(model, Class) else None


def checked_models(machine: Machine, cls: Class) -> Iterator[Value]:
    """The models that a key in a request has to be one of: fields for other objects that may be written."""
    model = shown_model(cls)
    for name, declared in _fields(machine, cls) if model is not None else ():
        relation = relation_of(machine, model, name) if model is not None and declared is None else None
        if relation is not None and not relation.back and relation.target is not None:
            yield relation.target


def _shown(machine: Machine, cls: Class, model: Class) -> Iterator[Activation]:
    """What runs for the fields that are not written down one by one, then the methods that compute others."""
    looked = Activation(None, cls.module)
    frame = Frame(cls.module, {}, looked)
    at = cls.definition.at if cls.definition is not None else 0
    for name, declared in _fields(machine, cls):  # what stands in the body of a base is there in every class
        _look(machine, frame, model, name, declared, at)
    if looked.events or looked.calls:
        yield looked
        yield from (callee for _, callee in looked.calls)
    for owner in order_of(cls):
        for name, value in owner.namespace.items() if isinstance(owner, Class) else ():
            inner = value.value if isinstance(value, Decorated) else value
            if name.startswith("get_") and isinstance(inner, Function) and _computes(cls, name.removeprefix("get_")):
                receiver: Value | None = specimen(cls) if inner.kind == "function" else receiver_of(inner)
                run = call_by_framework(machine, inner, receiver, Arguments([specimen(model)]))
                if run is not None:
                    yield run


def _computes(cls: Class, field: str) -> bool:
    value = find_in_class(cls, field)[0]
    return isinstance(value, External) and value.event is not None


def _look(machine: Machine, frame: Frame, model: Class, name: str, declared: Declared | None, at: int) -> None:
    """Look at one field of an object. The key of another object stands in its own row: nothing is read for it."""
    given = declared.event.arguments.keywords if declared is not None and declared.event is not None else {}
    source = given.get("source")
    path = source.value if isinstance(source, Known) and isinstance(source.value, str) else name
    many = isinstance(given.get("many"), Known)
    parts = path.split(".")
    value: Value = specimen(model)
    for position, part in enumerate(parts):
        relation = relation_of(machine, value.cls, part) if isinstance(value, Instance) else None
        plain = declared is None or last_name(declared.event.path if declared.event else "").startswith("PrimaryKey")
        if relation is not None and plain and not many and position == len(parts) - 1:
            gives = relation.how.gives_back if relation.back else relation.how.gives
            if gives in machine.vocabulary.recorded:
                return
        value = machine.attribute(machine, frame, value, part, at)
        every = machine.attribute(machine, frame, value, "all", at) if relation is not None else None
        if isinstance(every, External) and every.path in machine.vocabulary.recorded:
            machine.call(machine, frame, every, Arguments(), at, at)


def _fields(machine: Machine, cls: Class) -> Iterator[tuple[str, Declared | None]]:
    """The fields that the library fills in by itself, and those that name what they show (`source="author.name"`)."""
    meta, _ = find_in_class(cls, "Meta")
    model = shown_model(cls)
    if not isinstance(meta, Class) or model is None:
        return
    said, _ = find_in_class(meta, "fields")
    names = _texts(said)
    if isinstance(said, Known) or said is None:  # `"__all__"`, or all but a few
        names = [name for name, found in machine.relations.items() for each in found if _is_own(each.owner, model)]
    without = {*_texts(find_in_class(meta, "exclude")[0]), *_texts(find_in_class(meta, "read_only_fields")[0])}
    for name in dict.fromkeys(names):
        declared = find_in_class(cls, name)[0]
        if declared is None and name not in without:
            yield name, None
        elif isinstance(declared, External | Instance) and declared.event is not None:
            yield name, declared


def _is_own(owner: Class, model: Class) -> bool:
    return owner in order_of(model)


def _texts(value: Value | None) -> list[str]:
    items = value.items if isinstance(value, Sequence) else []
    return [item.value for item in items if isinstance(item, Known) and isinstance(item.value, str)]


def _nested(cls: Class, depth: int, seen: set[int]) -> Iterator[Class]:
    """A class of serializers and those whose objects stand in its body."""
    if depth == 0 or id(cls) in seen:
        return
    seen.add(id(cls))
    yield cls
    for owner in order_of(cls):
        for value in owner.namespace.values() if isinstance(owner, Class) else ():
            if isinstance(value, Instance):
                yield from _nested(value.cls, depth - 1, seen)
