"""What is known of untrusted data by the way it came: the `checks` of its origins, of tests and of cleaning calls.

They are kinds of sinks that it was made harmless for, `plain` (letters and digits at most), `lacks:TEXT`,
`bare:TEXT` (it does not begin with TEXT), `starts:TEXT`, `ends:TEXT`, `inner:TEXT` (TEXT does not stand between its
first and last letter), `doubled:QUOTE`, `isnt:TEXT`, and `indirect`, which makes nothing harmless.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tmscan.facts import types as ir
from tmscan.program.lattice import join, options, origins_of
from tmscan.program.values import (
    CLEAN,
    Activation,
    Choice,
    Event,
    External,
    Frame,
    Origin,
    Origins,
    Sequence,
    Text,
    Unknown,
    Value,
)
from tmscan.program.vocabulary import Cleaning

INDIRECT = "indirect"  # it may be something else by now, that was looked up by it or allowed by a list
_RUNS = frozenset({"first", "first_or_404", "one", "one_or_none", "one_or_404", "all", "scalar", "scalars", "count"})
_SPELLINGS = frozenset({"as_posix", "absolute", "fspath", "str", "Path"})
_HOSTS = frozenset({"url", "redirect"})
_RECENT = 24  # calls of a function that are looked through for the one that a test is about


def marked(value: Value, checks: frozenset[str]) -> Value:
    """The same value, its data known to have passed `checks`; containers and objects stay as they are."""
    return _marked(value, checks, {})


def _marked(value: Value, checks: frozenset[str], done: dict[int, Value]) -> Value:
    """`done` holds the parts by identity: texts share them."""
    known = done.get(id(value))
    if known is not None:
        return known
    made = value
    if isinstance(value, Unknown):
        made = Unknown(_with(value.origins, checks), value.hint) if value.origins else value
    elif isinstance(value, External) and value.origins:
        made = External(value.path, value.base, value.event, _with(value.origins, checks), value.attributes)
    elif isinstance(value, Text):
        made = Text(tuple(_marked(part, checks, done) for part in value.parts), _with(value.origins, checks))
    elif isinstance(value, Choice):
        made = join([_marked(option, checks, done) for option in value.options])
    done[id(value)] = made
    return made


def cleaning_of(cleans: Mapping[str, Cleaning], path: str) -> Cleaning | None:
    """What a call makes of data: by its path, or by a method's name that nothing else has."""
    return cleans.get(path) or cleans.get(f"unseen.{path.rpartition('.')[2]}")


def cleaned(frame: Frame, row: Cleaning, event: Event, result: Value) -> Value:
    """What a call that cleans data gives; one that refuses what is not clean marks its argument instead."""
    if row.shape == "call":
        return marked(result, row.kinds) if row.kinds else unmarked(result)
    if row.shape == "lookup":
        return _found(event, result)
    if row.shape == "demand":
        passed(frame, event, row)
    return result


def passed(frame: Frame, event: Event, row: Cleaning) -> None:
    """Mark what a check let through. Where it looked at a resolved path, what that was made of lies there, too."""
    for value in arguments_for(event, row):
        mark_names(frame, value, row.kinds)
    folder = event.arguments.positional[0] if event.arguments.positional else None
    if row.after and row.argument == ("receiver",) and not origins_of(folder):
        for value in _named(event, row):
            if came_from(value, row.after):
                mark_alike(frame, value, row.kinds)


def queried(path: str) -> bool:
    """Whether a call runs a query that was built on `.query`: what it finds is stored data."""
    head, _, last = path.rpartition(".")
    return last in _RUNS and (".query()." in head or ".query." in head)


def _found(event: Event, result: Value) -> Value:
    """What was kept under a name: the data of what holds it, not of the name."""
    held = event.callee.origins if isinstance(event.callee, External) else CLEAN
    if isinstance(result, External):
        return External(result.path, result.base, result.event, held, result.attributes)
    return Unknown(held, result.hint) if isinstance(result, Unknown) else result


def arguments_for(event: Event, row: Cleaning) -> list[Value]:
    """The values that a row is about: an argument (the members of a list), or what the method is called on."""
    found = _named(event, row)
    if not row.after:
        return found
    return [part for value in found if came_from(value, row.after) for part in made_of(value)]


def made_of(value: Value | None, depth: int = 6) -> Iterator[Value]:
    """A path and what it was made of: where a resolved path lies, there lies the one that was resolved."""
    if value is None or depth == 0:
        return
    yield value
    event = value.event if isinstance(value, External) else None
    if event is None and isinstance(value, External):
        yield from made_of(value.base, depth - 1)
    elif event is not None:
        yield from made_of(event.callee.base if isinstance(event.callee, External) else None, depth - 1)
        for part in event.arguments.positional[:1]:
            yield from made_of(part, depth - 1)


def came_from(value: Value | None, names: frozenset[str], depth: int = 6) -> bool:
    """Whether a call with one of these last names made a value, or what it was made of; each alternative of it."""
    if isinstance(value, Choice):
        return all(came_from(option, names, depth) for option in value.options)
    if not isinstance(value, External) or depth == 0:
        return False
    event = value.event
    if event is None:
        return came_from(value.base, names, depth - 1)
    if event.path.rpartition(".")[2] in names:
        return True
    receiver = event.callee.base if isinstance(event.callee, External) else None
    return any(came_from(part, names, depth - 1) for part in (receiver, *event.arguments.positional[:1]))


def _named(event: Event, row: Cleaning) -> list[Value]:
    for wanted in row.argument:
        value: Value | None = None
        if wanted == "receiver":
            value = event.callee.base if isinstance(event.callee, External) else None
        elif isinstance(wanted, int):
            value = event.arguments.positional[wanted] if wanted < len(event.arguments.positional) else None
        else:
            value = event.arguments.keywords.get(wanted)
        if value is not None:
            return value.items if isinstance(value, Sequence) else [value]
    return []


def unmarked(value: Value) -> Value:
    """The same data after something that may bring back what was taken out: decoding, unquoting."""
    if isinstance(value, External) and any(origin.checks for origin in value.origins):
        origins = frozenset(origin._replace(checks=origin.checks & {INDIRECT}) for origin in value.origins)
        return External(value.path, value.base, value.event, origins, value.attributes)
    return value


def mark_names(frame: Frame, value: Value, checks: frozenset[str]) -> None:
    """Mark `value` under every local name that it goes by, what was found out of it elsewhere included."""
    made = marked(value, checks)
    if made is not value:
        for name, held in frame.locals.items():
            if held is value:
                frame.locals[name] = made
            elif all(any(_is_same(one, other) for other in options(value)) for one in options(held)):
                frame.locals[name] = marked(held, checks)


def _is_same(held: Value, value: Value) -> bool:
    """Whether two values are one that branches learned different things of."""
    if isinstance(held, External) and isinstance(value, External):
        same = held.path == value.path and held.event is value.event and held.base is value.base
        return same and _places(held.origins) == _places(value.origins)
    if isinstance(held, Unknown) and isinstance(value, Unknown):
        return held.hint == value.hint and _places(held.origins) == _places(value.origins)
    return False


def _places(origins: Origins) -> frozenset[tuple[str, int, str]]:
    return frozenset((origin.file, origin.at, origin.name) for origin in origins)


def mark_alike(frame: Frame, value: Value, checks: frozenset[str]) -> None:
    """Mark every local name whose data all came the way that some of `value` did: what it was made of, and from it."""
    places = {(origin.file, origin.at, origin.name) for origin in origins_of(value)}
    for name, held in frame.locals.items():
        found = origins_of(held, 2) if isinstance(held, Unknown | External | Text | Choice) else frozenset()
        if found and all((origin.file, origin.at, origin.name) in places for origin in found):
            frame.locals[name] = marked(held, checks)


def kept(frame: Frame, node: ir.Expr, *, answer: bool | None) -> None:
    """Mark the names that a call of the program's own functions was given by what these promise.

    `answer` is whether it said yes, or None where all that is known is that it returned.
    """
    call = node.value if isinstance(node, ir.Await) else node
    if not isinstance(call, ir.Call):
        return
    names = [_spelled(part.value) for part in call.arguments]
    if not any(isinstance(name, ir.Name) and _carries(frame.locals.get(name.id)) for name in names):
        return
    both = list(zip(call.arguments, names, strict=True))
    given = {key: name for key, (part, name) in enumerate(both) if not part.keyword and not part.star}
    named = {part.keyword: name for part, name in both if part.keyword}
    ran = [activation for at, activation in frame.activation.calls[-_RECENT:] if at == call.at]
    parts: list[tuple[int | str | None, ir.Expr]] = [*given.items(), *named.items()]
    for position, part in parts:
        value = frame.locals.get(part.id) if isinstance(part, ir.Name) else None
        if value is not None and (checks := promised(ran, position, answer)):
            mark_names(frame, value, checks)
            if checks & _HOSTS:  # of a host: the address that it stands in is as good
                mark_alike(frame, value, checks & _HOSTS)


def _spelled(node: ir.Expr) -> ir.Expr:
    """What an expression only writes in another way: `path.as_posix()`, `str(path)`."""
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr in _SPELLINGS:
        return node.func.value
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Name) and node.func.id in _SPELLINGS:
        return node.arguments[0].value if len(node.arguments) == 1 else node
    return node


def _carries(value: Value | None) -> bool:
    return value is not None and bool(origins_of(value, 2))


def promised(ran: list[Activation], position: int | str | None, answer: bool | None) -> frozenset[str]:
    """What all of these runs promise of an argument; nothing where one of them promises nothing."""
    found: frozenset[str] | None = None
    for activation in ran:
        if activation.function is None or not activation.promises:
            return frozenset()
        names = [parameter.name for parameter in activation.function.definition.parameters]
        if isinstance(position, int):
            index = position + (activation.receiver is not None)
            name = names[index] if index < len(names) else ""
        else:
            name = position or ""
        for said, checks in activation.promises:
            if answer is None or said is answer:
                mine = checks.get(name, frozenset())
                found = mine if found is None else found & mine
    return found or frozenset()


def _with(origins: Origins, checks: frozenset[str]) -> Origins:
    """The origins with further checks. Of data that came several ways only that is known which is known of each."""
    known: dict[tuple[str, str, str, int], frozenset[str]] = {}
    for origin in origins:
        place = (origin.kind, origin.name, origin.file, origin.at)
        known[place] = known[place] & origin.checks if place in known else origin.checks
    return frozenset(Origin(*place, each | checks) for place, each in known.items())
