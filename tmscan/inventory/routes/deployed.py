"""What deployment files call: their records go in, routes and ways in to the program's code come out.

A gateway's route is like a call that registers the handler: it stands in the deployment file, at its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tmscan.inventory.routes.found import Found
from tmscan.inventory.routes.handlers import unwrap
from tmscan.inventory.routes.ways import Way, way_of
from tmscan.inventory.types import Unknown
from tmscan.libraries.index import Index
from tmscan.libraries.types import EntryRow, Library, RouteRow
from tmscan.program.machine import Machine
from tmscan.program.values import UNKNOWN, Arguments, Event, External, Known, Module, Value
from tmscan.sources.types import Deployed, Location

GATEWAY = "aws-lambda"  # the library whose rows tell what a function gets and may refuse with
DESCRIBED = "connexion"  # the library that routes by OpenAPI descriptions
SCHEME = f"{DESCRIBED}.Security()"
AUTHORIZER = f"{GATEWAY}:Authorizer"


@dataclass(slots=True)
class Deployment:
    """What the deployment files of a tree add to its inventory."""

    routes: list[Found] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)


def deployed_in(machine: Machine, index: Index, records: Iterable[Deployed]) -> Deployment:
    """The routes and ways in that `records` name; a handler that is not in the tree is an unknown."""
    made = Deployment()
    library = next((known for known in index.libraries if known.name == GATEWAY), None)
    by_path = {module.path: module for module in machine.modules.values()}
    for record in records if library is not None else ():
        if record.kind == "application":
            continue  # called before, with the factories
        target = target_of(machine, by_path, record.handler)
        place = Location(record.file, record.line)
        if record.kind == "operation":
            made.routes.extend(_operation(machine, index, record, target))
        elif target is None:
            if record.kind != "command":  # a script of another distribution, or of one that is built elsewhere
                reason = f"the handler {record.handler} is not in the tree"
                made.unknowns.append(Unknown("route" if record.kind == "http" else "entry", reason, place))
        elif record.kind == "http" and library is not None:
            handler = unwrap(machine, target)
            if handler is not None and handler.location is not None:  # a framework's application has routes of its own
                made.routes.append(_route(machine, library, record, target))
        elif library is not None:
            handler = unwrap(machine, target)
            way = way_of(library, EntryRow(record.kind), handler, record.name, None) if handler is not None else None
            if way is not None:
                made.ways.append(way)
    return made


def target_of(machine: Machine, by_path: dict[str, Module], handler: str) -> Value | None:
    """The value that a record names as `file.py:name` or `module:name`."""
    place, _, name = handler.rpartition(":")
    module: Value | None = by_path.get(place) if place.endswith(".py") else machine.import_module(machine, place)
    if not isinstance(module, Module):
        return None
    value: Value = module
    for part in name.split(".")[:4]:
        value = machine.attribute(machine, machine.nowhere, value, part, 0)
    return None if value is UNKNOWN else value


def _operation(machine: Machine, index: Index, record: Deployed, target: Value | None) -> Iterator[Found]:
    """The route of an OpenAPI operation; a name that is no function of the tree is only a name."""
    library = next((known for known in index.libraries if known.name == DESCRIBED), None)
    if library is not None and target is not None and not isinstance(target, External):
        yield _route(machine, library, record, target, SCHEME)


def _route(machine: Machine, library: Library, record: Deployed, target: Value, authorizer: str = AUTHORIZER) -> Found:
    """The route of a gateway, as if the deployment file had registered the handler."""
    module = Module(record.file, record.file, False, (), state="done")
    at = record.line << 12 | 1
    nobody = machine.nowhere.activation
    event = Event("gateway.route", UNKNOWN, Arguments([Known(record.path), target]), module, at, at, nobody)
    row = RouteRow("registered", ("gateway.route",), (0,), (1,), default=record.methods)
    found = Found(
        library, row, record.path, record.methods, target, event, (), (), record.file, record.file, "starlette",
    )  # fmt: skip
    if record.guard:
        given = Event(authorizer, UNKNOWN, Arguments([Known(record.guard)]), module, at, at, nobody)
        found.guards = ((External(authorizer, None, given), "router"),)
    return found
