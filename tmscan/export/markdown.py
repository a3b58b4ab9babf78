"""Inventory, register and a drawn diagram in, a Markdown page out: a job summary, a pull-request comment, a wiki page.

Every name from the scanned code is escaped or stands in a code span; tables stay tables whatever it holds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tmscan.export.escape import as_code, for_markdown
from tmscan.export.text import LEVELS, counted
from tmscan.export.text_endpoints import mark
from tmscan.threats.stride import LETTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmscan.dfd.types import DataFlowModel
    from tmscan.inventory.types import Inventory
    from tmscan.sources.types import Location
    from tmscan.threats.types import Finding, Register, Rule, Threat

ROW_LIMIT = 200


def to_markdown(
    inventory: Inventory, model: DataFlowModel, register: Register, rules: Sequence[Rule], diagram: str = ""
) -> str:
    """A page with the diagram (Mermaid source, put into a fence), findings, endpoints, stores and the register."""
    reported = [finding for finding in register.findings if finding.state == "open" and finding.suppressed is None]
    parts = [
        f"# Threat model of {for_markdown(inventory.name) or 'the application'}",
        "A draft made from the code by tmscan: what it found, and what a person still has to decide.",
        _numbers(inventory, register, reported),
        _mermaid(diagram),
        _findings(reported, rules),
        _endpoints(inventory),
        _stores(inventory),
        _outbound(inventory),
        _matrix(model, register),
        _open_questions(register),
        _unseen(inventory),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _numbers(inventory: Inventory, register: Register, reported: Sequence[Finding]) -> str:
    levels = Counter(finding.level for finding in reported)
    unguarded = sum(endpoint.auth.required is False for endpoint in inventory.endpoints)
    states = Counter(threat.state for threat in register.threats)
    rows = [
        ("Endpoints", f"{len(inventory.endpoints)}, {unguarded} open to anybody"),
        ("Stores", str(len(inventory.stores))),
        ("Findings", ", ".join(counted(levels[level], level) for level in LEVELS)),
        ("Threats", ", ".join(f"{states[state]} {state}" for state in ("open", "mitigated", "not-applicable"))),
        ("Not seen or not resolved", str(len(inventory.unknowns) + len(inventory.skipped))),
    ]
    return _table(("", ""), rows)


def _mermaid(diagram: str) -> str:
    """The fence is longer than any run of backticks inside, so that no label can end it."""
    if not diagram:
        return ""
    fence = "```"
    while fence in diagram:
        fence += "`"
    return f"## Data flow\n\n{fence}mermaid\n{diagram.strip()}\n{fence}"


def _findings(reported: Sequence[Finding], rules: Sequence[Rule]) -> str:
    if not reported:
        return "## Findings\n\nNone."
    known = {rule.id: rule for rule in rules}
    ranked = sorted(
        reported, key=lambda f: (LEVELS.index(f.level), -known[f.rule].security_severity if f.rule in known else 0.0)
    )
    rows = [
        (finding.level, _rule_name(finding.rule, known), for_markdown(finding.message), _place(finding.location))
        for finding in ranked
    ]
    return "## Findings\n\n" + _table(("Level", "Rule", "What", "Where"), rows)


def _rule_name(rule: str, known: dict[str, Rule]) -> str:
    return f"{for_markdown(known[rule].title)} ({as_code(rule)})" if rule in known else as_code(rule)


def _endpoints(inventory: Inventory) -> str:
    rows = [
        (
            mark(endpoint),
            as_code(f"{','.join(endpoint.methods) or 'ANY'} {endpoint.path}"),
            ", ".join(as_code(guard.name) for guard in dict.fromkeys((*endpoint.auth.evidence, *endpoint.guards)))
            or for_markdown(endpoint.auth.reason),
            _place(endpoint.location),
        )
        for endpoint in inventory.endpoints
    ]
    return "## Endpoints\n\n" + _table(("Guard", "Endpoint", "By", "Where"), rows) if rows else ""


def _stores(inventory: Inventory) -> str:
    operations: defaultdict[str, set[str]] = defaultdict(set)
    for access in inventory.accesses:
        operations[access.store].add(access.operation)
    rows = [
        (for_markdown(store.engine or store.kind), as_code(store.name), ", ".join(sorted(operations[store.id])),
         _place(store.location))
        for store in inventory.stores
    ]  # fmt: skip
    return "## Stores\n\n" + _table(("Kind", "Name", "Operations", "Where"), rows) if rows else ""


def _outbound(inventory: Inventory) -> str:
    calls = Counter((call.kind, call.vendor or call.target) for call in inventory.outbound)
    rows = [
        (for_markdown(kind), as_code(target) if target else "(chosen at run time)", str(number))
        for (kind, target), number in sorted(calls.items())
    ]
    return "## Outbound calls\n\n" + _table(("Protocol", "Host", "Calls"), rows) if rows else ""


def _matrix(model: DataFlowModel, register: Register) -> str:
    """Elements by STRIDE letters: a cross where findings are open, a question mark where a person has to decide."""
    cells = {(threat.target, threat.stride): threat for threat in register.threats}
    rows = [
        (for_markdown(element.name), element.kind, *(_cell(cells.get((element.id, letter))) for letter in LETTERS))
        for element in model.elements
    ]
    if not rows:
        return ""
    legend = "✗ open findings, ✓ mitigated, ? a person decides, - does not apply"
    letters = tuple(letter[0].upper() for letter in LETTERS)
    return "## STRIDE by element\n\n" + _table(("Element", "Kind", *letters), rows) + f"\n\n{legend}"


def _cell(threat: Threat | None) -> str:
    if threat is None or threat.state == "not-applicable":
        return "-"
    if threat.state == "mitigated":
        return "✓"
    return "✗" if threat.findings else "?"


def _open_questions(register: Register) -> str:
    asked = [threat for threat in register.threats if threat.state == "open" and not threat.findings]
    if not asked:
        return ""
    lines = [f"- {for_markdown(threat.title)}: {for_markdown(threat.reason)}" for threat in asked[:ROW_LIMIT]]
    body = "\n".join(lines) + _more(len(asked))
    return f"<details><summary>{counted(len(asked), 'question')} for a person</summary>\n\n{body}\n\n</details>"


def _unseen(inventory: Inventory) -> str:
    rows = [(for_markdown(each.kind), for_markdown(each.reason), _place(each.location)) for each in inventory.unknowns]
    rows += [("not read", for_markdown(each.reason), as_code(each.file)) for each in inventory.skipped]
    return "## Not seen or not resolved\n\n" + _table(("What", "Why", "Where"), rows) if rows else ""


def _place(location: Location) -> str:
    return as_code(f"{location.file}:{location.line}")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows[:ROW_LIMIT])]
    return "\n".join(lines) + _more(len(rows))


def _more(number: int) -> str:
    return f"\n\n… and {number - ROW_LIMIT} more." if number > ROW_LIMIT else ""
