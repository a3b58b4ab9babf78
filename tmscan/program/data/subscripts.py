"""Subscripts and elements of values: containers, strings, third-party objects."""

from __future__ import annotations

from tmscan.program.checks import marked
from tmscan.program.data.operators import external_element, is_none
from tmscan.program.events import asks, record
from tmscan.program.lattice import join, origins_of, unknown
from tmscan.program.machine import Machine, external
from tmscan.program.tables import NO_KEY, sought
from tmscan.program.values import (
    NOTHING,
    UNKNOWN,
    Arguments,
    Bound,
    Choice,
    Class,
    External,
    Frame,
    Instance,
    Known,
    Sequence,
    Table,
    Value,
)

# Headers that say how one talks: a rehearsal, which is of a caller without a name, takes none of them for missing.
_OF_EVERYBODY = frozenset({"upgrade", "connection", "accept", "accept-language"})


def subscript(machine: Machine, frame: Frame, value: Value, index: Value, at: int) -> Value:
    """`value[index]`."""
    key = sought(index) if isinstance(value, Table) else NO_KEY
    if isinstance(value, Table) and key is not NO_KEY:
        found = value.items.get(key)
        return found if found is not None else (value.rest or UNKNOWN)
    if isinstance(value, Table) and value.latest is not None and value.latest[0] is index:
        return value.latest[1]
    if isinstance(value, Sequence):
        if isinstance(index, Known) and isinstance(index.value, int):
            if -len(value.items) <= index.value < len(value.items) and (value.rest is None or index.value >= 0):
                return value.items[index.value]
            return value.rest or UNKNOWN
        if isinstance(index, Sequence) and index.kind == "slice":
            return _sliced(value, index)
        return element(machine, value)
    if isinstance(value, Known) and isinstance(value.value, str | bytes):
        return _text_at(value, index)
    if isinstance(value, External):
        held = assumed_item(machine, value.path, index)
        if held is not None:
            return held
        part = input_part(machine, frame, value, index, at)
        if part is not None:
            return part
        if isinstance(index, Known) and isinstance(index.value, str) and index.value.isupper():
            holder, name = setting_place(value, index.value)
            if holder.attributes is not None and name in holder.attributes:
                return holder.attributes[name]
        event = record(machine, frame, f"{value.path}[]", value, Arguments([index]), at, at, kind="subscript")
        if event.result is None:
            event.result = external(machine, event.path, value, event, at, frame)
            if value.path == "os.environ":  # whoever started the program wrote it, whoever names the variable
                event.result = marked(event.result, frozenset({"plain"}))
        elif asks(machine, event.result):
            machine.asked += 1
        return event.result
    if isinstance(value, Choice):
        return join([subscript(machine, frame, option, index, at) for option in value.options if not is_none(option)])
    if isinstance(value, Class):
        return value
    if isinstance(value, Instance):
        method = machine.attribute(machine, frame, value, "__getitem__", at)
        if isinstance(method, Bound):
            return machine.call(machine, frame, method, Arguments([index]), at, at)
        return method if isinstance(method, External) else unknown(origins_of(value))
    return element(machine, value)


def assumed_item(machine: Machine, owner: str, key: Value) -> Value | None:
    """What the thing at a third-party path is taken to hold under a key: the same as an attribute of that name."""
    path = f"{owner}.{key.value}" if isinstance(key, Known) and isinstance(key.value, str) else ""
    if path not in machine.vocabulary.asked:
        return None
    machine.asked += 1
    if path not in machine.assumed:
        return None
    machine.consulted.add(path)
    machine.placed += path in machine.placing
    return machine.assumed[path]


def assumed_get(machine: Machine, path: str, arguments: Arguments) -> Value | None:
    """The same for `.get(key, default)`: the default where nothing is there."""
    if not path.endswith(".get") or not arguments.positional:
        return None
    held = assumed_item(machine, path.removesuffix(".get"), arguments.positional[0])
    if held is None and machine.assumed.get(f"{path}()") is NOTHING and _names_nobody(arguments.positional[0]):
        machine.consulted.add(f"{path}()")
        return UNKNOWN
    if held is None and len(arguments.positional) > 1 and machine.assumed.get(f"{path}()") is NOTHING:
        machine.consulted.add(f"{path}()")
        return arguments.positional[1]
    return held


def input_part(machine: Machine, frame: Frame, owner: Value | None, key: Value, at: int) -> Value | None:
    """What a mapping holds under a key that is input (`environ["PATH_INFO"]`): the same as an attribute of it."""
    name = key.value if isinstance(key, Known) else None
    if not (isinstance(owner, External) and isinstance(name, str)):
        return None
    place = f"{owner.path}.{name}"
    known = place in machine.vocabulary.inputs or place in machine.vocabulary.asked
    return machine.attribute(machine, frame, owner, name, at) if known else None


def _names_nobody(key: Value) -> bool:
    """Whether a header says how the caller talks and not who it is: without a name one sends it all the same."""
    said = key.value if isinstance(key, Known) else None
    return isinstance(said, str) and said.lower().removeprefix("http_").replace("_", "-") in _OF_EVERYBODY


def setting_place(owner: External, key: str) -> tuple[External | Instance, str]:
    """Where `app.config["KEY"]` is kept: on the object that lasts, under a name that no attribute has."""
    if isinstance(owner.base, External | Instance) and owner.event is None:
        return owner.base, f"{owner.path.rpartition('.')[2]}[{key}]"
    return owner, f"[{key}]"


def _sliced(value: Sequence, index: Sequence) -> Value:
    bounds = [bound.value if isinstance(bound, Known) else "?" for bound in index.items]
    if value.rest is None and all(bound is None or isinstance(bound, int) for bound in bounds) and bounds[2] != 0:
        start, stop, step = (bound if isinstance(bound, int) else None for bound in bounds)
        return Sequence(value.kind, value.items[start:stop:step])
    first = bounds[0]
    if bounds[1:] == [None, None] and isinstance(first, int) and 0 <= first <= len(value.items):
        return Sequence(value.kind, value.items[first:], value.rest)  # what is known one by one stands in front
    return Sequence(value.kind, [], join([*value.items, *([value.rest] if value.rest else [])]))


def _text_at(value: Known, index: Value) -> Value:
    text = value.value
    if not isinstance(text, str | bytes):
        return UNKNOWN
    if isinstance(index, Known) and isinstance(index.value, int) and -len(text) <= index.value < len(text):
        piece = text[index.value]
        return Known(piece)
    if isinstance(index, Sequence) and index.kind == "slice":
        bounds = [bound.value if isinstance(bound, Known) else "?" for bound in index.items]
        if all(bound is None or isinstance(bound, int) for bound in bounds) and bounds[2] != 0:
            start, stop, step = (bound if isinstance(bound, int) else None for bound in bounds)
            return Known(text[start:stop:step])
    return UNKNOWN


def element(machine: Machine, value: Value) -> Value:
    """One element of a value, whichever it is."""
    if isinstance(value, Sequence):
        return (
            join([*value.items[:24], *([value.rest] if value.rest is not None else [])])
            if value.items or value.rest
            else UNKNOWN
        )
    if isinstance(value, Table):
        parts = [*list(value.items.values())[:24], *([value.rest] if value.rest is not None else [])]
        return join(parts) if parts else UNKNOWN
    if isinstance(value, Choice):
        return join([element(machine, option) for option in value.options])
    return external_element(machine, value)
