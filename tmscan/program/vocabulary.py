"""What the caller wants noticed of third-party code while a program is evaluated: data of the rows, read by path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tmscan.program.relation import Relating
from tmscan.program.values import Value


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
    """What the caller wants noticed: path aliases, paths whose calls are recorded, and paths that give untrusted data.

    `bases` are the base classes of third-party classes; `inputs` maps a path to the kind of input that it gives.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    recorded: frozenset[str] = frozenset()
    inputs: Mapping[str, str] = field(default_factory=dict)
    cleans: Mapping[str, Cleaning] = field(default_factory=dict)
    filled: Mapping[str, str] = field(default_factory=dict)  # inputs that fields describe → how their methods are named
    validating: frozenset[str] = frozenset()  # decorators of methods that look at a field
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
    naming: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what stands for the model in a setting
    stored: frozenset[str] = frozenset()  # third-party classes that are models
    defaults: Mapping[str, str] = field(default_factory=dict)  # settings that a framework has by itself
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
    relating: Mapping[str, Relating] = field(default_factory=dict)  # calls that make relations between models
    modelled: frozenset[str] = frozenset()  # what is an object of the model that it was reached from
    querying: Mapping[str, str] = field(default_factory=dict)  # queries → the attribute of a model with their class
    open: Mapping[str, str] = field(default_factory=dict)  # path → what attributes without a path of their own are
