"""Model and findings in, the STRIDE register out: one threat for every cell of the matrix, none left without a word.

A cell is open with findings, mitigated with evidence, or not applicable with a reason; where the code says nothing
either way it stays open, and its reason is the question that a person has to answer.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from tmscan.threats.model_properties import READ_ONLY, RECORD_KEEPING, WRITING
from tmscan.threats.stride import MATRIX, QUESTIONS, TITLES
from tmscan.threats.types import Finding, Register, State, Stride, Threat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tmscan.dfd.types import Element
    from tmscan.sources.types import Location
    from tmscan.threats.context import Context

EVIDENCE_SHOWN = 10


def build_register(context: Context, findings: tuple[Finding, ...]) -> Register:
    """The register over every element and every flow that crosses a boundary, and the findings with their threat's id.

    A finding counts for its element and, where the letter applies there, for its flow, and for the elements of the
    places that it speaks for; `Finding.threat` is the first.
    """
    cells = {threat_id(target, letter) for target, _, _, letter in _cells(context)}
    by_cell: defaultdict[str, list[Finding]] = defaultdict(list)
    placed: list[Finding] = []
    for finding in findings:
        ids = [
            threat_id(target, finding.stride) for target in (finding.element, finding.flow, *finding.beside) if target
        ]
        ids = [identity for identity in dict.fromkeys(ids) if identity in cells]
        placed.append(replace(finding, threat=ids[0] if ids else ""))
        for identity in ids:
            by_cell[identity].append(placed[-1])
    threats = tuple(
        _threat(context, target, kind, name, letter, by_cell.get(threat_id(target, letter), ()))
        for target, kind, name, letter in _cells(context)
    )
    return Register(threats, tuple(placed))


def threat_id(target: str, letter: Stride) -> str:
    """Id of a cell, made of the id of what it is about and its letter."""
    return f"{target}/{letter}"


def _cells(context: Context) -> Iterator[tuple[str, str, str, Stride]]:
    for element in context.model.elements:
        for letter in MATRIX[element.kind]:
            yield element.id, element.kind, element.name, letter
    for flow in context.model.flows:
        if flow.crosses:
            name = f"{_name(flow.source, context)} → {_name(flow.target, context)}"
            for letter in MATRIX["flow"]:
                yield flow.id, "flow", name, letter


def _name(identity: str, context: Context) -> str:
    return context.elements[identity].name if identity in context.elements else identity


def _threat(context: Context, target: str, kind: str, name: str, letter: Stride, findings: Sequence[Finding]) -> Threat:
    state, reason, evidence = _state(context, target, kind, name, letter, findings)
    return Threat(
        id=threat_id(target, letter),
        target=target,
        stride=letter,
        title=TITLES[(kind, letter)].replace("{}", name),
        state=state,
        reason=reason,
        findings=tuple(finding.fingerprint for finding in findings),
        evidence=tuple(dict.fromkeys(evidence))[:EVIDENCE_SHOWN],
    )


def _state(
    context: Context, target: str, kind: str, name: str, letter: Stride, findings: Sequence[Finding]
) -> tuple[State, str, tuple[Location, ...]]:
    unanswered = [finding for finding in findings if finding.state == "open"]
    if unanswered:
        accepted = sum(finding.suppressed is not None for finding in unanswered)
        note = f", {accepted} of them suppressed in the code" if accepted else ""
        rules = ", ".join(sorted({finding.rule for finding in unanswered}))
        count = f"{len(unanswered)} finding{'s' if len(unanswered) > 1 else ''}"
        return "open", f"{count}{note}: {rules}", tuple(finding.location for finding in unanswered)
    answered = [step for finding in findings if finding.state == "mitigated" for step in finding.mitigation]
    if answered:
        words = ", ".join(sorted({step.text for step in answered})[:EVIDENCE_SHOWN])
        return "mitigated", f"the code shows what stands against it: {words}", tuple(step.location for step in answered)
    known = (
        _of_flow(context, target, letter) if kind == "flow" else _of_element(context.elements[target], letter, context)
    )
    return known or ("open", f"the code does not say: {QUESTIONS[(kind, letter)].replace('{}', name)}", ())


def _of_element(element: Element, letter: Stride, context: Context) -> tuple[State, str, tuple[Location, ...]] | None:
    words = " ".join((element.name, element.technology, *element.data))
    if element.kind == "store" and letter == "repudiation" and not RECORD_KEEPING.search(words):
        return "not-applicable", "it holds no log: nothing in it is there to prove who did what", ()
    if element.kind == "process" and letter == "repudiation" and element.endpoints:
        methods = {method.upper() for endpoint in element.endpoints for method in endpoint.methods}
        written = any(WRITING & set(flow.operations) for flow in context.flows_from.get(element.id, ()))
        if methods <= READ_ONLY and not written:
            return "not-applicable", "none of its endpoints changes anything that someone could deny", ()
    return None


def _on_this_machine(element: Element, context: Context) -> bool:
    """Whether what flows to or from it stays inside this process or this host."""
    boundary = context.boundaries.get(element.boundary)
    return element.kind == "library" or (boundary is not None and boundary.kind == "host")


def _of_flow(context: Context, target: str, letter: Stride) -> tuple[State, str, tuple[Location, ...]] | None:
    flow = context.flows[target]
    if any(
        _on_this_machine(context.elements[end], context)
        for end in (flow.source, flow.target)
        if end in context.elements
    ):
        return "not-applicable", "a call inside this machine: nothing travels that could be cut, read or changed", ()
    if flow.encrypted is True and letter in {"tampering", "information-disclosure"}:
        return (
            "mitigated",
            f"the connection is encrypted{f' ({flow.protocol})' if flow.protocol else ''}",
            flow.evidence,
        )
    return None
