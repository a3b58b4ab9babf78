"""Inventory, data-flow model and rules in; findings and the STRIDE register out, in one stable order.

Every rule sees every record of its kind; what it finds gets an identity from names, its place in the model, and the
suppression that covers it. Exporters translate the result and decide nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tmscan.inventory.types import Sink, Step
from tmscan.sources.types import Location
from tmscan.threats.context import build_context
from tmscan.threats.gathering import gather
from tmscan.threats.matching import match, place_of
from tmscan.threats.messages import fill
from tmscan.threats.placing import place_in_model
from tmscan.threats.register import build_register
from tmscan.threats.subjects import EACH
from tmscan.threats.suppressing import suppress
from tmscan.threats.types import Comparison, Finding, Register, Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tmscan.dfd.types import DataFlowModel
    from tmscan.inventory.types import Inventory
    from tmscan.threats.context import Context
    from tmscan.threats.subjects import Record
    from tmscan.traces.types import Trace

IDENTITY = (
    "id", "kind", "name", "key", "store", "operation", "entity", "callee", "target", "detail", "distribution",
    "function", "rule",
)  # fmt: skip


def assess(
    inventory: Inventory,
    model: DataFlowModel,
    rules: Sequence[Rule],
    *,
    active: Collection[str] | None = None,
    traces: Sequence[Trace] = (),
    today: date | None = None,
) -> Register:
    """Findings of the `active` rules (ids; all by default) and the register over `model`.

    `traces` say how data comes to the sinks that input reaches.
    `rules` are all known ones, so that a suppression of a rule that is switched off is not called unknown; `today`
    decides which suppressions have lapsed (the current UTC date by default).
    """
    context = build_context(inventory, model)
    running = [rule for rule in rules if active is None or rule.id in active]
    ways: dict[Sink, list[Trace]] = {}
    for trace in traces:
        ways.setdefault(trace.sink, []).append(trace)
    found = [finding for rule in running if rule.each != "suppression" for finding in _apply(rule, context, (), ways)]
    found = sorted(_once(found), key=_order)
    day = today or datetime.now(UTC).date()
    found, uses = suppress(
        found, inventory.suppressions, {rule.id for rule in rules}, {rule.id for rule in running}, day
    )
    found = _with_fingerprints(gather(found, {rule.id: rule for rule in running}))
    lapses = [finding for rule in running if rule.each == "suppression" for finding in _apply(rule, context, uses, {})]
    return build_register(context, tuple(sorted([*found, *_with_fingerprints(lapses)], key=_order)))


def _apply(rule: Rule, context: Context, uses: Sequence[Record], ways: Mapping[Sink, list[Trace]]) -> Iterator[Finding]:
    kind = EACH[rule.each]
    for record in _records(rule, context, uses):
        applies = match(rule.where, kind, record, context)
        if applies is None:
            continue
        answered = match(rule.unless, kind, record, context) if rule.unless else None
        steps: tuple[Step, ...] = getattr(record, "steps", ())
        traced = sorted(ways.get(record, []), key=_certainty) if isinstance(record, Sink) else []
        hint = bool(traced) and not traced[0].connected  # nobody can follow how the data comes here
        doubted = bool(traced) and not traced[0].sure  # no error, where something on every way cannot be judged
        doubted = doubted or (rule.sure_within > 0 and any(len(way.steps) > rule.sure_within for way in traced[:1]))
        doubted = doubted or (rule.unsure is not None and match(rule.unsure, kind, record, context) is not None)
        place = place_in_model(record, kind, context)
        where = place_of(record) or Location("", 1)
        mitigation = (answered.steps or (Step("declared here", where),)) if answered else ()
        message = fill(rule.message, kind, record, applies, context)
        if answered:
            message = f"{rule.title}: answered by {', '.join(dict.fromkeys(step.text for step in mitigation))}"
        yield Finding(
            rule=rule.id,
            message=" ".join(message.split()),
            level="warning" if doubted and rule.level == "error" else rule.level,
            confidence="low" if hint else "medium" if doubted and rule.confidence == "high" else rule.confidence,
            stride=rule.stride,
            location=where,
            function=str(getattr(record, "function", "") or getattr(record, "handler", "")),
            fingerprint="\x1f".join((rule.id, *(str(getattr(record, name, "")) for name in IDENTITY), _file(record))),
            state="mitigated" if answered else "open",
            element=place.element,
            flow=place.flow,
            related=tuple(step for step in applies.steps if step.location != where and step not in mitigation),
            trace=traced[0].steps if traced else steps if len(steps) > 1 else (),
            others=tuple(way.steps for way in traced[1:]),
            mitigation=mitigation,
        )


def _certainty(way: Trace) -> tuple[bool, bool, int]:
    return not way.sure, not way.connected, len(way.steps)


def _records(rule: Rule, context: Context, uses: Sequence[Record]) -> Sequence[Record]:
    inventory, model = context.inventory, context.model
    records: dict[str, Sequence[Record]] = {
        "endpoint": inventory.endpoints,
        "entry-point": inventory.entry_points,
        "access": inventory.accesses,
        "outbound": inventory.outbound,
        "dependency": inventory.libraries,
        "flow": model.flows,
        "boundary": model.boundaries,
        "suppression": uses,
    }
    if rule.each in records:
        return records[rule.each]
    if rule.each == "sink":
        return _of_asked(rule, "kind", context.sinks)
    if rule.each == "observation":
        return _of_asked(rule, "kind", context.observations)
    if rule.each == "setting":
        return _of_asked(rule, "meaning", context.settings)
    return [element for element in model.elements if element.kind == rule.each]


def _of_asked(rule: Rule, field: str, groups: Mapping[str, tuple[Record, ...]]) -> Sequence[Record]:
    """Only the records of the kinds that the rule names: there may be thousands of others (every line that logs)."""
    for test in rule.where.tests:
        if isinstance(test, Comparison) and test.name == field and not test.negated:
            return [record for kind in test.values for record in groups.get(str(kind), ())]
    return [record for group in groups.values() for record in group]


def _file(record: Record) -> str:
    """The file belongs to the identity only of what has no qualified name: a setting, a suppression."""
    named = getattr(record, "id", "") or getattr(record, "function", "") or getattr(record, "distribution", "")
    location = place_of(record)
    return "" if named or location is None else location.file


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for one message at one place, however many records (two libraries with one setting) led to it."""
    return list({(each.rule, each.location, each.message): each for each in findings}.values())


def _with_fingerprints(findings: list[Finding]) -> list[Finding]:
    """Turn identities into short hashes; equal ones are told apart by their order in the source."""
    seen: Counter[str] = Counter()
    named: list[Finding] = []
    for finding in sorted(findings, key=_order):
        seen[finding.fingerprint] += 1
        identity = f"{finding.fingerprint}\x1f{seen[finding.fingerprint]}"
        digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()
        named.append(replace(finding, fingerprint=digest[:16]))
    return named


def _order(finding: Finding) -> tuple[str, int, int, str, str, str]:
    location = finding.location
    return location.file, location.line, location.column, finding.rule, finding.message, finding.fingerprint
