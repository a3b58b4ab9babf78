"""Inventory and register in, a summary for people out: plain and stable, the same to a pipe as to a file.

Colour is the caller's affair (see `text_console.py`); every name from the scanned code is made harmless first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tmscan.export.escape import for_terminal
from tmscan.export.text_endpoints import ODD, Section, endpoint_sections, place
from tmscan.inventory.selection import endpoint_unknowns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tmscan.inventory.types import Inventory, Reach, Unknown
    from tmscan.sources.types import Location
    from tmscan.threats.types import Finding, LevelName, Register, Rule

LEVELS: tuple[LevelName, ...] = ("error", "warning", "note")
SHOWN_UNKNOWNS = 20
SHOWN_NOTES = 5  # places of one rule that only notes something


def inventory_to_text(inventory: Inventory) -> str:
    """Endpoints by application with what guards them, ways in that are not HTTP, stores, outbound calls, libraries."""
    return (
        "\n".join([headline(inventory), *(line for section in sections(inventory) for line in _lines(section))]) + "\n"
    )


def endpoints_to_text(shown: Inventory, everything: Inventory) -> str:
    """The endpoints that a filter left, and how much is not known about all of them."""
    tables = [line for section in endpoint_sections(shown.endpoints, everything.endpoints) for line in _lines(section)]
    return "\n".join([headline(everything), *tables, "", *remainder(shown, everything)]) + "\n"


def remainder(shown: Inventory, everything: Inventory) -> list[str]:
    """How many endpoints a filter left out, and how much leaves open which there are and who guards them."""
    kinds = Counter(unknown.kind for unknown in endpoint_unknowns(everything))
    counts = [f"{number:,} {kind}" for kind, number in sorted(kinds.items())]
    if everything.skipped:
        counts.append(f"{counted(len(everything.skipped), 'file')} not read")
    left = [f"{len(shown.endpoints):,} of {counted(len(everything.endpoints), 'endpoint')}."]
    return [*left, f"Not seen or not resolved: {', '.join(counts)}."] if counts else left


def headline(inventory: Inventory) -> str:
    """What was scanned."""
    return f"{for_terminal(inventory.name)}: {counted(inventory.files, 'file')}, {counted(inventory.lines, 'line')}"


def sections(inventory: Inventory) -> tuple[Section, ...]:
    """The inventory as tables, in reading order; empty ones are left out, except that no endpoint is worth a word."""
    found = [
        *(endpoint_sections(inventory.endpoints) or [Section("No endpoints were found.", ())]),
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
    alike: defaultdict[tuple[str, str], list[Unknown]] = defaultdict(list)
    for each in inventory.unknowns:
        alike[each.location.file, each.kind].append(each)
    rows = [(place(of[0].location), of[0].kind, _first_of(of)) for of in alike.values()]
    rows += [(f"{for_terminal(each.file)}:{each.line or 1}", "not read", each.reason) for each in inventory.skipped]
    more = len(rows) - SHOWN_UNKNOWNS
    shown = rows if more <= 0 else [*rows[:SHOWN_UNKNOWNS], (f"… {more} more", "", "all of them stand in the JSON")]
    return _section(f"Not seen or not resolved: {', '.join(counts)}", shown)


def _first_of(unknowns: Sequence[Unknown]) -> str:
    """The first of what was not resolved in one file, and how many are like it."""
    more = len(unknowns) - 1
    return unknowns[0].reason + (f"; {more} more in this file" if more else "")


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
        shown = group if group[0].level != "note" or len(group) <= SHOWN_NOTES + 1 else group[:SHOWN_NOTES]
        parts += [f"    {place(finding.location)}  {for_terminal(finding.message)}" for finding in shown]
        if len(shown) < len(group):
            parts.append(f"    … {len(group) - len(shown)} more: all of them stand in the JSON and in SARIF")
    return parts


def _section(title: str, rows: Sequence[tuple[str, ...]]) -> Section:
    return Section(title, tuple(tuple(for_terminal(cell) for cell in row) for row in rows))


def _lines(section: Section) -> list[str]:
    """Columns as wide as their widest cell of up to 40 letters: a longer cell pushes its own row only."""
    widths = [
        max((len(cell) for cell in column if len(cell) <= 40), default=0) for column in zip(*section.rows, strict=True)
    ]
    rows = [
        (f"{ODD} " if number in section.marked else "  ")
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for number, row in enumerate(section.rows)
    ]
    return ["", section.title, *([f"  {section.legend}"] if section.legend else []), *rows]
