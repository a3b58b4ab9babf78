"""What the code uses: stores, third-party services, data-handling libraries and programs of the host, each an element.

`Targets.of` finds the element that a reach, an access or an outbound call means; who uses it is told in `uses`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from tmscan.dfd.boundaries import HOST, data_boundary, library_boundary, vendor_boundary
from tmscan.dfd.names import count, plain, slug
from tmscan.dfd.types import Boundary, Element
from tmscan.inventory.types import Dependency, Inventory, Outbound, Store

PROGRAMS = "host:programs"
_LOCAL_ENGINES = ("sqlite", "duckdb", "file", "folder", "shelve", "dbm")
_LOCAL_HOST = re.compile(r"(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0)(?::\d+)?")
UNKNOWN = frozenset({"", "?", "unknown", "*"})
_HANDLES_DATA_WORDS = """
    archive audio crypto cryptography document image jwt markdown markup ml model native network office
    parser parsing pdf sdk serialization serializer spreadsheet template templating video xml yaml
"""
_HANDLES_DATA = frozenset(_HANDLES_DATA_WORDS.split())
_NEVER = frozenset({"framework", "orm", "driver", "database", "server", "test", "testing", "logging"})


@dataclass(frozen=True, slots=True)
class Targets:
    """Elements by id, the boundaries they brought, and which name means which element."""

    elements: dict[str, Element]
    boundaries: dict[str, Boundary]
    names: dict[str, str]

    def of(self, target: str) -> str:
        """The element id for a reach's target (store id, `host:…`, `library:…`), "" if there is none."""
        if target in self.names:
            return self.names[target]
        kind, _, name = target.partition(":")
        return self.names.get(f"{kind}:{name.lower()}", self.names.get(slug(target), ""))


def find_targets(inventory: Inventory) -> Targets:
    """Every store, third-party service and data-handling library of the inventory, and the host's programs."""
    found = Targets({}, {}, {})
    for store in sorted(inventory.stores, key=lambda item: item.id):
        _add_store(store, inventory, found)
    _add_services(inventory, found)
    shown = {call.library.lower() for call in inventory.outbound} | {one.library.lower() for one in inventory.accesses}
    reached = {reach.target for reach in inventory.reaches}
    for library in sorted(inventory.libraries, key=lambda item: item.distribution):
        if f"library:{library.distribution}" in reached or _handles_data(library, shown):
            _add_library(library.distribution, library, found)
    commands = [sink for sink in inventory.sinks if sink.kind == "command"]
    if commands:
        evidence = tuple(sorted({sink.location for sink in commands}))
        element = Element(PROGRAMS, "entity", "Programs on the host", "subprocess", HOST.id, evidence=evidence)
        _put(element, HOST, (PROGRAMS,), found)
    for target in sorted(reached):
        _add_reached(target, found)
    return found


def service_id(call: Outbound) -> str:
    """The element id for an outbound call: its vendor, else its host, else one per protocol for all unknown hosts."""
    if call.vendor:
        return f"vendor:{slug(call.vendor)}"
    host = _host(call.target)
    if host in UNKNOWN:
        return "host:unknown" if _web(call.kind) else f"host:unknown-{slug(call.kind)}"
    return f"host:{slug(host)}"


def encrypted(call: Outbound) -> bool | None:
    """What the target's scheme says; None when it says nothing."""
    scheme = urlsplit(call.target).scheme if "://" in call.target else call.kind
    return {"http": False if "://" in call.target else None, "https": True}.get(scheme.lower())


def _add_store(store: Store, inventory: Inventory, found: Targets) -> None:
    accesses = [access for access in inventory.accesses if access.store == store.id]
    local = store.kind == "file" or any(word in store.engine.lower() for word in _LOCAL_ENGINES)
    boundary = HOST if local else data_boundary(store.host)
    element = Element(
        id=slug(store.id),
        kind="store",
        name=_store_name(store),
        technology=plain(store.engine),
        boundary=boundary.id,
        evidence=tuple(sorted({store.location, *(access.location for access in accesses)})),
        provenance=store.provenance,
        data=tuple(sorted({plain(access.entity) for access in accesses if access.entity})),
    )
    _put(element, boundary, (store.id,), found)


def _store_name(store: Store) -> str:
    """A bare number (one database of a server) says nothing without its engine."""
    name, engine = plain(store.name), plain(store.engine)
    return f"{engine} {name}".strip() if name.isdigit() else name or engine or store.kind


def _add_services(inventory: Inventory, found: Targets) -> None:
    calls: defaultdict[str, list[Outbound]] = defaultdict(list)
    for call in inventory.outbound:
        calls[service_id(call)].append(call)
    for identity, members in sorted(calls.items()):
        first = min(members, key=lambda call: (call.location, call.callee))
        host = _host(first.target)
        if identity.startswith("host:unknown"):
            name = "Hosts chosen at run time" if _web(first.kind) else f"{plain(first.kind).upper()} server"
            boundary = vendor_boundary("unknown", "not known before run time")
        else:
            name = plain(first.vendor or host)
            boundary = vendor_boundary(first.vendor, name) if first.vendor else _around(host)
        libraries = sorted({call.library for call in members})
        hosts = sorted({_host(call.target) for call in members} - UNKNOWN)
        element = Element(
            id=identity,
            kind="entity",
            name=name,
            technology=f"{', '.join(libraries[:2])}: {count(len(members), 'call')}",
            boundary=boundary.id,
            description=f"Hosts: {', '.join(hosts)}." if hosts and name not in hosts else "",
            evidence=tuple(sorted({call.location for call in members})),
        )
        aliases = {
            f"host:{text}" for call in members for text in (call.target, call.vendor, _host(call.target)) if text
        }
        if identity.startswith("host:unknown"):
            aliases |= {f"host:{text}" for text in UNKNOWN}
        _put(element, boundary, aliases, found)


def _around(host: str) -> Boundary:
    """This machine, another party's (a full domain name), or a neighbour of whom only a bare name is known."""
    if _LOCAL_HOST.fullmatch(host):
        return HOST
    return vendor_boundary(host, host, "Third party" if "." in host else "Other service")


def _add_library(name: str, library: Dependency | None, found: Targets) -> None:
    boundary = library_boundary(name, name)
    role = plain(library.role) if library else ""
    version = plain(library.version) if library else ""
    pinned = library.pinned if library else True
    element = Element(
        id=f"library:{slug(name)}",
        kind="library",
        name=plain(f"{name} {version}"),
        technology=role or "library",
        boundary=boundary.id,
        description="" if pinned else "The version is not pinned: any release may be installed.",
        evidence=(library.location,) if library and library.location else (),
    )
    _put(element, boundary, (f"library:{name}", f"library:{name.lower()}"), found)


def _add_reached(target: str, found: Targets) -> None:
    """A reach may name a host or library that no other record has; it is drawn all the same."""
    kind, _, name = target.partition(":")
    if found.of(target) or not name:
        return
    if kind == "library":
        _add_library(name, None, found)
    elif kind == "host":
        boundary = _around(name)
        _put(Element(f"host:{slug(name)}", "entity", plain(name), "", boundary.id), boundary, (target,), found)


def _handles_data(library: Dependency, shown: Collection[str]) -> bool:
    """By role; what is drawn as a third-party service or a store already (`shown`) is not drawn twice."""
    words = {word.strip(".,;()").lower() for word in library.role.replace("-", " ").replace("/", " ").split()}
    names = {library.distribution.lower(), *(name.lower() for name in library.imports)}
    return bool(words & _HANDLES_DATA) and not words & _NEVER and not names & set(shown)


def _put(element: Element, boundary: Boundary, names: Iterable[str], found: Targets) -> None:
    found.elements.setdefault(element.id, element)
    found.boundaries.setdefault(boundary.id, boundary)
    for name in (element.id, *sorted(names)):
        found.names.setdefault(name, element.id)


def _host(target: str) -> str:
    if "://" not in target:
        return plain(target.partition("/")[0]).lower()
    try:
        return (urlsplit(target).hostname or "").lower()
    except ValueError:
        return ""


def _web(kind: str) -> bool:
    return kind.lower() in ("", "http", "https")
