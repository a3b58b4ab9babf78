"""Import statements: modules of the project are run when they are first imported, everything else is third-party."""

from __future__ import annotations

from tmscan.facts.types import ImportFrom
from tmscan.program.machine import Machine, external
from tmscan.program.moved import name_today
from tmscan.program.values import UNKNOWN, Activation, Deferred, Frame, Known, Module, Sequence, Value
from tmscan.sources.folders import VENDORED


def import_module(machine: Machine, name: str) -> Value | None:
    """The module of the project called `name`, run by now (or running); None if the project has none."""
    module = machine.modules.get(name)
    if module is None:
        return None
    run_module(machine, module)
    return module


def run_module(machine: Machine, module: Module) -> None:
    """Run a module's top level once."""
    if module.state != "new":
        return
    module.state = "running"
    parent = machine.modules.get(module.name.rpartition(".")[0])
    if parent is not None:
        run_module(machine, parent)
    facts = machine.facts.get(module.path)
    activation = Activation(None, module)
    module.frame = Frame(module, {}, activation)
    activation.frame = module.frame
    machine.tops.append(activation)
    module.frame.locals["__name__"] = Known(module.name)
    module.frame.locals["__file__"] = Known(module.path)
    if facts is not None:
        module.frame.locals["__doc__"] = Known(facts.docstring)
        saved, before = machine.limit, machine.steps
        machine.limit = min(machine.budget, machine.steps + machine.per_root)
        machine.execute(machine, module.frame, facts.body)
        reason = ("the module's top level takes too many steps", module, 0)
        if machine.steps > machine.limit and reason not in machine.cut[-1:]:
            machine.cut.append(reason)
        machine.limit = saved + machine.steps - before  # who imports it does not pay for it
    module.state = "done"
    if parent is not None and parent.frame is not None:
        parent.frame.locals.setdefault(module.name.rpartition(".")[2], module)


def bind_import(machine: Machine, frame: Frame, name: str, asname: str | None) -> None:
    """`import a.b.c [as d]`."""
    name, whole = _near(machine, frame.module, name), name
    found = import_module(machine, name)
    head = whole.partition(".")[0]
    if found is None and head in machine.modules:
        machine.failed_imports += 1
    if asname is not None:
        frame.locals[asname] = found if found is not None else external(machine, name_today(_original(name)))
        return
    top = import_module(machine, _near(machine, frame.module, head))
    frame.locals[head] = top if top is not None else external(machine, name_today(head))


def _original(name: str) -> str:
    """What a vendored copy is a copy of: `shop.vendor.flask_principal` counts as `flask_principal`."""
    parts = name.split(".")
    last = next((index for index in range(len(parts) - 2, 0, -1) if parts[index] in VENDORED), None)
    return name if last is None else ".".join(parts[last + 1 :])


def _near(machine: Machine, module: Module, name: str) -> str:
    """The name under which the importing module's own application holds `name`, if two of a tree share it."""
    head = name.partition(".")[0]
    if head not in machine.modules or module.name == head or module.name.startswith(f"{head}."):
        return name
    parts = module.name.split(".")
    for index in range(len(parts) - 1, 0, -1):
        near = ".".join([*parts[:index], name])
        above = machine.modules.get(".".join(parts[:index]))
        beside = above is not None and not above.path and index == len(parts) - 1
        if near in machine.modules and (parts[index] == head or beside):
            return near
    return name


def bind_import_from(machine: Machine, frame: Frame, node: ImportFrom) -> None:
    """`from [.]a import b [as c]`, star imports included."""
    name = absolute_name(frame.module, node.module, node.level)
    if node.level == 0:
        name = _near(machine, frame.module, name)
    module = import_module(machine, name) if name else None
    if module is None:
        name = _original(name)
        missing = name.partition(".")[0] in machine.modules and (node.level > 0 or not _outside(machine, name))
        if missing:
            machine.failed_imports += 1
        for alias in node.names:
            if alias.name == "*":
                frame.module.stars.append(name)
            else:
                whole = f"{name}.{alias.name}" if name else alias.name
                frame.locals[alias.asname or alias.name] = external(machine, name_today(whole))
        return
    if not isinstance(module, Module):
        return
    for alias in node.names:
        if alias.name == "*":
            _star(machine, frame, module)
        else:
            frame.locals[alias.asname or alias.name] = member(machine, module, alias.name)


def _outside(machine: Machine, name: str) -> bool:
    return name.partition(".")[0] not in machine.modules


def member(machine: Machine, module: Module, name: str) -> Value:
    """`from module import name`: an attribute, else a submodule, else (in a cycle) a deferred name."""
    if module.frame is not None and name in module.frame.locals:
        return module.frame.locals[name]
    child = import_module(machine, f"{module.name}.{name}")
    if child is not None:
        return child
    if module.state == "running":
        return Deferred(module, name)
    if module.stars:
        return external(machine, f"{module.stars[0]}.{name}")
    machine.failed_imports += 1
    return UNKNOWN


def absolute_name(module: Module, name: str, level: int) -> str:
    """The absolute dotted name of a relative import (PEP 328)."""
    if level == 0:
        return name
    parts = module.name.split(".")
    drop = level - 1 if module.is_package else level
    if drop:
        parts = parts[:-drop] if drop < len(parts) else []
    return ".".join([*parts, name] if name else parts)


def _star(machine: Machine, frame: Frame, module: Module) -> None:
    if module.frame is None:
        return
    listed = module.frame.locals.get("__all__")
    frame.module.stars.extend(module.stars)
    if isinstance(listed, Sequence) and listed.rest is None:
        for item in listed.items:
            if isinstance(item, Known) and isinstance(item.value, str):
                frame.locals[item.value] = member(machine, module, item.value)
        return
    for name, value in module.frame.locals.items():
        if not name.startswith("_"):
            frame.locals[name] = value
