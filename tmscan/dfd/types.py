"""The data-flow model: elements, flows and nested trust boundaries, with properties that rules and exporters ask for.

Element ids come from names and are the same in every diagram, export, threat and finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tmscan.inventory.types import Endpoint, Provenance
from tmscan.sources.types import Location

Level = Literal["context", "application", "component"]
ElementKind = Literal["entity", "process", "store", "library"]


@dataclass(frozen=True, slots=True)
class Element:
    """A node of the diagram.

    `entity` is an external entity (a person's browser, an API client, a third-party service), `process` the application
    or a group of its endpoints, `store` a place where data rests, `library` third-party code in this process that
    handles data. `boundary` is the id of the innermost trust boundary it stands in ("" outside all); `parent` the
    element of the level above that contains it ("" at the top). `technology` is what a reader wants in small print
    ("Flask", "PostgreSQL").
    """

    id: str
    kind: ElementKind
    name: str
    technology: str
    boundary: str
    parent: str = ""
    description: str = ""
    evidence: tuple[Location, ...] = ()
    provenance: Provenance = "derived"
    endpoints: tuple[Endpoint, ...] = ()
    data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """An arrow from `source` to `target` (element ids), one per pair and direction; `label` is what travels, in brief.

    `crosses` are the ids of the boundaries it crosses, outermost first. `authenticated` is None when nothing is known;
    `encrypted` likewise. `operations` are verbs (read, write, delete, GET, POST, …).
    """

    id: str
    source: str
    target: str
    label: str
    operations: tuple[str, ...] = ()
    protocol: str = ""
    crosses: tuple[str, ...] = ()
    authenticated: bool | None = None
    encrypted: bool | None = None
    data: tuple[str, ...] = ()
    evidence: tuple[Location, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    provenance: Provenance = "derived"

    @property
    def unguarded(self) -> bool:
        """Whether it reaches an endpoint that nobody guards and that no code declares public."""
        return any(endpoint.auth.required is False and not endpoint.public for endpoint in self.endpoints)


@dataclass(frozen=True, slots=True)
class Boundary:
    """A trust boundary: who controls what stands inside. `parent` is the enclosing one ("" for none)."""

    id: str
    name: str
    kind: Literal["internet", "application", "data", "vendor", "worker", "admin", "library", "host"]
    parent: str
    reason: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """One picture of the model: a subset of its elements at one level, small enough to be read (about 25 elements).

    `folded` says, per element id, how many things it stands for beyond those it names ("n more"); what they
    are stands in `notes`.
    """

    id: str
    title: str
    level: Level
    elements: tuple[Element, ...]
    flows: tuple[Flow, ...]
    boundaries: tuple[Boundary, ...]
    parent: str = ""
    notes: tuple[str, ...] = ()
    folded: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DataFlowModel:
    """The whole model (finest elements, every flow) and the diagrams drawn from it, context first."""

    name: str
    elements: tuple[Element, ...]
    flows: tuple[Flow, ...]
    boundaries: tuple[Boundary, ...]
    diagrams: tuple[Diagram, ...]
