"""The program's own methods of managers and query sets: `Note.objects.visible()` reads notes where it is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tmscan.facts.types import At
from tmscan.inventory.effects.entities import Owners
from tmscan.libraries.index import Index, Known
from tmscan.libraries.types import EffectRow
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import external_bases
from tmscan.program.values import Activation, Arguments, Class, Event, External, Instance

Reading = tuple[Activation, Event, Known[EffectRow], str]


def own_readings(machine: Machine, index: Index, owners: Owners) -> Iterator[Reading]:
    """(caller, the call as an event, the row it follows, entity) of every call of such a method from elsewhere."""
    lazy = {
        path.rpartition(".")[0]: known
        for path, rows in sorted(index.effects.items())
        for known in rows
        if known.row.lazy
    }
    roots: dict[int, Known[EffectRow] | None] = {}
    for caller in (*machine.tops, *machine.activations.values()):
        for at, callee in caller.calls:
            receiver = callee.receiver
            if not isinstance(receiver, Instance) or callee.function is None or caller.receiver is receiver:
                continue
            known = _root(receiver.cls, lazy, machine.vocabulary.aliases, roots)
            owner = owners.get(id(receiver)) or owners.get(id(receiver.cls)) if known is not None else None
            if known is not None and owner is not None:
                yield caller, _event(caller, at), known, owner.qualname


def _root(
    cls: Class,
    lazy: Mapping[str, Known[EffectRow]],
    aliases: Mapping[str, str],
    roots: dict[int, Known[EffectRow] | None],
) -> Known[EffectRow] | None:
    """The row for reading through a class, if a third-party base of it reads lazily."""
    if id(cls) not in roots:
        paths = [f"{base.path}()" for base in external_bases(cls)]
        roots[id(cls)] = next((lazy[name] for path in paths if (name := aliases.get(path, path)) in lazy), None)
    return roots[id(cls)]


def _event(caller: Activation, at: At) -> Event:
    return Event("", External(""), Arguments(), caller.module, at, at, caller)
