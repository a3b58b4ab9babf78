"""What stands on an arrow: two or three words on what travels, never a sentence.

Ends, verbs and names of one flow come in, one or two short lines go out.
"""

from __future__ import annotations

from collections.abc import Sequence

from tmscan.dfd.names import count, listed, shorten
from tmscan.dfd.types import Element, Flow
from tmscan.inventory.types import Endpoint

_VERBS = {
    "read": "reads",
    "write": "writes",
    "delete": "deletes",
    "ddl": "alters",
    "execute": "queries",
    "deliver": "delivers",
}
_ORDER = ("deliver", "read", "write", "delete", "ddl", "execute")
GENERIC = frozenset({"requests", "data", "data to process"})
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def flow_label(
    source: Element,
    target: Element,
    operations: Sequence[str],
    data: Sequence[str],
    protocols: Sequence[str],
    endpoints: Sequence[Endpoint],
    encrypted: bool | None,
) -> str:
    """The label of a flow from what it is made of; `endpoints` are those that an external entity calls."""
    if endpoints:
        return _calls_label(endpoints, target.technology)
    if source.kind == "entity":
        return listed(data, 2) if len(data) < 4 or not operations else count(len(data), operations[0])
    if "store" in (source.kind, target.kind):
        return store_label(operations, data)
    if target.kind == "library":
        return listed(data, 2) or "data to process"
    if source.kind == "library":
        return "what it makes of the data"
    words = (
        ", ".join("requests" if protocol.lower() in ("http", "https") else protocol for protocol in protocols) or "data"
    )
    return f"{words}, not encrypted" if encrypted is False else words


def store_label(operations: Sequence[str], data: Sequence[str]) -> str:
    """`reads orders, users`; verbs in the order read, write, delete; a query of unknown kind adds nothing to others."""
    known = [verb for verb in _ORDER if verb in operations]
    verbs = [_VERBS[verb] for verb in known if verb != "execute" or len(known) == 1]
    verbs += [verb for verb in operations if verb not in _VERBS]
    words, names = ", ".join(verbs), listed(data, 2) if len(data) < 4 else count(len(data), "entity")
    if not names:
        return words
    return f"{words} {names}".strip()


def both_ways_label(writing: Flow, reading: Flow) -> str:
    """The label of one line that stands for a pair of flows between a process and a store."""
    if set(writing.data) == set(reading.data):
        return store_label((*reading.operations, *writing.operations), writing.data)
    if len(writing.data) > 3 and len(reading.data) > 3:
        return store_label((*reading.operations, *writing.operations), sorted({*reading.data, *writing.data}))
    return f"{reading.label}\n{writing.label}"


def route(endpoint: Endpoint, limit: int = 30) -> str:
    """`POST /orders/<id>`, cut in the middle if it is long."""
    verbs = _methods(endpoint.methods)
    return shorten(f"{verbs} {endpoint.path}".strip(), limit)


def _calls_label(endpoints: Sequence[Endpoint], small_print: str) -> str:
    """One path is named, unless the process says it already; more are counted; open endpoints are told."""
    if len(endpoints) == 1 and small_print == route(endpoints[0]):
        text = _methods(endpoints[0].methods)
    elif len(endpoints) == 1:
        text = route(endpoints[0])
    elif len({endpoint.path for endpoint in endpoints}) == 1:
        verbs = sorted({method for endpoint in endpoints for method in endpoint.methods})
        text = shorten(f"{_methods(verbs)} {endpoints[0].path}".strip(), 30)
    else:
        text = count(len(endpoints), "endpoint")
    return text + _openness(endpoints)


def _openness(endpoints: Sequence[Endpoint]) -> str:
    unguarded = sum(1 for endpoint in endpoints if endpoint.auth.required is False and not endpoint.public)
    public = sum(1 for endpoint in endpoints if endpoint.auth.required is False and endpoint.public)
    unknown = sum(1 for endpoint in endpoints if endpoint.auth.required is None)
    remarks = []
    for number, word in ((unguarded, "open"), (public, "public"), (unknown, "guard not known")):
        if number:
            remarks.append(word if number == len(endpoints) else f"{number} {word}")
    return f"\n{', '.join(remarks)}" if remarks else ""


def _methods(methods: Sequence[str]) -> str:
    shown = [method for method in methods if method not in ("HEAD", "OPTIONS")] or list(methods)
    changing = [method for method in shown if method in _CHANGING]
    if len(shown) > 3 and changing:
        return "any verb" if len(shown) > 4 else "/".join(shown)
    return "/".join(shown)
