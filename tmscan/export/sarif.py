"""Inventory, register and rules in, SARIF 2.1.0 for GitHub code scanning (and other readers) out.

Follows the requirements and limits of GitHub's "SARIF support for code scanning" page; what GitHub ignores (taxonomies,
suppressions) is there for other viewers.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

import sarif_om as om

from tmscan.export.escape import visible
from tmscan.export.filetext import columns, reader
from tmscan.export.sarif_rules import (
    BY_LEVEL,
    NOTIFICATIONS,
    descriptors,
    notification_descriptors,
    supported,
    taxonomies,
)
from tmscan.export.sarif_write import serialise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tmscan.export.filetext import FileText
    from tmscan.inventory.types import Inventory, Step
    from tmscan.sources.types import Location
    from tmscan.threats.types import Finding, Register, Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
RESULT_LIMIT = 25_000
STEP_LIMIT = 1_000
RELATED_LIMIT = 100
NOTICE_LIMIT = 1_000


def to_sarif(
    inventory: Inventory,
    register: Register,
    rules: Sequence[Rule],
    read_file: Callable[[str], bytes | None],
    *,
    version: str,
    category: str = "tmscan",
    complete: bool = False,
) -> str:
    """One SARIF log with one run.

    `read_file` gives the bytes of a file by its path in the records (None when it cannot be read); `category` keeps
    runs over several applications of one repository apart. Suppressed and mitigated findings are left out, since code
    scanning would open alerts for them, unless the log is to be `complete`. Past GitHub's limit the most severe results
    are kept and a notification says how many are missing.
    """
    read = reader(read_file)
    index = {rule.id: number for number, rule in enumerate(rules)}
    shown = [finding for finding in register.findings if _shown(finding, complete) and finding.rule in index]
    kept = _most_severe(shown, {rule.id: rule.security_severity for rule in rules})
    notices = [_notice("skipped-file", skip.reason, skip.file, skip.line) for skip in inventory.skipped]
    notices += [
        _notice("unknown", f"{u.kind}: {u.reason}", u.location.file, u.location.line) for u in inventory.unknowns
    ]
    run = om.Run(
        tool=om.Tool(
            driver=om.ToolComponent(
                name="tmscan",
                full_name=f"tmscan {version}",
                semantic_version=version,
                rules=descriptors(rules),
                notifications=notification_descriptors(),
                supported_taxonomies=supported(rules),
            )
        ),
        invocations=[
            om.Invocation(
                execution_successful=True,
                tool_execution_notifications=[*_counted(len(shown) - len(kept)), *_limited(notices)],
            )
        ],
        taxonomies=taxonomies(rules),
        automation_details=om.RunAutomationDetails(id=f"{category.strip('/')}/"),
        column_kind="unicodeCodePoints",
        original_uri_base_ids={ROOT: om.ArtifactLocation(description=om.Message(text="The folder that was scanned."))},
    )
    return serialise(SCHEMA, run, (_result(finding, index[finding.rule], read) for finding in kept))


def uri(file: str) -> str:
    """A path of the records as a relative URI reference."""
    return quote(file.encode("utf-8", "surrogateescape"), safe="/")


def _shown(finding: Finding, complete: bool) -> bool:
    if not finding.location.file:
        return False
    return complete or (finding.state == "open" and finding.suppressed is None)


def _most_severe(findings: list[Finding], severity: Mapping[str, float]) -> list[Finding]:
    if len(findings) <= RESULT_LIMIT:
        return findings
    ranked = sorted(range(len(findings)), key=lambda n: (-severity[findings[n].rule], BY_LEVEL[findings[n].level], n))
    return [findings[number] for number in sorted(ranked[:RESULT_LIMIT])]


def _result(finding: Finding, index: int, read: Callable[[str], FileText | None]) -> om.Result:
    text = read(finding.location.file)
    hashes = text.hashes if text else {}
    prints = {"tmscan/v1": finding.fingerprint}
    if finding.location.line in hashes:
        prints["primaryLocationLineHash"] = hashes[finding.location.line]
    told = (*finding.related, *finding.mitigation)
    related = tuple(step for step in told if step.location.file)[:RELATED_LIMIT]  # a library has none here
    passed = finding.state != "open"
    return om.Result(
        rule_id=finding.rule,
        rule_index=index,
        level="none" if passed else finding.level,
        kind="pass" if passed else "fail",
        message=om.Message(text=_message(finding, related)),
        locations=[_location(finding.location, read, function=finding.function)],
        related_locations=[
            _location(step.location, read, words=step.text, number=number) for number, step in enumerate(related, 1)
        ]
        or None,
        partial_fingerprints=prints,
        code_flows=[
            om.CodeFlow(thread_flows=[_thread(trace, read)]) for trace in (finding.trace, *finding.others) if trace
        ]
        or None,
        suppressions=[om.Suppression(kind="inSource", justification=visible(finding.suppressed))]
        if finding.suppressed is not None
        else None,
        properties={
            key: visible(value)
            for key, value in (
                ("confidence", finding.confidence),
                ("stride", finding.stride),
                ("element", finding.element),
                ("flow", finding.flow),
                ("threat", finding.threat),
            )
            if value
        },
    )


def _message(finding: Finding, related: Sequence[Step]) -> str:
    text = _plain(finding.message)
    text = text if text.endswith((".", "?", "!")) else f"{text}."
    links = ", ".join(f"[{_link_text(step.text)}]({number})" for number, step in enumerate(related[:3], 1))
    return f"{text} See {links}." if links else text


def _plain(text: str) -> str:
    """A name must not be able to form an embedded link."""
    return visible(text).replace("](", "] (")


def _link_text(text: str) -> str:
    return visible(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _location(
    location: Location,
    read: Callable[[str], FileText | None],
    *,
    words: str = "",
    number: int = -1,
    function: str = "",
) -> om.Location:
    place = columns(location, read(location.file))
    return om.Location(
        id=number,
        message=om.Message(text=_plain(words)) if words else None,
        physical_location=om.PhysicalLocation(
            artifact_location=_artifact(location.file),
            region=om.Region(
                start_line=place.line, start_column=place.start, end_line=place.line, end_column=place.end
            ),
        ),
        logical_locations=[om.LogicalLocation(fully_qualified_name=visible(function), kind="function")]
        if function
        else None,
    )


@lru_cache(maxsize=4096)
def _artifact(file: str) -> om.ArtifactLocation:
    return om.ArtifactLocation(uri=uri(file), uri_base_id=ROOT)


def _thread(trace: tuple[Step, ...], read: Callable[[str], FileText | None]) -> om.ThreadFlow:
    half = STEP_LIMIT // 2
    steps = trace if len(trace) <= STEP_LIMIT else (*trace[:half], *trace[-half:])
    return om.ThreadFlow(
        locations=[om.ThreadFlowLocation(location=_location(step.location, read, words=step.text)) for step in steps]
    )


def _notice(kind: str, reason: str, file: str, line: int) -> om.Notification:
    place = om.PhysicalLocation(
        artifact_location=_artifact(file),
        region=om.Region(start_line=line) if line > 0 else None,
    )
    return om.Notification(
        message=om.Message(text=_plain(reason)),
        level="warning" if kind == "skipped-file" else "note",
        descriptor=om.ReportingDescriptorReference(id=kind, index=list(NOTIFICATIONS).index(kind)),
        locations=[om.Location(physical_location=place)] if file else None,
    )


def _limited(notices: list[om.Notification]) -> list[om.Notification]:
    more = len(notices) - NOTICE_LIMIT
    if more <= 0:
        return notices
    return [*notices[:NOTICE_LIMIT], _notice("limit", f"{more} more places were not read or not resolved.", "", 0)]


def _counted(missing: int) -> list[om.Notification]:
    if missing <= 0:
        return []
    words = f"{missing} results are left out: code scanning takes {RESULT_LIMIT}, the most severe were kept."
    return [_notice("limit", words, "", 0)]
