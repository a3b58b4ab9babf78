"""Shapes of code that rules ask about and that are no calls: errors swallowed or given away, loose queries."""

from __future__ import annotations

from collections.abc import Iterable, Set

import msgspec

from tmscan.facts.types import Attribute, Call, Display, Expr, Handler, Name, Raise, column_of, line_of
from tmscan.inventory.effects.errors import Answers, answers_of
from tmscan.inventory.effects.recorded import Effects
from tmscan.inventory.effects.stores import Stores
from tmscan.inventory.effects.unjoined import unjoined_of
from tmscan.inventory.types import Access, Observation, Step
from tmscan.program.conditions.glances import glance
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import external_bases
from tmscan.program.values import Activation, Class, Event, External, Native, Sequence, Value
from tmscan.sources.types import Location

# Errors that say what the caller did, not that the database failed.
_EXPECTED = frozenset(
    {"KeyError", "ValueError", "TypeError", "AttributeError", "IndexError", "LookupError", "ImportError",
        "ModuleNotFoundError", "FileNotFoundError", "FileExistsError", "UnicodeDecodeError", "StopIteration",
        "DoesNotExist", "ObjectDoesNotExist", "NoResultFound", "MultipleObjectsReturned", "MultipleResultsFound",
        "NotFound", "Http404", "JSONDecodeError", "ValidationError", "ZeroDivisionError", "AssertionError",
        "IntegrityError", "UniqueViolation", "DuplicateKeyError", "KeyboardInterrupt", "CancelledError",
        "GeneratorExit"}
)  # fmt: skip
_NO_DATABASE = frozenset({"queue", "task", "file"})
_ANY = frozenset({"builtins.Exception", "builtins.BaseException"})
_Found = set[tuple[Location, str, str, str, tuple[Step, ...]]]


def observations_of(
    machine: Machine, stores: Stores, effects: Effects, handlers: Iterable[list[Activation]]
) -> tuple[Observation, ...]:
    """Every observation once, in a stable order. `handlers` are the activations that answer requests."""
    found: _Found = set()
    tops = frozenset(
        top.partition(".")[0]
        for library in stores.index.libraries
        if any(row.kind not in _NO_DATABASE for row in library.stores)
        for top in library.imports
    )
    for activation in machine.activations.values():
        for handler, events in activation.caught:
            access = _database(stores, effects, events)
            if access is not None and _catches(machine, activation, handler.type, tops) and _silent(handler):
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
        for place, kind, detail, function, steps in sorted(
            found, key=lambda item: (*item[:4], [(step.text, step.location) for step in item[4]])
        )
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


def _catches(machine: Machine, activation: Activation, kind: Expr | None, tops: Set[str]) -> bool:
    """Whether an `except` clause is for errors of a database too: for all errors, or those of a library with stores.

    `tops` are the top names of these libraries. An error that cannot be told counts.
    """
    if kind is None:
        return True
    frame = activation.frame or activation.module.frame
    parts = kind.items if isinstance(kind, Display) else (kind,)
    names = [_name_of(part) for part in parts]
    values = [glance(machine, frame, part) if frame is not None else None for part in parts]
    return any(
        name not in _EXPECTED and (value is None or any(_is_of(option, tops) for option in _listed(value)))
        for name, value in zip(names, values, strict=True)
    )


def _is_of(error: Value, tops: Set[str]) -> bool:
    if isinstance(error, Class):
        return any(_is_of(base, tops) for base in external_bases(error) if base.path not in _ANY)
    if not isinstance(error, External | Native):
        return True
    path = error.path if isinstance(error, External) else f"builtins.{error.name}"
    return path in _ANY or path.partition(".")[0] in tops


def _listed(value: Value) -> list[Value]:
    return [each for option in options(value) for each in (option.items if isinstance(option, Sequence) else (option,))]


def _name_of(kind: Expr) -> str:
    return kind.id if isinstance(kind, Name) else kind.attr if isinstance(kind, Attribute) else ""


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
