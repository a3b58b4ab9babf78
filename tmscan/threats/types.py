"""Rules as loaded, the STRIDE register and findings: values that exporters only translate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tmscan.inventory.types import Step
from tmscan.sources.types import Location

Stride = Literal[
    "spoofing", "tampering", "repudiation", "information-disclosure", "denial-of-service", "elevation-of-privilege"
]
LevelName = Literal["note", "warning", "error"]
Confidence = Literal["low", "medium", "high"]
State = Literal["open", "mitigated", "not-applicable"]
Scalar = str | bool | int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`name: value` or `name: [a, b]` (any of), turned round by `not:`; on several values one that fits is enough."""

    name: str
    values: tuple[Scalar, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class OptionComparison:
    """`options: {verify: "False"}`: a constant argument by name and text."""

    name: str
    option: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """`reaches: {kind: store}`: some record related to this one fits the condition."""

    name: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Negation:
    """`not: {…}`: the condition does not hold."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`any: [{…}, {…}]`: at least one of the conditions holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """Tests that must all hold. Nothing here computes: it selects and compares."""

    tests: tuple[Comparison | OptionComparison | Relation | Negation | AnyOf, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One file of `rules/threats/<stride>/`.

    `each` is what it looks at, `where` when it applies, `unless` what answers it, `unsure` where it may not be so: an
    error is a warning there, as it is where data takes more than `sure_within` steps (0: however many). `examples` are
    its tests. From more than `gather` places in one file on it speaks once (0:
    of each place by itself).
    """

    id: str
    title: str
    stride: Stride
    level: LevelName
    confidence: Confidence
    security_severity: float
    each: str
    where: Condition
    unless: Condition | None
    message: str
    why: str
    fix: str
    false_positives: str
    cwe: tuple[int, ...] = ()
    owasp: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    gather: int = 0
    unsure: Condition | None = None
    sure_within: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class SuppressionUse:
    """One rule id of one suppression comment, and what is wrong with it ("" when it does its work)."""

    rule: str
    problem: Literal["", "unused", "expired", "unknown-rule"]
    reason: str
    until: str
    location: Location


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that applies at a place. `state` mitigated keeps what mitigates it in `mitigation` (with its lines).

    `fingerprint` comes from rule and names, not from lines; `ordinal` tells equal ones apart, in source order.
    `element` and `flow` are ids of the data-flow model ("" where none fits), `threat` the register entry it belongs to.
    `trace` is the way of the data to this place, `others` are the ways from further inputs. One that speaks for many
    places counts for the elements and flows of all: those are in `beside`.
    """

    rule: str
    message: str
    level: LevelName
    confidence: Confidence
    stride: Stride
    location: Location
    function: str
    fingerprint: str
    state: State = "open"
    element: str = ""
    flow: str = ""
    threat: str = ""
    related: tuple[Step, ...] = ()
    trace: tuple[Step, ...] = ()
    others: tuple[tuple[Step, ...], ...] = ()
    mitigation: tuple[Step, ...] = ()
    suppressed: str | None = None
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Threat:
    """One cell of the register: an element or flow under one STRIDE letter; never left undecided.

    `state` open | mitigated | not-applicable, `reason` in words, `findings` the fingerprints that make it concrete.
    """

    id: str
    target: str
    stride: Stride
    title: str
    state: State
    reason: str
    findings: tuple[str, ...] = ()
    evidence: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True)
class Register:
    """Threats over every element and boundary-crossing flow, and the findings, both in a stable order."""

    threats: tuple[Threat, ...]
    findings: tuple[Finding, ...]
