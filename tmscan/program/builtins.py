"""Builtin functions as far as they shape what a program exposes: `getattr`, `isinstance`, `super`, `zip`, `dict`, …"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tmscan.program.attributes import lookup
from tmscan.program.binding import store_attribute
from tmscan.program.classes import find_in_class, order_of
from tmscan.program.iteration import iterate
from tmscan.program.lattice import join, options, origins_of, table_of, unknown
from tmscan.program.machine import Machine
from tmscan.program.operators import concatenate, truth
from tmscan.program.subscripts import element
from tmscan.program.values import (
    FALSE,
    NOTHING,
    TRUE,
    UNKNOWN,
    Arguments,
    Bound,
    Class,
    Decorated,
    External,
    Frame,
    Function,
    Instance,
    Known,
    Module,
    Native,
    Sequence,
    Super,
    Table,
    Text,
    Value,
)

Model: TypeAlias = Callable[[Machine, Frame, Arguments, int], Value]


def _first(arguments: Arguments) -> Value:
    return arguments.positional[0] if arguments.positional else UNKNOWN


def _super(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    if len(arguments.positional) == 2 and isinstance(arguments.positional[0], Class):
        return Super(arguments.positional[0], arguments.positional[1])
    scope: Frame | None = frame
    while scope is not None and (scope.function is None or scope.function.owner is None):
        scope = scope.enclosing
    if scope is None or scope.function is None or scope.function.owner is None:
        return UNKNOWN
    parameters = scope.function.definition.parameters
    receiver = scope.locals.get(parameters[0].name, UNKNOWN) if parameters else UNKNOWN
    return Super(scope.function.owner, receiver)


def _getattr(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    if len(arguments.positional) < 2:
        return UNKNOWN
    owner, name = arguments.positional[:2]
    default = arguments.positional[2] if len(arguments.positional) > 2 else None
    found: list[Value] = []
    for option in options(name):
        if not (isinstance(option, Known) and isinstance(option.value, str)):
            return unknown(origins_of(owner) | origins_of(name))
        for holder in options(owner):
            if default is not None and _lacks(holder, option.value):
                found.append(default)
            else:
                value = lookup(machine, frame, holder, option.value, at)
                found.extend([value, default] if default is not None and value is UNKNOWN else [value])
    return join(found)


def _lacks(owner: Value, name: str) -> bool:
    """Whether it is certain that `owner` has no such attribute."""
    if isinstance(owner, Function):
        return name not in owner.attributes and not name.startswith("__")
    if isinstance(owner, Bound):
        return _lacks(owner.function, name)
    if isinstance(owner, Class | Instance):
        cls = owner if isinstance(owner, Class) else owner.cls
        if isinstance(owner, Instance) and (name in owner.attributes or not owner.ready):
            return False
        found, outside = find_in_class(cls, name)
        return (
            found is None
            and outside is None
            and not any(name in base.fields for base in order_of(cls) if isinstance(base, Class))
        )
    return False


def _hasattr(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    if len(arguments.positional) < 2 or not isinstance(arguments.positional[1], Known):
        return UNKNOWN
    name = str(arguments.positional[1].value)
    owner = arguments.positional[0]
    if _lacks(owner, name):
        return FALSE
    found = lookup(machine, frame, owner, name, at)
    return UNKNOWN if found is UNKNOWN or isinstance(found, External) else TRUE


def _setattr(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    if len(arguments.positional) == 3 and isinstance(arguments.positional[1], Known):
        for owner in options(arguments.positional[0]):
            store_attribute(owner, str(arguments.positional[1].value), arguments.positional[2], frame)
    return NOTHING


def _isinstance(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    if len(arguments.positional) != 2:
        return UNKNOWN
    value, kinds = arguments.positional
    listed = kinds.items if isinstance(kinds, Sequence) else [kinds]
    names = {kind.path for kind in listed if isinstance(kind, External)}
    if isinstance(value, Instance):
        order = order_of(value.cls)
        if any(kind in order for kind in listed if isinstance(kind, Class)):
            return TRUE
        return UNKNOWN if any(isinstance(owner, External) for owner in order) else FALSE
    python = None
    if isinstance(value, Known):
        python = type(value.value).__name__
    elif isinstance(value, Text):
        python = "str"
    elif isinstance(value, Sequence):
        python = value.kind
    elif isinstance(value, Table):
        python = "dict"
    if python is not None and all(isinstance(kind, External | Native) for kind in listed):
        words = {name.rpartition(".")[2] for name in names} | {kind.name for kind in listed if isinstance(kind, Native)}
        return TRUE if python in words else FALSE
    if isinstance(value, Function | Class | Bound):
        return TRUE if "builtins.type" in names and isinstance(value, Class) else UNKNOWN
    return UNKNOWN


def _issubclass(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    if len(arguments.positional) != 2 or not isinstance(arguments.positional[0], Class):
        return UNKNOWN
    kinds = arguments.positional[1]
    listed = kinds.items if isinstance(kinds, Sequence) else [kinds]
    paths = {owner.path for owner in order_of(arguments.positional[0]) if isinstance(owner, External)}
    for kind in listed:
        if isinstance(kind, Class) and kind in order_of(arguments.positional[0]):
            return TRUE
        if isinstance(kind, External) and kind.path in paths:
            return TRUE
    return FALSE if all(isinstance(kind, Class) for kind in listed) and not paths else UNKNOWN


def _callable(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    value = _first(arguments)
    if isinstance(value, Function | Bound | Class | Native | Decorated):
        return TRUE
    return FALSE if isinstance(value, Known | Text | Sequence | Table) else UNKNOWN


def _type(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    value = _first(arguments)
    if len(arguments.positional) == 3:
        return _make_class(machine, frame, arguments)
    if isinstance(value, Instance):
        return value.cls
    return UNKNOWN


def _make_class(machine: Machine, frame: Frame, arguments: Arguments) -> Value:
    name, bases, namespace = arguments.positional
    text = name.value if isinstance(name, Known) and isinstance(name.value, str) else "<class>"
    listed = tuple(bases.items) if isinstance(bases, Sequence) else ()
    made = Class(None, frame.module, text, listed)
    if isinstance(namespace, Table):
        made.namespace.update({str(key): value for key, value in namespace.items.items()})
    machine.classes.append(made)
    machine.created(machine, frame, made)
    return made


def _str(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    value = _first(arguments)
    return value if isinstance(value, Text) else concatenate([value]) if arguments.positional else Known("")


def _number(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    value = _first(arguments)
    if isinstance(value, Known) and isinstance(value.value, str | int | float) and len(str(value.value)) < 16:
        text = str(value.value).strip()
        return Known(int(text)) if text.lstrip("-").isdigit() else UNKNOWN
    return UNKNOWN  # a number carries nothing of the text it was read from


def _bool(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    known = truth(_first(arguments)) if arguments.positional else False
    return UNKNOWN if known is None else TRUE if known else FALSE


def _len(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    value = _first(arguments)
    if isinstance(value, Sequence | Table) and value.rest is None:
        return Known(len(value.items))
    if isinstance(value, Known) and isinstance(value.value, str | bytes):
        return Known(len(value.value))
    return UNKNOWN


def _listed(kind: str) -> Model:
    def model(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
        if not arguments.positional:
            return Sequence(kind, [])
        items, exact = iterate(machine, frame, arguments.positional[0])
        return (
            Sequence(kind, list(items)) if exact else Sequence(kind, list(items[:-1]), items[-1] if items else UNKNOWN)
        )

    return model


def _sorted(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    items, exact = iterate(machine, frame, _first(arguments))
    if exact and all(isinstance(item, Known) and isinstance(item.value, str) for item in items):
        items = sorted(items, key=lambda item: str(item.value) if isinstance(item, Known) else "")
    return Sequence("list", list(items)) if exact else Sequence("list", list(items[:-1]), join(items[-1:]))


def _reversed(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    items, exact = iterate(machine, frame, _first(arguments))
    return Sequence("list", items[::-1]) if exact else Sequence("list", [], join(items))


def _dict(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    table = Table({})
    for value in arguments.positional[:1]:
        if isinstance(value, Table):
            table = Table(dict(value.items), value.rest)
            continue
        items, exact = iterate(machine, frame, value)
        for item in items:
            pair = item.items if isinstance(item, Sequence) else []
            if len(pair) == 2 and isinstance(pair[0], Known):
                table.items[pair[0].value] = pair[1]
            else:
                table.rest = element(machine, item)
        table.rest = table.rest if exact else (table.rest or UNKNOWN)
    table.items.update(arguments.keywords)
    table.rest = arguments.unknown if arguments.unknown is not None else table.rest
    return table


def _zip(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    columns = [iterate(machine, frame, value) for value in arguments.positional]
    rows: list[Value] = [Sequence("tuple", list(row)) for row in zip(*(column for column, _ in columns), strict=False)]
    return Sequence("list", rows, None if all(exact for _, exact in columns) else UNKNOWN)


def _enumerate(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    items, exact = iterate(machine, frame, _first(arguments))
    if not exact:
        return Sequence("list", [], Sequence("tuple", [UNKNOWN, join(items)]))
    return Sequence("list", [Sequence("tuple", [Known(index), item]) for index, item in enumerate(items)])


def _range(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    bounds = [
        value.value for value in arguments.positional if isinstance(value, Known) and isinstance(value.value, int)
    ]
    if 0 < len(bounds) == len(arguments.positional) <= 3 and (len(bounds) < 3 or bounds[2] != 0):
        numbers = range(*bounds)
        if len(numbers) <= 1000:
            return Sequence("list", [Known(number) for number in numbers])
    return Sequence("list", [], UNKNOWN)


def _map(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    if len(arguments.positional) < 2:
        return UNKNOWN
    items, exact = iterate(machine, frame, arguments.positional[1])
    results = [machine.call(machine, frame, arguments.positional[0], Arguments([item]), at, at) for item in items]
    return Sequence("list", results) if exact else Sequence("list", [], join(results))


def _filter(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    if len(arguments.positional) < 2:
        return UNKNOWN
    items, _ = iterate(machine, frame, arguments.positional[1])
    return Sequence("list", [], join(items)) if items else Sequence("list", [])


def _next(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    value = _first(arguments)
    found = element(machine, value)
    return join([found, arguments.positional[1]]) if len(arguments.positional) > 1 else found


def _same(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    return _first(arguments)


def _vars(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    value = _first(arguments)
    if not arguments.positional:
        return table_of(frame.locals)
    if isinstance(value, Instance):
        return table_of(value.attributes)
    if isinstance(value, Module) and value.frame is not None:
        return table_of(value.frame.locals)
    return table_of(value.namespace) if isinstance(value, Class) else UNKNOWN


def _dir(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    value = _first(arguments)
    if isinstance(value, Class | Instance):
        cls = value if isinstance(value, Class) else value.cls
        names = {name for owner in order_of(cls) if isinstance(owner, Class) for name in owner.namespace}
        return Sequence("list", [Known(name) for name in sorted(names)])
    if isinstance(value, Module) and value.frame is not None:
        return Sequence("list", [Known(name) for name in sorted(value.frame.locals)])
    return UNKNOWN


def _globals(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    return table_of(frame.module.frame.locals if frame.module.frame is not None else {})


def _print(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    return NOTHING


BUILTINS: dict[str, Value] = {
    name: Native(name, model)
    for name, model in {
        "super": _super, "getattr": _getattr, "hasattr": _hasattr, "setattr": _setattr, "isinstance": _isinstance,
        "issubclass": _issubclass, "callable": _callable, "type": _type, "str": _str, "int": _number, "float": _number,
        "bool": _bool, "len": _len, "list": _listed("list"), "tuple": _listed("tuple"), "set": _listed("set"),
        "frozenset": _listed("set"), "sorted": _sorted, "reversed": _reversed, "dict": _dict, "zip": _zip,
        "enumerate": _enumerate, "range": _range, "map": _map, "filter": _filter, "next": _next, "iter": _same,
        "vars": _vars, "dir": _dir, "globals": _globals, "locals": _vars, "print": _print, "property": _same,
        "classmethod": _same, "staticmethod": _same,
    }.items()
}  # fmt: skip
