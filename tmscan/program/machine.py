"""The state of one evaluation: modules, frames, activations and the record of what third-party code was called with.

`Machine.call` and `Machine.run` are set by `link`, so that the rooms' files need not import each other in a ring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tmscan.facts.types import At, Block, Expr, FileFacts
from tmscan.program.lattice import origins_of
from tmscan.program.values import (
    CLEAN,
    UNKNOWN,
    Activation,
    Arguments,
    Checks,
    Class,
    Event,
    External,
    Frame,
    Function,
    Instance,
    Module,
    Origin,
    Origins,
    Place,
    Sequence,
    Table,
    Value,
)

PATH_LIMIT = 160


@dataclass(slots=True, frozen=True)
class Lookup:
    """A call that gives the framework's object of a project class: see `LookupRow` in `tmscan.libraries.types`."""

    bases: frozenset[str]
    by: tuple[str, ...]
    prepare: tuple[str, ...]
    every: bool = False
    has: frozenset[str] = frozenset()
    holds: str = ""


@dataclass(slots=True, frozen=True)
class Kept:
    """An attribute that an object in a list of routes keeps: the argument for its handler, or the routes it includes.

    `includes` maps the calls that include other lists to their argument; `attribute` is a module's own list.
    """

    argument: tuple[int | str, ...]
    children: bool
    attribute: str
    includes: Mapping[str, tuple[int | str, ...]]


@dataclass(slots=True, frozen=True)
class Held:
    """A descriptor that holds a default: of which kind, and the arguments that say it, in turn."""

    kind: str
    argument: tuple[int | str, ...]


@dataclass(slots=True, frozen=True)
class Included:
    """A call that runs a part of the program with a configuration: where the part is, and its function in a module.

    Without such a function the call adds what is there as a method to the third-party objects `methods_of`.
    """

    child: tuple[int | str, ...]
    function: str
    methods_of: tuple[str, ...]


@dataclass(slots=True, frozen=True)
class Cleaning:
    """What makes data harmless for some kinds of sinks: see `SanitizerRow` in `tmscan.libraries.types`."""

    shape: str
    kinds: frozenset[str]
    argument: tuple[int | str, ...]
    after: frozenset[str] = frozenset()


@dataclass(slots=True)
class Vocabulary:
    """What the caller wants noticed: path aliases, paths whose calls are recorded, and paths that give untrusted data
    (`inputs`, with its kind). `bases` are the base classes of third-party classes.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    recorded: frozenset[str] = frozenset()
    inputs: Mapping[str, str] = field(default_factory=dict)
    cleans: Mapping[str, Cleaning] = field(default_factory=dict)
    filled: frozenset[str] = frozenset()  # inputs that the fields of a class describe
    cleaning: frozenset[str] = frozenset()  # last names of the paths in `cleans` that tests are about
    ending: frozenset[str] = frozenset()  # calls that never return
    constants: Mapping[str, Value] = field(default_factory=dict)  # third-party names that stand for a constant
    bases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()  # attributes of objects, on the way to a known path
    having: Mapping[str, frozenset[str]] = field(default_factory=dict)  # all attributes of objects of a class
    methods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    outcomes: Mapping[str, tuple[str, int]] = field(default_factory=dict)  # what calls do with an argument of theirs
    holding: Mapping[str, Held] = field(default_factory=dict)  # descriptors that hold a default
    standing: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # bases whose objects stand for another
    describing: Mapping[str, str] = field(default_factory=dict)  # attributes that tell what a class is on top of
    computing: frozenset[str] = frozenset()  # decorators of the method that computes one
    configured: frozenset[str] = frozenset()  # bases of classes whose fields the environment fills
    kept: Mapping[str, Kept] = field(default_factory=dict)  # attributes of objects in lists of routes
    listed: frozenset[str] = frozenset()  # the calls that make such objects
    includes: Mapping[str, Included] = field(default_factory=dict)
    late: frozenset[str] = frozenset()  # names of route tables: modules that assign one are loaded last
    early: frozenset[str] = frozenset()  # last names of modules that frameworks load before all others
    settings: Mapping[str, str] = field(default_factory=dict)  # settings object -> the name that marks its module
    handed: Mapping[str, tuple[frozenset[str], str]] = field(default_factory=dict)  # by the names of all parameters
    injecting: frozenset[str] = frozenset()  # what parameters have for a default that a framework is to fill
    makers: frozenset[str] = frozenset()  # last names of methods that make a handler of a class: `View.as_view()`
    declares: frozenset[str] = frozenset()  # names that only code mentions which declares routes
    handling: frozenset[str] = frozenset()  # roots of libraries that handle data: each of their calls is recorded
    owned: frozenset[str] = frozenset()  # last names in a person's own library files: they may be the program's
    unseen: frozenset[str] = frozenset()  # methods that say what they do by what they are given
    asked: Mapping[str, str] = field(default_factory=dict)  # path that hangs on the request → what it gives a stranger
    open: Mapping[str, str] = field(default_factory=dict)  # path → what attributes without a path of their own are


@dataclass(frozen=True, slots=True)
class Change:
    """A write that a rehearsal did: how to put back what was there, and, for a name, how to do it once more."""

    put_back: Callable[[], None]
    space: dict[str, Value] | None = None
    name: str = ""
    value: Value = UNKNOWN


@dataclass(slots=True)
class Machine:
    """Everything one evaluation knows. Nothing here outlives it."""

    facts: Mapping[str, FileFacts]
    modules: dict[str, Module]
    vocabulary: Vocabulary
    roots: tuple[str, ...] = ()
    events: list[Event] = field(default_factory=list)
    activations: dict[tuple[object, ...], Activation] = field(default_factory=dict)
    settled: Mapping[tuple[object, ...], Activation] = field(default_factory=dict)  # while rehearsing: made before it
    asked: int = 0  # how often something was read that hangs on who sends a request, and which
    askers: set[int] = field(default_factory=set)  # definitions that read such a thing, themselves or through others
    earlier: dict[int, Activation] = field(default_factory=dict)  # the last activation of each other definition
    long: set[int] = field(default_factory=set)  # definitions that a rehearsal found too long to run again
    asking: dict[int, int] = field(default_factory=dict)  # instances whose making read such a thing → steps it took
    happened: Mapping[tuple[object, ...], Event] = field(default_factory=dict)  # while rehearsing: before it
    repeated: dict[tuple[object, ...], Event] = field(default_factory=dict)  # in any rehearsal up to now
    standing: Mapping[tuple[object, ...], Instance] = field(default_factory=dict)  # while rehearsing: made before it
    built: dict[tuple[object, ...], Activation] = field(default_factory=dict)  # the `__init__` that made one of these
    bodies: dict[int, Block] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    events_at: dict[tuple[object, ...], Event] = field(default_factory=dict)
    instances: dict[tuple[object, ...], Instance] = field(default_factory=dict)
    hints: dict[int, Value] = field(default_factory=dict)
    failed_imports: int = 0
    steps: int = 0
    budget: int = 40_000_000
    limit: int = 0
    per_root: int = 400_000
    context_limit: int = 40
    assumed: Mapping[str, Value] = field(default_factory=dict)  # what third-party paths are taken to give
    skipped: frozenset[int] = frozenset()  # definitions that are not run
    consulted: set[str] = field(default_factory=set)  # the assumed paths that were read
    risks: int = 0  # what may have failed while rehearsing
    undo: list[Change] | None = None  # while rehearsing: what was written, and how to put it back
    rehearsed: dict[tuple[object, ...], Activation] = field(default_factory=dict)  # the same for every request
    placing: frozenset[str] = frozenset()  # the assumed paths that tell one request from another
    placed: int = 0  # how often one of these was read
    contexts: dict[tuple[int, int], int] = field(default_factory=dict)  # (definition, class of receiver) → how many
    blocks: dict[int, Callable[[Value], None]] = field(default_factory=dict)  # definition → what its `yield` runs
    started: set[int] = field(default_factory=set)  # definitions that have run
    outside: dict[str, Value] = field(default_factory=dict)  # what the program put into third-party modules, by path
    prepared: set[int] = field(default_factory=set)
    included: set[int] = field(default_factory=set)  # definitions that an include has run
    directives: dict[str, Value] = field(default_factory=dict)  # methods that the program adds to third-party objects
    assigned: dict[str, frozenset[str]] = field(default_factory=dict)
    settings_modules: dict[str, list[Module]] = field(default_factory=dict)
    request_paths: frozenset[str] = frozenset()
    stored_settings: list[tuple[str, Value, Module, At]] = field(default_factory=list)
    tops: list[Activation] = field(default_factory=list)
    handed: dict[Origin, set[Origin]] = field(default_factory=dict)  # what callers give to functions that run once
    handed_over: dict[tuple[Origin, Checks], tuple[Origins, Origins]] = field(default_factory=dict)
    places_behind: dict[tuple[Origins, Checks], frozenset[Place]] = field(default_factory=dict)
    inputs_behind: dict[Checks, dict[Origin, Origins]] = field(default_factory=dict)
    cut: list[tuple[str, Module, At]] = field(default_factory=list)
    folders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # "" or ending in "/" → what stands there
    builtins: Mapping[str, Value] = field(default_factory=dict)
    builtin_names: frozenset[str] = frozenset()
    nowhere: Frame = field(init=False)
    evaluate: Callable[[Machine, Frame, Expr], Value] = field(init=False)
    execute: Callable[[Machine, Frame, Block], bool] = field(init=False)
    call: Callable[[Machine, Frame, Value, Arguments, At, At], Value] = field(init=False)
    decorate: Callable[[Machine, Frame, Value, Value, At], Value] = field(init=False)
    prepare: Callable[[Machine, Instance], None] = field(init=False)
    caught: Callable[[Machine, Frame, Value, At], Value] = field(init=False)
    created: Callable[[Machine, Frame, Class], None] = field(init=False)
    setting: Callable[[Machine, str, str], Value | None] = field(init=False)
    subclasses_of: Callable[[Class], Value] = field(init=False)
    attribute: Callable[[Machine, Frame, Value, str, At], Value] = field(init=False)
    import_module: Callable[[Machine, str], Value | None] = field(init=False)

    def classes_by_module(self) -> dict[str, list[Class]]:
        """The classes of the program by the file that defines them."""
        found: dict[str, list[Class]] = {}
        for cls in self.classes:
            found.setdefault(cls.module.path, []).append(cls)
        return found


def write_name(machine: Machine, space: dict[str, Value], name: str, value: Value) -> None:
    """`space[name] = value`, to be put back if this is a rehearsal."""
    if machine.undo is not None:
        before = space.get(name)

        def put_back() -> None:
            if before is None:
                space.pop(name, None)
            else:
                space[name] = before

        machine.undo.append(Change(put_back, space, name, value))
    space[name] = value


def keep_before(machine: Machine, holder: Value) -> None:
    """Remember what a list or dictionary holds before it is changed, if this is a rehearsal."""
    if machine.undo is None:
        return
    if isinstance(holder, Sequence):
        items, rest = list(holder.items), holder.rest

        def put_back() -> None:
            holder.items, holder.rest = items, rest

        machine.undo.append(Change(put_back))
    elif isinstance(holder, Table):
        pairs, other, latest = dict(holder.items), holder.rest, holder.latest

        def put_table_back() -> None:
            holder.items.clear()  # in place: it may be the attributes of an object
            holder.items.update(pairs)
            holder.rest, holder.latest = other, latest

        machine.undo.append(Change(put_table_back))


def external(
    machine: Machine,
    path: str,
    base: Value | None = None,
    event: Event | None = None,
    at: At = 0,
    frame: Frame | None = None,
) -> Value:
    """A third-party value under its canonical path; data flows from `base` and the call's arguments into it."""
    path = machine.vocabulary.aliases.get(path, path)
    constant = machine.vocabulary.constants.get(path)
    if constant is not None:
        return constant
    if path in machine.vocabulary.asked:
        machine.asked += 1
    if path in machine.assumed:
        machine.consulted.add(path)
        if path in machine.placing:
            machine.placed += 1
        return machine.assumed[path]
    if len(path) > PATH_LIMIT:
        return UNKNOWN
    origins: Origins = CLEAN
    if type(base) is External:
        origins = base.origins
    elif base is not None:
        origins = origins_of(base, 1)
    if event is not None:
        for value in event.arguments.positional:
            origins |= origins_of(value, 3)
        for value in event.arguments.keywords.values():
            origins |= origins_of(value, 3)
        if event.arguments.unknown is not None:
            origins |= origins_of(event.arguments.unknown, 2)
    kind = machine.vocabulary.inputs.get(path)
    if kind is not None and frame is not None:
        origins |= {Origin(kind, path.rsplit(".", 1)[-1], frame.module.path, at)}
    return External(path, base, event, origins)
