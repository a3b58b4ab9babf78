"""Objects of the standard library as code sets them up: settings, parsers that resolve entities, buffers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tmscan.program.data.operators import concatenate
from tmscan.program.lattice import origins_of
from tmscan.program.machine import Machine
from tmscan.program.values import NOTHING, NUMBER, Arguments, External, Frame, Known, Origin, Sequence, Value

Model: TypeAlias = Callable[[Machine, Frame, External, Arguments, int], Value | None]


def _key(arguments: Arguments) -> str | None:
    """The section and the name that a call is about, if both are constant."""
    said = arguments.positional[:2]
    if len(said) == 2 and all(isinstance(value, Known) for value in said):
        section, name = (str(value.value) for value in said if isinstance(value, Known))
        return f"\0{section}\0{name.lower()}"
    return None


def _set(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    holder, key = callee.base, _key(arguments)
    if not isinstance(holder, External) or len(arguments.positional) < 3:
        return None
    if key is None:
        holder.attributes = {}  # anything may have been changed
        return NOTHING
    holder.attributes = {**(holder.attributes or {}), key: arguments.positional[2]}
    return NOTHING


def _get(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    holder, key = callee.base, _key(arguments)
    return (holder.attributes or {}).get(key) if isinstance(holder, External) and key is not None else None


def _feature(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`parser.setFeature(feature_external_ges, True)`: from here on the parser goes by another path."""
    holder, said = callee.base, arguments.positional
    if isinstance(holder, External) and len(said) == 2 and isinstance(said[0], External):
        on = not (isinstance(said[1], Known) and not said[1].value)
        if said[0].path.endswith(("feature_external_ges", "feature_external_pes")):
            holder.path = f"{holder.path.removesuffix('.resolving')}{'.resolving' if on else ''}"
    return NOTHING


def _write(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`buffer.write(text)`: what is written comes to stand behind the rest."""
    holder = callee.base
    if isinstance(holder, External) and len(arguments.positional) == 1:
        parts = (holder.attributes or {}).get("\0written") or Sequence("list", _initial(holder))
        more = [*parts.items, arguments.positional[0]] if isinstance(parts, Sequence) else []
        if len(more) <= _PARTS:
            holder.attributes = {**(holder.attributes or {}), "\0written": Sequence("list", more)}
        holder.origins |= origins_of(arguments.positional[0])
    return NUMBER


def _written(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    holder = callee.base
    parts = (holder.attributes or {}).get("\0written") if isinstance(holder, External) else None
    return concatenate(parts.items) if isinstance(parts, Sequence) and len(parts.items) < _PARTS else None


def _initial(holder: External) -> list[Value]:
    return list(holder.event.arguments.positional[:1]) if holder.event is not None else []


def _tuple(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`Point = namedtuple("Point", "x y")`, then `Point(1, y=2)`: each field holds what it was given."""
    made = callee.event
    said = made.arguments.positional[1] if made is not None and len(made.arguments.positional) > 1 else None
    if isinstance(said, Known) and isinstance(said.value, str):
        names = said.value.replace(",", " ").split()
    elif isinstance(said, Sequence) and said.rest is None:
        names = [str(item.value) for item in said.items if isinstance(item, Known)]
    else:
        return None
    return _with_fields(callee, {**dict(zip(names, arguments.positional, strict=False)), **arguments.keywords})


def _other(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`point._replace(x=2)`."""
    holder = callee.base
    if not isinstance(holder, External) or not isinstance(holder.base, External) or arguments.unknown is not None:
        return None
    return _with_fields(holder.base, {**(holder.attributes or {}), **arguments.keywords})


def _with_fields(maker: External, fields: dict[str, Value]) -> External:
    origins = frozenset[Origin]().union(*(origins_of(value) for value in fields.values()))
    return External("collections.namedtuple()()", maker, None, origins, fields)


_PARTS = 64
_MAKERS = ("ConfigParser", "RawConfigParser", "SafeConfigParser")
OBJECTS: dict[str, Model] = {
    "collections.namedtuple()": _tuple,
    "collections.namedtuple()()._replace": _other,
    **{f"configparser.{maker}().set": _set for maker in _MAKERS},
    **{f"configparser.{maker}().get": _get for maker in _MAKERS},
    **{f"xml.sax.make_parser(){state}.setFeature": _feature for state in ("", ".resolving")},
    **{f"io.{kind}().write": _write for kind in ("StringIO", "BytesIO")},
    **{f"io.{kind}().getvalue": _written for kind in ("StringIO", "BytesIO")},
}
