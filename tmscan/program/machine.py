"""The state of one evaluation: modules, frames, activations and the record of what third-party code was called with.

`Machine.call` and `Machine.run` are set by `link`, so that the rooms' files need not import each other in a ring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tmscan.facts.types import At, Block, Expr, FileFacts
from tmscan.program.lattice import origins_of
from tmscan.program.relation import Relation
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
from tmscan.program.vocabulary import Vocabulary

PATH_LIMIT = 160


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
    relations: dict[str, list[Relation]] = field(default_factory=dict)  # by the name of the attribute
    standins: dict[str, Class] = field(default_factory=dict)  # for third-party models, by path
    named: dict[str, list[Class]] = field(default_factory=dict)  # classes by their last name
    belonging: dict[int, Class] = field(default_factory=dict)  # managers (and their classes) by `id` → whose they are
    shown: dict[int, list[Activation]] = field(default_factory=dict)  # serializer by `id` → what showing a model runs
    directives: dict[str, Value] = field(default_factory=dict)  # methods that the program adds to third-party objects
    assigned: dict[str, frozenset[str]] = field(default_factory=dict)
    settings_modules: dict[str, list[Module]] = field(default_factory=dict)
    request_paths: frozenset[str] = frozenset()
    stored_settings: list[tuple[str, Value, Module, At, bool]] = field(default_factory=list)
    tops: list[Activation] = field(default_factory=list)
    validating: set[int] = field(default_factory=set)  # definitions of validators that run
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
    holding: Callable[[Machine, Frame, Expr], None] = field(init=False)  # narrows names by a condition that is true
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


def stored_class(machine: Machine, path: str) -> Class:
    """The class for a third-party model, which is used like one of the program's."""
    made = machine.standins.get(path)
    if made is None:
        place, _, name = path.rpartition(".")
        bases = tuple(External(base) for base in machine.vocabulary.bases.get(path, ()))
        made = machine.standins[path] = Class(None, Module(place, "", False, ()), name, bases)
    return made


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
    if event is None and path in machine.vocabulary.stored:
        return stored_class(machine, path)
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
