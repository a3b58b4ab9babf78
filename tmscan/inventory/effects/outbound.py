"""Outbound calls: the host as far as it is constant, what the client was made with, and the options rules ask about."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tmscan.inventory.calls.arguments import HOLE, pick, show, texts
from tmscan.inventory.calls.places import Bodies, function_of, place_of
from tmscan.inventory.types import Outbound
from tmscan.libraries.index import Known
from tmscan.libraries.types import EffectRow
from tmscan.program.data.operators import is_none
from tmscan.program.lattice import options
from tmscan.program.values import Choice, Event, External, Instance, Sequence, Table, Value

_CLIENT_URLS: tuple[str | int, ...] = ("base_url", "host", "url", "endpoint_url", "server", "api_base", 0)
_TRANSPORTS = frozenset({"transport", "mounts", "connector", "resolver"})
_WHOLE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]\w+|localhost")
_HOST = re.compile(r"(?=[^.]*[a-zA-Z0-9])[A-Za-z0-9_.-]+(?::\d+)?")


def outbound_of(bodies: Bodies, event: Event, known: Known[EffectRow]) -> Outbound:
    """The record of a call that leaves the process."""
    row = known.row
    value = pick(event.arguments, row.target) if row.target else None
    target = host_of(value, bare=row.protocol not in ("http", "websocket") or "host" in row.target)
    target = target or _client_host(event.callee)
    told = options_of(event, row)
    scheme = _scheme(value)
    if scheme:
        told = (*told, ("scheme", scheme))
    return Outbound(
        known.library.name, target or row.vendor, row.protocol or "http", place_of(event), function_of(bodies, event),
        event.path, row.vendor, told, _timeout(event, row),
    )  # fmt: skip


def host_of(value: Value | None, *, bare: bool = True) -> str:
    """The host of a URL or address as far as it is constant: `https://api.example.com/{?}` is api.example.com."""
    if isinstance(value, Sequence) and value.items:
        value = value.items[0]  # ("host", port)
    for text in texts(value):
        if "://" in text:
            try:
                host = urlsplit(text.replace(HOLE, "{}")).hostname or ""
            except ValueError:
                continue
            if host and "{" not in host:
                return host
            # A base without its last slash, and a path: `base + path`.
            if host.endswith("{}") and _WHOLE.fullmatch(host.removesuffix("{}")):
                return host.removesuffix("{}")
        elif bare and HOLE not in text and _HOST.fullmatch(text):
            return text.partition(":")[0]
    return ""


def options_of(event: Event, row: EffectRow) -> tuple[tuple[str, str], ...]:
    """The constant arguments that the row names, as texts; those of the client count where the call has none."""
    found: list[tuple[str, str]] = []
    for name in row.options:
        value = pick(event.arguments, (int(name),)) if name.isdigit() else event.arguments.keywords.get(name)
        base = event.callee.base if isinstance(event.callee, External) else None
        while value is None and isinstance(base, External):
            if base.event is not None:
                value = base.event.arguments.keywords.get(name)
            if value is None and base.attributes is not None:
                value = base.attributes.get(name)
            base = base.base
        if value is not None:
            found.append((name, show(value)))
    return tuple(found)


def by_own_transport(event: Event) -> bool:
    """Whether the client was given a class of the program that makes its connections: it may refuse some addresses."""
    base = event.callee.base if isinstance(event.callee, External) else None
    while isinstance(base, External):
        for name, given in base.event.arguments.keywords.items() if base.event is not None else ():
            values = given.items.values() if isinstance(given, Table) else [given]
            if name in _TRANSPORTS and any(isinstance(each, Instance) for value in values for each in options(value)):
                return True
        base = base.base
    return False


def _scheme(value: Value | None) -> str:
    schemes = {text.partition("://")[0].lower() for text in texts(value) if "://" in text}
    return schemes.pop() if len(schemes) == 1 and schemes <= {"http", "https", "ws", "wss", "ftp"} else ""


def _timeout(event: Event, row: EffectRow) -> bool | None:
    """Whether the call ends in time: what it or its client is told; without that, only rows that ask for it say no."""
    names = row.timeout or ("timeout",)
    given = pick(event.arguments, names)
    value = event.callee.base if isinstance(event.callee, External) else None
    while given is None and isinstance(value, External):
        if value.event is not None:
            given = pick(value.event.arguments, tuple(name for name in names if isinstance(name, str)))
        value = value.base
    if given is not None:
        return not is_none(given)
    if not row.timeout:
        return None
    return event.arguments.unknown is not None


def _client_host(value: Value | None, depth: int = 8) -> str:
    """The host that a client was made for: `Client(base_url="https://…")`, `client.base_url = …`."""
    while depth and value is not None:
        depth -= 1
        if isinstance(value, Choice):
            return next((host for option in value.options if (host := _client_host(option, depth))), "")
        if isinstance(value, Instance):
            attribute = value.attributes.get("base_url") or value.cls.namespace.get("base_url")
            arguments = value.event.arguments if value.event is not None else None
            host = host_of(attribute, bare=False)
            if host or arguments is None:
                return host
            return next((host for name in _CLIENT_URLS if (host := host_of(pick(arguments, (name,)), bare=False))), "")
        if not isinstance(value, External):
            return ""
        if value.attributes is not None:
            host = host_of(value.attributes.get("base_url"), bare=False)
            if host:
                return host
        if value.event is not None:
            for name in _CLIENT_URLS:
                host = host_of(pick(value.event.arguments, (name,)), bare=name in ("host", "server", 0))
                if host and (name != 0 or _WHOLE.fullmatch(host)):
                    return host
        value = value.base
    return ""
