"""Going through the elements of a value: loops and comprehensions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from tmscan.facts import types as ir
from tmscan.program.data.binding import bind
from tmscan.program.data.operators import truth
from tmscan.program.data.subscripts import element
from tmscan.program.lattice import add, join, parts_of
from tmscan.program.machine import Machine
from tmscan.program.tables import NO_KEY, key_for, key_value
from tmscan.program.values import (
    NOTHING,
    UNKNOWN,
    Arguments,
    Bound,
    Choice,
    Class,
    Decorated,
    External,
    Frame,
    Function,
    Instance,
    Known,
    Module,
    Sequence,
    Table,
    Value,
)

LOOP_LIMIT = 4000
APART = 4_000  # steps of a loop in which its elements are told apart
ROWS = 64  # rows of a table that a comprehension may leave out, told apart
_ANSWERING = Function | Class | Bound | Decorated | Module | External


def iterate(machine: Machine, frame: Frame, value: Value) -> tuple[list[Value], bool]:
    """The elements a loop sees, and whether these are all of them, known one by one."""
    if type(value) is Choice:
        listed = [option for option in value.options if type(option) in (Sequence, Table)]
        if len(listed) == 1:
            return iterate(machine, frame, listed[0])[0], False
        found = Sequence("list", [])
        for option in listed:
            add(found, iterate(machine, frame, option)[0])
        if found.rest is not None:
            found.items.append(found.rest)
        return (found.items or [element(machine, value)]), False
    if type(value) is Sequence and value.kind != "slice":
        if len(value.items) > LOOP_LIMIT:
            machine.cut.append(("loop over a very long literal", frame.module, 0))
        items = value.items[:LOOP_LIMIT]
        if value.rest is None:
            return items, True
        if type(value.rest) is Choice and all(type(option) is Sequence for option in value.rest.options):
            return [*items, *value.rest.options], False  # rows of a table: their columns belong together
        return [*items, value.rest], False
    if type(value) is External and value.path == "collections.namedtuple()()" and value.attributes:
        return list(value.attributes.values()), True
    if type(value) is Table:
        keys: list[Value] = [key_value(key) for key in list(value.items)[:LOOP_LIMIT]]
        return (keys, True) if value.rest is None else ([*keys, UNKNOWN], False)
    if type(value) is Known and isinstance(value.value, str) and len(value.value) < 200:
        return [Known(letter) for letter in value.value], True
    iterator = machine.attribute(machine, frame, value, "__iter__", 0) if isinstance(value, Instance) else UNKNOWN
    if isinstance(iterator, Bound):
        made = machine.call(machine, frame, iterator, Arguments(), 0, 0)
        if type(made) is Sequence:
            return iterate(machine, frame, made)
        following = machine.attribute(machine, frame, made, "__next__", 0) if isinstance(made, Instance) else UNKNOWN
        if isinstance(following, Bound):
            return [machine.call(machine, frame, following, Arguments(), 0, 0)], False
    return [element(machine, value)], False


def turns(machine: Machine, frame: Frame, items: list[Value]) -> Iterator[Value]:
    """The elements of a loop one by one; where that takes long, those that are left together in one last turn.

    A loop inside another has what is left of that one's steps. Elements are told apart to the end where a loop may
    declare routes: in a module, beside words that do, over constants, code, and what a library made.
    """
    outer, last = frame.apart, len(items) - 1
    frame.apart = most = min(outer, machine.steps + APART)
    told = False
    try:
        for position, item in enumerate(items):
            if machine.steps > most and position < last and not told:
                if not _may_declare(machine, frame) and not any(_answers(machine, each) for each in items):
                    yield join(items[position:])
                    return
                told = True
            yield item
    finally:  # a loop may be left before its end
        frame.apart = outer


def _may_declare(machine: Machine, frame: Frame) -> bool:
    """Whether a loop stands in a module, or in a function with words that declare routes."""
    declares = machine.vocabulary.declares
    return frame.function is None or not declares.isdisjoint(frame.function.definition.mentions)


def _answers(machine: Machine, value: Value) -> bool:
    """Whether something may be, hold or declare what answers requests."""
    if isinstance(value, Sequence | Table | Choice):
        return any(isinstance(part, _ANSWERING) or _declares(machine, part) for part in parts_of(value))
    return isinstance(value, _ANSWERING | Known) or _declares(machine, value)


def _declares(machine: Machine, value: Value) -> bool:
    """Whether an object has methods that may declare routes."""
    classes = (value.cls.order or (value.cls,)) if isinstance(value, Instance) else ()
    methods = (each for cls in classes if isinstance(cls, Class) for each in cls.namespace.values())
    known = machine.vocabulary.declares
    return any(isinstance(each, Function) and not known.isdisjoint(each.definition.mentions) for each in methods)


def comprehension(machine: Machine, frame: Frame, node: ir.Comprehension) -> Value:
    inner = Frame(frame.module, {}, frame.activation, frame, frame.function, frame.cls, depth=frame.depth)
    inner.apart = frame.apart
    if node.kind == "dict":
        table = Table({})

        def emit_pair() -> None:
            value = machine.evaluate(machine, inner, node.value)
            key = key_for(machine.evaluate(machine, inner, cast("ir.Expr", node.key)))
            if key is not NO_KEY:
                table.items[key] = value
            else:
                table.rest = value if table.rest is None else join([table.rest, value])

        if not _clauses(machine, inner, node.clauses, 0, emit_pair):
            table.rest = table.rest if table.rest is not None else UNKNOWN
        return table
    found = Sequence("list" if node.kind == "generator" else node.kind, [])

    def emit() -> None:
        found.items.append(machine.evaluate(machine, inner, node.value))

    if not _clauses(machine, inner, node.clauses, 0, emit):
        rows = len(found.items) <= ROWS and all(type(item) is Sequence for item in found.items)
        found.rest = Choice(tuple(found.items)) if rows and len(found.items) > 1 else join(found.items)
        found.items = []
    return found


def _is_itself(condition: ir.Expr, target: ir.Expr) -> bool:
    """`x for x in parts if x`: an element that may be empty counts as there, because an empty one changes little."""
    return isinstance(condition, ir.Name) and isinstance(target, ir.Name) and condition.id == target.id


def _clauses(
    machine: Machine, frame: Frame, clauses: tuple[ir.Clause, ...], index: int, emit: Callable[[], None]
) -> bool:
    """Run `emit` for every element; False when the elements or a condition are not known exactly."""
    if index == len(clauses):
        emit()
        return True
    clause = clauses[index]
    items, exact = iterate(machine, frame, machine.evaluate(machine, frame, clause.iterable))
    turned = 0
    for item in turns(machine, frame, items):
        turned += 1
        bind(machine, frame, clause.target, item)
        keep: bool | None = True
        for condition in clause.conditions:
            known = truth(machine.evaluate(machine, frame, condition))
            if known is False:
                keep = False
                break
            if known is None and not _is_itself(condition, clause.target):
                keep = None
                machine.holding(machine, frame, condition)
        if keep is False:
            continue
        if keep is None:
            exact = False
        if not _clauses(machine, frame, clauses, index + 1, emit):
            exact = False
    return exact and turned == len(items)


def yielded(machine: Machine, frame: Frame, node: ir.Yield) -> Value:
    """`yield`: the value is kept for whoever goes through the generator, or the block of a `with` runs here."""
    value = machine.evaluate(machine, frame, node.value) if node.value is not None else NOTHING
    if node.delegates:
        items, exact = iterate(machine, frame, value)
        frame.yields.extend(items)
        frame.open_yields = frame.open_yields or not exact
        return UNKNOWN
    frame.yields.append(value)
    block = machine.blocks.pop(id(frame.function.definition), None) if frame.function is not None else None
    if block is not None:
        block(value)
    return UNKNOWN
