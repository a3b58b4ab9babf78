"""A finding in, its explanation out: why it is reported, step by step, and why checks that were seen do not help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmscan.export.escape import for_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tmscan.export.filetext import FileText
    from tmscan.inventory.types import Step
    from tmscan.sources.types import Location
    from tmscan.threats.types import Finding, Rule

WIDEST = 100


def explanation(finding: Finding, rule: Rule, read: Callable[[str], FileText | None]) -> str:
    """The text of `tmscan explain FINDING`."""
    head = f"{_place(finding.location)}  {rule.id} ({finding.level}, confidence {finding.confidence})"
    parts = ["\n".join((head, for_terminal(finding.message), _line(finding.location, read)))]
    if finding.state == "mitigated":
        parts.append("Answered by:\n" + _listed(finding.mitigation, read))
    elif finding.suppressed is not None:
        parts.append(f"Suppressed on its line: {for_terminal(finding.suppressed)}")
    ways = [way for way in (finding.trace, *finding.others) if way]
    for number, way in enumerate(ways, 1):
        steps = [step for step in way if step.kind not in ("check", "doubt")]
        checks = [step for step in way if step.kind == "check"]
        doubts = [step for step in way if step.kind == "doubt"]
        title = "Why it is reported" if number == 1 else f"Another way in ({number} of {len(ways)})"
        parts.append(f"{title}:\n" + _listed(steps, read))
        if checks:
            parts.append("Checks seen on the way, and why they do not help:\n" + _listed(checks, read))
        if doubts:
            parts.append("What may help, and has to be looked at by a person:\n" + _listed(doubts, read))
        elif number == 1 and len(steps) > 1 and not checks:
            parts.append("Checks seen on the way: none.")
    if finding.related:
        parts.append("See also:\n" + _listed(finding.related, read))
    parts.append(f"What to do: {' '.join(rule.fix.split())}")
    parts.append(f"`tmscan explain {rule.id}` says more about the rule; its fingerprint is {finding.fingerprint}.")
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _listed(steps: Sequence[Step], read: Callable[[str], FileText | None]) -> str:
    lines: list[str] = []
    for number, step in enumerate(steps, 1):
        lines.append(f"{number:3}. {_place(step.location)}  {for_terminal(step.text)}")
        shown = _line(step.location, read)
        if shown:
            lines.append(f"   {shown}")
    return "\n".join(lines)


def _place(location: Location) -> str:
    return for_terminal(f"{location.file}:{location.line}")


def _line(location: Location, read: Callable[[str], FileText | None]) -> str:
    """The line of code at a place, as far as it fits."""
    text = read(location.file)
    if text is None or not 0 < location.line <= len(text.lines):
        return ""
    line = text.lines[location.line - 1].strip()
    return "    " + for_terminal(line if len(line) <= WIDEST else line[: WIDEST - 1] + "…")
