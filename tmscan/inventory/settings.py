"""Configuration values with a meaning: module constants, `app.config[…]` and arguments that library files name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from tmscan.facts.types import Annotated, Assign, At, Name, column_of, line_of
from tmscan.inventory.arguments import pick, show
from tmscan.inventory.types import Setting
from tmscan.libraries.index import Index, Known
from tmscan.libraries.types import SettingRow
from tmscan.program.machine import Machine
from tmscan.program.values import Choice, Class, External, Module, Sequence, Table, Text, Value
from tmscan.program.values import Known as Constant
from tmscan.sources.types import Location

Origin = Literal["literal", "environment", "computed"]


def settings_of(machine: Machine, index: Index) -> tuple[Setting, ...]:
    """Every setting that is given a value somewhere, once per place, in a stable order."""
    found: set[tuple[str, str, str, Origin, str, Location]] = set()
    for event in machine.events:
        for known in index.settings.get(event.path, ()):
            value = pick(event.arguments, known.row.argument)
            if value is not None:
                found.add(
                    _setting(
                        known, known.row.key, value, Location(event.module.path, line_of(event.at), column_of(event.at))
                    )
                )
    used = _libraries_in_use(machine)
    classes = machine.classes_by_module()
    for module in dict.fromkeys(machine.modules.values()):
        for name, value, at in _assigned(machine, module, classes.get(module.path, [])):
            for known in index.setting_keys.get(name, ()):
                if not known.row.paths and (not known.library.imports or used & set(known.library.imports)):
                    found.add(_setting(known, name, value, Location(module.path, line_of(at), column_of(at))))
    for key, value, event_module, at in machine.stored_settings:
        for known in index.setting_keys.get(key, ()):
            if not known.row.paths:
                found.add(_setting(known, key, value, Location(event_module.path, line_of(at), column_of(at))))
    rows = sorted(found, key=lambda item: (item[5], item[0], item[4]))
    return tuple(
        Setting(key, meaning, value, origin, library, place) for key, meaning, value, origin, library, place in rows
    )


def _libraries_in_use(machine: Machine) -> set[str]:
    """Top-level names that the code imports."""
    return {name.partition(".")[0] for facts in machine.facts.values() for name in facts.imports}


def _setting(
    known: Known[SettingRow], key: str, value: Value, place: Location
) -> tuple[str, str, str, Origin, str, Location]:
    return key, known.row.meaning, show(value, 200), origin_of(value), known.library.name, place


def origin_of(value: Value) -> Origin:
    """Whether a value stands in the code, comes from the environment, or is computed."""
    if isinstance(value, Constant):
        return "literal"
    if isinstance(value, External):
        return (
            "environment"
            if "environ" in value.path or (value.attributes and "\0default" in value.attributes)
            else "computed"
        )
    if isinstance(value, Sequence | Table):
        parts = value.items if isinstance(value, Sequence) else list(value.items.values())
        return "literal" if parts and all(origin_of(part) == "literal" for part in parts) else "computed"
    if isinstance(value, Choice):
        return "environment" if any(origin_of(option) == "environment" for option in value.options) else "computed"
    return (
        "environment"
        if isinstance(value, Text) and any(origin_of(part) == "environment" for part in value.parts)
        else "computed"
    )


def _assigned(machine: Machine, module: Module, classes: list[Class]) -> Iterator[tuple[str, Value, At]]:
    """Names assigned at the top of a module or of a class in it, with their values."""
    facts = machine.facts.get(module.path)
    if facts is None or module.frame is None:
        return
    for statement in facts.body:
        targets = (
            statement.targets
            if isinstance(statement, Assign)
            else (statement.target,)
            if isinstance(statement, Annotated)
            else ()
        )
        for target in targets:
            if isinstance(target, Name) and target.id in module.frame.locals:
                yield target.id, module.frame.locals[target.id], target.at
    for cls in classes:
        if cls.definition is None:
            continue
        for statement in cls.definition.body:
            targets = (
                statement.targets
                if isinstance(statement, Assign)
                else (statement.target,)
                if isinstance(statement, Annotated)
                else ()
            )
            for target in targets:
                if isinstance(target, Name) and target.id in cls.namespace:
                    yield target.id, cls.namespace[target.id], target.at
