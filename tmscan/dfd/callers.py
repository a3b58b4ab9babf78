"""Who calls: endpoints and entry points in, external entities and the strands of their calls out.

Few entities, told apart by evidence only: what guards an endpoint, the roles they name, the framework and the path.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from tmscan.dfd.boundaries import INTERNET, OPERATIONS, WORKER
from tmscan.dfd.names import slug
from tmscan.dfd.strands import Strand
from tmscan.dfd.types import Element
from tmscan.inventory.types import Endpoint, EntryPoint, Store
from tmscan.sources.types import Location

_TOKEN = re.compile(r"token|jwt|bearer|api_?key|oauth|hmac|signature|basic_?auth", re.IGNORECASE)
_ADMIN = re.compile(r"(?:^|[^a-z])(?:admin|administrator|staff|superuser|root|owner)(?:[^a-z]|$)", re.IGNORECASE)
_API_PATH = re.compile(r"(?:^|/)(?:api|rest|rpc|graphql|webhooks?|v\d+)(?:/|$)", re.IGNORECASE)
_API_FRAMEWORKS = frozenset(
    {"fastapi", "djangorestframework", "drf", "flask-restful", "flask-restx", "falcon", "connexion"}
)

# Kind of entry point -> (entity id, name, what it is, its boundary); a queue store takes the entity's place where there
# is one.
_TRIGGERS = {
    "task": ("entity:task-queue", "Task queue", "hands tasks to workers", WORKER.id),
    "consumer": ("entity:message-broker", "Message broker", "delivers messages", WORKER.id),
    "schedule": ("entity:scheduler", "Scheduler", "starts jobs by the clock", WORKER.id),
    "command": ("entity:operator", "Operator", "shell", OPERATIONS.id),
    "websocket": ("entity:visitor", "Visitor", "browser", INTERNET.id),
    "graphql": ("entity:api-client", "API client", "program or script", INTERNET.id),
    "lambda": ("entity:event-source", "Event source", "cloud events", INTERNET.id),
}
QUEUED = frozenset({"task", "consumer"})


def find_callers(
    endpoints: Iterable[Endpoint], entry_points: Iterable[EntryPoint], stores: Iterable[Store]
) -> tuple[tuple[Element, ...], tuple[Strand, ...]]:
    """The external entities that call, and one strand per endpoint or entry point that they call."""
    strands = [*_calls(endpoints), *_triggers(entry_points, stores)]
    callers = {strand.source for strand in strands}
    names: dict[str, tuple[str, str, str]] = {
        "entity:visitor": ("Visitor", "browser, not logged in" if "entity:user" in callers else "browser", INTERNET.id),
        "entity:user": ("Logged-in user", "browser", INTERNET.id),
        "entity:administrator": ("Administrator", "browser, admin role", INTERNET.id),
        "entity:api-client": ("API client", "program or script", INTERNET.id),
    }
    for identity, name, technology, boundary in _TRIGGERS.values():
        names.setdefault(identity, (name, technology, boundary))
    elements = tuple(
        Element(
            id=identity,
            kind="entity",
            name=names[identity][0],
            technology=names[identity][1],
            boundary=names[identity][2],
            description=_described(identity, strands),
            evidence=_proof(identity, strands),
        )
        for identity in sorted(callers & set(names))
    )
    return elements, tuple(strands)


def is_admin(endpoint: Endpoint) -> bool:
    """Whether it is guarded and a role, a guard's name or the path says that it is for administrators."""
    if endpoint.auth.required is not True:
        return False
    guards = (*endpoint.auth.evidence, *endpoint.guards)
    words = [*(guard.name for guard in guards), *(role for guard in guards for role in guard.roles), endpoint.path]
    return any(_ADMIN.search(word.replace("_", " ")) for word in words)


def is_program_facing(endpoints: Iterable[Endpoint]) -> bool:
    """Whether a group of endpoints is an API for programs: guarded by tokens, of an API framework, or under `/api`."""
    signs = [_api_sign(endpoint) for endpoint in endpoints]
    return 2 * sum(signs) > len(signs)


def _api_sign(endpoint: Endpoint) -> bool:
    if endpoint.framework.lower() in _API_FRAMEWORKS or _API_PATH.search(endpoint.path):
        return True
    return any(_TOKEN.search(guard.name) for guard in endpoint.auth.evidence if guard.kind != "csrf")


def _calls(endpoints: Iterable[Endpoint]) -> list[Strand]:
    groups: defaultdict[tuple[str, str], list[Endpoint]] = defaultdict(list)
    for endpoint in endpoints:
        groups[endpoint.app, endpoint.group].append(endpoint)
    programs = {key: is_program_facing(members) for key, members in groups.items()}
    return [
        _call(endpoint, programs[key])
        for key, members in sorted(groups.items())
        for endpoint in sorted(members, key=lambda member: member.id)
    ]


def _call(endpoint: Endpoint, programs: bool) -> Strand:
    return Strand(
        source=_caller(endpoint, programs),
        target=endpoint.id,
        operations=endpoint.methods,
        data=tuple(parameter.name for parameter in endpoint.parameters),
        protocol="http",
        evidence=(endpoint.location,),
        endpoint=endpoint,
        provenance=endpoint.provenance,
    )


def _caller(endpoint: Endpoint, programs: bool) -> str:
    if is_admin(endpoint):
        return "entity:administrator"
    if programs:
        return "entity:api-client"
    return "entity:user" if endpoint.auth.required else "entity:visitor"


def _triggers(entry_points: Iterable[EntryPoint], stores: Iterable[Store]) -> list[Strand]:
    queues = sorted(slug(store.id) for store in stores if store.kind == "queue")
    strands = []
    for entry in sorted(entry_points, key=lambda point: point.id):
        if entry.kind not in _TRIGGERS:
            continue
        queued = entry.kind in QUEUED and len(queues) == 1
        strands.append(
            Strand(
                source=queues[0] if queued else _TRIGGERS[entry.kind][0],
                target=entry.id,
                operations=("deliver",) if queued else (entry.kind,),
                data=(f"{entry.kind}s",) if queued else (entry.name,),
                evidence=(entry.location,),
                provenance="assumed" if queued else "derived",
            )
        )
    return strands


def _described(identity: str, strands: Iterable[Strand]) -> str:
    called = [strand.endpoint for strand in strands if strand.source == identity and strand.endpoint]
    guards = sorted({guard.name for endpoint in called for guard in endpoint.auth.evidence})
    roles = sorted({role for endpoint in called for guard in endpoint.auth.evidence for role in guard.roles})
    sentences = []
    if guards:
        sentences.append(f"Comes through {', '.join(guards[:5])}{', …' if len(guards) > 5 else ''}.")
    if roles:
        sentences.append(f"Roles named in code: {', '.join(roles[:8])}{', …' if len(roles) > 8 else ''}.")
    return " ".join(sentences)


def _proof(identity: str, strands: Iterable[Strand]) -> tuple[Location, ...]:
    """Where the guards stand that tell this caller from others; for one without guards, where it is let in."""
    mine = [strand for strand in strands if strand.source == identity]
    guards = {guard.location for strand in mine if strand.endpoint for guard in strand.endpoint.auth.evidence}
    return tuple(sorted(guards or {location for strand in mine for location in strand.evidence}))
