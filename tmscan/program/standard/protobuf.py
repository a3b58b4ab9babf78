"""What a generated protobuf module defines: its serialized descriptor in, classes and descriptor objects out as values.

A model of `google.protobuf`: message classes, enumerations, services with their methods, options and extensions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tmscan.program.lattice import table_of
from tmscan.program.machine import Machine
from tmscan.program.standard.descriptors import (
    DEPTH,
    MESSAGE,
    METHOD_OPTIONS,
    TEXT,
    Field,
    MalformedError,
    Message,
    Method,
    Schema,
    Service,
    fields_of,
    read_schema,
    scalars,
)
from tmscan.program.values import (
    UNKNOWN,
    Arguments,
    Class,
    External,
    Frame,
    Known,
    Module,
    Native,
    Sequence,
    Value,
)

_SERIALIZED = "\0serialized"
_TAKES, _GIVES = "\0takes", "\0gives"


@dataclass(slots=True)
class _Pool:
    """What a file may speak of: its own definitions and those of the files it imports."""

    messages: dict[str, Message]
    extensions: dict[int, Field]
    classes: dict[str, Value]


def add_serialized_file(
    machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int
) -> Value | None:
    """`AddSerializedFile(b"…")`: the names of a generated module come into its namespace, as the builder puts them."""
    given = arguments.positional[0] if arguments.positional else None
    if not isinstance(given, Known) or not isinstance(given.value, bytes):
        return None
    try:
        schema = read_schema(given.value)
        pool = _pool(schema, frame.module)
        names: dict[str, Value] = {}
        _enums(names, schema.enums)
        for message in schema.messages:
            names[_last(message.name)] = _class_of(frame.module, message, pool)
        for extension in schema.extensions:
            names[_last(extension.name)] = Known(extension.name)
        services: dict[str, Value] = {}
        for service in schema.services:
            made = _service(frame.module, service, pool)
            names[_last(service.name)] = made
            services[_last(service.name)] = made.namespace["DESCRIPTOR"]
    except MalformedError:
        return None
    for name, value in names.items():
        frame.locals.setdefault(name, value)
    described = {name: value.namespace["DESCRIPTOR"] for name, value in names.items() if isinstance(value, Class)}
    return External(
        "google.protobuf.descriptor.FileDescriptor()",
        attributes={
            _SERIALIZED: given,
            "package": Known(schema.package),
            "services_by_name": table_of(services),
            "message_types_by_name": table_of({name: described[name] for name in described if name not in services}),
        },
    )


def _pool(schema: Schema, module: Module) -> _Pool:
    pool = _Pool({}, {}, {})
    files = [schema]
    for held in module.frame.locals.values() if module.frame is not None else ():
        if not isinstance(held, Module) or held.frame is None:
            continue
        described = held.frame.locals.get("DESCRIPTOR")
        attributes = (described.attributes or {}) if isinstance(described, External) else {}
        data = attributes.get(_SERIALIZED)
        if isinstance(data, Known) and isinstance(data.value, bytes):
            imported = read_schema(data.value)
            files.append(imported)
            for message in imported.messages:
                pool.classes[message.name] = held.frame.locals.get(_last(message.name), UNKNOWN)
    for file in files:
        pool.messages.update(file.by_name)
        pool.extensions.update({item.number: item for item in file.extensions if item.extends == METHOD_OPTIONS})
    return pool


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _enums(names: dict[str, Value], enums: Iterable[tuple[str, tuple[tuple[str, int], ...]]]) -> None:
    for name, members in enums:
        values: dict[str, Value] = {member: Known(number) for member, number in members}
        names[name] = External("google.protobuf.internal.enum_type_wrapper.EnumTypeWrapper()", attributes=values)
        names.update(values)


def _class_of(module: Module, message: Message, pool: _Pool) -> Class:
    fields: dict[str, Value] = {
        item.name: External(
            "google.protobuf.descriptor.FieldDescriptor()",
            attributes={"name": Known(item.name), "number": Known(item.number)},
        )
        for item in message.fields
    }
    described: dict[str, Value] = {
        "name": Known(_last(message.name)),
        "full_name": Known(message.name),
        "fields": Sequence("list", list(fields.values())),
        "fields_by_name": table_of(fields),
    }
    namespace: dict[str, Value] = {}
    _enums(namespace, message.enums)
    for inner in message.messages:
        namespace[_last(inner.name)] = _class_of(module, inner, pool)
    made = Class(None, module, _last(message.name), (External("google.protobuf.message.Message"),), namespace)
    described["_concrete_class"] = made
    namespace["DESCRIPTOR"] = External("google.protobuf.descriptor.Descriptor()", attributes=described)
    pool.classes[message.name] = made
    return made


def _service(module: Module, service: Service, pool: _Pool) -> Class:
    methods = {method.name: _method(service, method, pool) for method in service.methods}
    described = External(
        "google.protobuf.descriptor.ServiceDescriptor()",
        attributes={
            "name": Known(_last(service.name)),
            "full_name": Known(service.name),
            "methods": Sequence("list", list(methods.values())),
            "methods_by_name": table_of(methods),
        },
    )
    namespace: dict[str, Value] = {
        "DESCRIPTOR": described,
        "GetDescriptor": _gives(described),
        "GetRequestClass": _class_behind(_TAKES),
        "GetResponseClass": _class_behind(_GIVES),
    }
    return Class(None, module, _last(service.name), (External("google.protobuf.service.Service"),), namespace)


def _method(service: Service, method: Method, pool: _Pool) -> Value:
    takes, gives = pool.classes.get(method.takes, UNKNOWN), pool.classes.get(method.gives, UNKNOWN)
    return External(
        "google.protobuf.descriptor.MethodDescriptor()",
        attributes={
            "name": Known(method.name),
            "full_name": Known(f"{service.name}.{method.name}"),
            "input_type": takes.namespace["DESCRIPTOR"] if isinstance(takes, Class) else UNKNOWN,
            "output_type": gives.namespace["DESCRIPTOR"] if isinstance(gives, Class) else UNKNOWN,
            "GetOptions": _gives(_options(method.options, pool)),
            _TAKES: takes,
            _GIVES: gives,
        },
    )


def _options(data: bytes, pool: _Pool) -> Value:
    raw = fields_of(data)
    extensions = {item.name: _held(item, raw.get(item.number, []), pool, 0) for item in pool.extensions.values()}
    present = {item.name for item in pool.extensions.values() if item.number in raw}
    return External(
        f"{METHOD_OPTIONS}()", attributes={"Extensions": table_of(extensions), "HasExtension": _is_among(present)}
    )


def _held(item: Field, given: list[int | bytes], pool: _Pool, depth: int) -> Value:
    """What a field of a message holds: what was said, else the default of its type."""
    values: list[Value] = []
    if item.kind in MESSAGE:
        if depth > DEPTH:
            return UNKNOWN
        parts = [part for part in given if isinstance(part, bytes)]
        if not parts and not item.repeated and depth < 2:
            parts = [b""]
        values = [_object(item.type_name, part, pool, depth + 1) for part in parts]
    else:
        values = [Known(value) for one in given for value in scalars(item, one)]
    if item.repeated:
        return Sequence("list", values)
    if values:
        return values[-1]
    return UNKNOWN if item.kind in MESSAGE else Known("" if item.kind == TEXT else 0)


def _object(name: str, data: bytes, pool: _Pool, depth: int) -> Value:
    known = pool.messages.get(name)
    if known is None:
        return UNKNOWN
    raw = fields_of(data)
    held = {item.name: _held(item, raw.get(item.number, []), pool, depth) for item in known.fields}
    return External(f"{name}()", attributes=held)


def _gives(value: Value) -> Native:
    return Native("descriptor", lambda machine, frame, arguments, at: value)


def _is_among(names: set[str]) -> Native:
    def run(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
        asked = arguments.positional[0] if arguments.positional else UNKNOWN
        return Known(asked.value in names) if isinstance(asked, Known) else UNKNOWN

    return Native("HasExtension", run)


def _class_behind(key: str) -> Native:
    def run(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
        method = arguments.positional[-1] if arguments.positional else UNKNOWN
        return method.attributes.get(key, UNKNOWN) if isinstance(method, External) and method.attributes else UNKNOWN

    return Native("descriptor", run)
