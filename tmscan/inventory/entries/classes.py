"""Ways in that a class brings because of what it inherits from: servicers, consumers, commands, event namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from tmscan.inventory.entries.calls import named_by
from tmscan.inventory.guards.judges import Judge
from tmscan.inventory.routes.handlers import Handler, unwrap
from tmscan.inventory.routes.ways import Way
from tmscan.libraries.index import Known
from tmscan.libraries.types import EntryRow
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import Class, External

PLAIN = frozenset({"object", "ABC", "Generic", "Protocol"})


def class_ways(judge: Judge) -> list[Way]:
    """Every method that a library calls on the program's classes from outside."""
    machine = judge.machine
    by_base: dict[str, list[Known[EntryRow]]] = {}
    by_name: list[Known[EntryRow]] = []
    for library in judge.index.libraries:
        for row in library.entries:
            if row.shape == "class":
                for path in row.paths:
                    by_base.setdefault(path, []).append(Known(library, row))
                if row.named:
                    by_name.append(Known(library, row))
    found: list[Way] = []
    for cls in machine.classes:
        for known, base in _rows(machine, cls, by_base, by_name):
            if not known.row.of or _handed(machine, known.row, cls):
                found.extend(_methods(machine, cls, known, base))
    return found


def _rows(
    machine: Machine, cls: Class, by_base: dict[str, list[Known[EntryRow]]], by_name: list[Known[EntryRow]]
) -> Iterator[tuple[Known[EntryRow], Class | External]]:
    """The rows that a class falls under, each once, with the base that says so."""
    if not cls.bases:
        return
    done: set[int] = set()
    for owner in order_of(cls)[1:]:
        path = owner.path if isinstance(owner, External) else f"{owner.module.name}.{owner.qualname}"
        rows = list(by_base.get(path, ())) if isinstance(owner, External) else []
        if isinstance(owner, External):
            rows += [known for other in machine.vocabulary.bases.get(path, ()) for known in by_base.get(other, ())]
        if path.rpartition(".")[2] not in PLAIN:
            rows += [known for known in by_name if any(fnmatchcase(path, pattern) for pattern in known.row.named)]
        for known in rows:
            if id(known.row) not in done:
                done.add(id(known.row))
                yield known, owner


def _handed(machine: Machine, row: EntryRow, cls: Class) -> bool:
    classes = named_by(machine, row.of)
    return classes is None or id(cls) in classes


def _methods(machine: Machine, cls: Class, known: Known[EntryRow], base: Class | External) -> Iterator[Way]:
    row = known.row
    many = any("*" in method for method in row.methods)
    place = Handler(cls=cls).location
    first: Way | None = None
    for name in _names(cls, row, base):
        handler = unwrap(machine, find_in_class(cls, name)[0])
        if handler is None or handler.function is None or handler.location is None or place is None:
            continue
        handler.receiver = specimen(cls)
        if first is not None and not many:
            first.more.append(handler)
            continue
        whole = f"{cls.module.name}.{cls.qualname}.{name}".replace(".<locals>", "")
        if many:
            said = f"{_stem(cls, row, base)}.{_rest(name, row)}"
        else:
            said = cls.module.name.rpartition(".")[2] if cls.qualname == "Command" else cls.qualname
        first = Way(known.library, row, row.kind, said, whole, handler.location if many else place, handler)
        yield first


def _names(cls: Class, row: EntryRow, base: Class | External) -> Iterator[str]:
    for pattern in row.methods:
        if not pattern.endswith("*"):
            yield pattern
            continue
        seen: dict[str, None] = {}
        for owner in order_of(cls):
            if owner is base:
                break
            if isinstance(owner, Class):
                seen.update(dict.fromkeys(owner.namespace))
        for name in seen:
            generated = not isinstance(base, Class) or name in base.namespace
            if name.startswith(pattern[:-1]) and not name.startswith("_") and generated:
                yield name


def _stem(cls: Class, row: EntryRow, base: Class | External) -> str:
    """The name of what a generated base class serves: of `notes_pb2_grpc.NotesServicer`, `Notes`."""
    if not row.named:
        return cls.qualname.replace(".<locals>", "")
    last = (base.path if isinstance(base, External) else base.qualname).rpartition(".")[2]
    tails = [pattern.rpartition("*")[2] for pattern in row.named]
    return next((last.removesuffix(tail) for tail in tails if tail and last.endswith(tail)), last)


def _rest(name: str, row: EntryRow) -> str:
    return next((name.removeprefix(pattern[:-1]) for pattern in row.methods if name.startswith(pattern[:-1])), name)
