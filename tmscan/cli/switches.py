"""The rules that settings switch on and off: checked before a scan, and applied per path after it.

Findings switched off for a path are suppressed, with the settings file as the reason: counted in every report, and
never in the exit code.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tmscan.errors import TmscanError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmscan.config import Config, PathSwitch
    from tmscan.scan import Scan
    from tmscan.threats.types import Finding


def check_switches(config: Config, folders: Sequence[Path]) -> None:
    """Raises TmscanError, with the settings file, for the id of no rule; `folders` hold rules besides the built-in."""
    from tmscan.cli.prose import load
    from tmscan.threats.switches import check_ids

    used = [*(config.enable or ()), *config.disable, *(rule for switch in config.per_path for rule in switch.disable)]
    if not used:
        return
    known = frozenset(rule.id for rule in load(folders))
    try:
        check_ids(used, known)
    except TmscanError as error:
        raise TmscanError(f"{config.file}: {error}") from error


def switch_off(scan: Scan, config: Config) -> Scan:
    """Apply `[[tool.tmscan.per-path]]`. Raises TmscanError for a pattern that is none."""
    if not config.per_path or config.file is None:
        return scan
    from pathspec import GitIgnoreSpec

    from tmscan.sources.ignore import parse_patterns

    switches: list[tuple[GitIgnoreSpec, frozenset[str], PathSwitch]] = []
    for switch in config.per_path:
        spec, problems = parse_patterns(switch.paths, str(config.file))
        if problems or spec is None:
            raise TmscanError(f"{config.file}: per-path: {switch.paths[0]!r}: not a gitignore pattern")
        switches.append((spec, frozenset(switch.disable), switch))
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
