"""Shapes of code that rules ask about and that are no calls: errors swallowed or given away, loose queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

import msgspec

from tmscan.facts.types import Attribute, Call, Display, Expr, Handler, Name, Raise, column_of, line_of
from tmscan.inventory.effects.errors import Answers, answers_of
from tmscan.inventory.effects.recorded import Effects
from tmscan.inventory.effects.stores import Stores
from tmscan.inventory.effects.unjoined import unjoined_of
from tmscan.inventory.types import Access, Observation, Step
from tmscan.program.machine import Machine
from tmscan.program.values import Activation, Event
from tmscan.sources.types import Location

# Errors that say what the caller did, not that the database failed.
_EXPECTED = frozenset(
    {"KeyError", "ValueError", "TypeError", "AttributeError", "IndexError", "LookupError", "ImportError",
        "ModuleNotFoundError", "FileNotFoundError", "FileExistsError", "UnicodeDecodeError", "StopIteration",
        "DoesNotExist", "ObjectDoesNotExist", "NoResultFound", "MultipleObjectsReturned", "MultipleResultsFound",
        "NotFound", "Http404", "JSONDecodeError", "ValidationError", "ZeroDivisionError", "AssertionError",
        "KeyboardInterrupt", "CancelledError", "GeneratorExit"}
)  # fmt: skip
_Found = set[tuple[Location, str, str, str, tuple[Step, ...]]]


def observations_of(
    machine: Machine, stores: Stores, effects: Effects, handlers: Iterable[list[Activation]]
) -> tuple[Observation, ...]:
    """Every observation once, in a stable order. `handlers` are the activations that answer requests."""
    found: _Found = set()
    own = frozenset(cls.qualname for cls in machine.classes)
    for activation in machine.activations.values():
        for handler, events in activation.caught:
            access = _database(stores, effects, events)
            if access is not None and _catches(handler.type, own) and _silent(handler):
                place = Location(activation.module.path, line_of(handler.at), column_of(handler.at))
                words = f"{access.operation} {access.entity or access.store} may fail here"
                found.add((place, "swallowed-error", "database", _name(activation), (Step(words, access.location),)))
    for answer in answers_of(machine, stores.index, handlers):
        found.add(_told(answer))
    for each in unjoined_of(machine, stores):
        place = Location(each.activation.module.path, line_of(each.at), column_of(each.at))
        words = f"{each.asked} by a condition on {each.other}"
        found.add((place, "unjoined-condition", words, _name(each.activation), ()))
    return tuple(
        Observation(kind, detail, place, function, steps)
        for place, kind, detail, function, steps in sorted(found, key=lambda item: item[:4])
    )


def _database(stores: Stores, effects: Effects, events: Iterable[Event]) -> Access | None:
    """The first access to a store that is not just files, among what happens in a `try`."""
    for event in events:
        for record in effects.of_event.get(id(event), ()):
            if (
                isinstance(record, Access)
                and record.store in stores.found
                and stores.found[record.store].kind != "file"
            ):
                return record
    return None


def _told(answer: Answers) -> tuple[Location, str, str, str, tuple[Step, ...]]:
    place = Location(answer.activation.module.path, line_of(answer.at), column_of(answer.at))
    origin = answer.origin
    caught = Location(origin.file, line_of(origin.at), column_of(origin.at))
    steps = (Step("the exception is caught here", caught),) if caught != place else ()
    return place, "error-text-returned", "exception", _name(answer.activation), steps


def _name(activation: Activation) -> str:
    return activation.name.replace(".<locals>", "")


def _catches(kind: Expr | None, own: Set[str]) -> bool:
    """Whether an `except` clause is for errors of a database too; the program's `own` errors are not."""
    return kind is None or any(name not in _EXPECTED and name not in own for name in _names(kind))


def _names(kind: Expr) -> Iterator[str]:
    if isinstance(kind, Name):
        yield kind.id
    elif isinstance(kind, Attribute):
        yield kind.attr
    elif isinstance(kind, Display):
        for item in kind.items:
            yield from _names(item)
    else:
        yield ""


def _silent(handler: Handler) -> bool:
    """Whether an `except` block neither logs, raises, nor calls or keeps anything that could say what happened."""
    waiting: list[object] = list(handler.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Raise | Call) or (isinstance(node, Name) and node.id == handler.name):
            return False
        if isinstance(node, tuple):
            waiting.extend(node)
        elif isinstance(node, msgspec.Struct):
            waiting.extend(getattr(node, name) for name in node.__struct_fields__)
    return True
