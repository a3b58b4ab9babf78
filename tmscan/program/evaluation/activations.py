"""Activations: a function of the project run once for each way of calling it, within limits."""

from __future__ import annotations

from tmscan.facts.body import statements
from tmscan.facts.types import Block
from tmscan.program.conditions.promises import promise
from tmscan.program.evaluation.parameters import bind_parameters
from tmscan.program.evaluation.summaries import for_anyone, requests_in
from tmscan.program.keys import arguments_key, key_of
from tmscan.program.lattice import join, options
from tmscan.program.machine import Machine, write_name
from tmscan.program.objects.classes import external_bases
from tmscan.program.objects.overrides import only_promises
from tmscan.program.objects.typing_hints import instance_promised, specimen
from tmscan.program.values import (
    NOTHING,
    UNKNOWN,
    Activation,
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
    Unknown,
    Value,
)

DEPTH_LIMIT = 48
SHORT, SHARE = 150, 20_000  # steps
CONTEXTS, STARTUP = 4000, 24
LATER = 96  # once the program has started up, wrappers are told apart only so far


def activate(
    machine: Machine, frame: Frame, function: Function, receiver: Value | None, arguments: Arguments
) -> Activation | None:
    """The activation of `function` on these arguments, run if it is new; None when a limit cuts it off."""
    definition = function.definition
    key = (
        id(definition),
        id(function.scope),
        key_of(receiver) if receiver is not None else None,
        arguments_key(arguments),
    )
    known = machine.activations.get(key)
    if known is not None:
        if known.asks or not known.done:
            machine.asked += 1
        return known
    known = machine.settled.get(key)
    if known is not None and known.done and not known.asks:
        machine.risks += 1  # it may have failed, though nothing in it could go another way in a rehearsal
        return known
    known = machine.rehearsed.get(key) if machine.undo is not None else None
    if known is not None:
        for space, name, value in known.writes:
            write_name(machine, space, name, value)
        machine.asked += known.asks
        machine.risks += 1
        return known
    if id(definition) in machine.skipped:
        machine.placed += 1
        return None
    if frame.depth >= DEPTH_LIMIT or machine.steps > machine.limit:
        return None
    count = machine.contexts.get((id(definition), _kind(receiver)), 0)
    most = CONTEXTS if machine.context_limit >= STARTUP else LATER
    if count >= machine.context_limit and (count >= most or not _matters(machine, function, arguments)):
        # Called in too many ways to follow each: one activation stands for all further ones.
        return _for_all(machine, frame, function, receiver, arguments)
    earlier = machine.earlier.get(id(definition)) if machine.undo is not None else None
    if earlier is not None:
        return _shortly(machine, frame, function, receiver, arguments, key, earlier)
    return run(machine, frame, function, receiver, arguments, key)


def _shortly(
    machine: Machine,
    frame: Frame,
    function: Function,
    receiver: Value | None,
    arguments: Arguments,
    key: tuple[object, ...],
    earlier: Activation,
) -> Activation:
    """In a rehearsal: a function that never asked who calls matters by what it makes of its arguments, if it is short.

    A long one is taken for what it did before, from the first time on that it turns out to be one.
    """
    saved, most = machine.limit, machine.steps + SHORT
    if id(function.definition) not in machine.long:
        machine.limit = min(saved, most)
        activation = run(machine, frame, function, receiver, arguments, key)
        whole, machine.limit = machine.steps <= machine.limit, saved
        if whole:
            return activation
        if most <= saved:
            machine.long.add(id(function.definition))
    machine.activations[key] = earlier
    return earlier


def _for_all(
    machine: Machine, frame: Frame, function: Function, receiver: Value | None, arguments: Arguments
) -> Activation:
    stand_in = specimen(function.owner) if receiver is not None and function.owner is not None else receiver
    if isinstance(receiver, Class):
        stand_in = receiver  # a method of the class: what it does hangs on which class that is
    requests = requests_in(machine, function, receiver, arguments)
    first = _object_first(function, arguments) if receiver is None else []
    of = id(receiver) if isinstance(receiver, Class) else 0
    key = (id(function.definition), id(function.scope), "any", tuple(requests) or "any", of, *map(id, first))
    known = machine.activations.get(key)
    if known is None:
        held = machine.settled.get(key)
        known = held if held is not None and held.done and not held.asks else None
    if known is None:
        anyone = for_anyone(function, stand_in, requests)
        anyone.positional.extend(first)
        known = run(machine, frame, function, stand_in, anyone, key)
    if function.definition.name == "__init__" and isinstance(receiver, Instance) and isinstance(stand_in, Instance):
        for name, value in stand_in.attributes.items():
            receiver.attributes.setdefault(name, value)
    return known


def _object_first(function: Function, arguments: Arguments) -> list[Value]:
    """The object that a wrapper of methods is handed in its `*args`: what it wraps may hang on the class of that."""
    taken = function.definition.parameters[:1]
    if not taken or taken[0].kind != 2 or not arguments.positional:
        return []
    given = arguments.positional[0]
    return [specimen(given.cls)] if isinstance(given, Instance) else []


def run(
    machine: Machine,
    frame: Frame,
    function: Function,
    receiver: Value | None,
    arguments: Arguments,
    key: tuple[object, ...],
) -> Activation:
    definition = function.definition
    context = (id(definition), _kind(receiver))
    machine.contexts[context] = machine.contexts.get(context, 0) + 1
    if machine.undo is None:
        machine.started.add(id(definition))
    activation = Activation(function, function.module, receiver=receiver, arguments=arguments)
    machine.activations[key] = activation
    module, scope, depth = function.module, function.scope, frame.depth + 1
    inner = Frame(module, {}, activation, scope, function, function.owner, depth=depth, uncertain=frame.uncertain)
    activation.frame = inner
    bind_parameters(machine, inner, function, receiver, arguments)
    body = machine.bodies.get(id(definition))
    if body is None:
        body = machine.bodies[id(definition)] = statements(definition)
    machine.steps += 2
    asked, placed, written = machine.asked, machine.placed, len(machine.undo or ())
    falls = _execute(machine, inner, function, body)
    if falls:
        promise(machine, inner, None, None)
    if definition.is_generator:
        activation.result = Sequence("generator", inner.yields, UNKNOWN if inner.open_yields else None)
    else:
        results = inner.returns if not falls else [*inner.returns, NOTHING]
        activation.result = join(results) if results else NOTHING
    if definition.returns is not None and (_vague(activation.result) or only_promises(machine, function)):
        promised = instance_promised(machine, inner, function)
        if not isinstance(promised, Unknown):
            known = [option for option in options(activation.result) if not isinstance(option, Unknown)]
            activation.result = join([promised, *known]) if _vague(activation.result) else promised
    activation.done = True
    activation.asks = machine.asked != asked
    if machine.undo is None:
        activation.lasting = True
        if activation.asks:
            machine.askers.add(id(definition))
            machine.earlier.pop(id(definition), None)
        elif id(definition) not in machine.askers:
            machine.earlier[id(definition)] = activation
    elif machine.placed == placed and machine.steps <= machine.limit:
        changes = machine.undo[written:]
        if all(change.space is not None for change in changes):
            kept = ((change.space, change.name, change.value) for change in changes)
            activation.writes = tuple((space, name, value) for space, name, value in kept if space is not None)
            machine.rehearsed[key] = activation
    return activation


def _execute(machine: Machine, frame: Frame, function: Function, body: Block) -> bool:
    """Run a body with the larger part of the steps that are left, so that long work in it does not end its caller."""
    saved = machine.limit
    if machine.undo is not None or machine.steps >= saved:
        return machine.execute(machine, frame, body)
    own = machine.limit = max(machine.steps + (saved - machine.steps) * 3 // 4, min(saved, machine.steps + SHARE))
    falls = machine.execute(machine, frame, body)
    if machine.limit < machine.steps <= saved:
        reason = f"{function.qualname} takes too many steps to follow to the end"
        machine.cut.append((reason, frame.module, function.definition.at))
    machine.limit = min(machine.budget, saved + max(0, machine.limit - own))  # more, by what imports in it took
    return falls


def _vague(result: Value) -> bool:
    """Whether nothing is known of a result, or of one of its alternatives: no untrusted data in it either."""
    return any(isinstance(option, Unknown) and not option.origins for option in options(result))


def _kind(receiver: Value | None) -> int:
    """What tells receivers apart: a method that a class inherits is not the method of its sisters."""
    if isinstance(receiver, Instance):
        return id(receiver.cls)
    return id(receiver) if isinstance(receiver, Class) else 0


def _matters(machine: Machine, function: Function, arguments: Arguments) -> bool:
    """Whether each way of calling a function must be told apart.

    It declares routes, wraps the function that it is given, makes an object built on a library's class, or works on
    constants alone, as code does that puts paths together or looks up what a name stands for.
    """
    if not machine.vocabulary.declares.isdisjoint(function.definition.mentions):
        return True
    if function.owner is not None and any(
        base.path in machine.vocabulary.recorded for base in external_bases(function.owner)
    ):
        return True
    if machine.context_limit > 1 and arguments.unknown is None:
        values = [*arguments.positional, *arguments.keywords.values()]
        if values and all(_constant(value) for value in values):
            return True
    return any(_answers(machine, value) for value in (*arguments.positional[:4], *arguments.keywords.values()))


def _answers(machine: Machine, value: Value) -> bool:
    """Whether a value answers requests: a function, class, view or object in a list of routes."""
    if isinstance(value, External):
        made = value.event.path if value.event is not None else ""
        return made.rpartition(".")[2] in machine.vocabulary.makers or made in machine.vocabulary.listed
    return isinstance(value, Function | Class | Decorated | Bound)


def _constant(value: Value) -> bool:
    if isinstance(value, Table):
        return value.rest is None
    if isinstance(value, Sequence):
        return value.rest is None and all(_plain(item) for item in value.items)
    return _plain(value)


def _plain(value: Value) -> bool:
    if isinstance(value, Choice):
        return all(isinstance(option, Known | Class | Module) for option in value.options)
    return isinstance(value, Known | Class | Module)
