"""What a codebase exposes, stores, calls and uses: the records of the inventory, with place and provenance.

Ids are built from names (framework, method, path, handler, store, host), never from line numbers, order or run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tmscan.libraries.types import GuardKind, Operation, Place, Scope, StoreKind
from tmscan.sources.types import Location, Skipped

Provenance = Literal["observed", "derived", "assumed"]


@dataclass(frozen=True, slots=True)
class Guard:
    """Something that can refuse a request before the handler acts. `name` is what a reader would call it."""

    kind: GuardKind
    name: str
    scope: Scope
    location: Location
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Auth:
    """Whether an anonymous request is refused: `required` None means "not known", and `reason` says why in words."""

    required: bool | None
    evidence: tuple[Guard, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input of an endpoint; `type` is the annotation or converter as written ("" when there is none)."""

    name: str
    place: Place
    type: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route: `path` whole, with every prefix, in the framework's syntax; `handler` the qualified function or class.

    `app` is the id-able name of the application object it hangs on, `group` the blueprint, router or URL module that
    declared it (what a diagram groups by), `public` whether code says in so many words that anyone may call it.
    `bases` are the project's classes that it comes from, its own first, where a class answers. `customary`: handlers
    on top of this third-party class ask who is calling, by custom.
    """

    id: str
    framework: str
    methods: tuple[str, ...]
    path: str
    handler: str
    location: Location
    app: str
    group: str
    auth: Auth
    guards: tuple[Guard, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    public: bool = False
    provenance: Provenance = "observed"
    route_location: Location | None = None
    bases: tuple[str, ...] = ()
    customary: bool = False


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A way in that is not HTTP: task, consumer, command, websocket, graphql, schedule, signal, lambda, …

    `auth` is None where nobody from outside can come in by themselves, as with tasks and commands.
    """

    id: str
    kind: str
    name: str
    handler: str
    location: Location
    auth: Auth | None = None
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, slots=True)
class Store:
    """A place where data rests. `name` is the database, bucket, queue or folder if it can be known, else the engine."""

    id: str
    kind: StoreKind
    engine: str
    name: str
    location: Location
    host: str = ""
    provenance: Provenance = "observed"


@dataclass(frozen=True, slots=True)
class Access:
    """One place in code that reads from or writes to a store; `entity` is the model, table, collection, key or path."""

    store: str
    library: str
    operation: Operation
    entity: str
    raw_sql: bool
    location: Location
    function: str


@dataclass(frozen=True, slots=True)
class Outbound:
    """A call that leaves the process for another system; `target` is the host, or "" where it cannot be known.

    `options` are the constant arguments that matter to a rule, as (name, text) pairs: ("verify", "False").
    `vendor` names the service behind an SDK (Stripe, AWS S3), "" otherwise.
    """

    library: str
    target: str
    kind: str
    location: Location
    function: str
    callee: str
    vendor: str = ""
    options: tuple[tuple[str, str], ...] = ()
    timeout: bool | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trace, with words a person can follow; `kind` is told apart in `tmscan.traces` only."""

    text: str
    location: Location
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Sink:
    """An effect that is dangerous with the wrong argument.

    `kind`: sql, command, code, template, deserialize, file, redirect, log, xpath, ldap, xml, nosql, html, crypto, …
    `argument`: `constant`, `built` (assembled from parts that are not all constant), `checked` (request input that was
    made harmless or checked on the way) or `unknown`.
    `inputs`: the kinds of request input that reach it (empty: none seen); `steps` the way there.
    """

    kind: str
    library: str
    callee: str
    argument: Literal["constant", "built", "checked", "unknown"]
    location: Location
    function: str
    inputs: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """A shape of code that a rule asks about and that is no call: `swallowed-error`, `error-text-returned`, …"""

    kind: str
    detail: str
    location: Location
    function: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Dependency:
    """A third-party distribution that the code imports. `role` is what it is for ("web framework", "document", …)."""

    distribution: str
    version: str
    imports: tuple[str, ...]
    role: str
    files: tuple[str, ...]
    pinned: bool
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A configuration value that a library file names: `meaning` is debug, secret, hosts, cookie-secure, …

    `value` is its text; `origin` says whether it stands in the code (`literal`) or comes from the environment
    (`environment`, with `value` the default) or is something the scan cannot fold (`computed`). A `conditional` one is
    given in some cases only, a `local` one to a server that nobody reaches from another machine.
    """

    key: str
    meaning: str
    value: str
    origin: Literal["literal", "environment", "computed"]
    library: str
    location: Location
    conditional: bool = False
    local: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """`source` (endpoint or entry-point id) gets to `target` (store id, `host:…`, `library:…`, `log:`) along `steps`.

    `operations` are the verbs used on a store (or protocols towards a host), `entities` the models, tables or paths;
    `uses` says which verb goes with which, where that is known; the verbs `outside` are only those of middleware and
    hooks, which run for every request.
    """

    source: str
    target: str
    operations: tuple[str, ...]
    entities: tuple[str, ...]
    steps: tuple[Step, ...]
    provenance: Provenance = "derived"
    uses: tuple[tuple[str, str], ...] = ()
    outside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something the scan met and could not resolve: a route, prefix, host, guard, file; never dropped in silence."""

    kind: str
    reason: str
    location: Location


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything found in one tree, in a stable order. `frameworks` are the web libraries that have endpoints."""

    name: str
    endpoints: tuple[Endpoint, ...] = ()
    entry_points: tuple[EntryPoint, ...] = ()
    stores: tuple[Store, ...] = ()
    accesses: tuple[Access, ...] = ()
    outbound: tuple[Outbound, ...] = ()
    sinks: tuple[Sink, ...] = ()
    observations: tuple[Observation, ...] = ()
    libraries: tuple[Dependency, ...] = ()
    settings: tuple[Setting, ...] = ()
    reaches: tuple[Reach, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    files: int = 0
    lines: int = 0
    suppressions: tuple[Suppression, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Suppression:
    """`# tmscan: ignore[rule] reason=… until=YYYY-MM-DD`: covers its own line, or the next one if it stands alone."""

    rules: tuple[str, ...]
    reason: str
    until: str
    location: Location
    covers: int
