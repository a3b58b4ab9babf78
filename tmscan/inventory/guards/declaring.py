"""A function or class of the program in; the guard that settings or a library file say it is out, None for any other.

Rows of libraries speak of third-party code by its path. Here the same rows are looked up for the project's own code,
by its dotted name, so that a person can say of a function what the analysis does not see.
"""

from __future__ import annotations

from tmscan.facts.types import line_of
from tmscan.inventory.guards.judges import Judge, Judged
from tmscan.inventory.types import Guard
from tmscan.libraries.types import Scope
from tmscan.program.objects.classes import order_of
from tmscan.program.values import Class, Function, Instance, Value
from tmscan.sources.types import Location


def declared_guard(judge: Judge, value: Value, scope: Scope) -> Judged | None:
    """The guard that a function (or what it returned, a wrapper inside it) or one of a class's bases is declared as."""
    if isinstance(value, Function):
        name, definition = value.qualname.partition(".<locals>")[0], value.definition
        return _named(judge, f"{value.module.name}.{name}", Location(value.module.path, line_of(definition.at)), scope)
    cls = value.cls if isinstance(value, Instance) else value
    if not isinstance(cls, Class):
        return None
    for base in order_of(cls):
        if isinstance(base, Class) and base.definition is not None:
            place = Location(base.module.path, line_of(base.definition.at))
            found = _named(judge, f"{base.module.name}.{base.qualname}", place, scope)
            if found is not None:
                return found
    return None


def _named(judge: Judge, path: str, place: Location, scope: Scope) -> Judged | None:
    for known in judge.index.guards.get(path, ()):
        guard = Guard(known.row.kind, path.rpartition(".")[2], scope, place)
        return Judged(guard, known.row.public, known.row.methods, declared=True)
    return None
