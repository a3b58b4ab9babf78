"""A scan and the settings per path in; the scan with findings of rules that are switched off there marked out.

They are suppressed, with the settings file as the reason: counted in every report, and never in the exit code.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tmscan.config import Config, PathSwitch
    from tmscan.scan import Scan
    from tmscan.threats.types import Finding


def switch_off(scan: Scan, config: Config) -> Scan:
    """Apply `[[tool.tmscan.per-path]]`. Raises TmscanError for the id of no rule and for a pattern that is none."""
    if not config.per_path or config.file is None:
        return scan
    from pathspec import GitIgnoreSpec

    from tmscan.errors import TmscanError
    from tmscan.sources.ignore import parse_patterns
    from tmscan.threats.switches import check_ids

    known = frozenset(rule.id for rule in scan.rules)
    switches: list[tuple[GitIgnoreSpec, frozenset[str], PathSwitch]] = []
    for switch in config.per_path:
        spec, problems = parse_patterns(switch.paths, str(config.file))
        if problems or spec is None:
            raise TmscanError(f"{config.file}: per-path: {switch.paths[0]!r}: not a gitignore pattern")
        switches.append((spec, check_ids(switch.disable, known), switch))
    folder, name = config.file.parent.resolve(), config.file.name

    def judged(finding: Finding) -> Finding:
        if finding.suppressed is not None:
            return finding
        file = Path(scan.root, finding.location.file)
        if not file.is_relative_to(folder):
            return finding
        path = file.relative_to(folder).as_posix()
        for spec, disabled, switch in switches:
            if finding.rule in disabled and spec.match_file(path):
                reason = f"switched off for {', '.join(switch.paths)} in {name}"
                return replace(finding, suppressed=reason)
        return finding

    findings = tuple(judged(finding) for finding in scan.register.findings)
    return replace(scan, register=replace(scan.register, findings=findings))
