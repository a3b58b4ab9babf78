"""Third-party libraries as data: what their names mean to a threat model. One record per `rules/libraries/*.yaml`.

Every `paths` field holds canonical access paths, expanded (no braces) and with short names resolved: a short name `App`
of library `flask` stands as `flask:App`, and every path that denotes it is an alias of that one string (see
`Catalogue.aliases`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tmscan.libraries.cleaning import SanitizerRow
from tmscan.libraries.describing import DescribedRow as DescribedRow
from tmscan.libraries.effects import CallRow as CallRow
from tmscan.libraries.effects import EffectRow as EffectRow
from tmscan.libraries.effects import InputRow as InputRow
from tmscan.libraries.effects import RelationRow as RelationRow
from tmscan.libraries.effects import SettingRow as SettingRow
from tmscan.libraries.effects import StoreRow as StoreRow
from tmscan.libraries.entries import EntryRow as EntryRow
from tmscan.libraries.guarding import AnonymousRow as AnonymousRow
from tmscan.libraries.guarding import GuardPlace as GuardPlace
from tmscan.libraries.guarding import GuardRow as GuardRow
from tmscan.libraries.guarding import RefusalRow as RefusalRow
from tmscan.libraries.routing import LookupRow as LookupRow
from tmscan.libraries.routing import MountRow as MountRow
from tmscan.libraries.routing import ResourceRow as ResourceRow
from tmscan.libraries.routing import RootRow as RootRow
from tmscan.libraries.routing import RouteRow as RouteRow
from tmscan.libraries.routing import RouterRow as RouterRow
from tmscan.libraries.routing import TreeRow as TreeRow
from tmscan.libraries.terms import ArgumentRef as ArgumentRef
from tmscan.libraries.terms import CallDoes as CallDoes
from tmscan.libraries.terms import EntryShape as EntryShape
from tmscan.libraries.terms import Given as Given
from tmscan.libraries.terms import GuardKind as GuardKind
from tmscan.libraries.terms import Operation as Operation
from tmscan.libraries.terms import PathSyntax as PathSyntax
from tmscan.libraries.terms import Place as Place
from tmscan.libraries.terms import Scope as Scope
from tmscan.libraries.terms import Shape as Shape
from tmscan.libraries.terms import StoreKind as StoreKind


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A third-party class as far as subclasses in the scanned tree need it: its bases and the handler methods it
    brings.

    `methods` are the names of methods; `access` are pairs of a method's name (or the verb that it answers) and what it
    does with the model that a subclass names: read, write or delete. `has` are the attributes of its objects, where
    they are listed: objects of subclasses have these and what the project says, and no others.
    A subclass `lists` its routes in an attribute (the first), once a method has run (the second, where it has one); the
    framework adds them as the call in `adds` would. Of a `guarded` class every handler asks who is calling, by custom.
    An object of one that `shows` reads the fields of an object of the model that its `Meta` names. A `stored` class is
    a model, as those of the program are.
    """

    path: str
    bases: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    access: tuple[tuple[str, str], ...] = ()
    has: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    guarded: bool = False
    shows: bool = False
    stored: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A code block of a library file with its expectations (`# $ …`), and the line it starts at."""

    code: str
    line: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    """One library file. `name` is the file's name, `role` what it is for.

    `imports` are the modules it describes (dotted below a namespace such as `google.cloud`), `distributions` pairs of a
    module and the distributions that may bring it, the likeliest first. `objects` are paths of what is an object of the
    model that it was reached from: an element of a query, what a query for one gives. `queries` are paths of queries,
    which have the methods of the manager that they come from, or of the class that a model names as its `query_class`.
    """

    name: str
    file: str
    pypi: tuple[str, ...]
    imports: tuple[str, ...]
    docs: str
    role: str
    engine: str = ""
    distributions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    routes: tuple[RouteRow, ...] = ()
    resources: tuple[ResourceRow, ...] = ()
    routers: tuple[RouterRow, ...] = ()
    mounts: tuple[MountRow, ...] = ()
    trees: tuple[TreeRow, ...] = ()
    described: tuple[DescribedRow, ...] = ()
    roots: tuple[RootRow, ...] = ()
    lookups: tuple[LookupRow, ...] = ()
    calls: tuple[CallRow, ...] = ()
    inputs: tuple[InputRow, ...] = ()
    relations: tuple[RelationRow, ...] = ()
    objects: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    query_class: str = ""
    effects: tuple[EffectRow, ...] = ()
    stores: tuple[StoreRow, ...] = ()
    guards: tuple[GuardRow, ...] = ()
    guard_places: tuple[GuardPlace, ...] = ()
    refusals: tuple[RefusalRow, ...] = ()
    anonymous: tuple[AnonymousRow, ...] = ()
    sanitizers: tuple[SanitizerRow, ...] = ()
    settings: tuple[SettingRow, ...] = ()
    entries: tuple[EntryRow, ...] = ()
    classes: tuple[ClassRow, ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All libraries, indexed. `aliases` maps a concrete path to the short name that it denotes (`flask.Flask()` →
    `flask:App`).

    `digest` changes whenever a rule file changes; results cached under it stay true.
    """

    libraries: tuple[Library, ...]
    aliases: dict[str, str]
    digest: str
    bases: dict[str, tuple[str, ...]] = field(default_factory=dict)
