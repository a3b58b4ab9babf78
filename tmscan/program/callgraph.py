"""Facts of every file in; out, for each module and function of the program, the names of all that it calls.

Functions that nothing was seen to call are run on unknown arguments, so that the graph is of the whole program. Names
are dotted, without `()`: `shop.views.Notes.list`, `shop.views.<lambda1>`, `<builtin>.print`, `requests.Session.get`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from tmscan.facts.types import At, FileFacts
from tmscan.program.evaluation.calls import call, decorate
from tmscan.program.link import Program, link, run_function
from tmscan.program.machine import Machine
from tmscan.program.naming import names_of
from tmscan.program.objects.classes import PLAIN_BASES, find_in_class
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import (
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
    Native,
    Partial,
    Value,
)
from tmscan.program.vocabulary import Vocabulary
from tmscan.sources.types import Source

Place: TypeAlias = int | str  # the identity of a definition, or a name as it is
Edges: TypeAlias = dict[Place, set[Place]]
_TYPES = {"str": "<**PyStr**>", "dict": "<**PyDict**>", "list": "<**PyList**>"}


def call_graph(
    sources: Sequence[Source], facts: Mapping[str, FileFacts], vocabulary: Vocabulary, search_roots: Sequence[str] = ()
) -> dict[str, list[str]]:
    """Callers and what they call, sorted; whatever is called is a key too."""
    edges: Edges = {}

    def calling(machine: Machine, frame: Frame, callee: Value, arguments: Arguments, at: At, end: At) -> Value:
        edges.setdefault(_caller(frame.activation), set()).update(_targets(machine, callee))
        return call(machine, frame, callee, arguments, at, end)

    def decorating(machine: Machine, frame: Frame, decorator: Value, target: Value, at: At) -> Value:
        if not isinstance(decorator, Native):
            edges.setdefault(_caller(frame.activation), set()).update(_targets(machine, decorator))
        return decorate(machine, frame, decorator, target, at)

    program = link(sources, facts, vocabulary, search_roots, calling=calling, decorating=decorating)
    _run_the_rest(program)
    for activation in [*program.machine.tops, *program.machine.activations.values()]:
        called: set[Place] = {
            id(inner.function.definition) for _, inner in activation.calls if inner.function is not None
        }
        for value, _ in activation.raises:
            if isinstance(value, Class):  # `raise Refused` makes an object of it
                called.update(_makers(program.machine, value))
        edges.setdefault(_caller(activation), set()).update(called)
    return _named(edges, names_of(program.machine))


def _caller(activation: Activation) -> Place:
    return id(activation.function.definition) if activation.function is not None else activation.module.name


def _targets(machine: Machine, callee: Value) -> Iterator[Place]:
    if isinstance(callee, Function):
        yield id(callee.definition)
    elif isinstance(callee, Bound | Partial):
        yield from _targets(machine, callee.function)
    elif isinstance(callee, Decorated):
        yield from _targets(machine, callee.value)
    elif isinstance(callee, Choice):
        for option in callee.options:
            yield from _targets(machine, option)
    elif isinstance(callee, Class):
        yield from _makers(machine, callee)
    elif isinstance(callee, Instance):
        yield from _targets(machine, find_in_class(callee.cls, "__call__")[0] or UNKNOWN)
    elif isinstance(callee, External):
        yield _bare(_written(callee))
    elif isinstance(callee, Native):
        yield f"{_TYPES[callee.of]}.{callee.name}" if callee.of in _TYPES else f"<builtin>.{callee.name}"


def _makers(machine: Machine, cls: Class) -> Iterator[Place]:
    """What runs when an object of the class is made."""
    for name in ("__new__", "__init__"):
        found, owner = find_in_class(cls, name)
        if found is not None:
            yield from _targets(machine, found)
        elif name == "__init__" and isinstance(owner, External) and owner.path not in PLAIN_BASES:
            yield f"{_bare(owner.path)}.__init__"


def _written(value: External) -> str:
    """The path of a third-party value as the code has it: rows may give what made it a short name (`flask:App`)."""
    if ":" in value.path:
        if isinstance(value.base, External) and value.path.startswith(f"{value.base.path}."):
            return _written(value.base) + value.path[len(value.base.path) :]
        if value.event is not None and isinstance(value.event.callee, External):
            return _written(value.event.callee)
    return value.path


def _bare(path: str) -> str:
    bare = path.replace("()", "").replace("[]", "").replace(":", ".")
    return f"<builtin>.{bare.removeprefix('builtins.')}" if bare.startswith("builtins.") else bare


def _run_the_rest(program: Program) -> None:
    """Run what nothing was seen to call, as anyone might call it."""
    machine = program.machine
    seen = {key[0] for key in machine.activations}
    for function in machine.functions:  # grows while functions run that define others
        if id(function.definition) in seen:
            continue
        known = len(machine.activations)
        receiver: Value | None = None
        if function.owner is not None and function.kind != "staticmethod":
            receiver = function.owner if function.kind == "classmethod" else specimen(function.owner)
        run_function(program, function, receiver, Arguments(unknown=UNKNOWN))
        seen.update(key[0] for key in list(machine.activations)[known:])


def _named(edges: Edges, names: Mapping[int, str]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {name: set() for name in names.values()}
    for caller, callees in edges.items():
        name = names.get(caller) if isinstance(caller, int) else caller
        called = {names.get(callee) if isinstance(callee, int) else callee for callee in callees}
        if name:
            found.setdefault(name, set()).update(each for each in called if each)
            for each in called:
                if each:
                    found.setdefault(each, set())
    return {name: sorted(found[name]) for name in sorted(found)}
