"""A finding's fingerprint or place and a scan in, its explanation out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tmscan.errors import TmscanError

if TYPE_CHECKING:
    from tmscan.scan import Scan
    from tmscan.threats.types import Finding

_PRINT = re.compile(r"[0-9a-f]{6,16}")
_LINE = re.compile(r"(.+):(\d+)")


def is_finding(subject: str) -> bool:
    """Whether a word names a finding (fingerprint, FILE:LINE) rather than a rule."""
    return bool(_PRINT.fullmatch(subject) or _LINE.fullmatch(subject))


def explain_finding(scan: Scan, subject: str) -> str:
    """Everything about the findings that are meant. Raises TmscanError where there is none."""
    from tmscan.cli.report import reader_below
    from tmscan.export.explained import explanation
    from tmscan.export.filetext import reader

    found = [finding for finding in scan.register.findings if _meant(finding, subject)]
    if not found:
        raise TmscanError(f"no finding {subject}: `tmscan scan --format json` lists fingerprints")
    rules = {rule.id: rule for rule in scan.rules}
    read = reader(reader_below(Path(scan.root)))
    return "\n".join(explanation(finding, rules[finding.rule], read) for finding in found)


def _meant(finding: Finding, subject: str) -> bool:
    if _PRINT.fullmatch(subject):
        return finding.fingerprint.startswith(subject)
    match = _LINE.fullmatch(subject)
    if match is None or finding.location.line != int(match[2]):
        return False
    file = match[1].removeprefix("./")
    return finding.location.file == file or finding.location.file.endswith(f"/{file}")
