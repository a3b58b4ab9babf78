"""Standard and common library calls that run a function of the program for it, or hand a value through.

Keyed by canonical path like `stdlib.MODELS`; threads, pools and background tasks count as calls of their target.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

from tmscan.program.data.operators import concatenate
from tmscan.program.data.regexes import matched, replaced
from tmscan.program.data.subscripts import element
from tmscan.program.events import record
from tmscan.program.lattice import join, options, origins_of
from tmscan.program.machine import Machine
from tmscan.program.values import (
    NOTHING,
    NUMBER,
    UNKNOWN,
    Arguments,
    Bound,
    Class,
    External,
    Frame,
    Function,
    Known,
    Origin,
    Partial,
    Sequence,
    Table,
    Unknown,
    Value,
)

Model: TypeAlias = Callable[[Machine, Frame, External, Arguments, int], Value | None]
_CALLABLE = (Function, Bound, Partial, Class, External)


def _call(machine: Machine, frame: Frame, target: Value | None, arguments: Arguments, at: int) -> Value | None:
    if isinstance(target, _CALLABLE):
        return machine.call(machine, frame, target, arguments, at, at)
    return None


def runs(position: int) -> Model:
    """A call that returns what the function at `position` does with the arguments behind it."""

    def model(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
        if len(arguments.positional) <= position:
            return None
        rest = Arguments(arguments.positional[position + 1 :], arguments.keywords, arguments.unknown)
        return _call(machine, frame, arguments.positional[position], rest, at)

    return model


def starts(position: int) -> Model:
    """A call that has the function at `position` run on its own; what it gives is still the library's object."""

    def model(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
        runs(position)(machine, frame, callee, arguments, at)
        return None

    return model


def gives(position: int) -> Model:
    """A call that hands on its argument at `position`, or what it is called on (-1)."""

    def model(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
        if position < 0:
            return callee.base
        return arguments.positional[position] if len(arguments.positional) > position else None

    return model


def returns(position: int) -> Model:
    """A call that does what it is called for, which is recorded, and returns its argument at `position`."""

    def model(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
        record(machine, frame, callee.path, callee, arguments, at, at)
        return arguments.positional[position] if len(arguments.positional) > position else UNKNOWN

    return model


def _target(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`Thread(target=f, args=(x,), kwargs={"y": y})`."""
    _started(machine, frame, arguments.keywords.get("target"), arguments.keywords, at)
    return None


def _later(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`Timer(30, f, [x], {"y": y})`."""
    told = {**dict(zip(("interval", "function", "args", "kwargs"), arguments.positional, strict=False)),
            **arguments.keywords}  # fmt: skip
    _started(machine, frame, told.get("function"), told, at)
    return None


def _over(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`pool.map(f, parts)`: once for whichever part."""
    function, *given = arguments.positional or [UNKNOWN]
    _call(machine, frame, function, Arguments([element(machine, part) for part in given]), at)
    return None


def _applied(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`pool.apply_async(f, (x,), {"y": y})`."""
    told = {**dict(zip(("func", "args", "kwds"), arguments.positional, strict=False)), **arguments.keywords}
    _started(machine, frame, told.get("func"), {**told, "kwargs": told.get("kwds", NOTHING)}, at)
    return None


def _started(machine: Machine, frame: Frame, target: Value | None, told: dict[str, Value], at: int) -> None:
    listed, named = told.get("args"), told.get("kwargs")
    given = list(listed.items) if isinstance(listed, Sequence) else []
    words = {str(key): item for key, item in named.items.items()} if isinstance(named, Table) else {}
    _call(machine, frame, target, Arguments(given, words), at)


def _first(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    return arguments.positional[0] if arguments.positional else None


def _all(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    return Sequence("list", list(arguments.positional), arguments.unknown)


def _trace(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    return Unknown(frozenset({Origin("exception", "traceback", frame.module.path, at)}))


def _number(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    return NUMBER


def _urlsplit(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """The parts of a constant address, or of one of several: an application takes its prefix out of it."""
    found: dict[str, list[Value]] = {}
    for given in options(arguments.positional[0] if arguments.positional else UNKNOWN):
        if not isinstance(given, Known) or not isinstance(given.value, str):
            return None
        try:
            parts = urlsplit(given.value)
            known = {**parts._asdict(), "hostname": parts.hostname, "port": parts.port}
        except ValueError:
            return None
        for name, value in known.items():
            found.setdefault(name, []).append(Known(value))
    return External(f"{callee.path}()", callee, attributes={name: join(values) for name, values in found.items()})


def _urljoin(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """The joined URL; with a part from outside the base decides nothing, because that part may be a whole URL."""
    if len(arguments.positional) < 2:
        return None
    start, end = arguments.positional[:2]
    if (
        isinstance(start, Known)
        and isinstance(end, Known)
        and isinstance(start.value, str)
        and isinstance(end.value, str)
    ):
        return Known(urljoin(start.value, end.value)) if "[" not in start.value + end.value else UNKNOWN
    return None if origins_of(end) or not isinstance(start, Known) else concatenate([start, end])


def _substituted(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`re.sub("{(\\w+)}", r"<\\1>", path)` of constants."""
    given = [argument.value for argument in arguments.positional if isinstance(argument, Known)]
    if len(given) != 3 or len(arguments.positional) != 3 or arguments.keywords:
        return None
    pattern, replacement, text = given
    if not (isinstance(pattern, str) and isinstance(replacement, str) and isinstance(text, str)):
        return None
    return replaced(pattern, replacement, text)


def _matches(method: str) -> Model:
    """`re.match(r"/public/", path)` and `pattern.match(path)`, where a rehearsal knows the path."""

    def model(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
        given = arguments.positional
        made = callee.base.event if isinstance(callee.base, External) else None
        if machine.undo is None or arguments.keywords:
            return None
        if made is None and given and isinstance(given[0], External) and given[0].event is not None:
            made, given = given[0].event, given[1:]  # `re.match(compiled, path)`
        if made is not None:
            given = [*made.arguments.positional, *given] if not made.arguments.keywords else []
        words = [value.value for value in given if isinstance(value, Known) and isinstance(value.value, str)]
        if len(given) == 2 and len(words) == 1 and isinstance(given[1], Known):
            pattern = given[0]  # the path of a request: a pattern that nothing is known about fits none
            return NOTHING if isinstance(pattern, Unknown) and not pattern.origins else None
        return matched(method, *words) if len(words) == len(given) == 2 else None

    return model


_METHODS = ("match", "search", "fullmatch")
CALLS: dict[str, Model] = {
    **{f"re.{method}": _matches(method) for method in _METHODS},
    **{f"re.compile().{method}": _matches(method) for method in _METHODS},
    "re.sub": _substituted,
    "asyncio.to_thread": runs(0),
    "asyncio.get_event_loop().run_in_executor": runs(1),
    "asyncio.get_running_loop().run_in_executor": runs(1),
    "threading:Pool.submit": starts(0),
    **{f"threading:Pool.{method}": _over for method in ("map", "imap", "imap_unordered", "map_async")},
    **{f"threading:Pool.{method}": _applied for method in ("apply", "apply_async")},
    "threading.Thread": _target,
    "threading.Timer": _later,
    "multiprocessing.Process": _target,
    "asyncio.create_task": _first,
    "asyncio.ensure_future": _first,
    "asyncio.wait_for": _first,
    "asyncio.shield": _first,
    "asyncio.gather": _all,
    "contextlib.closing": _first,
    "contextlib.aclosing": _first,
    "contextlib.nullcontext": _first,
    "traceback.format_exc": _trace,
    "traceback.format_exception": _trace,
    "traceback.format_tb": _trace,
    "sys.exc_info": _trace,
    "urllib.parse.urljoin": _urljoin,
    **dict.fromkeys(("urllib.parse.urlparse", "urllib.parse.urlsplit"), _urlsplit),
    # where the copy lies; of what was copied at most the last name is in it
    **{f"shutil.{name}": returns(1) for name in ("copyfile", "copy", "copy2", "copytree", "move")},
    "uuid.UUID": _number,
    "uuid.uuid4": _number,
    "uuid.uuid1": _number,
    "decimal.Decimal": _number,
    "fractions.Fraction": _number,
    "datetime.date.fromisoformat": _number,
    "time.time": _number,
}
