"""Standard library calls whose result matters to linking: partials, wrappers, path joins, environment, dynamic imports.

Keyed by canonical path; a model returns None to say "treat it like any other third-party call".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tmscan.program.data.iteration import iterate
from tmscan.program.data.operators import concatenate
from tmscan.program.machine import Machine, external
from tmscan.program.objects.attributes import lookup
from tmscan.program.objects.configured import load_mapping, load_object, read_key
from tmscan.program.objects.delivered import without_prefix
from tmscan.program.objects.named_models import model_for
from tmscan.program.standard.files import FILES
from tmscan.program.standard.handing import CALLS, gives, runs, starts
from tmscan.program.standard.modules import MODULES
from tmscan.program.standard.objects import OBJECTS
from tmscan.program.standard.protobuf import add_serialized_file
from tmscan.program.standard.wrapping import WRAPPING
from tmscan.program.values import (
    NOTHING,
    UNKNOWN,
    Arguments,
    Class,
    External,
    Frame,
    Function,
    Instance,
    Known,
    Module,
    Native,
    Partial,
    Sequence,
    Table,
    Value,
)

Model: TypeAlias = Callable[[Machine, Frame, External, Arguments, int], Value | None]

# Decorators that leave what they decorate as it is, for everything tmscan asks.
PASSING = frozenset(
    {"functools.lru_cache", "functools.lru_cache()", "functools.cache", "functools.total_ordering",
     "abc.abstractmethod", "contextlib.contextmanager", "contextlib.asynccontextmanager", "typing.overload",
     "typing.final", "typing.no_type_check", "typing_extensions.override", "typing.override",
     "typing.runtime_checkable", "dataclasses.dataclass", "dataclasses.dataclass()", "enum.unique",
     "types.coroutine", "functools.singledispatch", "asyncio.coroutine", "typing_extensions.deprecated()",
     "warnings.deprecated()", "unittest.skip()", "builtins.staticmethod", "builtins.classmethod"}
)  # fmt: skip


def model_of(machine: Machine, path: str) -> Model | None:
    """How a call is modelled: by its path, or by what a library's row says of it."""
    known = MODELS.get(path)
    if known is not None:
        return known
    outcome = machine.vocabulary.outcomes.get(path)
    return OUTCOMES[outcome[0]](outcome[1]) if outcome is not None else None


def passes(machine: Machine, path: str) -> bool:
    """Whether a decorator leaves what it decorates as it is."""
    return path in PASSING or machine.vocabulary.outcomes.get(path, ("",))[0] == "gives"


def _partial(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    if not arguments.positional:
        return None
    return Partial(
        arguments.positional[0], Arguments(arguments.positional[1:], dict(arguments.keywords), arguments.unknown)
    )


def _update_wrapper(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    if arguments.positional and isinstance(arguments.positional[0], Function) and len(arguments.positional) > 1:
        arguments.positional[0].wraps = arguments.positional[1]
        return arguments.positional[0]
    if len(arguments.positional) > 1 and isinstance(arguments.positional[0], Instance):
        arguments.positional[0].attributes.setdefault("__wrapped__", arguments.positional[1])
    return arguments.positional[0] if arguments.positional else None


def _wraps(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`functools.wraps(function)(wrapper)`, called instead of written as a decorator."""
    wrapped = callee.event.arguments.positional[:1] if callee.event is not None else []
    if not wrapped or not arguments.positional or not isinstance(arguments.positional[0], Function):
        return None
    arguments.positional[0].wraps = wrapped[0]
    return arguments.positional[0]


def _getenv(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    name = arguments.positional[0] if arguments.positional else None
    default = arguments.positional[1] if len(arguments.positional) > 1 else arguments.keywords.get("default")
    delivered = without_prefix(machine, name, default)
    if delivered is not None:
        return delivered
    if default is not None:
        made = external(machine, "os.environ[]", callee, None, at, frame)
        if isinstance(made, External):
            made.attributes = {"\0default": default, "\0name": name or NOTHING}
        return made
    return external(machine, "os.environ[]", callee, None, at, frame)


def _join_path(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    parts: list[Value] = []
    for index, value in enumerate(arguments.positional):
        if isinstance(value, External):
            return None
        parts.extend([Known("/"), value] if index else [value])
    return concatenate(parts) if parts and arguments.unknown is None else None


def _join_paths(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`url_path_join(base, "/notes", name)`: one slash between the parts."""
    parts: list[Value] = []
    for value in arguments.positional:
        text = value.value if isinstance(value, Known) else None
        if isinstance(text, str):
            value = Known(text.lstrip("/") if parts else text)
            before = parts[-1] if parts else None
            ends = isinstance(before, Known) and str(before.value).endswith("/")
            parts.extend([value] if not parts or ends else [Known("/"), value])
        else:
            parts.extend([Known("/"), value] if parts else [value])
    return concatenate(parts) if parts and arguments.unknown is None else None


def _import(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    name = arguments.positional[0] if arguments.positional else arguments.keywords.get("name")
    if isinstance(name, Known) and isinstance(name.value, str):
        text = name.value
        if text.startswith("."):
            package = arguments.positional[1] if len(arguments.positional) > 1 else arguments.keywords.get("package")
            if not (isinstance(package, Known) and isinstance(package.value, str)):
                return None
            text = f"{package.value}{text}"
        return machine.import_module(machine, text)
    return None


def _find_spec(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`find_spec(name)`: whether there is such a module, as far as it would be one of the program's own."""
    name = arguments.positional[0] if arguments.positional else arguments.keywords.get("name")
    if not (isinstance(name, Known) and isinstance(name.value, str)):
        return None
    if name.value in machine.modules:
        return machine.modules[name.value]  # all that is asked of a specification is whether it is there
    return NOTHING if name.value.partition(".")[0] in machine.modules else None


def _third_party(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """What the call gives stays the library's; what it decorates is settled when it does."""
    return None


def _has_submodule(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    if len(arguments.positional) < 2:
        return None
    package, name = arguments.positional[:2]
    if isinstance(package, Module) and isinstance(name, Known) and isinstance(name.value, str):
        return Known(f"{package.name}.{name.value}" in machine.modules)
    return None


def _import_string(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    name = next(iter((*arguments.positional, *arguments.keywords.values())), None)
    if isinstance(name, Known) and isinstance(name.value, str):
        module, _, attribute = name.value.replace(":", ".").rpartition(".")
        found = machine.import_module(machine, module) if module else None
        if found is not None:
            return lookup(machine, frame, found, attribute, at)
        return external(machine, name.value)
    return None


def _chain(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    found, exact = [], True
    for value in arguments.positional:
        items, whole = iterate(machine, frame, value)
        found.extend(items)
        exact = exact and whole
    return Sequence("list", found, None if exact else UNKNOWN)


def _mapping(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    builtin = machine.builtins["dict"]
    skip = 1 if callee.path.endswith("defaultdict") else 0
    if isinstance(builtin, Native):
        made = builtin.run(
            machine, frame, Arguments(arguments.positional[skip:], arguments.keywords, arguments.unknown), at
        )
        return made if isinstance(made, Table) else None
    return None


def _second(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    return arguments.positional[1] if len(arguments.positional) > 1 else None


def _first(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    return arguments.positional[0] if arguments.positional else None


def _model_of_setting(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`get_user_model()`: the class that a setting names."""
    return model_for(machine, frame, callee.path)


def _as_manager(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`NoteQuerySet.as_manager()` and `Manager.from_queryset(NoteQuerySet)()` have the methods of the query set."""
    made = callee.base if callee.base is not None else None
    return Instance(made) if isinstance(made, Class) else None


MODELS: dict[str, Model] = {
    **CALLS,
    **FILES,
    **MODULES,
    **OBJECTS,
    **WRAPPING,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "functools.update_wrapper": _update_wrapper,
    "functools.wraps()": _wraps,
    "os.getenv": _getenv,
    "os.environ.get": _getenv,
    "os.path.join": _join_path,
    "posixpath.join": _join_path,
    "importlib.import_module": _import,
    "importlib.util.find_spec": _find_spec,
    "builtins.__import__": _import,
    "itertools.chain": _chain,
    "collections.OrderedDict": _mapping,
    "collections.defaultdict": _mapping,
    "typing.cast": _second,
    "copy.copy": _first,
    "copy.deepcopy": _first,
    "typing.no_type_check": _first,
    "asyncio.run": _first,
}
OUTCOMES: dict[str, Callable[[int], Model]] = {
    "runs": runs,
    "starts": starts,
    "gives": gives,
    "resolves": lambda _: _import_string,
    "makes": lambda _: _as_manager,
    "has-module": lambda _: _has_submodule,
    "adapts": lambda _: _third_party,
    "injects": lambda _: _third_party,
    "responds": lambda _: _third_party,
    "computes": lambda _: _third_party,
    "configures": lambda _: _third_party,
    "stands-for": lambda _: _third_party,
    "describes": lambda _: _third_party,
    "names-model": lambda _: _model_of_setting,
    "handed": lambda _: _third_party,
    "validates": lambda _: _third_party,
    "loads-object": lambda _: load_object,
    "loads-mapping": lambda _: load_mapping,
    "reads-key": lambda _: read_key,
    "joins-paths": lambda _: _join_paths,
    "loads-descriptors": lambda _: add_serialized_file,
}
