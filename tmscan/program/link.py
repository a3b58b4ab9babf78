"""Facts of every file in, the linked program out: modules run, names resolved, third-party calls recorded.

Nothing of the scanned tree is imported or executed: an interpreter of our own, with limits, evaluates the IR.
"""

from __future__ import annotations

import builtins as python_builtins
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tmscan.facts.types import At, FileFacts
from tmscan.program.conditions.narrowing import holding
from tmscan.program.evaluation.calls import call, call_by_framework, decorate
from tmscan.program.evaluation.exceptions import caught
from tmscan.program.evaluation.expressions import evaluate
from tmscan.program.evaluation.making import prepare
from tmscan.program.evaluation.statements import execute
from tmscan.program.imports import import_module, run_module
from tmscan.program.lattice import table_of
from tmscan.program.machine import Machine
from tmscan.program.objects.attributes import lookup
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.objects.lookups import prepare_objects
from tmscan.program.settings import assigned_names, find_settings_modules, setting_value
from tmscan.program.standard.builtins import BUILTINS
from tmscan.program.standard.files import folders_of
from tmscan.program.values import (
    Activation,
    Arguments,
    Bound,
    Class,
    Deferred,
    Frame,
    Function,
    Known,
    Module,
    Native,
    Value,
)
from tmscan.program.values import Sequence as Listed
from tmscan.program.vendored import copies
from tmscan.program.vocabulary import Vocabulary
from tmscan.sources.types import Source

RECURSION = 24_000


@dataclass(slots=True)
class Program:
    """The linked program: `machine` holds modules, functions, classes, events and activations."""

    machine: Machine

    def module(self, name: str) -> Module | None:
        """The module called `name`, by any name it can be imported under."""
        return self.machine.modules.get(name)


def link(
    sources: Sequence[Source],
    facts: Mapping[str, FileFacts],
    vocabulary: Vocabulary,
    search_roots: Sequence[str] = (),
    *,
    folders: Mapping[str, tuple[str, ...]] | None = None,
    calling: Callable[[Machine, Frame, Value, Arguments, At, At], Value] = call,
    decorating: Callable[[Machine, Frame, Value, Value, At], Value] = decorate,
) -> Program:
    """Evaluate the top level of every module.

    `facts` maps a source's `path` to its facts; `search_roots` are folders whose children are importable by their bare
    names, most likely first; `vocabulary` says which third-party paths are recorded; `folders` what stands in each
    folder of the tree, if anything but the files with facts. Whoever wants to see all calls and decorators hands in
    functions around `call` and `decorate`.
    """
    copied = copies(sources, facts, vocabulary)
    if copied:
        facts = {path: file for path, file in facts.items() if path not in copied}
    machine = Machine(facts, _modules(sources, search_roots), vocabulary)
    machine.folders = folders or folders_of(facts)
    for module in machine.modules.values():
        if module.path in copied:
            module.stars.append(copied[module.path])
    # Work grows with the code and no faster; past the budget values are unknown, and a record says so.
    machine.budget = 3_000_000 + 12 * sum(file.lines for file in facts.values())
    machine.evaluate, machine.execute, machine.call = evaluate, execute, calling
    machine.attribute, machine.import_module, machine.decorate, machine.prepare = (
        lookup,
        import_module,
        decorating,
        prepare,
    )
    machine.caught, machine.created, machine.subclasses_of = caught, _created, _subclasses
    machine.setting, machine.holding = setting_value, holding
    machine.settings_modules = find_settings_modules(machine)
    machine.builtins = BUILTINS
    machine.builtin_names = frozenset(dir(python_builtins))
    nowhere = Module("", "", False, (), state="done")
    machine.nowhere = Frame(nowhere, {}, Activation(None, nowhere))
    machine.nowhere.function = None
    nowhere.frame = machine.nowhere
    with deep_recursion():
        modules = [machine.modules[source.module] for source in sources]
        for module in modules:
            if module.name.rpartition(".")[2] in vocabulary.early:
                run_module(machine, module)
        for module in modules:
            if vocabulary.late.isdisjoint(assigned_names(machine, module)):
                run_module(machine, module)
        prepare_objects(machine)
        for module in modules:
            run_module(machine, module)
        _settle_subclasses(machine)
    return Program(machine)


def run_function(
    program: Program, function: Function, receiver: Value | None = None, arguments: Arguments | None = None
) -> Activation | None:
    """Run a function as a framework would, on the given (or unknown) arguments."""
    with deep_recursion():
        return call_by_framework(program.machine, function, receiver, arguments or Arguments())


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Room for the interpreter to follow deep code; the limit is put back."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _modules(sources: Sequence[Source], search_roots: Sequence[str]) -> dict[str, Module]:
    modules: dict[str, Module] = {}
    for source in sources:
        known = modules.get(source.module)
        if known is None:
            modules[source.module] = Module(source.module, source.path, source.is_package, ())
    for source in sources:
        module = modules[source.module]
        for root in search_roots:
            prefix = f"{root}/" if root else ""
            if source.path.startswith(prefix):
                stem = source.path[len(prefix) :].removesuffix(".py").removesuffix("/__init__")
                modules.setdefault(stem.replace("/", "."), module)
    for name in sorted(modules):
        parent = name.rpartition(".")[0]
        while parent and parent not in modules:
            modules[parent] = Module(parent, "", True, ())
            parent = parent.rpartition(".")[0]
    return modules


def _created(machine: Machine, frame: Frame, cls: Class) -> None:
    """What happens when a class comes to be: it is listed under its bases, and `__init_subclass__` runs."""
    for base in order_of(cls)[1:]:
        if isinstance(base, Class):
            base.subclasses.append(cls)
    hook, owner = find_in_class(cls, "__init_subclass__", cls)
    if isinstance(hook, Function) and isinstance(owner, Class):
        call(machine, frame, Bound(hook, cls), Arguments(keywords=dict(cls.keywords)), 0, 0)
    metaclass = cls.keywords.get("metaclass")
    if isinstance(metaclass, Class):
        maker, _ = find_in_class(metaclass, "__init__")
        if isinstance(maker, Function):
            arguments = Arguments([Known(cls.qualname), Listed("tuple", list(cls.bases)), table_of(cls.namespace)])
            call(machine, frame, Bound(maker, cls), arguments, 0, 0)


def _subclasses(cls: Class) -> Value:
    return Native(
        "__subclasses__",
        lambda machine, frame, arguments, at: Listed("list", [c for c in cls.subclasses if cls in c.bases]),
    )


def _settle_subclasses(machine: Machine) -> None:
    """Deferred names in module namespaces, resolved now that every module has run."""
    for module in machine.modules.values():
        if module.frame is None:
            continue
        for name, value in list(module.frame.locals.items()):
            if isinstance(value, Deferred):
                module.frame.locals[name] = lookup(machine, machine.nowhere, value.module, value.name, 0)
