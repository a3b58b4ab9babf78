"""The values the interpreter computes: constants, strings with holes, containers, functions, classes, and third-party things.

A third-party value is its canonical access path (`flask.Flask().route`), with the value it was reached from and the call
that made it, so identity, arguments and receiver are never lost. Values compare by identity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from tmscan.facts.types import Annotated, At, ClassDef, FunctionDef

if TYPE_CHECKING:
    from tmscan.program.machine import Activation, Frame, Machine

Scalar: TypeAlias = str | int | float | bool | bytes | None


@dataclass(slots=True, frozen=True)
class Origin:
    """Where untrusted data came in: its kind (query, form, path, …), its name, and the place."""

    kind: str
    name: str
    file: str
    at: At


Origins: TypeAlias = frozenset[Origin]
CLEAN: Origins = frozenset()


@dataclass(slots=True, eq=False)
class Known:
    """A constant."""

    value: Scalar


@dataclass(slots=True, eq=False)
class Text:
    """A string with holes: constant and unknown parts in order."""

    parts: tuple[Value, ...]
    origins: Origins = CLEAN


@dataclass(slots=True, eq=False)
class Sequence:
    """A list, tuple, set or generator. `rest` stands for further elements that are not known one by one."""

    kind: str
    items: list[Value]
    rest: Value | None = None


@dataclass(slots=True, eq=False)
class Table:
    """A dict with constant keys; `rest` stands for values under keys that are not known."""

    items: dict[Scalar, Value]
    rest: Value | None = None


@dataclass(slots=True, eq=False)
class Module:
    """A module of the project while and after it runs; `frame.locals` is its namespace."""

    name: str
    path: str
    is_package: bool
    body: tuple[object, ...]
    frame: Frame | None = None
    state: str = "new"  # new, running, done
    stars: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Function:
    """A function of the project with the scope it closes over. `wraps` is what `functools.wraps` said it stands for."""

    definition: FunctionDef
    module: Module
    qualname: str
    scope: Frame | None = None
    owner: Class | None = None
    defaults: dict[str, Value] = field(default_factory=dict)
    kind: str = "function"  # function, property, classmethod, staticmethod
    wraps: Value | None = None
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Class:
    """A class of the project; `fields` are its annotated names in order."""

    definition: ClassDef | None
    module: Module
    qualname: str
    bases: tuple[Value, ...]
    namespace: dict[str, Value] = field(default_factory=dict)
    fields: dict[str, Annotated] = field(default_factory=dict)
    keywords: dict[str, Value] = field(default_factory=dict)
    order: tuple[Class | External, ...] | None = None
    specimen: Instance | None = None
    subclasses: list[Class] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Instance:
    """An object of a project class; `event` is the call that made it (None for one that a framework makes)."""

    cls: Class
    attributes: dict[str, Value] = field(default_factory=dict)
    event: Event | None = None
    ready: bool = True


@dataclass(slots=True, eq=False)
class Bound:
    """A function together with its receiver."""

    function: Function
    receiver: Value


@dataclass(slots=True, eq=False)
class External:
    """Something of a third-party library. `base` is what it was reached from, `event` the call that returned it."""

    path: str
    base: Value | None = None
    event: Event | None = None
    origins: Origins = CLEAN
    attributes: dict[str, Value] | None = None


@dataclass(slots=True, eq=False)
class Decorated:
    """A project function or class that a third-party decorator was applied to; calls go to `value`."""

    value: Value
    by: Value
    event: Event | None


@dataclass(slots=True, eq=False)
class Partial:
    """`functools.partial` and its kin."""

    function: Value
    arguments: Arguments


@dataclass(slots=True, eq=False)
class Native:
    """A builtin, or a method of a builtin type, that the interpreter models in Python."""

    name: str
    run: Callable[[Machine, Frame, Arguments, At], Value]


@dataclass(slots=True, eq=False)
class Super:
    """`super()`: lookup starts behind `after` in the receiver's order."""

    after: Class
    receiver: Value


@dataclass(slots=True, eq=False)
class Deferred:
    """A name of a module that is still running (a cycle of imports); resolved when it is used."""

    module: Module
    name: str


@dataclass(slots=True, eq=False)
class Choice:
    """One of several values, depending on something that is not known."""

    options: tuple[Value, ...]


@dataclass(slots=True, eq=False)
class Unknown:
    """A value nothing is known about but where its data may come from."""

    origins: Origins = CLEAN
    hint: str = ""


Value: TypeAlias = (
    Known
    | Text
    | Sequence
    | Table
    | Module
    | Function
    | Class
    | Instance
    | Bound
    | External
    | Decorated
    | Partial
    | Native
    | Super
    | Deferred
    | Choice
    | Unknown
)


@dataclass(slots=True, eq=False)
class Arguments:
    """The arguments of a call; `unknown` stands for what `*args`/`**kwargs` of unknown content may add."""

    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    unknown: Value | None = None


@dataclass(slots=True, eq=False)
class Event:
    """A call of third-party code: canonical path, callee, arguments, place, and the activation it happened in.

    `kind` is "call", or "raise" for an exception class that is raised.
    """

    path: str
    callee: Value
    arguments: Arguments
    module: Module
    at: At
    end: At
    activation: Activation
    result: Value | None = None
    decorates: bool = False
    kind: str = "call"


NOTHING = Known(None)
TRUE = Known(True)
FALSE = Known(False)
UNKNOWN = Unknown()


def table_of(names: Mapping[str, Value]) -> Table:
    """A table with these names as keys."""
    return Table({name: value for name, value in names.items()})  # noqa: C416  (a dict of str is no dict of Scalar)


def unknown(origins: Origins) -> Unknown:
    """An unknown value that carries `origins`."""
    return Unknown(origins) if origins else UNKNOWN


def origins_of(value: Value | None, depth: int = 4) -> Origins:
    """Where the data in a value comes from, looking `depth` containers deep."""
    kind = type(value)
    if kind is Text or kind is Unknown or kind is External:
        return value.origins  # type: ignore[union-attr]
    if depth == 0 or kind is Known or value is None:
        return CLEAN
    found: Origins = CLEAN
    for part in _parts(value):
        found |= origins_of(part, depth - 1)
    return found


def _parts(value: Value) -> list[Value]:
    if isinstance(value, Sequence):
        return value.items[:64] + ([value.rest] if value.rest is not None else [])
    if isinstance(value, Table):
        return [*list(value.items.values())[:64], *([value.rest] if value.rest is not None else [])]
    if isinstance(value, Choice):
        return list(value.options)
    if isinstance(value, Instance):
        return list(value.attributes.values())
    if isinstance(value, Decorated):
        return [value.value]
    return []


def join(values: list[Value]) -> Value:
    """The least value that covers all of `values`; nested choices are flattened, equal constants fold, 12 at most."""
    flat: list[Value] = []
    seen: set[object] = set()
    origins: Origins = CLEAN
    lost = False
    for value in values:
        for option in value.options if type(value) is Choice else (value,):
            if type(option) is Unknown:
                origins |= option.origins
                lost = True
                continue
            key: object = (type(option.value), option.value) if type(option) is Known else id(option)
            if key not in seen:
                seen.add(key)
                flat.append(option)
    if len(flat) > 12:
        for option in flat[12:]:
            origins |= origins_of(option)
        flat, lost = flat[:12], True
    if lost:
        flat.append(unknown(origins))
    if not flat:
        return UNKNOWN
    return flat[0] if len(flat) == 1 else Choice(tuple(flat))


def options(value: Value) -> tuple[Value, ...]:
    """The alternatives of a value: itself, unless it is a choice."""
    return value.options if type(value) is Choice else (value,)
