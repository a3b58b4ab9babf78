"""Assigning: names, attributes, subscripts and patterns of these get their values."""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.program.data.reads import forget
from tmscan.program.data.subscripts import element, setting_place
from tmscan.program.lattice import join, options
from tmscan.program.machine import Machine, keep_before, write_name
from tmscan.program.tables import NO_KEY, key_for
from tmscan.program.values import (
    CONTENT_TYPE,
    UNKNOWN,
    Arguments,
    Choice,
    Class,
    Event,
    External,
    Frame,
    Function,
    Instance,
    Known,
    Module,
    Sequence,
    Table,
    Text,
    Value,
)


def bind(machine: Machine, frame: Frame, target: ir.Expr, value: Value) -> None:
    """Assign `value` to a target: a name, attribute, subscript, or a pattern of these."""
    if isinstance(target, ir.Name):
        name = target.id
        if frame.globals is not None and name in frame.globals and frame.module.frame is not None:
            write_name(machine, frame.module.frame.locals, name, value)
        elif frame.nonlocals is not None and name in frame.nonlocals:
            scope = frame.enclosing
            while scope is not None and name not in scope.locals:
                scope = scope.enclosing
            write_name(machine, (scope or frame).locals, name, value)
        else:
            frame.locals[name] = value
    elif isinstance(target, ir.Attribute):
        owner, recorded = machine.evaluate(machine, frame, target.value), machine.vocabulary.recorded
        if isinstance(owner, External | Instance):
            machine.stored_settings.append((target.attr, value, frame.module, target.at, _hangs(frame)))
        for option in options(owner):
            if isinstance(option, External) and (path := f"{option.path}.{target.attr}.__set__") in recorded:
                method = External(path, option, None, option.origins)
                machine.call(machine, frame, method, Arguments([value]), target.at, target.at)
            store_attribute(machine, option, target.attr, value, frame)
    elif isinstance(target, ir.Subscript):
        if frame.reads:
            forget(frame, target)
        owner = machine.evaluate(machine, frame, target.value)
        key = machine.evaluate(machine, frame, target.index)
        if isinstance(owner, External) and isinstance(key, Known) and isinstance(key.value, str):
            machine.stored_settings.append((key.value, value, frame.module, target.at, _hangs(frame)))
            if key.value.isupper():
                store_attribute(machine, *setting_place(owner, key.value), value, frame)
            elif key.value.lower() == "content-type":
                _say_type(frame, owner, value)
            elif key.value.lower() == "content-disposition" and _is_saved(value):
                _say_type(frame, owner, Known("application/octet-stream"))
        if frame.uncertain and type(owner) is Table and (before := owner.items.get(key_for(key))) is not None:
            value = join([before, value])
        elif type(owner) is Table and frame.forks and frame.uncertain > owner.made and _is_switch(value):
            value = join([UNKNOWN, value])  # `if lax: options["verify"] = False`
        if isinstance(owner, External) and (path := f"{owner.path}.__setitem__") in machine.vocabulary.recorded:
            method = External(path, owner, None, owner.origins)
            machine.call(machine, frame, method, Arguments([key, value]), target.at, target.at)
        store_item(machine, owner, key, value)
    elif isinstance(target, ir.Display):
        _unpack(machine, frame, target.items, value)
    elif isinstance(target, ir.Starred):
        bind(machine, frame, target.value, value)


def _hangs(frame: Frame) -> bool:
    """Whether a place is reached in some cases only, other than that the file is run by itself."""
    return any(not isinstance(test, ir.Try) and getattr(getattr(test, "left", None), "id", "") != "__name__"
               for test in frame.tests)  # fmt: skip


def _say_type(frame: Frame, headers: External, value: Value) -> None:
    """`answer.headers["Content-Type"] = value`, under no other conditions than those that the answer was made under."""
    answer = headers.base if headers.event is None and headers.path.endswith(".headers") else headers
    if not (isinstance(answer, External) and answer.event is not None):
        return
    if frame.activation.under.get(id(answer.event), ()) == frame.tests:
        answer.attributes = {**(answer.attributes or {}), CONTENT_TYPE: value}


def _is_saved(disposition: Value) -> bool:
    """Whether a browser keeps an answer as a file and shows nothing: `attachment; filename=…`."""
    made = disposition.event if isinstance(disposition, External) else None
    if made is not None:
        said = made.arguments.keywords.get("as_attachment")
        return isinstance(said, Known) and said.value is True
    start = disposition.parts[0] if isinstance(disposition, Text) else disposition
    return isinstance(start, Known) and str(start.value).lower().startswith("attachment")


def _is_switch(value: Value) -> bool:
    return type(value) is Known and isinstance(value.value, bool)


def _besides(frame: Frame, made: Event) -> bool:
    """Whether a place is in a branch that the call which made an object is not in (a file run by itself is none)."""
    forks = [test for test in frame.forks if getattr(getattr(test, "left", None), "id", "") != "__name__"]
    return any(made.activation is not frame.activation or made.at < test.at for test in forks)


def store_attribute(machine: Machine, owner: Value, name: str, value: Value, frame: Frame) -> None:
    """Remember `owner.name = value`; where the branch taken is not certain, beside what stood there."""
    space: dict[str, Value] | None = None
    if isinstance(owner, Instance | Function):
        space = owner.attributes
    elif isinstance(owner, Class):
        space = owner.namespace
    elif isinstance(owner, External):
        if owner.event is None and "(" not in owner.path and machine.undo is None:
            path = f"{owner.path}.{name}"
            held = machine.outside.get(path) if frame.function is not None else None
            machine.outside[path] = value if held is None else join([held, value])
        if owner.attributes is None:
            owner.attributes = {}
        space = owner.attributes
        if owner.event is not None and _is_switch(value) and name not in space and _besides(frame, owner.event):
            value = join([UNKNOWN, value])  # `if lax: session.verify = False`: else what the library takes
    elif isinstance(owner, Module) and owner.frame is not None:
        space = owner.frame.locals
    if space is not None:
        before = space.get(name)
        write_name(machine, space, name, join([before, value]) if before is not None and frame.uncertain else value)


def store_item(machine: Machine, owner: Value, key: Value, value: Value) -> None:
    """Remember `owner[key] = value`."""
    for option in options(owner):
        keep_before(machine, option)
        if type(option) is Table:
            handle = key_for(key)
            if handle is not NO_KEY:
                option.items[handle] = value
            else:
                option.rest = value if option.rest is None else join([option.rest, value])
                option.latest = (key, value)
        elif type(option) is Sequence:
            if (
                type(key) is Known
                and isinstance(key.value, int)
                and -len(option.items) <= key.value < len(option.items)
            ):
                option.items[key.value] = value
            else:
                option.rest = value if option.rest is None else join([option.rest, value])


def _unpack(machine: Machine, frame: Frame, targets: tuple[ir.Expr, ...], value: Value) -> None:
    value = _only_sequence(value)
    if type(value) is Sequence and value.rest is None:
        stars = [index for index, target in enumerate(targets) if type(target) is ir.Starred]
        if not stars and len(targets) == len(value.items):
            for target, item in zip(targets, value.items, strict=True):
                bind(machine, frame, target, item)
            return
        if stars and len(value.items) >= len(targets) - 1:
            head, tail = stars[0], len(targets) - stars[0] - 1
            middle = value.items[head : len(value.items) - tail]
            for target, item in zip(targets[:head], value.items[:head], strict=True):
                bind(machine, frame, target, item)
            bind(machine, frame, targets[head], Sequence("list", list(middle)))
            for target, item in zip(targets[head + 1 :], value.items[len(value.items) - tail :], strict=True):
                bind(machine, frame, target, item)
            return
    for target in targets:
        bind(machine, frame, target, element(machine, value))


def _only_sequence(value: Value) -> Value:
    if type(value) is Choice:
        listed = [option for option in value.options if type(option) is Sequence]
        if len(listed) == 1:
            return listed[0]
    return value
