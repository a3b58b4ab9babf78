"""Registrations below others: `router.register("a", A).register("b", B)` or a router made for one prefix of another.

A call or a router goes in, what stands before its own paths comes out.
"""

from __future__ import annotations

from tmscan.inventory.calls.arguments import pick, texts, words
from tmscan.libraries.types import ResourceRow, RouterRow
from tmscan.program.values import Event, External, Known, Value

_DEPTH = 8


def registered_on(event: Event, row: ResourceRow) -> Value | None:
    """What the first registration of a chain is a method of."""
    outer = _chain(event, row)[-1]
    return outer.callee.base if isinstance(outer.callee, External) else None


def below_parents(event: Event, row: ResourceRow, prefix: str) -> str:
    """The prefix of a registration behind the prefixes of those it is nested in and the groups of their ids."""
    parents = _chain(event, row)[1:]
    named = list(words(pick(event.arguments, row.parents)) or ())
    for depth, parent in enumerate(parents):
        own = next(iter(texts(pick(parent.arguments, row.path))), "")
        name = named[-1 - depth] if depth < len(named) else "pk"
        prefix = f"{own}/{row.parent_group.replace('{name}', name)}/{prefix}"
    return prefix


def made_below(event: Event, row: RouterRow, outer: Value | None) -> Value | None:
    """The prefix of a router that is made for one prefix of another one, whose own prefix is `outer`."""
    prefix = next(iter(texts(pick(event.arguments, row.prefix))), "")
    name = next(iter(texts(pick(event.arguments, row.lookup))), "nested")
    before = next(iter(texts(outer)), "")
    return Known(before + row.nested.replace("{prefix}", prefix).replace("{lookup}", name))


def prefix_given(event: Event, row: RouterRow) -> Value | None:
    """The prefix that a router is made with; the name or file of its own module, which some take first, is none."""
    given = pick(event.arguments, row.prefix)
    return None if texts(given) in ((event.module.name,), (event.module.path,)) else given


def _chain(event: Event, row: ResourceRow) -> list[Event]:
    """A registration, and those whose results it is called on, up to the one on the router itself."""
    chain = [event]
    while len(chain) < _DEPTH:
        callee = chain[-1].callee
        base = callee.base if isinstance(callee, External) else None
        inner = base.event if isinstance(base, External) else None
        if inner is None or inner.path not in row.paths:
            break
        chain.append(inner)
    return chain
