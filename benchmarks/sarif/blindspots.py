"""What schema and Multitool let pass and GitHub still minds, or drops without a word.

In: a SARIF log that the schema accepts, and its size. Out: one line per problem. Source: GitHub's page "SARIF support
for code scanning" (required properties, limits), and mutations of valid files that the Multitool did not report.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LEVELS = {"none", "note", "warning", "error"}
MOST_RESULTS, MOST_RULES, MOST_TAGS, MOST_STEPS, MOST_LOCATIONS = 25_000, 25_000, 20, 10_000, 1_000
MOST_BYTES_UNZIPPED = 200 * 2**20


def problems(log: dict[str, Any], size: int) -> Iterator[str]:
    """Problems of the whole log, in the order of the file."""
    if size > MOST_BYTES_UNZIPPED:
        yield f"size: {size} bytes"
    for number, run in enumerate(log["runs"]):
        rules = run["tool"]["driver"].get("rules", [])
        yield from (f"runs[{number}]: {problem}" for problem in _run_problems(run, rules))


def _run_problems(run: dict[str, Any], rules: list[dict[str, Any]]) -> Iterator[str]:
    if len(run.get("results", [])) > MOST_RESULTS or len(rules) > MOST_RULES:
        yield "more results or rules than GitHub accepts"
    if "results" not in run:
        yield "no results array: an empty one is what closes old alerts"
    if run.get("results") and not run.get("columnKind"):
        yield "no columnKind"
    if not run.get("automationDetails", {}).get("id", "/").count("/"):
        yield "automationDetails.id without a slash is no category"
    ids = [rule["id"] for rule in rules]
    if len(ids) != len(set(ids)):
        yield "a rule id stands twice"
    for rule in rules:
        yield from (f"rule {rule['id']}: {problem}" for problem in _rule_problems(rule))
    seen: set[tuple[str, str, str]] = set()
    for index, result in enumerate(run.get("results", [])):
        yield from (f"results[{index}]: {problem}" for problem in _result_problems(result, ids, seen))


def _rule_problems(rule: dict[str, Any]) -> Iterator[str]:
    for key in ("shortDescription", "fullDescription", "help"):
        text = rule.get(key, {}).get("text", "")
        if not text or (key != "help" and len(text) > 1024):
            yield f"{key}.text is missing or too long"
    properties = rule.get("properties", {})
    severity = properties.get("security-severity")
    if severity is not None and not (isinstance(severity, str) and re.fullmatch(r"10\.0|\d\.\d", severity)):
        yield f"security-severity {severity!r} is not a string from 0.1 to 10.0"
    tags = properties.get("tags", [])
    if len(tags) > MOST_TAGS:
        yield f"{len(tags)} tags"
    for tag in tags:
        if tag.startswith("external/cwe/") and not re.fullmatch(r"external/cwe/cwe-\d{3,}", tag):
            yield f"tag {tag}"


def _result_problems(result: dict[str, Any], ids: list[str], seen: set[tuple[str, str, str]]) -> Iterator[str]:
    rule, index = result.get("ruleId"), result.get("ruleIndex")
    if rule not in ids:
        yield f"ruleId {rule} is not among the rules"
    elif index is not None and (index < 0 or index >= len(ids) or ids[index] != rule):
        yield f"ruleIndex {index} is not the rule {rule}"
    if result.get("level", "warning") not in LEVELS:
        yield f"level {result['level']}"
    if not result.get("message", {}).get("text"):
        yield "no message text"
    if not result.get("partialFingerprints"):
        yield "no partialFingerprints"
    locations = result.get("locations", [])
    if not locations:
        yield "no location"
    flow = [
        step for code in result.get("codeFlows", []) for thread in code["threadFlows"] for step in thread["locations"]
    ]
    related = result.get("relatedLocations", [])
    if len(flow) > MOST_STEPS or len(locations) > MOST_LOCATIONS or len(related) > MOST_LOCATIONS:
        yield "more locations than GitHub accepts"
    for location in [*locations, *related, *(step["location"] for step in flow)]:
        yield from _location_problems(location)
    linked = set(re.findall(r"\]\((\d+)\)", result.get("message", {}).get("text", "")))
    if linked - {str(location.get("id")) for location in related}:
        yield "the message links a location that is not among relatedLocations"
    for name, value in result.get("partialFingerprints", {}).items():
        key = (str(rule), name, value)
        if key in seen and name != "primaryLocationLineHash":
            yield f"fingerprint {name} {value} stands twice"
        seen.add(key)


def _location_problems(location: dict[str, Any]) -> Iterator[str]:
    physical = location.get("physicalLocation", {})
    uri = physical.get("artifactLocation", {}).get("uri", "")
    if not uri or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|/", uri) or ".." in uri.split("/") or "\\" in uri:
        yield f"uri {uri!r} is not relative to the repository"
    region = physical.get("region", {})
    start = (region.get("startLine", 0), region.get("startColumn", 0))
    end = (region.get("endLine", 0), region.get("endColumn", 0))
    if min(*start, *end) < 1 or end < start:
        yield f"region {region}"
