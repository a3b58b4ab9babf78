"""Endpoints in, tables of endpoint and guard out: one for each application, the odd ones out among siblings marked.

Stands apart from `text.py` because it is a view of its own: `tmscan inventory` with a filter shows nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tmscan.export.escape import for_terminal
from tmscan.inventory.siblings import odd_ones

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tmscan.inventory.siblings import OddOne
    from tmscan.inventory.types import Endpoint
    from tmscan.sources.types import Location

GUARDED, OPEN, UNSURE = "guarded", "OPEN", "unknown"
ODD = "!"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table; cells are already harmless. `marked` are the rows to look at first, with `legend` to say why."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    marked: frozenset[int] = frozenset()
    legend: str = ""


def endpoint_sections(shown: Sequence[Endpoint], everything: Sequence[Endpoint] | None = None) -> list[Section]:
    """A table for each application: verdict, verbs, path, guards, place. Siblings are looked for in `everything`."""
    odd = odd_ones(shown if everything is None else everything)
    apps: defaultdict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in shown:
        apps[endpoint.app].append(endpoint)
    return [_section(app, endpoints, odd) for app, endpoints in apps.items()]


def mark(endpoint: Endpoint) -> str:
    """In one word, whether anybody is let in."""
    return {True: GUARDED, False: OPEN, None: UNSURE}[endpoint.auth.required]


def guards_of(endpoint: Endpoint) -> str:
    """Names of what guards it, or why that is not known."""
    names = dict.fromkeys(guard.name for guard in (*endpoint.auth.evidence, *endpoint.guards))
    if names:
        return for_terminal(", ".join(names))
    if endpoint.public:
        return "declared public"
    return for_terminal(endpoint.auth.reason) if endpoint.auth.required is None else ""


def lacking(odd: OddOne) -> str:
    """What an odd one out lacks, in words."""
    among = {"class": "siblings of class", "router": "siblings on", "module": "siblings in"}[odd.tie]
    return for_terminal(f"no {odd.guard}, which {odd.having} of {odd.siblings} {among} {odd.name} have")


def place(location: Location) -> str:
    """`file:line`, which editors and terminals turn into a link."""
    return f"{for_terminal(location.file)}:{location.line}"


def _section(app: str, endpoints: Sequence[Endpoint], odd: dict[str, OddOne]) -> Section:
    marks = Counter(mark(endpoint) for endpoint in endpoints)
    numbers = f"{marks[GUARDED]} guarded, {marks[OPEN]} open, {marks[UNSURE]} unknown"
    marked = frozenset(number for number, endpoint in enumerate(endpoints) if endpoint.id in odd)
    title = f"Endpoints of {for_terminal(app) or 'the application'}: {len(endpoints)} ({numbers})"
    return Section(title, tuple(_row(endpoint, odd) for endpoint in endpoints), marked, _legend(len(marked)))


def _row(endpoint: Endpoint, odd: dict[str, OddOne]) -> tuple[str, ...]:
    lacks = lacking(odd[endpoint.id]) if endpoint.id in odd else ""
    return (
        mark(endpoint),
        for_terminal(",".join(endpoint.methods) or "ANY"),
        for_terminal(endpoint.path),
        "; ".join(_present(guards_of(endpoint), lacks)),
        place(endpoint.location),
    )


def _present(*texts: str) -> Iterable[str]:
    return (text for text in texts if text)


def _legend(number: int) -> str:
    if not number:
        return ""
    who = "the odd one out: it lacks" if number == 1 else f"{number} odd ones out: each lacks"
    return f"{ODD} {who} a guard that nearly all its siblings have"
