"""What rules ask about endpoints and stores: what a handler does there itself, without what runs for every request.

An endpoint in; the word of a rule out, as in `properties`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmscan.threats.model_properties import WRITING

if TYPE_CHECKING:
    from tmscan.inventory.types import Endpoint, Reach
    from tmscan.threats.context import Context

NEAR = 4  # steps from a handler to what it does


def endpoint_writes(endpoint: Endpoint, context: Context) -> bool:
    """Whether it reaches a store (other than a cache) to write, delete or change its schema."""
    return bool(WRITING & _operations(endpoint, context, frozenset({"cache"})))


def endpoint_uses_store(endpoint: Endpoint, context: Context) -> bool:
    """Whether it reaches a store other than a cache or plain files."""
    return bool(_operations(endpoint, context, frozenset({"cache", "file"})))


def _operations(endpoint: Endpoint, context: Context, without: frozenset[str]) -> set[str]:
    """What it does to stores itself, those of some kinds left out."""
    reached = [
        (reach.target, _own(reach) if reach.operations else ("read",)) for reach in context.reaches.get(endpoint.id, ())
    ]
    own = [(access.store, (access.operation,)) for access in context.endpoint_accesses.get(endpoint.id, ())]
    return {
        operation
        for store, operations in (*reached, *own)
        if store in context.stores and context.stores[store].kind not in without
        for operation in operations
    }


def endpoint_changes_records(endpoint: Endpoint, context: Context) -> bool:
    """Whether the handler, or a function that it comes to in a few calls, changes a store other than files or a cache.

    Far away a write is mostly that of some bookkeeping: a session that is kept, a counter, a job that is planned.
    """
    near = [
        (reach.target, _own(reach))
        for reach in context.reaches.get(endpoint.id, ())
        if len(reach.steps) <= NEAR and reach.provenance != "assumed"
    ]
    own = [(access.store, (access.operation,)) for access in context.endpoint_accesses.get(endpoint.id, ())]
    return any(
        store in context.stores and context.stores[store].kind not in ("cache", "file") and WRITING & set(operations)
        for store, operations in (*near, *own)
    )


def _own(reach: Reach) -> frozenset[str]:
    """What an endpoint does there itself, without what middleware and hooks do for every request."""
    return frozenset(reach.operations) - frozenset(reach.outside)
