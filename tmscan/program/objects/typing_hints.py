"""From an annotation to the value it promises: the instance of a class, elements of a container, one of several."""

from __future__ import annotations

from tmscan.facts.types import Attribute, Binary, Expr, Name, Subscript
from tmscan.program.lattice import join, options
from tmscan.program.machine import Machine, external
from tmscan.program.values import (
    UNKNOWN,
    Choice,
    Class,
    Decorated,
    External,
    Frame,
    Function,
    Instance,
    Known,
    Sequence,
    Table,
    Unknown,
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
_TYPES = frozenset({"type", "Type"})
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
        if name in _TYPES:
            return inner[0] if inner and not _is_variable(inner[0]) else UNKNOWN
        return external(machine, f"{kind.path[:-2]}()", kind.base)
    if module in ("builtins", "typing") and (name in _SCALARS or name in LISTED or name in MAPPED):
        return UNKNOWN
    if kind.path.endswith(")"):
        bound = kind.event.arguments.keywords.get("bound") if kind.event is not None and _is_variable(kind) else None
        return specimen(bound) if isinstance(bound, Class) else UNKNOWN
    return external(machine, f"{kind.path}()", kind)


def instance_promised(machine: Machine, frame: Frame, function: Function) -> Value:
    """What a function that runs in `frame` promises to return: `(kind: type[T]) -> T` one of the class it is given."""
    returns, scope = function.definition.returns, function.scope or function.module.frame
    if returns is None or scope is None:
        return UNKNOWN
    promised = instance_of_annotation(machine, scope, returns)
    if not isinstance(promised, Unknown):
        return promised
    same, wanted = _spelled(returns), _variable(returns)
    for parameter in function.definition.parameters:
        kind, given = parameter.annotation, frame.locals.get(parameter.name, UNKNOWN)
        if kind is None or not wanted:
            continue
        if _spelled(kind) == same and _is_variable(machine.evaluate(machine, scope, returns)):
            return given  # `(f: T) -> T`, `(kind: type[T]) -> type[T]`
        if isinstance(kind, Subscript) and _name(kind.value) in _TYPES and _name(kind.index) == wanted:
            return join([specimen(each) if isinstance(each, Class) else UNKNOWN for each in options(given)])
    return UNKNOWN


def _variable(returns: Expr) -> str:
    """The name of what is returned, or else nothing: `T`, `Optional[T]`, `T | None`, `type[T]`."""
    if isinstance(returns, Subscript):
        return _name(returns.index) if _name(returns.value) in TRANSPARENT | _TYPES else ""
    return _name(returns.left if isinstance(returns, Binary) else returns)


def _spelled(node: Expr) -> str:
    return f"{_name(node.value)}[{_name(node.index)}]" if isinstance(node, Subscript) else _name(node)


def _is_variable(kind: Value) -> bool:
    """Whether an annotation is a variable that stands for a type, or the type of its objects."""
    if isinstance(kind, External) and kind.path.endswith("[]") and kind.event is not None:
        return any(_is_variable(part) for part in kind.event.arguments.positional[:1])
    return isinstance(kind, External) and kind.path.endswith(".TypeVar()")


def _name(node: Expr) -> str:
    return node.id if isinstance(node, Name) else node.attr if isinstance(node, Attribute) else ""


def specimen(cls: Class) -> Instance:
    """The instance of a class that stands for those frameworks and unknown callers make; `__init__` runs on demand."""
    if cls.specimen is None:
        cls.specimen = Instance(cls, ready=False)
    return cls.specimen
