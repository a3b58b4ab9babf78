"""A condition and a record in, a match out: which related records made it true, and the steps that show it.

Apart from loading, which has already checked every name: nothing here can fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tmscan.inventory.types import Step
from tmscan.sources.types import Location
from tmscan.threats.subjects import RELATIONS, names_of
from tmscan.threats.types import AnyOf, Comparison, Condition, Negation, OptionComparison, Relation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tmscan.threats.context import Context
    from tmscan.threats.subjects import Record

EVIDENCE_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Match:
    """Related records that fitted, by relation, and the steps a reader can follow to see that the condition holds."""

    related: Mapping[str, tuple[Record, ...]]
    steps: tuple[Step, ...]


def match(condition: Condition, kind: str, record: Record, context: Context) -> Match | None:
    """The match if every test of `condition` holds for `record` (of that kind), else None."""
    related: dict[str, tuple[Record, ...]] = {}
    steps: dict[Step, None] = {}
    for test in condition.tests:
        found = _test(test, kind, record, context)
        if found is None:
            return None
        related.update(found.related)
        steps.update(dict.fromkeys(found.steps))
    return Match(related, tuple(steps)[:EVIDENCE_LIMIT])


def _test(
    test: Comparison | OptionComparison | Relation | Negation | AnyOf, kind: str, record: Record, context: Context
) -> Match | None:
    match test:
        case Comparison():
            return Match({}, _seen(test.name, record)) if _compare(test, kind, record, context) else None
        case OptionComparison():
            options: tuple[tuple[str, str], ...] = getattr(record, test.name)
            fits = any(name == test.option and text in test.values for name, text in options)
            return Match({}, ()) if fits else None
        case Relation():
            return _related(test, kind, record, context)
        case Negation():
            return None if match(test.condition, kind, record, context) else Match({}, ())
        case AnyOf():
            tried = (match(condition, kind, record, context) for condition in test.conditions)
            return next((found for found in tried if found is not None), None)


def _compare(test: Comparison, kind: str, record: Record, context: Context) -> bool:
    value = names_of(kind)[test.name].read(record, context)
    held = value if isinstance(value, tuple) else (value,)
    fits = any(type(one) is type(wanted) and one == wanted for one in held for wanted in test.values)
    return fits is not test.negated


def _related(test: Relation, kind: str, record: Record, context: Context) -> Match | None:
    other, read = RELATIONS[kind][test.name]
    fitting = tuple(
        dict.fromkeys(each for each in read(record, context) if match(test.condition, other, each, context))
    )
    if not fitting:
        return None
    steps = (Step(describe(other, each), place) for each in fitting if (place := place_of(each)) is not None)
    return Match({test.name: fitting}, tuple(steps))


def _seen(name: str, record: Record) -> tuple[Step, ...]:
    """What in the code stands behind a property: for `authenticated` the guards that refuse an anonymous caller."""
    auth = getattr(record, "auth", None)
    if name != "authenticated" or auth is None:
        return ()
    return tuple(Step(describe("guard", guard), guard.location) for guard in auth.evidence)


def place_of(record: Record) -> Location | None:
    """Where the record stands in the code, if it stands anywhere."""
    location: Location | None = getattr(record, "location", None)
    if location is not None:
        return location
    evidence: tuple[Location, ...] = getattr(record, "evidence", ())
    if evidence:
        return min(evidence)
    steps: tuple[Step, ...] = getattr(record, "steps", ())
    if steps:
        return steps[-1].location
    files: tuple[str, ...] = getattr(record, "files", ())
    return Location(min(files), 1) if files else None


def describe(kind: str, record: Record) -> str:
    """A few words on the record, for evidence and related places."""
    for name in ("name", "distribution", "key", "callee", "path", "entity", "label", "target"):
        text = getattr(record, name, "")
        if text:
            sort = getattr(record, "kind", "") if kind == "guard" else ""
            return f"{sort or kind}: {text}"
    return kind
