"""Inventory and register in, a summary for people out: plain and stable, the same to a pipe as to a file.

Colour is the caller's affair (see `text_console.py`); every name from the scanned code is made harmless first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tmscan.export.escape import for_terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tmscan.inventory.types import Endpoint, Inventory, Reach
    from tmscan.sources.types import Location
    from tmscan.threats.types import Finding, LevelName, Register, Rule

GUARDED, OPEN, UNSURE = "guarded", "OPEN", "unknown"
LEVELS: tuple[LevelName, ...] = ("error", "warning", "note")
SHOWN_UNKNOWNS = 20


@dataclass(frozen=True, slots=True)
class Section:
    """A titled table; cells are already harmless."""

    title: str
    rows: tuple[tuple[str, ...], ...]


def inventory_to_text(inventory: Inventory) -> str:
    """Endpoints by application with what guards them, ways in that are not HTTP, stores, outbound calls, libraries."""
    return (
        "\n".join([headline(inventory), *(line for section in sections(inventory) for line in _lines(section))]) + "\n"
    )


def headline(inventory: Inventory) -> str:
    """What was scanned."""
    return f"{for_terminal(inventory.name)}: {counted(inventory.files, 'file')}, {counted(inventory.lines, 'line')}"


def sections(inventory: Inventory) -> tuple[Section, ...]:
    """The inventory as tables, in reading order; empty ones are left out, except that no endpoint is worth a word."""
    found = [
        *_endpoints(inventory),
        _section("Other ways in", [(e.kind, e.name, place(e.location)) for e in inventory.entry_points]),
        _section("Stores", _stores(inventory)),
        _section("Outbound calls", _outbound(inventory)),
        _section("Libraries", _libraries(inventory)),
        unseen(inventory),
    ]
    return tuple(section for section in found if section.rows or section.title.startswith("No "))


def findings_to_text(inventory: Inventory, register: Register, rules: Sequence[Rule]) -> str:
    """Findings by level with their places, what was mitigated or suppressed, the register in numbers, the unseen."""
    titles = {rule.id: rule.title for rule in rules}
    reported = [finding for finding in register.findings if finding.state == "open" and finding.suppressed is None]
    parts: list[str] = []
    for level in LEVELS:
        of_level = [finding for finding in reported if finding.level == level]
        if of_level:
            parts += [f"{counted(len(of_level), level)}", *_findings(of_level, titles), ""]
    if not reported:
        parts += ["No findings.", ""]
    mitigated = sum(finding.state == "mitigated" for finding in register.findings)
    suppressed = sum(finding.suppressed is not None for finding in register.findings)
    states = Counter(threat.state for threat in register.threats)
    undecided = sum(threat.state == "open" and not threat.findings for threat in register.threats)
    parts.append(
        f"{counted(len(reported), 'finding')}, {mitigated} mitigated, {suppressed} suppressed, "
        f"in {counted(inventory.files, 'file')} ({counted(inventory.lines, 'line')})."
    )
    parts.append(
        f"{counted(len(register.threats), 'threat')} in the register: {states['open']} open "
        f"({undecided} of them for a person to decide), {states['mitigated']} mitigated, "
        f"{states['not-applicable']} not applicable."
    )
    left = unseen(inventory)
    return "\n".join([*parts, *(_lines(left) if left.rows else ())]) + "\n"


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


def place(location: Location) -> str:
    """`file:line`, which editors and terminals turn into a link."""
    return f"{for_terminal(location.file)}:{location.line}"


def counted(number: int, noun: str) -> str:
    """`1 finding`, `1,200 findings`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def by_target(reaches: Iterable[Reach]) -> Counter[str]:
    """How many ways in reach each store, host or library."""
    return Counter(target for _, target in {(reach.source, reach.target) for reach in reaches})


def unseen(inventory: Inventory) -> Section:
    """What was met and not resolved or not read, the first of them with their places."""
    kinds = Counter(for_terminal(unknown.kind) for unknown in inventory.unknowns)
    counts = [f"{number} {kind}" for kind, number in sorted(kinds.items())]
    if inventory.skipped:
        counts.append(f"{counted(len(inventory.skipped), 'file')} not read")
    rows = [(place(each.location), each.kind, each.reason) for each in inventory.unknowns]
    rows += [(f"{for_terminal(each.file)}:{each.line or 1}", "not read", each.reason) for each in inventory.skipped]
    more = len(rows) - SHOWN_UNKNOWNS
    shown = rows if more <= 0 else [*rows[:SHOWN_UNKNOWNS], (f"… {more} more", "", "all of them stand in the JSON")]
    return _section(f"Not seen or not resolved: {', '.join(counts)}", shown)


def _endpoints(inventory: Inventory) -> list[Section]:
    apps: defaultdict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in inventory.endpoints:
        apps[endpoint.app].append(endpoint)
    found: list[Section] = []
    for app, endpoints in apps.items():
        marks = Counter(mark(endpoint) for endpoint in endpoints)
        title = f"Endpoints of {for_terminal(app) or 'the application'}: {len(endpoints)}"
        rows = [
            (mark(one), ",".join(one.methods) or "ANY", one.path, guards_of(one), place(one.location))
            for one in endpoints
        ]
        numbers = f"({marks[GUARDED]} guarded, {marks[OPEN]} open, {marks[UNSURE]} unknown)"
        found.append(_section(f"{title} {numbers}", rows))
    return found or [Section("No endpoints were found.", ())]


def _stores(inventory: Inventory) -> list[tuple[str, ...]]:
    operations: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for access in inventory.accesses:
        operations[access.store][access.operation] += 1
    return [
        (store.engine or store.kind, store.name, _verbs(operations[store.id]), place(store.location))
        for store in inventory.stores
    ]


def _outbound(inventory: Inventory) -> list[tuple[str, ...]]:
    calls: defaultdict[tuple[str, str], list[Location]] = defaultdict(list)
    for call in inventory.outbound:
        calls[(call.kind, call.vendor or call.target or "(host chosen at run time)")].append(call.location)
    return [
        (kind, target, counted(len(places), "call"), place(min(places)))
        for (kind, target), places in sorted(calls.items())
    ]


def _libraries(inventory: Inventory) -> list[tuple[str, ...]]:
    reached = by_target(inventory.reaches)
    return [
        (
            library.distribution,
            library.version or "(no fixed version)",
            library.role,
            f"reached from {counted(number, 'way')} in"
            if (number := reached[f"library:{library.distribution}"])
            else "",
        )
        for library in inventory.libraries
    ]


def _verbs(operations: Counter[str]) -> str:
    return ", ".join(f"{number} {verb}" for verb, number in sorted(operations.items()))


def _findings(findings: Sequence[Finding], titles: dict[str, str]) -> list[str]:
    by_rule: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_rule[finding.rule].append(finding)
    parts: list[str] = []
    for rule, group in sorted(by_rule.items()):
        parts.append(f"  {titles.get(rule, rule)} [{rule}]")
        parts += [f"    {place(finding.location)}  {for_terminal(finding.message)}" for finding in group]
    return parts


def _section(title: str, rows: Sequence[tuple[str, ...]]) -> Section:
    return Section(title, tuple(tuple(for_terminal(cell) for cell in row) for row in rows))


def _lines(section: Section) -> list[str]:
    """Columns as wide as their widest cell, but 40 at most: a longer cell pushes its own row only."""
    widths = [min(max(map(len, column)), 40) for column in zip(*section.rows, strict=True)]
    rows = [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in section.rows
    ]
    return ["", section.title, *(row.rstrip() for row in rows)]
