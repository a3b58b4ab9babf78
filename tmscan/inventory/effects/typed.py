"""What an answer was said to be before it was written: `self.set_header("Content-Type", "application/json")`.

A recorded call that writes in, the types out that are in force there: those set on every way to it in the same
function, else by what is called for the text that is written, else by the class for all of its answers.
"""

from __future__ import annotations

from tmscan.facts import types as ir
from tmscan.facts.body import nodes_in, statements
from tmscan.inventory.calls.arguments import pick, texts
from tmscan.program.objects.classes import order_of
from tmscan.program.values import Activation, Class, Event, Function, Instance, Tests

_SETS = ("set_header", "add_header")
_DEFAULTS = "set_default_headers"


def types_before(event: Event) -> tuple[str, ...]:
    """The types of content that an answer has by then; none where nobody can say."""
    hangs_on = event.activation.under.get(id(event), ())
    own = [one for one in _set_in(event.activation, hangs_on) if one.at < event.at]
    if own:
        return texts(pick(own[-1].arguments, (1, "value")))
    inner = [callee for at, callee in event.activation.calls if event.at < at < event.end]
    said = [_set_in(callee) for callee in dict.fromkeys(inner)]
    if said and all(said):
        return tuple(text for sets in said for text in texts(pick(sets[-1].arguments, (1, "value"))))
    return _by_class(event.activation)


def _set_in(activation: Activation, hangs_on: Tests = ()) -> list[Event]:
    """Where a function says the type, whatever happens in it, or where the conditions hold that a write hangs on."""
    return [
        event
        for event in activation.events
        if event.path.endswith(_SETS)
        and (under := activation.under.get(id(event), ())) == hangs_on[: len(under)]
        and any(text.lower() == "content-type" for text in texts(pick(event.arguments, (0, "name"))))
    ]


def _by_class(activation: Activation) -> tuple[str, ...]:
    owner = activation.receiver.cls if isinstance(activation.receiver, Instance) else None
    classes = [base for base in order_of(owner) if isinstance(base, Class)] if owner is not None else []
    made = next((base.namespace[_DEFAULTS] for base in classes if _DEFAULTS in base.namespace), None)
    if not isinstance(made, Function):
        return ()
    calls = [node for node in nodes_in(statements(made.definition)) if isinstance(node, ir.Call)]
    return tuple(
        str(value.value)
        for call in calls
        if getattr(call.func, "attr", "") in _SETS and len(call.arguments) == 2
        for name, value in [(call.arguments[0].value, call.arguments[1].value)]
        if isinstance(name, ir.Constant)
        and str(name.value).lower() == "content-type"
        and isinstance(value, ir.Constant)
    )
