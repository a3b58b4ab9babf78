"""Tests of network addresses: a URL whose host was resolved and found to lie outside is no way in any more.

`ip.is_private`, `ip in network`, `any(ip in each for each in BLOCKED)` and the like, asked of what a host name resolves
to. It stands apart from other tests because what is tested is three calls away from the text that it says something of.
"""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.facts.body import nodes_in
from tmscan.program.checks import came_from, mark_alike
from tmscan.program.conditions.glances import glance
from tmscan.program.machine import Machine
from tmscan.program.values import Frame, Value

_INSIDE = frozenset(
    {"is_private", "is_loopback", "is_reserved", "is_link_local", "is_multicast", "is_unspecified", "is_site_local"}
)
_RESOLVING = frozenset(
    {"ip_address", "IPv4Address", "IPv6Address", "gethostbyname", "gethostbyname_ex", "getaddrinfo", "resolve4"}
)
_READING = frozenset({"ip_address", "IPv4Address", "IPv6Address"})
_ASKING = _RESOLVING - _READING
_URL = frozenset({"url"})


def check_address(machine: Machine, frame: Frame, test: ir.Expr, *, holds: bool) -> None:
    """Mark the data behind an address that `test`, being true (or false), says to lie outside."""
    node = _outside(test, holds)
    value = glance(machine, frame, node) if node is not None else None
    if value is not None and is_resolved(value):
        mark_alike(frame, value, _URL)


def is_resolved(value: Value | None) -> bool:
    """Whether something is an address, or a list of those that a host name stands for."""
    return came_from(value, _RESOLVING)


def reads_resolved(machine: Machine, frame: Frame, block: ir.Block) -> bool:
    """Whether a block reads an address that a host was resolved to, which is one: it cannot fail."""
    for node in nodes_in(block):
        if isinstance(node, ir.Call) and node.arguments:
            word = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
            if word in _READING and came_from(glance(machine, frame, node.arguments[0].value), _ASKING):
                return True
    return False


def _outside(test: ir.Expr, holds: bool) -> ir.Expr | None:
    """What a condition says to be none of the inner addresses; None where it says nothing of the kind."""
    if isinstance(test, ir.Attribute):
        return test.value if (test.attr in _INSIDE and not holds) or (test.attr == "is_global" and holds) else None
    if isinstance(test, ir.Compare) and len(test.ops) == 1 and test.ops[0] in ("in", "not in"):
        return test.left if (test.ops[0] == "in") is not holds else None
    if isinstance(test, ir.Call) and isinstance(test.func, ir.Name) and test.func.id == "any" and not holds:
        said = test.arguments[0].value if len(test.arguments) == 1 else None
        return _outside(said.value, holds=False) if isinstance(said, ir.Comprehension) else None
    return None
