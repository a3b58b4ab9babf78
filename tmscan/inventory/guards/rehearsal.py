"""Running code once more as for an anonymous request: a function and a situation go in, an activation comes out.

Nothing of a rehearsal stays behind in the program; what it did is only looked at for refusals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tmscan.inventory.routes.answers import Answer
from tmscan.inventory.routes.found import Found, passed_by_route
from tmscan.program.evaluation.activations import activate
from tmscan.program.machine import Machine
from tmscan.program.values import (
    FALSE,
    NOTHING,
    TRUE,
    UNKNOWN,
    Activation,
    Arguments,
    Function,
    Instance,
    Known,
    Sequence,
    Table,
    Text,
    Value,
)

STEPS, LONG = 500, 6_000
CONSTANTS: dict[str, Value] = {
    "root": Known("/"), "false": FALSE, "true": TRUE, "none": NOTHING, "text": Text((UNKNOWN,)),
}  # fmt: skip
FACTS = frozenset(
    {"path", "method", "endpoint", "name", "blueprint", "namespace", "namespaces", "view"}
    | {"mount", "inside", "varying", "protocol"}
)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known about the request to one endpoint.

    `name` is what its declaration calls it, `endpoint` the same (else the handler's name) behind that of its
    `blueprint`; `namespace` is what the module says that declares it. `given` are arguments that the route hands on.
    """

    path: Value = UNKNOWN
    method: Value = UNKNOWN
    endpoint: Value = UNKNOWN
    name: Value = UNKNOWN
    blueprint: Value = UNKNOWN
    namespace: Value = UNKNOWN
    view: Value = UNKNOWN
    mount: Value = UNKNOWN
    inside: Value = UNKNOWN
    varying: Value = UNKNOWN
    protocol: Value = UNKNOWN
    given: Mapping[str, Value] = field(default_factory=dict)
    key: tuple[object, ...] = ()


NOWHERE = Situation()


def rehearse(
    machine: Machine,
    function: Function,
    receiver: Value | None,
    arguments: Arguments,
    situation: Situation,
    skipped: frozenset[int] = frozenset(),
) -> Activation | None:
    """Run `function` for an anonymous request in `situation`; what has a `skipped` definition is not entered."""
    return rehearse_within(machine, function, receiver, arguments, situation, skipped)[0]


def rehearse_within(
    machine: Machine,
    function: Function,
    receiver: Value | None,
    arguments: Arguments,
    situation: Situation,
    skipped: frozenset[int] = frozenset(),
    most: int = STEPS,
) -> tuple[Activation | None, int]:
    """The same within a number of steps, with how many it took: more than `most` where it was cut short."""
    kept = (
        machine.activations, machine.events_at, machine.instances, machine.events, machine.contexts,
        machine.stored_settings, machine.asked, machine.settled, machine.standing, machine.happened, machine.handed,
    )  # fmt: skip
    if isinstance(receiver, Instance):
        receiver = Instance(receiver.cls, dict(receiver.attributes), receiver.event, receiver.ready)
    steps, limit, functions, classes, cut = (
        machine.steps, machine.limit, len(machine.functions), len(machine.classes), len(machine.cut),
    )  # fmt: skip
    machine.settled, machine.standing, machine.happened = machine.activations, machine.instances, machine.events_at
    machine.activations, machine.events_at, machine.instances = {}, {}, {}
    machine.events, machine.contexts, machine.stored_settings, machine.handed = [], {}, [], {}
    machine.limit = machine.steps + most
    machine.undo, machine.consulted = [], set()
    remembered = machine.rehearsed
    if situation is NOWHERE:  # what does not know its place holds in no other
        machine.rehearsed = {}
    machine.assumed, machine.skipped = _assumed(machine, situation), skipped
    try:
        activation = activate(machine, machine.nowhere, function, receiver, arguments)
        made = receiver if function.definition.name == "__init__" else activation.result if activation else None
        if activation is not None and isinstance(made, Instance):
            activation = replace(activation, result=_lasting(made))
        return activation, machine.steps - steps
    finally:
        for change in reversed(machine.undo or []):
            change.put_back()
        machine.undo, machine.rehearsed = None, remembered
        (
            machine.activations, machine.events_at, machine.instances, machine.events, machine.contexts,
            machine.stored_settings, machine.asked, machine.settled, machine.standing, machine.happened, machine.handed,
        ) = kept  # fmt: skip
        machine.steps, machine.limit, machine.assumed, machine.skipped = steps, limit, {}, frozenset()
        del machine.functions[functions:], machine.classes[classes:], machine.cut[cut:]


def _lasting(made: Instance) -> Instance:
    """An object with what it holds now: what is written in a rehearsal is taken back afterwards."""
    return Instance(made.cls, dict(made.attributes), made.event, made.ready)


def _assumed(machine: Machine, situation: Situation) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for path, gives in machine.vocabulary.asked.items():
        value = CONSTANTS.get(gives) if gives not in FACTS else getattr(situation, gives, None)
        if gives == "namespaces" and isinstance(situation.namespace, Known):
            value = Sequence("list", [situation.namespace])
        if gives in ("empty", "nobody"):  # a new one each time: it can be written to
            value = Table({}) if gives == "empty" else Sequence("list", [])
        if value is not None and value is not UNKNOWN:
            found[path] = value
    return found


def fact_paths(machine: Machine) -> frozenset[str]:
    """The paths that tell one endpoint from another: code that reads none of them treats all alike."""
    return frozenset(path for path, gives in machine.vocabulary.asked.items() if gives in FACTS)


def under_mount(situation: Situation, prefix: str) -> Situation:
    """The same request as an application sees it that is mounted under a prefix."""
    whole = _text(situation.path)
    mount = _plain(prefix).rstrip("/") if prefix else ""
    if not whole or _text(situation.mount) == mount:
        return situation
    inside = whole.removeprefix(mount) or "/"
    return replace(situation, mount=Known(mount), inside=Known(inside), key=(*situation.key, mount))


def situation_of(machine: Machine, answer: Answer, methods: tuple[str, ...], view: Value) -> Situation:
    """What a request to a route says about itself."""
    found, path = answer.found, answer.path
    method = methods[0] if methods and methods[0] not in ("ANY", "WEBSOCKET") else "GET"
    whole = _plain(path)
    given = found.event.arguments.keywords if found.event is not None else {}
    name = given.get("endpoint") or given.get("name") or UNKNOWN
    blueprint = ".".join(filter(None, (_text(router.name) for router in found.routers if not router.root)))
    own = name.value if isinstance(name, Known) else getattr(getattr(view, "definition", None), "name", None)
    endpoint = Known(f"{blueprint}.{own}" if blueprint else own) if isinstance(own, str) else name
    varying: dict[str, Value] = {one.name: UNKNOWN for one in answer.parameters if one.place == "path"}
    return Situation(
        Known(whole), Known(method), endpoint, name, Known(blueprint) if blueprint else NOTHING,
        Known(_namespace(machine, found)), view, Known(""), Known(whole), Table(dict.fromkeys(varying, UNKNOWN)),
        Known("websocket" if "WEBSOCKET" in methods else "http"), {**varying, **passed_by_route(found)},
        (whole, method, str(getattr(endpoint, "value", "")), id(view)),
    )  # fmt: skip


def _namespace(machine: Machine, found: Found) -> str:
    """The namespace that the module which declared a route gives to its routes."""
    name = next((root.namespace for root in found.library.roots if root.namespace), "")
    module = machine.modules.get(found.group) if name else None
    return _text(module.frame.locals.get(name)) if module is not None and module.frame is not None else ""


def _text(value: Value | None) -> str:
    return value.value if isinstance(value, Known) and isinstance(value.value, str) else ""


def _plain(path: str) -> str:
    """A template with a sample in each hole, regex anchors gone: `/notes/<int:number>` is asked for as `/notes/1`."""
    made: list[str] = []
    depth = 0
    for letter in path:
        if letter in "<{(":
            depth += 1
            if depth == 1:
                made.append("1")
        elif letter in ">})":
            depth = max(0, depth - 1)
        elif depth == 0 and letter not in "^$\\?+*":
            made.append(letter)
    return "".join(made) or "/"
