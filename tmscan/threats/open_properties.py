"""What rules ask of endpoints that anybody may call: whether they surely change something, and for anybody.

An endpoint in; the word of a rule out, as in `properties`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmscan.inventory.strangers import takes_secret
from tmscan.threats.model_properties import WRITING

if TYPE_CHECKING:
    from tmscan.inventory.types import Endpoint
    from tmscan.threats.context import Context

_ANY = frozenset({"ANY", "*"})
NEAR = 4  # steps from a handler to what it does


def endpoint_changes_records(endpoint: Endpoint, context: Context) -> bool:
    """Whether the handler, or a function that it comes to in a few calls, changes a store other than files or a cache.

    Far away a write is mostly that of some bookkeeping: a session that is kept, a counter, a job that is planned.
    """
    near = [
        (reach.target, reach.operations)
        for reach in context.reaches.get(endpoint.id, ())
        if len(reach.steps) <= NEAR and reach.provenance != "assumed"
    ]
    own = [(access.store, (access.operation,)) for access in context.endpoint_accesses.get(endpoint.id, ())]
    return any(
        store in context.stores and context.stores[store].kind not in ("cache", "file") and WRITING & set(operations)
        for store, operations in (*near, *own)
    )


def endpoint_any_method(endpoint: Endpoint, _: Context) -> bool:
    """Whether its route takes requests of every method, so that nothing says that it is for changes."""
    return not _ANY.isdisjoint(method.upper() for method in endpoint.methods)


def endpoint_takes_secret(endpoint: Endpoint, _: Context) -> bool:
    """Whether a parameter is one that only those know who may call it: a token, a signature, a password."""
    return takes_secret(endpoint)
