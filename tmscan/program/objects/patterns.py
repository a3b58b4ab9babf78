"""`match` patterns against values: fits, does not fit, or not known; captured names go into a dictionary."""

from __future__ import annotations

from tmscan.facts.types import Pattern
from tmscan.program.data.operators import compare
from tmscan.program.data.subscripts import element
from tmscan.program.machine import Machine
from tmscan.program.objects.typing_hints import instance_of
from tmscan.program.values import UNKNOWN, Choice, Frame, Known, Sequence, Table, Text, Unknown, Value


def match_pattern(
    machine: Machine, frame: Frame, pattern: Pattern, subject: Value, bound: dict[str, Value]
) -> bool | None:
    """Whether `subject` fits `pattern` (PEP 634), None when that is not known; captures are put into `bound`."""
    fits: bool | None = None
    if pattern.kind == "capture":
        fits = True
        if pattern.parts:
            fits = match_pattern(machine, frame, pattern.parts[0], subject, bound)
    elif pattern.kind == "value" and pattern.value is not None:
        fits = compare("==", subject, machine.evaluate(machine, frame, pattern.value))
    elif pattern.kind == "or":
        verdicts = [match_pattern(machine, frame, part, subject, bound) for part in pattern.parts]
        fits = True if True in verdicts else (False if all(verdict is False for verdict in verdicts) else None)
    elif pattern.kind == "sequence":
        fits = _sequence(machine, frame, pattern, subject, bound)
    elif pattern.kind == "mapping":
        fits = _mapping(machine, frame, pattern, subject, bound)
    elif pattern.kind == "class" and pattern.value is not None:
        made = instance_of(machine, machine.evaluate(machine, frame, pattern.value))
        subject = made if isinstance(subject, Unknown) and not subject.origins else subject
        for part in pattern.parts:
            match_pattern(machine, frame, part, UNKNOWN, bound)
    if pattern.name:
        bound[pattern.name] = subject
    return fits


def _sequence(machine: Machine, frame: Frame, pattern: Pattern, subject: Value, bound: dict[str, Value]) -> bool | None:
    starred = [index for index, part in enumerate(pattern.parts) if part.kind == "star"]
    if isinstance(subject, Known | Text | Table):
        return False
    if isinstance(subject, Sequence) and subject.rest is None and not starred:
        if len(subject.items) != len(pattern.parts):
            return False
        verdicts = [
            match_pattern(machine, frame, part, item, bound)
            for part, item in zip(pattern.parts, subject.items, strict=True)
        ]
        return False if False in verdicts else (None if None in verdicts else True)
    for part in pattern.parts:
        match_pattern(machine, frame, part, element(machine, subject), bound)
    return None


def _mapping(machine: Machine, frame: Frame, pattern: Pattern, subject: Value, bound: dict[str, Value]) -> bool | None:
    answer: bool | None = True if isinstance(subject, Table) else None
    if isinstance(subject, Known | Text | Sequence):
        answer = False
    for key_node, part in zip(pattern.keys, pattern.parts, strict=False):
        if isinstance(key_node, str):
            continue
        key = machine.evaluate(machine, frame, key_node)
        value: Value = UNKNOWN
        if isinstance(subject, Table) and isinstance(key, Known):
            if key.value in subject.items:
                value = subject.items[key.value]
            elif subject.rest is None:
                answer = False
        verdict = match_pattern(machine, frame, part, value, bound)
        if verdict is not True and answer is True:
            answer = verdict
    return answer if not isinstance(subject, Choice) else None
