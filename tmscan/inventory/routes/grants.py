"""Permissions: a name that somebody must hold, as a guard, and lists of grants that may give it to everybody.

A list of grants is a class attribute (or method) of (allow or deny, who, permissions): the first that fits decides.
"""

from __future__ import annotations

from tmscan.inventory.calls.arguments import listed, pick, texts
from tmscan.inventory.routes.found import Here, Walk
from tmscan.libraries.types import Library, Scope
from tmscan.program.lattice import options
from tmscan.program.objects.classes import find_in_class
from tmscan.program.objects.typing_hints import specimen
from tmscan.program.values import (
    UNKNOWN,
    Arguments,
    Bound,
    Class,
    Decorated,
    Event,
    External,
    Function,
    Instance,
    Known,
    Module,
    Sequence,
    Value,
)

_GRANTS = "__acl__"


def permission_guard(
    walk: Walk,
    library: Library,
    event: Event,
    wanted: Value | None,
    scope: Scope = "handler",
    context: Value | None = None,
) -> list[tuple[Value, Scope]]:
    """A permission as a guard; none if the grants of the context give it to everybody."""
    if isinstance(wanted, External):
        return [(wanted, scope)]
    names = texts(wanted)
    if wanted is None or not names or (context is not None and _everybody_may(walk, context, names)):
        return []
    asked = Event(
        f"{library.name}.permission", UNKNOWN, Arguments([wanted]), event.module, event.at, event.end, event.activation
    )
    return [(External(asked.path, None, asked), scope)]


def default_permission(walk: Walk, library: Library, here: Here) -> Value | None:
    """The permission that everything needs which names none: of the routers on the way, or set for the application."""
    for router in here.routers:
        if router.guards is not None and texts(router.guards):
            return router.guards
    for event in walk.machine.events:
        for known in walk.index.guard_places.get(event.path, ()):
            if known.library is library and known.row.scope == "app":
                value = pick(event.arguments, known.row.argument)
                if value is not None and texts(value):
                    return value
    return None


def root_context(here: Here, reference: tuple[int | str, ...]) -> Value | None:
    """What makes the context of routes that name none: an argument of the application."""
    for router in here.routers:
        if router.root and router.event is not None:
            return pick(router.event.arguments, reference)
    return None


def _everybody_may(walk: Walk, context: Value, names: tuple[str, ...]) -> bool:
    """Whether the grants of a context let somebody who is not known do what `names` say."""
    for entry in listed(_grants(walk, context)):
        for option in options(entry):
            if not (isinstance(option, Sequence) and len(option.items) == 3):
                return False  # "deny all", or a grant that is computed
            answer, who, what = option.items
            if _fits(walk, who, what, names):
                return _last(answer) == "Allow"
    return False


def _fits(walk: Walk, who: Value, what: Value, names: tuple[str, ...]) -> bool:
    everybody = isinstance(who, External) and any(known.row.public for known in walk.index.guards.get(who.path, ()))
    if not (everybody or (isinstance(who, Known) and who.value == "system.Everyone")):
        return False
    if isinstance(what, Sequence):
        return any(name in texts(item) for item in what.items for name in names)
    return bool(set(texts(what)) & set(names)) or isinstance(what, External)  # all permissions are one name


def _last(value: Value) -> str:
    return value.path.rpartition(".")[2] if isinstance(value, External) else (texts(value) or ("",))[0]


def _grants(walk: Walk, context: Value) -> Value | None:
    machine = walk.machine
    made: Value | None = context.value if isinstance(context, Decorated) else context
    if isinstance(made, Known) and isinstance(made.value, str):
        module, _, name = made.value.replace(":", ".").rpartition(".")
        found = machine.import_module(machine, module) if module else None
        made = machine.attribute(machine, machine.nowhere, found, name, 0) if isinstance(found, Module) else None
    if isinstance(made, Function | Bound):
        made = machine.call(machine, machine.nowhere, made, Arguments([UNKNOWN]), 0, 0)
    if isinstance(made, Class):
        made = specimen(made)
    if not isinstance(made, Instance):
        return None
    held = made.attributes.get(_GRANTS) or find_in_class(made.cls, _GRANTS)[0]
    if isinstance(held, Function):
        bound = Bound(held, made)
        return machine.call(machine, machine.nowhere, bound, Arguments(), 0, 0)
    return held
