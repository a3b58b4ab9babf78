"""Which kind of guard the words of a condition make."""

from __future__ import annotations

import pytest

from tmscan.inventory.guards.identity import kind_of


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ({"headers", "allowed_hosts", "host"}, "validation"),
        ({"scope", "headers", "host"}, "validation"),  # the scope of ASGI
        ({"header_value", "workspace_header_name"}, "validation"),
        ({"headers", "authorization_header"}, "authentication"),
        ({"headers", "x_api_key"}, "authentication"),
        ({"token_scopes", "scope"}, "authentication"),
        ({"csrf_token", "cookies"}, "csrf"),
        ({"headers", "x_hub_signature"}, "signature"),
        ({"user"}, "authentication"),
        (set(), "authentication"),
    ],
)
def test_kinds(words: set[str], kind: str) -> None:
    assert kind_of(words) == kind
