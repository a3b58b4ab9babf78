"""What rules ask of endpoints that anybody may call: whether requests say that they change something, and by whom.

An endpoint in; the word of a rule out, as in `properties`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmscan.inventory.strangers import takes_secret

if TYPE_CHECKING:
    from tmscan.inventory.types import Endpoint
    from tmscan.threats.context import Context

_ANY = frozenset({"ANY", "*"})


def endpoint_any_method(endpoint: Endpoint, _: Context) -> bool:
    """Whether its route takes requests of every method, so that nothing says that it is for changes."""
    return not _ANY.isdisjoint(method.upper() for method in endpoint.methods)


def endpoint_takes_secret(endpoint: Endpoint, _: Context) -> bool:
    """Whether a parameter is one that only those know who may call it: a token, a signature, a password."""
    return takes_secret(endpoint)
