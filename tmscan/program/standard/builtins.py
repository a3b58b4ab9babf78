"""Builtin functions as far as they shape what a program exposes: `getattr`, `isinstance`, `super`, `zip`, `dict`, …"""

from __future__ import annotations

from tmscan.program.data.binding import store_attribute
from tmscan.program.data.operators import is_none
from tmscan.program.lattice import join, options, origins_of, table_of, unknown
from tmscan.program.machine import Machine
from tmscan.program.objects.attributes import lookup
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.objects.delivered import unset
from tmscan.program.objects.listings import lacks_kept
from tmscan.program.objects.lookups import lacks_attribute
from tmscan.program.standard.builtin_data import DATA
from tmscan.program.values import (
    FALSE,
    NOTHING,
    TRUE,
    UNKNOWN,
    Arguments,
    Bound,
    Choice,
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

METHODS = 24  # that one name from outside is taken to mean


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
            origins = origins_of(owner) | origins_of(name)
            if not origins_of(option):
                return unknown(origins)
            found.extend(_methods(machine, frame, owner, option, at))
            if not isinstance(option, Text):  # any method there is; a call of it is on record
                found.append(External("builtins.getattr()", None, None, origins))
            return (Choice(tuple(found)) if len(found) > 1 else found[0]) if found else unknown(origins)
        holders = options(owner)
        if default is None and len(holders) > 1:  # the program does not read attributes of what may be nothing
            holders = tuple(holder for holder in holders if not is_none(holder)) or holders
        for holder in holders:
            if default is not None and _lacks(machine, holder, option.value):
                found.append(default)
            else:
                value = lookup(machine, frame, holder, option.value, at)
                if default is not None:
                    value = unset(machine, holder, value, default)
                found.extend([value, default] if default is not None and value is UNKNOWN else [value])
    return join(found)


def _methods(machine: Machine, frame: Frame, owner: Value, name: Value, at: int) -> list[Value]:
    """The methods of an object that a name from outside can mean: those with the prefix that is known."""
    first = name.parts[0] if isinstance(name, Text) else None
    prefix = first.value if isinstance(first, Known) and isinstance(first.value, str) else ""
    if not isinstance(owner, Instance) or (isinstance(name, Text) and not prefix):
        return []
    named = ((method, held) for method, held in owner.cls.namespace.items() if method.startswith(prefix))
    plain = ((method, held) for method, held in named if isinstance(held, Function) and held.kind == "function")
    names = [method for method, _ in plain if not method.startswith("__")]
    return [lookup(machine, frame, owner, method, at) for method in names[:METHODS]]


def _lacks(machine: Machine, owner: Value, name: str) -> bool:
    """Whether it is certain that `owner` has no such attribute."""
    if lacks_kept(machine, owner, name):
        return True
    if isinstance(owner, Known) and owner.value is None:
        return not name.startswith("__")
    if isinstance(owner, Function):
        return name not in owner.attributes and not name.startswith("__")
    if isinstance(owner, Bound):
        return _lacks(machine, owner.function, name)
    if isinstance(owner, Class | Instance):
        cls = owner if isinstance(owner, Class) else owner.cls
        if isinstance(owner, Instance) and (name in owner.attributes or (not owner.ready and _made_ready(cls))):
            return False
        found, outside = find_in_class(cls, name)
        return (
            found is None
            and (outside is None or lacks_attribute(machine, cls, name))
            and not any(name in base.fields for base in order_of(cls) if isinstance(base, Class))
        )
    return False


def _hasattr(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    if len(arguments.positional) < 2 or not isinstance(arguments.positional[1], Known):
        return UNKNOWN
    name = str(arguments.positional[1].value)
    owner = arguments.positional[0]
    if _lacks(machine, owner, name):
        return FALSE
    if isinstance(owner, External) and owner.path in machine.request_paths:
        return UNKNOWN  # what hooks leave on some requests is not on all of them
    found = lookup(machine, frame, owner, name, at)
    return UNKNOWN if found is UNKNOWN or isinstance(found, External) else TRUE


def _made_ready(cls: Class) -> bool:
    """Whether the project has a say in how objects of a class are made."""
    return find_in_class(cls, "__init__")[0] is not None


def _setattr(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    if len(arguments.positional) == 3 and isinstance(arguments.positional[1], Known):
        for owner in options(arguments.positional[0]):
            store_attribute(machine, owner, str(arguments.positional[1].value), arguments.positional[2], frame)
    return NOTHING


_ABSTRACT = frozenset({"typing", "collections", "types", "builtins", "abc", "asyncio", "functools"})
_DATA = frozenset({"str", "bytes", "int", "float", "bool", "list", "tuple", "dict", "set", "frozenset"})


def _isinstance(machine: Machine, frame: Frame, arguments: Arguments, at: int) -> Value:
    if len(arguments.positional) != 2:
        return UNKNOWN
    value, kinds = arguments.positional
    listed = kinds.items if isinstance(kinds, Sequence) else [kinds]
    names = {kind.path for kind in listed if isinstance(kind, External)}
    while isinstance(value, Decorated):
        value = value.value  # what a third-party decorator makes of a function or class is still no text or list
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
    if all(isinstance(kind, External | Native) for kind in listed):
        words = {name.rpartition(".")[2] for name in names} | {kind.name for kind in listed if isinstance(kind, Native)}
        if python is not None:
            return TRUE if python in words else FALSE
        if isinstance(value, Function | Class | Bound) and words <= _DATA:
            return FALSE
    if isinstance(value, External) and value.event is not None and value.event.path in names:
        return TRUE
    if isinstance(value, Function | Bound) and all(isinstance(kind, External | Class) for kind in listed):
        return UNKNOWN if any(name.partition(".")[0] in _ABSTRACT for name in names) else FALSE
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
        **DATA, "super": _super, "getattr": _getattr, "hasattr": _hasattr, "setattr": _setattr,
        "isinstance": _isinstance, "issubclass": _issubclass, "callable": _callable, "type": _type,
        "iter": _same, "vars": _vars, "dir": _dir,
        "globals": _globals, "locals": _vars, "print": _print, "property": _same, "classmethod": _same,
        "staticmethod": _same,
    }.items()
}  # fmt: skip
