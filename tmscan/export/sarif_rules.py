"""Rules in, their SARIF descriptors and the taxonomies they refer to (CWE, STRIDE, OWASP Top 10) out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sarif_om as om

from tmscan.export.explain import MEANING, help_markdown, help_text
from tmscan.threats.stride import LETTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tmscan.threats.types import LevelName, Rule

BY_LEVEL: Mapping[LevelName, int] = {"error": 0, "warning": 1, "note": 2}
NOTIFICATIONS: Mapping[str, tuple[str, str]] = {
    "skipped-file": ("A file was not read.", "What stands in it is not part of the findings; the reason is given."),
    "unknown": (
        "Something was met that could not be resolved.",
        "A route, prefix, host or guard that is made at run time: look at the place and decide by hand.",
    ),
    "limit": ("Not everything fits into this log.", "The JSON output of the same scan holds everything."),
}
TEXT_LIMIT = 1024
TAG_LIMIT = 10
_GUIDS: Mapping[str, str] = {
    "CWE": "5f1b1b1e-3c55-4c38-9a7a-0f2c0a0b7c11",
    "STRIDE": "8c6f8c3b-6d0e-4d8a-9f51-4b8f6d2b5e22",
    "OWASP Top 10": "d1b0a5a4-2f4e-4f57-8c33-9a1f5e7d6c33",
}


def descriptors(rules: Sequence[Rule]) -> list[om.ReportingDescriptor]:
    """One descriptor per rule, in the order of `rules`."""
    names = _taxonomy_names(rules)
    return [_descriptor(rule, names) for rule in rules]


def notification_descriptors() -> list[om.ReportingDescriptor]:
    """What kinds of notification a log may hold."""
    return [
        om.ReportingDescriptor(
            id=name,
            short_description=om.MultiformatMessageString(text=text),
            full_description=om.MultiformatMessageString(text=f"{text} {advice}"),
            help=om.MultiformatMessageString(text=advice),
        )
        for name, (text, advice) in NOTIFICATIONS.items()
    ]


def taxonomies(rules: Sequence[Rule]) -> list[om.ToolComponent]:
    """The taxonomies that rules refer to, with only the entries in use (all six letters of STRIDE)."""
    return [
        om.ToolComponent(
            name=name,
            guid=_GUIDS[name],
            is_comprehensive=name == "STRIDE",
            short_description=om.MultiformatMessageString(text=f"{name} categories that the rules refer to."),
            taxa=[_taxon(name, entry) for entry in _entries(name, rules)],
        )
        for name in _taxonomy_names(rules)
    ]


def supported(rules: Sequence[Rule]) -> list[om.ToolComponentReference]:
    """References to `taxonomies`, as the driver lists them."""
    return [_component(name, number) for number, name in enumerate(_taxonomy_names(rules))]


def _descriptor(rule: Rule, names: Sequence[str]) -> om.ReportingDescriptor:
    tags = ["security", *(f"external/cwe/cwe-{number:03d}" for number in rule.cwe), f"stride/{rule.stride}"]
    tags += [f"owasp/{entry.lower().replace(':', '-')}" for entry in rule.owasp]
    tags += [tag for tag in rule.tags if tag not in tags]
    return om.ReportingDescriptor(
        id=rule.id,
        name="".join(word.capitalize() for word in rule.id.split("-"))[:255] if "-" in rule.id else None,
        short_description=om.MultiformatMessageString(text=f"{rule.title}."[:TEXT_LIMIT]),
        full_description=om.MultiformatMessageString(text=rule.why[:TEXT_LIMIT]),
        help=om.MultiformatMessageString(text=help_text(rule), markdown=help_markdown(rule)),
        help_uri=rule.references[0] if rule.references else None,
        default_configuration=om.ReportingConfiguration(level=rule.level),
        relationships=_relationships(rule, names),
        properties={
            "tags": tags[:TAG_LIMIT],
            "precision": rule.confidence,
            "security-severity": f"{rule.security_severity:.1f}",
        },
    )


def _relationships(rule: Rule, names: Sequence[str]) -> list[om.ReportingDescriptorRelationship]:
    return [
        om.ReportingDescriptorRelationship(
            target=om.ReportingDescriptorReference(id=entry, tool_component=_component(name, number)),
            kinds=["relevant"],
        )
        for number, name in enumerate(names)
        for entry in _of_rule(name, rule)
    ]


def _taxonomy_names(rules: Sequence[Rule]) -> list[str]:
    return [name for name in _GUIDS if name == "STRIDE" or any(_of_rule(name, rule) for rule in rules)]


def _entries(name: str, rules: Sequence[Rule]) -> list[str]:
    if name == "STRIDE":
        return list(LETTERS)
    found = {entry for rule in rules for entry in _of_rule(name, rule)}
    return sorted(found, key=lambda entry: (len(entry), entry))


def _of_rule(name: str, rule: Rule) -> list[str]:
    if name == "CWE":
        return [str(number) for number in rule.cwe]
    return [rule.stride] if name == "STRIDE" else list(rule.owasp)


def _taxon(name: str, entry: str) -> om.ReportingDescriptor:
    if name == "CWE":
        return om.ReportingDescriptor(
            id=entry, name=f"CWE-{entry}", help_uri=f"https://cwe.mitre.org/data/definitions/{entry}.html"
        )
    words = f"{entry.replace('-', ' ').capitalize()}: {MEANING[entry]}." if name == "STRIDE" else entry
    return om.ReportingDescriptor(id=entry, short_description=om.MultiformatMessageString(text=words))


def _component(name: str, number: int) -> om.ToolComponentReference:
    return om.ToolComponentReference(name=name, index=number, guid=_GUIDS[name])
