"""Classes whose objects register themselves: a method of the base class declares routes by what each subclass says.

Where such objects come from is often out of sight (plug-ins, a registry, a loader of modules): what was seen to run for
the base class runs for each subclass that says at least one of the names in the method, and was not seen to be used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tmscan.inventory.running.touched import files_of_web
from tmscan.inventory.running.waiting import fresh, receiver_of
from tmscan.inventory.vocabulary import COMMON
from tmscan.libraries.index import Index
from tmscan.libraries.paths import last_name
from tmscan.program.evaluation.calls import call_by_framework
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import Activation, Arguments, Class, External, Function, Instance


def run_registrars(machine: Machine, index: Index, touched: Mapping[str, frozenset[str]]) -> None:
    """Run each method that registers routes, as it ran for its own class, for the subclasses."""
    names = frozenset(
        last_name(path) for path, rows in index.routes.items() if any(known.row.shape == "registered" for known in rows)
    )
    names -= COMMON
    methods = [each for each in machine.functions if _registers(each, names)]
    if not methods:
        return
    called = frozenset(each.definition.name for each in methods) - names
    files = files_of_web(index, touched)
    for function in fresh(machine):
        if function.module.path in files and not called.isdisjoint(function.definition.mentions):
            call_by_framework(machine, function, receiver_of(function), Arguments())
    runs: dict[int, list[tuple[Class, Arguments]]] = {}
    for activation in sorted(machine.activations.values(), key=_is_vague):
        if isinstance(activation.receiver, Instance) and activation.function is not None:
            ran = (activation.receiver.cls, activation.arguments or Arguments())
            runs.setdefault(id(activation.function.definition), []).append(ran)
    for method in methods:
        seen = runs.get(id(method.definition), [])
        done = {id(cls) for cls, _ in seen}
        base = next((arguments for cls, arguments in seen if cls is method.owner), None)
        for cls in _below(method.owner) if method.owner is not None else ():
            if base is not None and id(cls) not in done and _says(cls, method):
                call_by_framework(machine, method, specimen(cls), base)


def _registers(function: Function, names: frozenset[str]) -> bool:
    """Whether it is a method that declares routes, of a class that others are built on."""
    return (
        function.kind == "function"
        and function.owner is not None
        and bool(function.owner.subclasses)
        and not names.isdisjoint(function.definition.mentions)
    )


def _is_vague(run: Activation) -> bool:
    """Whether no application or router that the program makes was handed over."""
    given = [*run.arguments.positional, *run.arguments.keywords.values()] if run.arguments is not None else []
    held = [each.base if isinstance(each, External) and each.event is None else each for each in given]
    return not any(isinstance(each, External | Instance) and each.event is not None for each in held)


def _below(base: Class) -> Iterator[Class]:
    """The subclasses that nobody inherits from in turn."""
    for cls in base.subclasses:
        if not cls.subclasses:
            yield cls


def _says(cls: Class, function: Function) -> bool:
    """Whether a class has this method, and something else that the method speaks of is its own."""
    if find_in_class(cls, function.definition.name)[0] is not function:
        return False
    order = order_of(cls)
    own = order[: order.index(function.owner)] if function.owner in order else ()
    return any(
        name in part.namespace and not isinstance(part.namespace[name], Function)
        for part in own
        if isinstance(part, Class)
        for name in function.definition.mentions
    )
