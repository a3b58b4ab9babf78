"""What a call reads or writes within a store: model, table, collection or key, off its receiver or its arguments."""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.calls.arguments import HOLE, pick, texts
from tmscan.libraries.index import Index
from tmscan.libraries.types import EffectRow
from tmscan.program.machine import Machine
from tmscan.program.values import (
    Bound,
    Choice,
    Class,
    Decorated,
    Event,
    External,
    Function,
    Instance,
    Known,
    Sequence,
    Table,
    Value,
)

Owners = dict[int, Class]
_CHAIN = 24
# Kinds of stores whose things are named by texts, not by classes of the program.
_PLAIN = frozenset({"object", "key-value", "cache", "search", "file"})
# Calls that pick one thing out of a collection; the collection tells more.
_SINGLE = frozenset({"document", "blob", "get_blob", "get_blob_client", "file"})


def owners_of(machine: Machine) -> Owners:
    """By identity, the class in whose body a value stands: `objects = NoteManager()` belongs to its model."""
    found: Owners = {}
    for cls in machine.classes:
        for name, value in cls.namespace.items():
            if name == "queryset":  # of a view or a field: it belongs to the model that it was reached from
                continue
            if isinstance(value, Instance) or (isinstance(value, External) and not _is_of_another(value)):
                found.setdefault(id(value), cls)
            if isinstance(value, Instance):
                found.setdefault(id(value.cls), cls)
    return {**machine.belonging, **found}


def _is_of_another(value: Value) -> bool:
    """Whether a value was reached from a class: `queryset = Note.objects.all()` in a view belongs to the notes."""
    return any(isinstance(part, Class) for part in chain_of(value))


def class_named(value: Value | None, owners: Owners) -> str:
    """The model behind what a class of handlers names: a model, a query on it, a serializer or a form of it."""
    return _classlike(value, owners, 4) if isinstance(value, Class | Instance | External | Decorated) else ""


def entity_of(index: Index, event: Event, row: EffectRow, owners: Owners) -> str:
    """The entity of an access as the row says: its receiver, or the first of the arguments that is given."""
    if row.kind in _PLAIN and row.entity != "receiver":
        said = texts(pick(event.arguments, row.entity))
        return said[0][:80].replace(HOLE, "{}") if said and said[0].strip("{?}") and "\n" not in said[0] else ""
    if row.entity == "receiver":
        return _receiver(index, event, owners, classes=row.kind not in _PLAIN).replace(HOLE, "{}")
    return argument_name(pick(event.arguments, row.entity), owners).replace(HOLE, "{}")


def _receiver(index: Index, event: Event, owners: Owners, *, classes: bool) -> str:
    chain = list(chain_of(event.callee))
    for value in chain if classes else ():
        if isinstance(value, Class | Instance):
            found = _class(value, owners)
            if found:
                return found
        if id(value) in owners and isinstance(value, External):
            return owners[id(value)].qualname
    for value in reversed(chain) if classes else ():
        if isinstance(value, External) and value.event is not None:
            for argument in value.event.arguments.positional[:1]:
                found = _classlike(argument, owners, 3)
                if found:
                    return found
    single = ""
    for value in chain[1:]:
        called = value.event.path if isinstance(value, External) and value.event is not None else ""
        if called in index.effects or called in index.stores:
            continue  # `order_by("-changed")` says how, `client("s3")` where, neither says what
        name = _named(value)
        made = value.event if isinstance(value, External) else None
        if name is not None and made is not None and made.path.rpartition(".")[2] in _SINGLE:
            single = single or name
            continue
        if name is not None:
            return name
    return single


def chain_of(value: Value | None) -> Iterator[Value]:
    """A value and what it was reached from, step by step."""
    for _ in range(_CHAIN):
        if value is None:
            return
        yield value
        if isinstance(value, Decorated):
            value = value.value
        elif isinstance(value, Bound):
            value = value.receiver
        elif isinstance(value, Choice):
            value = next((option for option in value.options if not isinstance(option, Known)), None)
        elif isinstance(value, External):
            value = value.base if value.base is not None else value.event.callee if value.event is not None else None
        else:
            return


def _named(value: Value) -> str | None:
    """The name that makes an object what it is: `Table("notes")`, `client["notes"]`, `db.notes`."""
    if not isinstance(value, External):
        return None
    if value.event is None:
        said = texts((value.attributes or {}).get("\0said"))
        return said[0] if said else None
    if value.event.path.startswith("typing"):
        return None  # `TypeVar("T")` stands for any class
    for argument in value.event.arguments.positional[:1]:
        found = [text for text in texts(argument) if "://" not in text and "\n" not in text and text]
        if found:
            return "" if found[0].startswith("{") else found[0][:80]
    return None


def argument_name(value: Value | None, owners: Owners) -> str:
    """The entity that an argument names: a class, a table, a text."""
    found = _classlike(value, owners, 4)
    if found:
        return found
    if isinstance(value, Sequence):
        parts = [*value.items[:1], *([value.rest] if value.rest is not None else [])]
        return argument_name(parts[0], owners) if parts else ""
    if isinstance(value, External) and "(" not in value.path and value.path.rpartition(".")[2][:1].isupper():
        return value.path.rpartition(".")[2]  # a class of a library: `django.contrib.auth.models.User`
    if isinstance(value, External) and not texts(value):
        chain = list(chain_of(value))
        for part in reversed(chain):
            if isinstance(part, External) and part.event is not None and part.event.kind == "call":
                for argument in part.event.arguments.positional[:1]:
                    found = _classlike(argument, owners, 3)
                    if found:
                        return found
        for part in chain[:3]:
            name = _named(part)
            if name:
                return name
        return ""
    said = [text for text in texts(value) if "\n" not in text]
    return said[0][:80] if said and said[0].strip("{?}") else ""


def _classlike(value: Value | None, owners: Owners, depth: int) -> str:
    """The name of the class or function that a value is, is made of or stands in a chain with."""
    if value is None or depth == 0:
        return ""
    if isinstance(value, Class | Instance):
        return _class(value, owners)
    if isinstance(value, Function):
        return value.qualname.replace(".<locals>", "")
    if isinstance(value, Decorated):
        return _classlike(value.value, owners, depth)
    if isinstance(value, Bound):
        return value.function.qualname
    if isinstance(value, Choice):
        return next((name for option in value.options if (name := _classlike(option, owners, depth - 1))), "")
    if isinstance(value, Sequence):
        parts = [*value.items[:1], *([value.rest] if value.rest is not None else [])]
        return _classlike(parts[0], owners, depth - 1) if parts else ""
    if isinstance(value, External):
        for part in reversed(list(chain_of(value))):
            if isinstance(part, Class | Instance):
                name = _class(part, owners)
                if name:
                    return name
            if isinstance(part, External):
                if id(part) in owners:
                    return owners[id(part)].qualname
                if part.event is not None and part.event.kind == "call" and part.event.arguments.positional:
                    name = _classlike(part.event.arguments.positional[0], owners, depth - 1)
                    if name:
                        return name
    if isinstance(value, Table):
        return ""
    return ""


def _class(value: Class | Instance, owners: Owners) -> str:
    """The model behind a class or an object: a manager's owner, a serializer's or form's `Meta.model`, else itself."""
    if isinstance(value, Instance):
        owner = owners.get(id(value)) or owners.get(id(value.cls))
        if owner is not None:
            return owner.qualname
    cls = value.cls if isinstance(value, Instance) else value
    for space in (cls.namespace.get("Meta"), cls):
        model = space.namespace.get("model") if isinstance(space, Class) else None
        if isinstance(model, Decorated):
            model = model.value
        if isinstance(model, Class):
            return model.qualname
        if isinstance(model, External) and space is not cls:
            return model.path.rpartition(".")[2].rstrip("()")
    for name in ("serializer_class", "form_class", "queryset"):
        found = cls.namespace.get(name)
        inner = _classlike(found, owners, 3) if found is not None and found is not value else ""
        if inner:
            return inner
    return "" if _is_abstract(cls) else cls.qualname


def _is_abstract(cls: Class) -> bool:
    """Whether a class of models has no table of its own."""
    meta = cls.namespace.get("Meta")
    said = meta.namespace.get("abstract") if isinstance(meta, Class) else cls.namespace.get("__abstract__")
    return isinstance(said, Known) and said.value is True
