"""The values the interpreter computes: constants, strings with holes, containers, functions, classes, outside things.

A third-party value is its canonical access path with the value and the call it came from. Values compare by identity.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from tmscan.facts.types import Annotated, At, Call, ClassDef, FunctionDef, Handler
from tmscan.program.origins import CLEAN as CLEAN
from tmscan.program.origins import Checks as Checks
from tmscan.program.origins import Origin as Origin
from tmscan.program.origins import Origins as Origins
from tmscan.program.origins import Place as Place
from tmscan.program.origins import Scalar as Scalar
from tmscan.program.origins import Tests as Tests

CONTENT_TYPE = "headers[content-type]"  # the attribute of an answer that holds what was said of it later


@dataclass(slots=True, eq=False, repr=False)
class Known:
    """A constant."""

    value: Scalar


@dataclass(slots=True, eq=False, repr=False)
class Text:
    """A string with holes: constant and unknown parts in order."""

    parts: tuple[Value, ...]
    origins: Origins = CLEAN


@dataclass(slots=True, eq=False, repr=False)
class Sequence:
    """A list, tuple, set or generator. `rest` stands for further elements that are not known one by one."""

    kind: str
    items: list[Value]
    rest: Value | None = None
    level: int = 0  # how deep in branches it was made: there and further out, a change of it is sure


@dataclass(slots=True, eq=False, repr=False)
class Table:
    """A dict with constant keys; `rest` stands for values under keys that are not known.

    `latest` is the last of those with its key: whoever asks for that very key, as caches of results do, gets it.
    `level` is that of a call's own keywords, which nobody else holds: what is taken out of them there is gone.
    """

    items: dict[Scalar, Value]
    rest: Value | None = None
    latest: tuple[Value, Value] | None = None
    level: int = -1
    made: int = -1  # how deep in branches a display was made


@dataclass(slots=True, eq=False, repr=False)
class Module:
    """A module of the project while and after it runs; `frame.locals` is its namespace."""

    name: str
    path: str
    is_package: bool
    body: tuple[object, ...]
    frame: Frame | None = None
    state: str = "new"  # new, running, done
    stars: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
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


@dataclass(slots=True, eq=False, repr=False)
class Class:
    """A class of the project; `fields` are its annotated names in order. A `loaded` one is the configuration in use."""

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
    loaded: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Instance:
    """An object of a project class; `event` is the call that made it (None for one that a framework makes)."""

    cls: Class
    attributes: dict[str, Value] = field(default_factory=dict)
    event: Event | None = None
    ready: bool = True


@dataclass(slots=True, eq=False, repr=False)
class Bound:
    """A function together with its receiver."""

    function: Function
    receiver: Value


@dataclass(slots=True, eq=False, repr=False)
class External:
    """Something of a third-party library. `base` is what it was reached from, `event` the call that returned it."""

    path: str
    base: Value | None = None
    event: Event | None = None
    origins: Origins = CLEAN
    attributes: dict[str, Value] | None = None


@dataclass(slots=True, eq=False, repr=False)
class Decorated:
    """A project function or class that a third-party decorator was applied to; calls go to `value`."""

    value: Value
    by: Value
    event: Event | None


@dataclass(slots=True, eq=False, repr=False)
class Partial:
    """`functools.partial` and its kin."""

    function: Value
    arguments: Arguments


@dataclass(slots=True, eq=False, repr=False)
class Native:
    """A builtin, or a method of a builtin type (`of`: str, list, dict), that the interpreter models in Python."""

    name: str
    run: Callable[..., Value]  # (machine, frame, arguments, place)
    of: str = ""


@dataclass(slots=True, eq=False, repr=False)
class Super:
    """`super()`: lookup starts behind `after` in the receiver's order."""

    after: Class
    receiver: Value


@dataclass(slots=True, eq=False, repr=False)
class Deferred:
    """A name of a module that is still running (a cycle of imports); resolved when it is used."""

    module: Module
    name: str


@dataclass(slots=True, eq=False, repr=False)
class Choice:
    """One of several values, depending on something that is not known."""

    options: tuple[Value, ...]


@dataclass(slots=True, eq=False, repr=False)
class Unknown:
    """A value nothing is known about but where its data may come from."""

    origins: Origins = CLEAN
    hint: str = ""


Value: TypeAlias = (
    Known | Text | Sequence | Table | Module | Function | Class | Instance | Bound | External | Decorated |
    Partial | Native | Super | Deferred | Choice | Unknown
)  # fmt: skip
NOTHING, TRUE, FALSE = Known(None), Known(True), Known(False)
UNKNOWN = Unknown()
APPENDED = "appended"  # the hint of unknown data that stands behind something which did not come from outside
NUMBER = Unknown(hint="number")  # not known, but nothing that could carry text


@dataclass(slots=True, eq=False, repr=False)
class Arguments:
    """The arguments of a call; `unknown` stands for what `*args`/`**kwargs` of unknown content may add."""

    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    unknown: Value | None = None


@dataclass(slots=True, eq=False, repr=False)
class Event:
    """A call of third-party code: canonical path, callee, arguments, place, and the activation it happened in.

    `kind` is "call", "subscript", or "raise" for an exception class that is raised.
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


@dataclass(slots=True, eq=False, repr=False)
class Activation:
    """One evaluated (function, abstract arguments) pair: its result, what it called, and whom.

    `function` is None for a module's top level. `calls` are (place, callee) pairs in order of evaluation.
    `ends` are the ways out ("return" or "raise", value, place) with the conditions they hang on; `under` holds the
    conditions of recorded events by `id`, and `call_tests` those of `calls`, one for one. `asks` says whether it read
    something that hangs on who sends a request, and which; `lasting` whether it is no rehearsal's.
    """

    function: Function | None
    module: Module
    events: list[Event] = field(default_factory=list)
    calls: list[tuple[At, Activation]] = field(default_factory=list)
    result: Value = UNKNOWN
    done: bool = False
    asks: bool = False
    lasting: bool = False
    receiver: Value | None = None
    arguments: Arguments | None = None
    frame: Frame | None = None
    raises: list[tuple[Value, At]] = field(default_factory=list)
    ends: list[tuple[str, Value, At, Tests]] = field(default_factory=list)
    under: dict[int, Tests] = field(default_factory=dict)
    call_tests: list[Tests] = field(default_factory=list)
    caught: list[tuple[Handler, tuple[Event, ...]]] = field(default_factory=list)
    writes: tuple[tuple[dict[str, Value], str, Value], ...] = ()  # names that a rehearsal of it writes
    promises: list[tuple[bool, dict[str, frozenset[str]]]] = field(default_factory=list)  # see `promises`
    ways_out: list[tuple[tuple[object, ...], bool, At, bool]] | None = None  # the refusals in it, kept

    @property
    def name(self) -> str:
        """The qualified name of what runs."""
        return f"{self.module.name}.{self.function.qualname}" if self.function else self.module.name


@dataclass(slots=True, eq=False, repr=False)
class Frame:
    """Names in scope while a body runs. `enclosing` is the frame that a closure sees, never a class body's."""

    module: Module
    locals: dict[str, Value]
    activation: Activation
    enclosing: Frame | None = None
    function: Function | None = None
    cls: Class | None = None
    is_class: bool = False
    globals: set[str] | None = None
    nonlocals: set[str] | None = None
    returns: list[Value] = field(default_factory=list)
    yields: list[Value] = field(default_factory=list)
    open_yields: bool = False
    depth: int = 0
    uncertain: int = 0
    reads: bool = False  # whether there are names for input that was read (`data.reads`)
    apart: int = 1 << 60  # the step up to which the loops that run tell their elements apart
    jumped: str = ""
    exits: list[dict[str, Value]] = field(default_factory=list)
    tests: Tests = ()
    forks: Tests = ()  # those of them in a branch of which this is; what follows a branch that leaves is in none
    hung: Tests = ()  # the tests inside the last block that decided whether its end was reached
    asked: dict[str, tuple[Call, Value, tuple[tuple[str, Value | None], ...]]] = field(default_factory=dict)

    def closure(self) -> Frame | None:
        """The frame that a function defined here closes over: none at module level, never a class body."""
        if self.is_class:
            return self.enclosing
        return None if self is self.module.frame else self
