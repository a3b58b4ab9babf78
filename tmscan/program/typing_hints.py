"""From an annotation to the value it promises: the instance of a class, elements of a container, one of several."""

from __future__ import annotations

from tmscan.facts.types import Expr
from tmscan.program.lattice import join
from tmscan.program.machine import Machine, external
from tmscan.program.values import (
    UNKNOWN,
    Choice,
    Class,
    Decorated,
    External,
    Frame,
    Instance,
    Known,
    Sequence,
    Table,
    Value,
)

TRANSPARENT = frozenset(
    {
        "Optional",
        "Annotated",
        "ClassVar",
        "Final",
        "Required",
        "NotRequired",
        "Awaitable",
        "InitVar",
        "Mapped",
        "ReadOnly",
    }
)
LISTED = frozenset(
    {"list", "List", "set", "Set", "frozenset", "FrozenSet", "Sequence", "Iterable", "Iterator", "Generator",
     "AsyncGenerator", "AsyncIterator", "AsyncIterable", "Collection", "deque", "tuple", "Tuple", "MutableSequence"}
)  # fmt: skip
MAPPED = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict"})
_SCALARS = frozenset({"str", "int", "float", "bool", "bytes", "object", "Any", "None", "complex"})


def instance_of_annotation(machine: Machine, frame: Frame, annotation: Expr) -> Value:
    """What a value annotated so is; unknown for scalars and whatever cannot be resolved."""
    found = machine.hints.get(id(annotation))
    if found is None:
        machine.hints[id(annotation)] = UNKNOWN
        found = instance_of(machine, machine.evaluate(machine, frame, annotation))
        machine.hints[id(annotation)] = found
    return found


def instance_of(machine: Machine, kind: Value, depth: int = 4) -> Value:
    """An instance of the class (or typing construct) that `kind` is."""
    if isinstance(kind, Class):
        return specimen(kind)
    if isinstance(kind, Decorated):
        return instance_of(machine, kind.value, depth)
    if isinstance(kind, Choice):
        kept = [option for option in kind.options if not isinstance(option, Known)]
        return join([instance_of(machine, option, depth) for option in kept]) if kept else UNKNOWN
    if not isinstance(kind, External) or depth == 0:
        return UNKNOWN
    module, _, name = kind.path.rpartition(".")
    if kind.path.endswith("[]") and kind.event is not None:
        index = kind.event.arguments.positional[0]
        inner = list(index.items) if isinstance(index, Sequence) and index.kind == "tuple" else [index]
        name = name[:-2]
        if name in TRANSPARENT:
            return instance_of(machine, inner[0], depth - 1) if inner else UNKNOWN
        if name == "Union":
            return join(
                [instance_of(machine, part, depth - 1) for part in inner if not isinstance(part, Known)] or [UNKNOWN]
            )
        if name in LISTED:
            return Sequence("list", [], instance_of(machine, inner[0], depth - 1) if inner else UNKNOWN)
        if name in MAPPED:
            return Table({}, instance_of(machine, inner[-1], depth - 1) if inner else UNKNOWN)
        if name in ("type", "Type"):
            return inner[0] if inner else UNKNOWN
        return external(machine, f"{kind.path[:-2]}()", kind.base)
    if module in ("builtins", "typing") and (name in _SCALARS or name in LISTED or name in MAPPED):
        return UNKNOWN
    if kind.path.endswith(")"):
        return UNKNOWN
    return external(machine, f"{kind.path}()", kind)


def specimen(cls: Class) -> Instance:
    """The instance of a class that stands for those frameworks and unknown callers make; `__init__` runs on demand."""
    if cls.specimen is None:
        cls.specimen = Instance(cls, ready=False)
    return cls.specimen
