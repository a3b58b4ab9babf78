"""What is known of untrusted data by the way it came: the `checks` of its origins, of tests and of cleaning calls.

They are kinds of sinks that it was made harmless for, `plain` (letters and digits at most), `lacks:TEXT`,
`starts:TEXT`, `ends:TEXT` and `inner:TEXT` (TEXT does not stand between its first and last letter).
"""

from __future__ import annotations

from dataclasses import replace

from tmscan.program.lattice import join
from tmscan.program.machine import Cleaning
from tmscan.program.values import Choice, Event, External, Frame, Origin, Origins, Sequence, Text, Unknown, Value


def marked(value: Value, checks: frozenset[str]) -> Value:
    """The same value, its data known to have passed `checks`; containers and objects stay as they are."""
    if isinstance(value, Unknown):
        return Unknown(_with(value.origins, checks), value.hint) if value.origins else value
    if isinstance(value, External):
        if not value.origins:
            return value
        return External(value.path, value.base, value.event, _with(value.origins, checks), value.attributes)
    if isinstance(value, Text):
        return Text(tuple(marked(part, checks) for part in value.parts), _with(value.origins, checks))
    if isinstance(value, Choice):
        return join([marked(option, checks) for option in value.options])
    return value


def cleaned(frame: Frame, row: Cleaning, event: Event, result: Value) -> Value:
    """What a call that cleans data gives; one that refuses what is not clean marks its argument instead."""
    if row.shape == "call":
        return marked(result, row.kinds) if row.kinds else unmarked(result)
    if row.shape == "demand":
        for value in arguments_for(event, row):
            mark_names(frame, value, row.kinds)
    return result


def arguments_for(event: Event, row: Cleaning) -> list[Value]:
    """The values that a row is about: an argument (the members of a list), or what the method is called on."""
    for wanted in row.argument:
        value: Value | None = None
        if wanted == "receiver":
            value = event.callee.base if isinstance(event.callee, External) else None
        elif isinstance(wanted, int):
            value = event.arguments.positional[wanted] if wanted < len(event.arguments.positional) else None
        else:
            value = event.arguments.keywords.get(wanted)
        if value is not None:
            return value.items if isinstance(value, Sequence) else [value]
    return []


def unmarked(value: Value) -> Value:
    """The same data after something that may bring back what was taken out: decoding, unquoting."""
    if isinstance(value, External) and any(origin.checks for origin in value.origins):
        origins = frozenset(replace(origin, checks=frozenset()) for origin in value.origins)
        return External(value.path, value.base, value.event, origins, value.attributes)
    return value


def mark_names(frame: Frame, value: Value, checks: frozenset[str]) -> None:
    """Mark `value` under every local name that it goes by."""
    made = marked(value, checks)
    if made is not value:
        for name, held in frame.locals.items():
            if held is value:
                frame.locals[name] = made


def _with(origins: Origins, checks: frozenset[str]) -> Origins:
    """The origins with further checks. Of data that came several ways only that is known which is known of each."""
    known: dict[tuple[str, str, str, int], frozenset[str]] = {}
    for origin in origins:
        place = (origin.kind, origin.name, origin.file, origin.at)
        known[place] = known[place] & origin.checks if place in known else origin.checks
    return frozenset(Origin(*place, each | checks) for place, each in known.items())
