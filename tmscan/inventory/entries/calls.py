"""Ways in that calls make: decorators, registrations, and calls that make whoever calls the way in."""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.inventory.calls.arguments import pick
from tmscan.inventory.guards.judges import Judge
from tmscan.inventory.routes.ways import Way, name_in, targets_in, way_into, way_to
from tmscan.libraries.index import Index, Known
from tmscan.libraries.paths import last_name
from tmscan.libraries.types import EntryRow
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import order_of
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import Arguments, Class, Decorated, Event, External, Function, Module, Value


def called_ways(judge: Judge, known: set[tuple[str, str]]) -> list[Way]:
    """Every way in that a call makes, but for those that are `known` by kind and handler."""
    _run_declaring(judge.machine, judge.index)
    roots: dict[tuple[str, ...], set[int] | None] = {}
    found: list[Way] = []
    for event in list(judge.machine.events):
        for row, target, made in _declared(judge.index, event):
            if row.row.of:
                if row.row.of not in roots:
                    roots[row.row.of] = named_by(judge.machine, row.row.of)
                if not _counts(target, roots[row.row.of]):
                    continue
            found.extend(way for way in _ways(judge.machine, row, target, made) if (way.kind, way.handler) not in known)
    return found


def _declared(index: Index, event: Event) -> Iterator[tuple[Known[EntryRow], Value | None, Event]]:
    head = event.arguments.positional[0] if event.arguments.positional else None
    for known in index.entries.get(event.path, ()):
        shape = known.row.shape
        if (shape == "decorated" and event.decorates) or shape in ("within", "module"):
            yield known, head, event
        elif shape == "registered" and not event.decorates:
            yield known, pick(event.arguments, known.row.handler), event
    inner = event.callee.event if isinstance(event.callee, External) else None
    if inner is not None and event.path.endswith("()"):
        for known in index.entries.get(inner.path, ()):
            if known.row.shape == "decorated":
                yield known, head, inner


def _ways(machine: Machine, known: Known[EntryRow], target: Value | None, event: Event) -> Iterator[Way]:
    row = known.row
    name = name_in(pick(event.arguments, row.name)) if row.name and not event.decorates else ""
    if row.shape in ("within", "module"):
        if row.shape == "within" or event.activation.function is None:
            way = way_into(known.library, row, event.activation, name, event)
            if way is not None:
                yield way
        return
    for inner, value in targets_in(target):
        whole = f"{name}/{inner}" if name and inner else name or inner
        way = way_to(machine, known.library, row, value, whole, event)
        if way is not None:
            yield way


def named_by(machine: Machine, calls: tuple[str, ...]) -> set[int] | None:
    """The classes (and their bases) that calls of these paths are handed; None when nobody calls one."""
    found: set[int] = set()
    seen = False
    for event in machine.events:
        if event.path in calls:
            seen = True
            for value in (*event.arguments.positional, *event.arguments.keywords.values()):
                for cls in _classes_in(value):
                    found.update(id(owner) for owner in order_of(cls) if isinstance(owner, Class))
    return found if seen else None


def _classes_in(value: Value, depth: int = 4) -> Iterator[Class]:
    """The classes that a value is, or that it was made of."""
    if isinstance(value, Decorated):
        yield from _classes_in(value.value, depth)
    elif isinstance(value, Class):
        yield value
    elif isinstance(value, External) and value.event is not None and depth:
        for argument in (*value.event.arguments.positional, *value.event.arguments.keywords.values()):
            for _, item in targets_in(argument):
                yield from _classes_in(item, depth - 1)


def _counts(target: Value | None, classes: set[int] | None) -> bool:
    while isinstance(target, Decorated):
        target = target.value
    if classes is None or not isinstance(target, Function) or target.owner is None:
        return True
    return id(target.owner) in classes


def _run_declaring(machine: Machine, index: Index) -> None:
    """Run the functions that nobody has called and that may declare ways in, in files that use such a library."""
    wanted: dict[str, set[str]] = {}
    for path, rows in index.entries.items():
        for known in rows:
            if known.row.shape != "class":
                roots = {_root(path), known.library.name, *(name.partition(".")[0] for name in known.library.imports)}
                for root in roots:
                    wanted.setdefault(root, set()).add(last_name(path))
    every = frozenset().union(*wanted.values()) if wanted else frozenset()
    tails: dict[str, frozenset[str]] = {}
    start = 0
    while start < len(machine.functions):
        batch = machine.functions[start:]
        start = len(machine.functions)
        for function in batch:
            definition = function.definition
            if id(definition) in machine.started or every.isdisjoint(definition.mentions):
                continue
            module = function.module
            if module.path not in tails:
                tails[module.path] = frozenset().union(*(wanted.get(root, ()) for root in _used(machine, module)))
            if not tails[module.path].isdisjoint(definition.mentions):
                owner = function.owner if function.kind == "function" else None
                receiver = specimen(owner) if owner is not None else None
                call_by_framework(machine, function, receiver, Arguments())


def _used(machine: Machine, module: Module) -> set[str]:
    """The roots of the libraries that a file imports or whose objects it holds."""
    facts = machine.facts.get(module.path)
    roots = {name.partition(".")[0] for name in facts.imports} if facts is not None else set()
    if module.frame is not None:
        roots.update(_root(value.path) for value in module.frame.locals.values() if isinstance(value, External))
    return roots


def _root(path: str) -> str:
    return path.partition(".")[0].partition("(")[0].partition(":")[0]
