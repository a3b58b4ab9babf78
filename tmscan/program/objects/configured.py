"""Configuration that an application object takes from a class, a module or keywords: `app.config.from_object(Config)`.

What is loaded is kept where `app.config["KEY"] = value` keeps it, so that prefixes of routes can be read from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tmscan.program.data.subscripts import setting_place
from tmscan.program.lattice import join, options
from tmscan.program.machine import Machine, external
from tmscan.program.objects.classes import order_of
from tmscan.program.values import Arguments, Class, External, Frame, Instance, Known, Module, Table, Value


def load_object(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`app.config.from_object("package.settings.Production")`: the names in capitals of a class or module."""
    given = arguments.positional[0] if arguments.positional else None
    for option in options(given) if given is not None else ():
        holder: Value | None = option
        if isinstance(option, Known) and isinstance(option.value, str):
            holder = _by_name(machine, option.value)
        owner = holder.cls if isinstance(holder, Instance) else holder
        if isinstance(owner, Class):
            owner.loaded = owner.loaded or option is given  # one of several is in use in some cases only
            for base in reversed(order_of(owner)):
                _keep(callee, base.namespace.items() if isinstance(base, Class) else ())
        elif isinstance(owner, Module) and owner.frame is not None:
            _keep(callee, owner.frame.locals.items())
    return None


def load_mapping(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`app.config.update(KEY=value)` and `app.config.from_mapping({"KEY": value})`."""
    for given in arguments.positional:
        if isinstance(given, Table):
            _keep(callee, ((key, value) for key, value in given.items.items() if isinstance(key, str)))
    _keep(callee, arguments.keywords.items())
    return None


def read_key(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`app.config.get("KEY", default)`."""
    key = arguments.positional[0] if arguments.positional else None
    if not (isinstance(key, Known) and isinstance(key.value, str)) or not isinstance(callee.base, External):
        return None
    holder, name = setting_place(callee.base, key.value)
    kept = (holder.attributes or {}).get(name)
    default = arguments.positional[1] if len(arguments.positional) > 1 else arguments.keywords.get("default")
    if kept is not None or default is None:
        return kept
    made = external(machine, f"{callee.path}()", callee, None, at, frame)
    if isinstance(made, External):
        made.attributes = {"\0default": default, "\0name": key}
    return made


def _by_name(machine: Machine, dotted: str) -> Value | None:
    found = machine.import_module(machine, dotted)
    module, _, name = dotted.replace(":", ".").rpartition(".")
    if found is None and module:
        owner = machine.import_module(machine, module)
        found = machine.attribute(machine, machine.nowhere, owner, name, 0) if owner is not None else None
    return found


def _keep(callee: External, pairs: Iterable[tuple[str, Value]]) -> None:
    if not isinstance(callee.base, External):
        return
    for key, value in pairs:
        if not key.isupper():
            continue
        holder, name = setting_place(callee.base, key)
        known: Mapping[str, Value] = holder.attributes or {}
        if holder.attributes is None:
            holder.attributes = {}
        holder.attributes[name] = join([known[name], value]) if name in known else value
