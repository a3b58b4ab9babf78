"""Running project functions and making objects of project classes, once for each way of doing so."""

from __future__ import annotations

from tmscan.program.evaluation.activations import activate
from tmscan.program.evaluation.summaries import given_back
from tmscan.program.events import record
from tmscan.program.keys import arguments_key
from tmscan.program.lattice import origins_of
from tmscan.program.machine import Machine
from tmscan.program.objects.carrying import filled_fields
from tmscan.program.objects.classes import PLAIN_BASES, external_bases, find_in_class, order_of
from tmscan.program.values import (
    UNKNOWN,
    Arguments,
    Class,
    Decorated,
    External,
    Frame,
    Function,
    Instance,
    Value,
)

LARGE = 400  # steps that make an object one of the program rather than of a request


def invoke(
    machine: Machine, frame: Frame, function: Function, receiver: Value | None, arguments: Arguments, at: int
) -> Value:
    """Run a project function, or take the result of the activation with the same abstract arguments."""
    activation = activate(machine, frame, function, receiver, arguments)
    if activation is None:
        return UNKNOWN
    frame.activation.calls.append((at, activation))
    frame.activation.call_tests.append(frame.tests)
    return given_back(machine, activation, function, receiver, arguments)


def instantiate(machine: Machine, frame: Frame, cls: Class, arguments: Arguments, at: int, end: int) -> Value:
    """An object of a project class: its `__init__` runs, its third-party base is recorded as called."""
    if (
        any(base.path in ("enum.Enum", "enum.StrEnum", "enum.IntEnum") for base in external_bases(cls))
        and arguments.positional
    ):
        return arguments.positional[0]
    key: tuple[object, ...] | None = None
    if frame.function is not None:
        key = (id(cls), at, frame.module.name, arguments_key(arguments))
        known = machine.instances.get(key)
        if known is None and machine.undo is not None:
            known = machine.standing.get(key)
            if known is not None and 0 < machine.asking.get(id(known), 0) < LARGE:
                known = None
        if known is not None:
            if id(known) in machine.asking:
                machine.asked += 1
            if machine.undo is not None and (built := machine.built.get(key)) is not None:
                frame.activation.calls.append((at, built))  # what making it refuses is refused here, too
                frame.activation.call_tests.append(frame.tests)
            return known
    asked, steps = machine.asked, machine.steps
    instance = Instance(cls)
    if key is not None:
        machine.instances[key] = instance
    called = len(frame.activation.calls)
    made = _set_up(machine, frame, instance, arguments, at, end)
    if key is not None and machine.undo is None and len(frame.activation.calls) > called:
        machine.built[key] = frame.activation.calls[-1][1]
    if machine.asked != asked:
        machine.asking[id(instance)] = machine.steps - steps + 1
    return made


def _set_up(machine: Machine, frame: Frame, instance: Instance, arguments: Arguments, at: int, end: int) -> Value:
    cls = instance.cls
    maker, owner = find_in_class(cls, "__init__")
    outside = next((base for base in external_bases(cls) if base.path not in PLAIN_BASES), None)
    if maker is None and outside is not None:
        instance.event = record(machine, frame, outside.path, outside, arguments, at, end)
        instance.event.result = instance
    fresh, _ = find_in_class(cls, "__new__")
    if isinstance(fresh, Function):
        made = invoke(
            machine,
            frame,
            fresh,
            None,
            Arguments([cls, *arguments.positional], arguments.keywords, arguments.unknown),
            at,
        )
        if isinstance(made, Instance | External):
            return made
    inner = maker.value if isinstance(maker, Decorated) else maker
    if isinstance(inner, Function):
        invoke(machine, frame, inner, instance, arguments, at)
    elif isinstance(owner, Class) or maker is None:
        _fill_fields(machine, frame, cls, instance, arguments)
        after, _ = find_in_class(cls, "__post_init__")
        if isinstance(after, Function):
            invoke(machine, frame, after, instance, Arguments(), at)
    return instance


def _fill_fields(machine: Machine, frame: Frame, cls: Class, instance: Instance, arguments: Arguments) -> None:
    """What `dataclass`, `NamedTuple`, pydantic and attrs do with the arguments; `**data` may fill every field."""
    fields = [name for owner in reversed(order_of(cls)) if isinstance(owner, Class) for name in owner.fields]
    if came := origins_of(arguments.unknown):
        instance.attributes.update(filled_fields(machine, frame, cls, came))
    for name, value in zip(dict.fromkeys(fields), arguments.positional, strict=False):
        instance.attributes[name] = value
    instance.attributes.update(arguments.keywords)


def prepare(machine: Machine, instance: Instance) -> None:
    """Run the `__init__` of an instance that stands for those a framework makes."""
    if instance.ready:
        return
    instance.ready = True
    maker, _ = find_in_class(instance.cls, "__init__")
    inner = maker.value if isinstance(maker, Decorated) else maker
    if isinstance(inner, Function):
        activate(machine, machine.nowhere, inner, instance, Arguments())
