"""Parameters: a function that is called and the arguments of the call go in, its first local names come out."""

from __future__ import annotations

from tmscan.facts.types import Parameter
from tmscan.program.lattice import join, table_of
from tmscan.program.machine import Machine
from tmscan.program.objects.carrying import carrying
from tmscan.program.objects.typing_hints import instance_of_annotation, specimen
from tmscan.program.values import (
    UNKNOWN,
    Arguments,
    External,
    Frame,
    Function,
    Known,
    Sequence,
    Table,
    Unknown,
    Value,
)


def bind_parameters(
    machine: Machine, inner: Frame, function: Function, receiver: Value | None, arguments: Arguments
) -> None:
    """Give the parameters of a function that starts to run what it is called with, or what they promise."""
    queue = list(arguments.positional)
    if receiver is not None:
        queue.insert(0, receiver)
    keywords = dict(arguments.keywords)
    parameters = function.definition.parameters
    for parameter in parameters:
        if parameter.kind == 2:
            inner.locals[parameter.name] = Sequence("tuple", queue, arguments.unknown)
            queue = []
            continue
        if parameter.kind == 4:
            inner.locals[parameter.name] = Table({**table_of(keywords).items}, arguments.unknown, level=inner.uncertain)
            continue
        if parameter.kind < 2 and queue:
            value: Value = queue.pop(0)
        elif parameter.name in keywords:
            value = keywords.pop(parameter.name)
        elif arguments.unknown is not None:
            value = _missing(machine, inner, function, parameter, arguments.unknown)
        else:
            value = _missing(machine, inner, function, parameter, None)
        if isinstance(value, Unknown):
            value = _hinted(machine, inner, function, parameter, value)
        inner.locals[parameter.name] = value


def _missing(machine: Machine, inner: Frame, function: Function, parameter: Parameter, extra: Value | None) -> Value:
    if extra is not None:
        return extra
    default = function.defaults.get(parameter.name)
    if default is None:
        return UNKNOWN
    if parameter.annotation is None:
        return default
    if isinstance(default, Known) and default.value is None:
        hinted = _hinted(machine, inner, function, parameter, UNKNOWN)
        return default if isinstance(hinted, Unknown) else join([hinted, default])
    if isinstance(default, External) and default.path in machine.vocabulary.injecting:  # a framework fills it
        hinted = _hinted(machine, inner, function, parameter, UNKNOWN)
        return default if isinstance(hinted, Unknown) else hinted
    return default


def _hinted(machine: Machine, inner: Frame, function: Function, parameter: Parameter, value: Unknown) -> Value:
    if parameter.annotation is None or function.module.frame is None:
        if (
            function.owner is not None
            and function.kind == "function"
            and parameter is function.definition.parameters[0]
        ):
            return specimen(function.owner)
        return _by_protocol(machine, function, parameter) or value
    made = instance_of_annotation(machine, function.scope or function.module.frame, parameter.annotation)
    if not value.origins and isinstance(made, Unknown | Table | External) and not _known(machine, made):
        made = _by_protocol(machine, function, parameter) or made
    return value if isinstance(made, Unknown) else carrying(machine, inner, made, value.origins)


def _by_protocol(machine: Machine, function: Function, parameter: Parameter) -> Value | None:
    """What a protocol hands to every function that has parameters of these names: `environ, start_response`."""
    names, path = machine.vocabulary.handed.get(parameter.name, (frozenset(), ""))
    handed = path and names <= {each.name for each in function.definition.parameters}
    return External(path) if handed else None


def _known(machine: Machine, value: Value) -> bool:
    return isinstance(value, External) and value.path in machine.request_paths
