"""Attributes that lead from one model to another: an object and a name go in, what a database would be asked for comes
out, and the question is recorded.
"""

from __future__ import annotations

from tmscan.program.events import record
from tmscan.program.machine import Machine, external
from tmscan.program.objects.classes import external_bases, find_in_class, order_of
from tmscan.program.objects.models import model_behind, query_holder, related_model
from tmscan.program.objects.named_models import model_for
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.relation import Reference, Relating, Relation
from tmscan.program.values import (
    Arguments,
    Class,
    Decorated,
    External,
    Frame,
    Function,
    Instance,
    Known,
    Value,
)


def note_relations(machine: Machine, cls: Class) -> None:
    """Keep what a class that was just made says of other models, and what stands for its own objects."""
    machine.named.setdefault(cls.qualname.rpartition(".")[2], []).append(cls)
    relating = machine.vocabulary.relating
    queried = set(machine.vocabulary.querying.values())
    for name, value in cls.namespace.items():
        if name in queried and type(value) is Class:
            machine.belonging.setdefault(id(value), cls)
        if type(value) is External:
            if value.event is not None and value.event.path in relating:
                _keep(machine, cls, name, value, value.event.arguments, relating[value.event.path])
        elif type(value) is Instance:
            how = next((relating[base.path] for base in external_bases(value.cls) if base.path in relating), None)
            if how is not None and value.event is not None:
                _keep(machine, cls, name, value, value.event.arguments, how)
            elif how is None and name != "queryset":
                machine.belonging.setdefault(id(value), cls)
                machine.belonging.setdefault(id(value.cls), cls)


def _keep(machine: Machine, cls: Class, name: str, made: Value, arguments: Arguments, how: Relating) -> None:
    machine.relations.setdefault(name, []).append(Relation(cls, name, made, arguments, how))
    if how.gives_back and not _is_abstract(cls):
        short = cls.qualname.rpartition(".")[2].lower()
        said = picked(arguments, how.back)
        if isinstance(said, External) and said.event is not None:  # `backref("author", lazy="dynamic")`
            said = next(iter(said.event.arguments.positional), None)
        called = said.value if isinstance(said, Known) and isinstance(said.value, str) else how.otherwise
        called = called.replace("{}", short).replace("%(class)s", short)
        if called and not called.endswith("+"):
            machine.relations.setdefault(called, []).append(Relation(cls, called, made, arguments, how, back=True))


def _is_abstract(cls: Class) -> bool:
    meta = cls.namespace.get("Meta")
    said = meta.namespace.get("abstract") if isinstance(meta, Class) else cls.namespace.get("__abstract__")
    return isinstance(said, Known) and said.value is True


def related(machine: Machine, frame: Frame, cls: Class, name: str, at: int, *, stored: bool = True) -> Value | None:
    """What the attribute of an object of `cls` gives that leads to another model; None for every other attribute.

    Of an object that is not `stored` yet nothing is read.
    """
    relation = relation_of(machine, cls, name)
    if relation is None:
        return None
    target = led_to(machine, relation)
    if target is None:
        return None
    how = relation.how
    if how.manager and isinstance(target, Class):
        own, _ = find_in_class(target, how.manager)
        if isinstance(own, Instance) and (how.gives_back if relation.back else how.gives).endswith("Manager"):
            return own
    path = how.gives_back if relation.back else how.gives
    made = external(machine, path, target)
    if stored and path in machine.vocabulary.recorded and frame is not machine.nowhere:
        record(machine, frame, path, made, Arguments([target]), at, at)
    return made


def relation_of(machine: Machine, cls: Class, name: str) -> Relation | None:
    """The relation that objects of a class have under a name."""
    found = machine.relations.get(name)
    if found is None:
        return None
    order = order_of(cls)
    for relation in found:
        if not relation.back and relation.owner in order:
            return relation
    for relation in found:
        if relation.back and led_from(machine, relation) in order and find_in_class(cls, name)[0] is None:
            return relation
    return None


def led_to(machine: Machine, relation: Relation) -> Value | None:
    """The model whose objects an attribute stands for."""
    return relation.owner if relation.back else led_from(machine, relation)


def led_from(machine: Machine, relation: Relation) -> Value | None:
    """The model that the call which makes a relation names: that of the other end."""
    if relation.target is None:
        how, owner = relation.how, relation.owner
        said = picked(relation.arguments, how.to)
        if how.through:
            first = picked(relation.arguments, how.through)
            step = relation_of(machine, owner, _text(first)) if first is not None else None
            middle = led_to(machine, step) if step is not None else None
            last = relation_of(machine, middle, _text(said)) if isinstance(middle, Class) else None
            relation.target = led_to(machine, last) if last is not None else middle
        else:
            inner = said.event if isinstance(said, External) else None  # `ListField(ReferenceField(Note))`
            within = machine.vocabulary.relating.get(inner.path) if inner is not None else None
            if inner is not None and within is not None:
                said = picked(inner.arguments, within.to)
            found = related_model(machine, owner, relation.name, said)
            relation.target = found if isinstance(found, Class) or not how.own else None
    return relation.target


def picked(arguments: Arguments, reference: Reference) -> Value | None:
    """The first of these arguments that is given."""
    for wanted in reference:
        if isinstance(wanted, int):
            if wanted < len(arguments.positional):
                return arguments.positional[wanted]
        elif wanted in arguments.keywords:
            return arguments.keywords[wanted]
    return None


def _text(value: Value | None) -> str:
    return value.value if isinstance(value, Known) and isinstance(value.value, str) else ""


def of_database(machine: Machine, frame: Frame, value: External, name: str, at: int) -> Value | None:
    """An attribute of a query or of what one gave, where the program says what it is; None for all that it does not."""
    if value.path in machine.vocabulary.naming:
        return _of_named(machine, frame, value, name, at)
    if value.path in machine.vocabulary.modelled:
        return _of_object(machine, frame, value, name, at)
    if value.path in machine.vocabulary.querying:
        return _of_query(machine, frame, value, name, at)
    return None


def _of_named(machine: Machine, frame: Frame, value: External, name: str, at: int) -> Value | None:
    """What leads on from the object that a request has of a model: a relation, or what is done with the object itself.

    Looking at it is a question to the database; while a request of a stranger is rehearsed there is no such object.
    """
    said = machine.vocabulary.naming[value.path]
    place = f"{value.path}.{name}"
    asked = place in machine.vocabulary.asked or f"{place}()" in machine.vocabulary.asked
    cls = model_for(machine, frame, value.path) if len(said) > 1 and not asked and not machine.assumed else None
    if cls is None:
        return None
    subject = External(said[1], cls)
    found = related(machine, frame, cls, name, at)
    if found is not None:
        return found
    if f"{said[1]}.{name}" in machine.vocabulary.recorded:
        return external(machine, f"{said[1]}.{name}", subject, None, at, frame)
    if frame is not machine.nowhere:
        record(machine, frame, said[1], subject, Arguments([cls]), at, at)
    return None


def _of_object(machine: Machine, frame: Frame, value: External, name: str, at: int) -> Value | None:
    """A method of the model of what a query gave, or a relation to another one."""
    cls = model_behind(machine, value)
    if cls is None:
        return None
    found, _ = find_in_class(cls, name)
    inner = found.value if isinstance(found, Decorated) else found
    if isinstance(inner, Function):
        return machine.attribute(machine, frame, specimen(cls), name, at)
    return related(machine, frame, cls, name, at)


def _of_query(machine: Machine, frame: Frame, value: External, name: str, at: int) -> Value | None:
    """A method of a query that the program wrote: of the manager that it comes from, or of its model's own class."""
    holder = query_holder(machine, value, machine.vocabulary.querying[value.path])
    found = find_in_class(holder.cls, name)[0] if holder is not None else None
    inner = found.value if isinstance(found, Decorated) else found
    if holder is None or not isinstance(inner, Function):
        return None
    return machine.attribute(machine, frame, holder, name, at)
