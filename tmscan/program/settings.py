"""Settings objects: `settings.NAME` of a framework is a name in the project's settings module."""

from __future__ import annotations

from tmscan.facts.types import Assign, Name
from tmscan.program.imports import run_module
from tmscan.program.machine import Machine
from tmscan.program.values import Deferred, Module, Value


def find_settings_modules(machine: Machine) -> dict[str, list[Module]]:
    """Per settings object of the vocabulary, the modules that assign the name which marks a settings module.

    Where no module does (an application to be installed into somebody's project), upper-case constants that exactly one
    module assigns stand in: such packages ship their defaults so.
    """
    found: dict[str, list[Module]] = {}
    for path, marker in machine.vocabulary.settings.items():
        found[path] = [module for module in _unique(machine) if marker in assigned_names(machine, module)]
    return found


def setting_value(machine: Machine, path: str, name: str) -> Value | None:
    """The value of one setting, or None when the project does not give it."""
    if not name.isupper():
        return None
    holders = machine.settings_modules.get(path) or _sole_holder(machine, name)
    for module in holders:
        run_module(machine, module)
        value = module.frame.locals.get(name) if module.frame is not None else None
        if value is not None and not isinstance(value, Deferred):
            return value
    return None


def _sole_holder(machine: Machine, name: str) -> list[Module]:
    holders = [module for module in _unique(machine) if name in assigned_names(machine, module)]
    return holders if len(holders) == 1 else []


def _unique(machine: Machine) -> list[Module]:
    return list({id(module): module for module in machine.modules.values() if module.path}.values())


def assigned_names(machine: Machine, module: Module) -> frozenset[str]:
    """The names that a module's top level assigns."""
    known = machine.assigned.get(module.path)
    if known is None:
        facts = machine.facts.get(module.path)
        names = {
            target.id
            for statement in (facts.body if facts is not None else ())
            if isinstance(statement, Assign)
            for target in statement.targets
            if isinstance(target, Name)
        }
        known = machine.assigned[module.path] = frozenset(names)
    return known
