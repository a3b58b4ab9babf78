"""Objects in lists of routes keep what they were made with: `pattern.callback` is the handler, `pattern.url_patterns`
the routes that it includes. Which attributes these are is said by the rows of the libraries.
"""

from __future__ import annotations

from tmscan.program.machine import Machine
from tmscan.program.values import NOTHING, UNKNOWN, Arguments, External, Known, Module, Sequence, Value
from tmscan.program.vocabulary import Kept


def kept_attribute(machine: Machine, owner: External, kept: Kept) -> Value:
    """The attribute of an object in a list of routes; nothing when the object is of the other kind."""
    target = _argument(owner.event.arguments, kept.argument) if owner.event is not None else None
    children = _children(machine, target, kept)
    if kept.children:
        return NOTHING if children is None else children
    return NOTHING if children is not None else target or UNKNOWN


def lacks_kept(machine: Machine, owner: Value, name: str) -> bool:
    """Whether `owner` is an object in a list of routes of the kind that has no such attribute."""
    kept = machine.vocabulary.kept.get(f"{owner.path}.{name}") if isinstance(owner, External) else None
    return kept is not None and isinstance(owner, External) and kept_attribute(machine, owner, kept) is NOTHING


def _children(machine: Machine, target: Value | None, kept: Kept) -> Value | None:
    """The list of routes behind an inclusion, UNKNOWN if it cannot be had; None for a handler."""
    if isinstance(target, Sequence):
        included: Value | None = target
    elif isinstance(target, External) and target.event is not None and target.event.path in kept.includes:
        included = _argument(target.event.arguments, kept.includes[target.event.path])
    else:
        return None
    if isinstance(included, Sequence) and included.kind == "tuple" and included.items:
        included = included.items[0]
    if isinstance(included, Known) and isinstance(included.value, str):
        included = machine.import_module(machine, included.value)
    if isinstance(included, Module) and included.frame is not None:
        included = included.frame.locals.get(kept.attribute)
    return included if isinstance(included, Sequence | External) else UNKNOWN


def _argument(arguments: Arguments, reference: tuple[int | str, ...]) -> Value | None:
    for wanted in reference:
        if isinstance(wanted, int):
            if wanted < len(arguments.positional):
                return arguments.positional[wanted]
        elif wanted in arguments.keywords:
            return arguments.keywords[wanted]
    return None
