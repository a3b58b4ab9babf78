"""Whether each call on a way hands on what it was handed: a way and the last call in, the call that does not out.

A function that is called in many ways runs once for all of them, and then its parameters hold what any caller gave. So
the calls are read once more: what goes on must be the argument that the data came in as, or be made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from tmscan.facts import types as ir
from tmscan.facts.body import nodes_in, statements
from tmscan.facts.types import At
from tmscan.libraries.types import ArgumentRef
from tmscan.program.values import Activation, Event, Instance, Value
from tmscan.traces.ways import Hop, Texts

_Carries = Callable[[Value | None], bool]
_Names = frozenset[str]


def lost_at(texts: Texts, hops: Sequence[Hop], event: Event, argument: ArgumentRef, carries: _Carries) -> Hop | None:
    """The call after which the data can go no further by what the calls say; None where it goes all the way.

    A call that cannot be read hands on everything.
    """
    came: _Names | None = None  # the parameters that it came in as; None: any name may hold it
    for hop in hops:
        if not hop.down:
            came = None
            continue
        function = hop.target.function
        call = _call_at(texts, hop.source, hop.at, function.definition.name if function is not None else "")
        came = _given(texts, hop, call, came, carries) if call is not None else None
        if came is not None and not came:
            return hop
    if came is None:
        return None
    inner = hops[-1].target
    call = _call_at(texts, inner, event.at, event.path.rpartition(".")[2])
    parts = list(_wanted(call, argument)) if call is not None else []
    goes = not parts or any(_holds(texts, inner, part, came, carries) is not False for part in parts)
    return None if goes else hops[-1]


def kept_in_object(hop: Hop, carries: _Carries) -> bool:
    """Whether the data comes in with `self` alone, and that is no object that the calls are known to have made."""
    owner, arguments = hop.target.receiver, hop.target.arguments
    if not hop.down or not isinstance(owner, Instance) or owner is not owner.cls.specimen:
        return False
    given = (*arguments.positional, *arguments.keywords.values(), arguments.unknown) if arguments is not None else ()
    return not any(carries(value) for value in given)


def _given(texts: Texts, hop: Hop, call: ir.Call, came: _Names | None, carries: _Carries) -> _Names | None:
    """The parameters of what is called that take the data; None where that cannot be told."""
    function = hop.target.function
    if function is None:
        return None
    names = [parameter.name for parameter in function.definition.parameters]
    skipped = 1 if hop.target.receiver is not None else 0
    found: set[str] = set()
    for position, part in enumerate(call.arguments):
        holds = _holds(texts, hop.source, part.value, came, carries)
        if holds is None or (holds and part.star):
            return None
        if holds:
            found |= _taken(function.definition.parameters, names, part.keyword, position + skipped)
    owner = call.func.value if isinstance(call.func, ir.Attribute) else None
    if skipped and names and owner is not None and _holds(texts, hop.source, owner, came, carries) is not False:
        found.add(names[0])
    return frozenset(found) if found or came is not None else None


def _taken(parameters: Sequence[ir.Parameter], names: list[str], keyword: str | None, index: int) -> set[str]:
    if keyword in names:
        return {keyword}
    if keyword is None and index < len(names) and parameters[index].kind not in (2, 4):
        return {names[index]}
    return {parameter.name for parameter in parameters if parameter.kind in (2, 4)}


def _holds(texts: Texts, activation: Activation, node: ir.Expr, came: _Names | None, carries: _Carries) -> bool | None:
    """Whether an expression holds the data: by its names, but for parameters that it did not come in as.

    None where a name stands in it of which nobody knows.
    """
    frame, function = activation.frame, activation.function
    if frame is None or function is None:
        return None
    others = {parameter.name for parameter in function.definition.parameters} - _assigned(texts, activation)
    doubtful = False
    for name in {part.id for part in nodes_in(node) if isinstance(part, ir.Name)}:
        if name not in frame.locals:
            doubtful = doubtful or came is None  # `request`, a global, what an outer function holds
        elif carries(frame.locals[name]) and (came is None or name not in others or name in came):
            return True
    return None if doubtful else False


def _wanted(call: ir.Call, argument: ArgumentRef) -> Iterator[ir.Expr]:
    """The dangerous argument as it is written; every part of the call where the row names no single one."""
    for wanted in argument:
        if isinstance(wanted, int):
            if wanted < len(call.arguments) and not any(part.star for part in call.arguments[: wanted + 1]):
                yield call.arguments[wanted].value
                return
        elif any(part.keyword == wanted for part in call.arguments):
            yield from (part.value for part in call.arguments if part.keyword == wanted)
            return
    yield call


def _call_at(texts: Texts, activation: Activation, at: At, name: str) -> ir.Call | None:
    """The call of something with a name that begins at a place; None where it cannot be told: `a(x).a(y)`."""
    if activation.function is None:
        return None
    known = texts.calls.get(id(activation.function.definition))
    if known is None:
        body = statements(activation.function.definition)
        known = {}
        for node in nodes_in(body):
            if isinstance(node, ir.Call):
                known.setdefault(node.at, []).append(node)
        texts.calls[id(activation.function.definition)] = known
    found = known.get(at, [])
    if len(found) > 1:  # `a(x).b(y)` begins where `a(x)` does
        found = [call for call in found if name in (getattr(call.func, "attr", ""), getattr(call.func, "id", ""))]
    return found[0] if len(found) == 1 else None


def _assigned(texts: Texts, activation: Activation) -> _Names:
    """The names in a function that are given another value in it."""
    if activation.function is None:
        return frozenset()
    known = texts.assigned.get(id(activation.function.definition))
    if known is None:
        body = statements(activation.function.definition)
        known = frozenset(name for node in nodes_in(body) for name in _targets(node))
        texts.assigned[id(activation.function.definition)] = known
    return known


def _targets(node: msgspec.Struct) -> Iterator[str]:
    parts: tuple[object, ...] = ()
    if isinstance(node, ir.Assign):
        parts = node.targets
    elif isinstance(node, ir.Augmented | ir.Annotated | ir.For | ir.Walrus):
        parts = (node.target,)
    elif isinstance(node, ir.With):
        parts = tuple(item.target for item in node.items)
    for part in parts:
        yield from (each.id for each in nodes_in(part) if isinstance(each, ir.Name))
