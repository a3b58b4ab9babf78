"""A finished scan and a format in; the text of `tmscan scan`, and whether its findings reach a threshold, out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tmscan.cli.output import is_terminal, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tmscan.cli.words import ScanFormat, Threshold
    from tmscan.scan import Scan

SEVERITY: Mapping[str, int] = {"note": 0, "warning": 1, "error": 2, "never": 3}


def report(
    scan: Scan, form: ScanFormat, output: Path | None, *, category: str, show_suppressed: bool, quiet: bool
) -> None:
    """Write the findings; in colour where a terminal shows the text."""
    if form == "text" and output is None and is_terminal():
        from rich.console import Console

        from tmscan.export.text_console import show_findings

        show_findings(Console(highlight=False), scan.inventory, scan.register, scan.rules)
        if show_suppressed:
            write(_suppressed(scan))
        if not quiet:
            write(
                "Next: `tmscan explain RULE` for more about a rule, `tmscan diagram` and `tmscan model` for the rest.\n"
            )
        return
    write(_text(scan, form, category, show_suppressed=show_suppressed), output)


def reached(scan: Scan, threshold: Threshold) -> bool:
    """Whether a finding that nothing answers or suppresses has the threshold's level or a higher one."""
    return any(
        finding.state == "open" and finding.suppressed is None and SEVERITY[finding.level] >= SEVERITY[threshold]
        for finding in scan.register.findings
    )


def is_incomplete(scan: Scan) -> bool:
    """Whether something was met that could not be read or resolved."""
    return bool(scan.inventory.unknowns or scan.inventory.skipped)


def reader_below(root: Path) -> Callable[[str], bytes | None]:
    """Reads the files of a scan, whose paths are relative to its root."""

    def read(file: str) -> bytes | None:
        try:
            return (root / file).read_bytes()
        except OSError:  # it went away since it was scanned: the format does without its lines
            return None

    return read


def _text(scan: Scan, form: ScanFormat, category: str, *, show_suppressed: bool) -> str:
    inventory, register, rules = scan.inventory, scan.register, scan.rules
    if form == "sarif":
        from tmscan.cli.version import version
        from tmscan.export.sarif import to_sarif

        read = reader_below(Path(scan.root))
        return to_sarif(
            inventory, register, rules, read, version=version(), category=category, complete=show_suppressed
        )
    if form == "json":
        from tmscan.export.as_json import findings_to_json

        return findings_to_json(inventory, register, rules)
    if form == "github":
        from tmscan.export.github import to_annotations

        return to_annotations(register, rules)
    if form == "markdown":
        from tmscan.export.markdown import to_markdown
        from tmscan.export.mermaid import to_mermaid

        drawn = next((to_mermaid(each) for each in scan.model.diagrams if each.level == "application"), "")
        return to_markdown(inventory, scan.model, register, rules, drawn)
    from tmscan.export.text import findings_to_text

    return findings_to_text(inventory, register, rules) + (_suppressed(scan) if show_suppressed else "")


def _suppressed(scan: Scan) -> str:
    from tmscan.export.escape import for_terminal
    from tmscan.export.text_endpoints import place

    lines = [
        f"  {place(finding.location)}  {finding.rule}: {for_terminal(finding.suppressed)}"
        for finding in scan.register.findings
        if finding.suppressed is not None
    ]
    return "\n".join(["", "Suppressed", *lines]) + "\n" if lines else ""
