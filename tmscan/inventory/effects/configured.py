"""Configuration keys and their values: constants of modules and classes, `config[…] = …`, `config.update(KEY=…)`.

Stores and settings both ask what a key that a library file names is set to, so the looking stands here, once.
"""

from __future__ import annotations

from collections.abc import Iterator

from tmscan.facts.types import Annotated, Assign, At, Block, If, Name, Try, With
from tmscan.inventory.calls.arguments import listed
from tmscan.libraries.index import Index
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import order_of
from tmscan.program.values import Class, Module, Table, Value

Declared = tuple[str, Value, Module, At, bool]


def declarations_of(machine: Machine, index: Index) -> list[Declared]:
    """(key, value, module, position, whether it counts in some cases only) wherever a key that some library row names
    is given a value. What classes hold counts for certain where the program loads them.
    """
    keys = {*index.setting_keys, *index.store_settings}
    found: list[Declared] = []
    classes, used = machine.classes_by_module(), set(_loaded(machine, keys))
    for module in dict.fromkeys(machine.modules.values()):
        facts = machine.facts.get(module.path)
        if facts is None or module.frame is None:
            continue
        for name, at in _targets(facts.body):
            if name in keys and name in module.frame.locals:
                found.append((name, module.frame.locals[name], module, at, False))
        for cls in classes.get(module.path, ()):
            if cls.definition is not None and not keys.isdisjoint(cls.namespace):
                for name, at in _targets(cls.definition.body):
                    if name in keys and name in cls.namespace:
                        found.append((name, cls.namespace[name], module, at, (cls, name) not in used))
    found.extend(item for item in machine.stored_settings if item[0] in keys)
    for event in machine.events:
        for known in index.settings.get(event.path, ()):
            if known.row.meaning == "keys":
                pairs: dict[str, Value] = dict(event.arguments.keywords)
                for table in (part for value in event.arguments.positional for part in (value, *listed(value))):
                    if isinstance(table, Table):
                        pairs |= {str(key): value for key, value in table.items.items()}
                found.extend((key, value, event.module, event.at, False) for key, value in pairs.items() if key in keys)
    return found


def _loaded(machine: Machine, keys: set[str]) -> Iterator[tuple[Class, str]]:
    """The classes that the program's configuration is loaded from, each with the keys that are taken from it."""
    for cls in machine.classes:
        if cls.loaded:
            for key in keys:
                owners = (base for base in order_of(cls) if isinstance(base, Class) and key in base.namespace)
                yield from ((owner, key) for owner in [next(owners, None)] if owner is not None)


def _targets(body: Block) -> Iterator[tuple[str, At]]:
    """Names that a body assigns, in branches too."""
    for statement in body:
        if isinstance(statement, Assign):
            for target in statement.targets:
                if isinstance(target, Name):
                    yield target.id, target.at
        elif isinstance(statement, Annotated) and isinstance(statement.target, Name):
            yield statement.target.id, statement.target.at
        elif isinstance(statement, If):
            yield from _targets((*statement.body, *statement.orelse))
        elif isinstance(statement, Try):
            yield from _targets((*statement.body, *(inner for part in statement.handlers for inner in part.body)))
        elif isinstance(statement, With):
            yield from _targets(statement.body)
