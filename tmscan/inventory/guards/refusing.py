"""Calls of libraries that refuse: an event goes in; whether a row says that it refuses, or asks, comes out."""

from __future__ import annotations

import re

from tmscan.inventory.calls.arguments import HOLE, pick, show
from tmscan.libraries.index import Index
from tmscan.program.lattice import options
from tmscan.program.values import Event, External, Known, Table, Value

STATUS = re.compile(  # codes of HTTP, and those that a WebSocket is closed with
    r"(?:HTTP_)?(?:401|403)\b|UNAUTHORIZED|FORBIDDEN|\b(?:WS_)?1008\b|WS_1008_|\b(?:3000|3003|4001|4003|4401|4403)\b",
    re.IGNORECASE,
)


def refuses_by_row(index: Index, event: Event) -> bool:
    """Whether a library's row says that this call refuses."""
    for known in index.refusals.get(event.path, ()):
        given = event.arguments.keywords
        if any((show(given[name]) or HOLE) == said if name in given else not said for name, said in known.row.unless):
            continue
        if not known.row.status:
            return True
        status = pick(event.arguments, known.row.status)
        if isinstance(status, Table):
            status = status.items.get("status")  # a message such as `{"type": "http.response.start", "status": 401}`
        if is_refusing(status):
            return True
    return False


def asks_itself(index: Index, event: Event) -> bool:
    """Whether the library looks who calls, and refuses only some: that is a guard wherever it is called."""
    return any(known.row.asks for known in index.refusals.get(event.path, ()))


def is_refusing(status: Value | None) -> bool:
    """Whether a status is one of those that refuse, or an answer that has one: `abort(make_response(body, 403))`."""
    for option in options(status) if status is not None else ():
        made = option.event if isinstance(option, External) else None
        if made is not None and any(
            isinstance(one, Known) and one.value in (401, 403) for one in made.arguments.positional[1:3]
        ):
            return True
        if STATUS.search(show(option)):
            return True
    return False
