"""Attributes, subscripts and elements of values: modules, classes along their order, instances, third-party things."""

from __future__ import annotations

from typing import cast

from tmscan.program.checks import marked
from tmscan.program.data.natives import method_of
from tmscan.program.lattice import join, options, origins_of, table_of, unknown
from tmscan.program.machine import Machine, external
from tmscan.program.objects.classes import PLAIN_BASES, find_in_class, order_of
from tmscan.program.objects.delivered import as_delivered
from tmscan.program.objects.fields import TABLES, as_configured, declared_value, field_table, field_value
from tmscan.program.objects.forms import by_field
from tmscan.program.objects.held import held_value, stood_for
from tmscan.program.objects.listings import kept_attribute
from tmscan.program.objects.relations import of_database, related
from tmscan.program.values import (
    UNKNOWN,
    Arguments,
    Bound,
    Choice,
    Class,
    Decorated,
    Deferred,
    Event,
    External,
    Frame,
    Function,
    Instance,
    Known,
    Module,
    Partial,
    Scalar,
    Sequence,
    Super,
    Table,
    Text,
    Value,
)


def lookup(machine: Machine, frame: Frame, value: Value, name: str, at: int) -> Value:
    """`value.name`; unknown when the interpreter cannot tell."""
    if isinstance(value, External):
        if value.attributes is not None and name in value.attributes:
            return value.attributes[name]
        path = f"{value.path}.{name}"
        if machine.undo is None and value.event is None and path in machine.outside:
            return machine.outside[path]  # what the program put there: `flask.g.user = …`
        kept = machine.vocabulary.kept.get(path)
        if kept is not None:
            return kept_attribute(machine, value, kept)
        given = _given(machine, value.event, path, name)
        if given is not None:
            return given
        own = of_database(machine, frame, value, name, at)
        if own is not None:
            return own
        setting = machine.setting(machine, value.path, name) if value.path in machine.vocabulary.settings else None
        if setting is not None:
            return setting
        if path in machine.vocabulary.defaults:
            return Known(machine.vocabulary.defaults[path])
        named = machine.vocabulary.open.get(value.path)
        known = machine.vocabulary.known
        if named is not None and path not in known and f"{path}()" not in known:
            return External(named, value, None, value.origins, {"\0said": Known(name)})
        read = external(machine, path, value, None, at, frame)
        cleaning = machine.vocabulary.cleans.get(path) if origins_of(read) else None
        return marked(read, cleaning.kinds) if cleaning is not None and cleaning.shape == "read" else read
    if isinstance(value, Instance):
        return _of_instance(machine, frame, value, name, at)
    if isinstance(value, Module):
        return _of_module(machine, frame, value, name)
    if isinstance(value, Class):
        return _of_class(machine, frame, value, name, at)
    if isinstance(value, Choice):
        found = [lookup(machine, frame, option, name, at) for option in value.options if not _is_none(option)]
        return join(found) if found else UNKNOWN
    if isinstance(value, Decorated):
        if isinstance(value.by, External) and isinstance(value.value, Function) and name not in value.value.attributes:
            made = machine.vocabulary.aliases.get(f"{value.by.path}()", f"{value.by.path}()")
            return external(machine, f"{made}.{name}", value, value.event, at, frame)
        return lookup(machine, frame, value.value, name, at)
    if isinstance(value, Function):
        return _of_function(value, name)
    if isinstance(value, Super):
        return _of_super(machine, frame, value, name, at)
    if isinstance(value, Bound):
        if name == "__self__":
            return value.receiver
        return value.function if name == "__func__" else _of_function(value.function, name)
    if isinstance(value, Partial):
        return value.function if name == "func" else UNKNOWN
    if isinstance(value, Deferred):
        return UNKNOWN
    if isinstance(value, Known) and name == "value":
        return value  # a member of an enumeration stands for its value
    if isinstance(value, Known | Text | Sequence | Table):
        return method_of(value, name) or unknown(origins_of(value))
    return unknown(origins_of(value))


def _given(machine: Machine, event: Event | None, path: str, name: str) -> Value | None:
    """What the object was made with under this keyword: most libraries keep it as an attribute of the same name."""
    if event is None or event.kind != "call" or path in machine.vocabulary.known:
        return None
    return event.arguments.keywords.get(name)


def _is_none(value: Value) -> bool:
    return isinstance(value, Known) and value.value is None


def _of_module(machine: Machine, frame: Frame, module: Module, name: str) -> Value:
    if module.frame is not None and name in module.frame.locals:
        found = module.frame.locals[name]
        if isinstance(found, Deferred):
            found = UNKNOWN if found.module is module else _of_module(machine, frame, found.module, found.name)
        return as_delivered(machine, name, found)
    if name in ("__name__", "__package__"):
        return Known(module.name if name == "__name__" or module.is_package else module.name.rpartition(".")[0])
    if name == "__file__":
        return Known(module.path)
    if name == "__path__" and module.is_package:
        return Sequence("list", [Known(module.path.rpartition("/")[0])])
    if name == "__dict__" and module.frame is not None:
        return table_of(module.frame.locals)
    child = machine.import_module(machine, f"{module.name}.{name}")
    if child is not None:
        return child
    if module.state == "running":
        return Deferred(module, name)
    return external(machine, f"{module.stars[0]}.{name}") if module.stars and not name.startswith("__") else UNKNOWN


def _of_class(machine: Machine, frame: Frame, cls: Class, name: str, at: int) -> Value:
    found, owner = find_in_class(cls, name)
    if found is None and name in TABLES:
        return field_table(cls)
    if found is None:
        if isinstance(owner, External):
            return external(machine, member_path(machine, cls, None, name, made=False), cls, None, at, frame)
        if name in ("__name__", "__qualname__"):
            return Known(cls.qualname.rsplit(".", 1)[-1])
        if name == "__module__":
            return Known(cls.module.name)
        if name == "__mro__":
            return Sequence("tuple", list(order_of(cls)))
        if name == "__dict__":
            return table_of(cls.namespace)
        if name == "__doc__":
            return Known(cls.definition.docstring if cls.definition else "")
        if name == "__subclasses__":
            return machine.subclasses_of(cls)
        metaclass = cls.keywords.get("metaclass")
        if isinstance(metaclass, Class):
            made, _ = find_in_class(metaclass, name)
            if isinstance(made, Function):
                return Bound(made, cls)
        return UNKNOWN
    inner = found.value if isinstance(found, Decorated) else found
    if isinstance(inner, Function) and inner.kind == "classmethod":
        return Bound(inner, cls)
    found = as_delivered(machine, name, found)
    if isinstance(found, External) and found.event is not None and ":" not in found.path:
        # Made by code that nobody knows, under a name that a base class gives a meaning: `objects = TreeManager()`.
        path = member_path(machine, cls, None, name, made=False)
        if path in machine.vocabulary.known:
            return external(machine, path, cls, None, at, frame)
    return found


def _of_instance(machine: Machine, frame: Frame, instance: Instance, name: str, at: int) -> Value:
    found = instance.attributes.get(name)
    if name in machine.relations and (found is None or instance.event is None):
        given = _given(machine, instance.event, "", name)
        stored = instance.event is None
        led = related(machine, frame, instance.cls, name, at, stored=stored) if given is None else given
        if led is not None:
            return led
    if found is not None:
        return found
    if name == "__class__":
        return instance.cls
    if name == "__dict__":
        return Table(cast("dict[Scalar, Value]", instance.attributes))  # writing to it sets attributes
    if not instance.ready:
        machine.prepare(machine, instance)
        found = instance.attributes.get(name)
        if found is not None:
            return found
    value, owner = find_in_class(instance.cls, name)
    if value is None and name in TABLES:
        return field_table(instance.cls)
    if value is None:
        annotated = declared_value(machine, instance.cls, name)
        if annotated is not None:
            return annotated
        if isinstance(owner, External):
            other = stood_for(machine, frame, instance, at)
            if other is not None:
                return lookup(machine, frame, other, name, at)
            path = member_path(machine, instance.cls, None, name, made=True)
            given = _given(machine, instance.event, path, name)
            if given is not None:
                return given
            read = external(machine, path, instance, None, at, frame)
            filled = isinstance(read, External) and read.path in machine.vocabulary.filled
            return by_field(machine, frame, instance, read, at) if filled and isinstance(read, External) else read
        fallback, _ = find_in_class(instance.cls, "__getattr__")
        if isinstance(fallback, Function):
            return machine.call(machine, frame, Bound(fallback, instance), Arguments([Known(name)]), at, at)
        return unknown(origins_of(instance, 2))
    if isinstance(value, External) and isinstance(owner, Class) and name in owner.fields:
        declared = field_value(machine, frame, owner, name, value, at)
        if declared is not None:
            return as_configured(machine, owner, name, declared)
    if isinstance(owner, Class) and machine.vocabulary.configured and isinstance(value, Known):
        return as_configured(machine, owner, name, value)
    if machine.vocabulary.holding and isinstance(value, External | Instance):
        held = held_value(machine, frame, instance, name, value, at)
        if held is not None:
            return held
    made = [_bound(machine, frame, instance, each, at) for each in options(value)]
    return made[0] if len(made) == 1 else join(made)


def _bound(machine: Machine, frame: Frame, instance: Instance, value: Value, at: int) -> Value:
    inner = value.value if isinstance(value, Decorated) else value
    if isinstance(inner, Function):
        if inner.kind == "property":
            return machine.call(machine, frame, Bound(inner, instance), Arguments(), at, at)
        if inner.kind == "classmethod":
            return Bound(inner, instance.cls)
        if inner.kind == "staticmethod":
            return value
        bound = Bound(inner, instance)
        return Decorated(bound, value.by, value.event) if isinstance(value, Decorated) else bound
    return value


def member_path(machine: Machine, cls: Class, after: Class | None, name: str, *, made: bool) -> str:
    """The path of `name` on the third-party base of `cls` that is known to have it, else on the nearest one."""
    order = order_of(cls)
    if after is not None and after in order:
        order = order[order.index(after) + 1 :]
    vocabulary, first = machine.vocabulary, ""
    queue = [owner.path for owner in order if isinstance(owner, External) and owner.path not in PLAIN_BASES]
    for path in queue:
        stem = f"{path}()" if made and not path.endswith(")") else path
        full = f"{vocabulary.aliases.get(stem, stem)}.{name}"
        if full in vocabulary.known or full in vocabulary.stems:
            return full
        first = first or full
        queue.extend(base for base in vocabulary.bases.get(path, ()) if base not in queue)
    return first or f"builtins.object.{name}"


def _of_function(function: Function, name: str) -> Value:
    if name in function.attributes:
        return function.attributes[name]
    if name == "__name__":
        inner = function.wraps if isinstance(function.wraps, Function) else function
        return Known(inner.definition.name)
    if name == "__qualname__":
        return Known(function.qualname)
    if name == "__module__":
        return Known(function.module.name)
    if name == "__doc__":
        return Known(function.definition.docstring)
    if name == "__wrapped__" and function.wraps is not None:
        return function.wraps
    if name == "setter" and function.kind == "property":
        return UNKNOWN
    return UNKNOWN


def _of_super(machine: Machine, frame: Frame, value: Super, name: str, at: int) -> Value:
    receiver = value.receiver
    cls = receiver.cls if isinstance(receiver, Instance) else receiver if isinstance(receiver, Class) else value.after
    found, owner = find_in_class(cls, name, value.after)
    if found is None and owner is None and cls is not value.after:
        found, owner = find_in_class(value.after, name, value.after)
    if found is None:
        if isinstance(owner, External):
            if name == "__init__" and isinstance(receiver, Instance):
                return External(owner.path, receiver, None, attributes={"\0makes": receiver})
            path = member_path(machine, cls, value.after, name, made=isinstance(receiver, Instance))
            return external(machine, path, receiver, None, at, frame)
        return UNKNOWN
    inner = found.value if isinstance(found, Decorated) else found
    if isinstance(inner, Function) and inner.kind != "staticmethod":
        if inner.kind == "property":
            return machine.call(machine, frame, Bound(inner, receiver), Arguments(), at, at)
        if inner.kind == "classmethod" and isinstance(receiver, Instance):
            return Bound(inner, receiver.cls)
        return Bound(inner, receiver)
    return found
