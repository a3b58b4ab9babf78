"""What running a function can end in: an activation goes in, its refusals come out, with the conditions they hang on.

A refusal is 401 or 403, raised, returned or aborted with, or a redirect to a login page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tmscan.facts.types import At, Attribute, Call, Name
from tmscan.inventory.calls.leads import leads_to
from tmscan.inventory.guards.conditions import sources_of, words_of_test
from tmscan.inventory.guards.handed_on import hands_on
from tmscan.inventory.guards.identity import kind_of
from tmscan.inventory.guards.logins import sends_to_login, to_login
from tmscan.inventory.guards.refused import ends_refused, is_class
from tmscan.inventory.guards.refusing import asks_itself, refuses_by_row
from tmscan.inventory.guards.standing import hangs_on_stored, of_known_caller
from tmscan.inventory.guards.swallowed import swallowed_parts
from tmscan.inventory.guards.turning import turned_away
from tmscan.libraries.index import Index
from tmscan.libraries.types import GuardKind
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.objects.classes import order_of
from tmscan.program.values import (
    Activation,
    Class,
    Event,
    External,
    Instance,
    Unknown,
    Value,
)

Answer: TypeAlias = Literal["", "refuses", "redirects"]  # what the handler of an error does with the request
# The conditions of a refusal, whether it is a redirect, its place, and whether whoever asked has to hand it on.
_Way: TypeAlias = tuple[tuple[object, ...], bool, At, bool]
_Test: TypeAlias = tuple[Activation, object, At]  # a test on the way to a place in a function that ran
DEPTH = 8
_MAKES = re.compile(r"respon[ds]\w*$|jsonify$|redirect\w*$")  # functions that make an answer, and do not raise it
_ASKED = Name(0, "login_required")  # what such a guard asks, where the code itself does not say it
_STRANGERS = ("typing.Callable", "collections.abc.Callable", "importlib.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refusal: the kind of guard it makes, whether it hangs on the caller, or on nothing, and what words say so."""

    kind: GuardKind
    asks: bool
    always: bool
    words: frozenset[str]
    activation: Activation
    redirects: bool = False
    at: At = 0


@dataclass(slots=True)
class Reader:
    """The libraries' words for refusing, and what was read of conditions so far.

    `words` are those of an expression by `id`, `sources` what the names of a definition are assigned from, and
    `conditions` the caller's words of a test in a definition. `leading` says which activations lead to a refusal.
    """

    machine: Machine
    index: Index
    words: dict[int, frozenset[str]] = field(default_factory=dict)
    sources: dict[int, Mapping[str, list[object]]] = field(default_factory=dict)
    conditions: dict[tuple[int, int, bool], frozenset[str]] = field(default_factory=dict)
    leading: dict[int, bool] = field(default_factory=dict)
    swallowed: dict[int, tuple[tuple[At, At], ...]] = field(default_factory=dict)  # by `id` of a definition
    placed: dict[tuple[int, At], tuple[bool, bool]] = field(default_factory=dict)  # what its place says of a refusal
    answered: dict[int, Answer] = field(default_factory=dict)  # by `id` of a class of errors
    turning: dict[tuple[int, At], dict[int, bool]] = field(default_factory=dict)  # the same of tests: see `_turning`


def refusals_of(reader: Reader, activation: Activation, depth: int = DEPTH) -> list[Refusal]:
    """The refusals of an activation and of the project functions it calls, nearest first."""
    found: list[Refusal] = []
    start: tuple[_Test, ...] = ()
    queue, seen = [(activation, start, depth, True)], {id(activation)}

    def leads(one: Activation) -> bool:
        return bool(_own(reader, one))

    for current, chain, left, heard in queue:
        for tests, redirects, at, returned in _own(reader, current):
            if heard or not returned:
                asked = (*chain, *((current, test, at) for test in tests))
                found.append(_refusal(reader, asked, current, redirects, at))
        if left:
            for (at, callee), tests in zip(current.calls, current.call_tests, strict=False):
                if id(callee) not in seen and not _ends_there(reader, current, at):
                    seen.add(id(callee))
                    if callee.lasting and not leads_to(callee, leads, reader.leading):
                        continue
                    answered = heard and hands_on(current, callee)
                    queue.append((callee, (*chain, *((current, test, at) for test in tests)), left - 1, answered))
    return found


def _refusal(reader: Reader, asked: tuple[_Test, ...], current: Activation, redirects: bool, at: At) -> Refusal:
    words: set[str] = set()
    for holder, test, place in asked:
        refused = _turning(reader, holder, place).get(id(test))
        if refused is None or (not refused and len(asked) == 1):
            words |= _condition(reader, holder, test, redirects)
    kind: GuardKind = "authentication"
    named = kind_of(words)
    if named == "csrf":
        kind = "csrf"
    elif named == "signature":
        kind = "signature"
    elif named == "validation":
        kind = "validation"
    return Refusal(kind, bool(words), not asked and not redirects, frozenset(words), current, redirects, at)


def _turning(reader: Reader, activation: Activation, at: At) -> dict[int, bool]:
    """The tests that send those elsewhere who are known, by `id`, and whether they refuse them."""
    key = (id(activation.function.definition) if activation.function is not None else 0, at)
    if key not in reader.turning:
        body = reader.machine.bodies.get(key[0], ())
        reader.turning[key] = {id(test): refused for test, refused in turned_away(body, at)}
    return reader.turning[key]


def _condition(reader: Reader, holder: Activation, test: object, plainly: bool) -> frozenset[str]:
    key = (id(holder.function.definition) if holder.function is not None else 0, id(test), plainly)
    if key not in reader.conditions:
        reader.conditions[key] = words_of_test(reader.machine, reader.sources, reader.words, holder, test, plainly)
    return reader.conditions[key]


def _of_known(reader: Reader, activation: Activation, at: At) -> bool:
    return _placed(reader, activation, at)[0]


def is_by_stored(reader: Reader, refusal: Refusal) -> bool:
    """Whether a refusal hangs on what is stored, and not about the caller."""
    return _placed(reader, refusal.activation, refusal.at)[1]


def _placed(reader: Reader, activation: Activation, at: At) -> tuple[bool, bool]:
    if activation.function is None:
        return False, False
    key = (id(activation.function.definition), at)
    if key not in reader.placed:
        body, sources = reader.machine.bodies.get(key[0], ()), sources_of(reader.machine, reader.sources, activation)
        known = of_known_caller(body, at, sources, reader.words)
        reader.placed[key] = known, hangs_on_stored(body, at, sources, reader.words)
    return reader.placed[key]


def _own(reader: Reader, activation: Activation) -> list[_Way]:
    """The refusals of one activation."""
    kept = activation.ways_out
    if kept is not None:
        return kept
    found: list[_Way] = []
    made_here = {id(answer.event) for answer in _returned(activation) if answer.event is not None}
    for event in activation.events:
        tests = activation.under.get(id(event), ())
        returned = id(event) in made_here and _MAKES.search(event.path) is not None
        answer = event.callee if event.path.endswith("()") else None
        if isinstance(answer, External) and ends_refused(reader.index, "return", answer):
            found.append((tests, False, event.at, False))  # `await JSONResponse(…)(scope, receive, send)`
            continue
        if is_class(event.path) or event.kind == "raise" or _ends_there(reader, activation, event.at):
            continue  # an exception or response refuses when it is raised or returned: see below
        if refuses_by_row(reader.index, event):
            asks = (_ASKED,) if asks_itself(reader.index, event) else ()
            found.append(((*tests, *asks), False, event.at, returned))
        elif _is_guarded(reader.index, event):
            found.append(((*tests, _ASKED), False, event.at, returned))
        elif to_login(reader.index, event):
            found.append((tests, True, event.at, returned))
    for kind, value, at, tests in activation.ends:
        if kind == "raise" and _ends_there(reader, activation, at):
            continue
        if kind == "raise" and _by_os(value) and not any(_condition(reader, activation, t, False) for t in tests):
            continue  # it may be about a file: what is tested there must be the caller
        for option in options(value):
            guarded = _is_guarded(reader.index, option)
            if guarded or ends_refused(reader.index, kind, option):
                found.append(((*tests, _ASKED) if guarded else tests, False, at, kind == "return"))
                break
            made = option.event if isinstance(option, External) else None
            if made is not None and is_class(made.path) and to_login(reader.index, made):
                found.append((tests, True, at, kind == "return"))  # `return RedirectResponse("/login")`
                break
        else:
            if kind == "return" and tests and _is_answer_of_stranger(value, tests[-1]):
                found.append((tests, False, at, True))
            elif kind == "raise" and isinstance(value, Instance) and sends_to_login(value):
                found.append((tests, True, at, False))
            elif kind == "raise" and (said := _answer_to(reader, value)):
                found.append((tests, said == "redirects", at, False))
    found = [one for one in found if not one[0] or not _of_known(reader, activation, one[2])]
    if activation.done:
        activation.ways_out = found
    return found


def _answer_to(reader: Reader, value: Value) -> Answer:
    """What the project's handlers of errors do where this is raised: the nearest class that has one."""
    for option in options(value) if reader.answered else ():
        cls = option.cls if isinstance(option, Instance) else option
        for base in order_of(cls) if isinstance(cls, Class) else ():
            if id(base) in reader.answered:
                return reader.answered[id(base)]
    return ""


def _returned(activation: Activation) -> Iterator[External]:
    """The answers of libraries that an activation returns."""
    for kind, value, _, _ in activation.ends:
        for option in options(value) if kind == "return" else ():
            if isinstance(option, External):
                yield option


def _by_os(value: Value) -> bool:
    return isinstance(value, External) and value.path in ("builtins.PermissionError", "builtins.PermissionError()")


def _ends_there(reader: Reader, activation: Activation, at: At) -> bool:
    """Whether an exception from this place ends in the function that it stands in."""
    if activation.function is None:
        return False
    key = id(activation.function.definition)
    if key not in reader.swallowed:
        reader.swallowed[key] = swallowed_parts(reader.machine.bodies.get(key, ()))
    return any(first <= at < last for first, last in reader.swallowed[key])


def _is_guarded(index: Index, value: Value | Event) -> bool:
    """Whether a guard of a library stands before what is called: `return login_required(view)(request)`, or just
    `authenticated(view)(self)` where a handler holds its answer itself.
    """
    path = value.path[:-4] if isinstance(value, External) and value.path.endswith("()()") else ""
    if isinstance(value, Event) and isinstance(next(iter(value.arguments.positional), None), Instance):
        path = value.path.removesuffix("()") if value.path.endswith("()") else ""
    return any(known.row.kind == "authentication" for known in index.guards.get(path, ()))


def _is_answer_of_stranger(value: Value, test: object) -> bool:
    """Whether code that cannot be seen made a response: `if isinstance(result, Response): return result`."""
    if not isinstance(test, Call) or not isinstance(test.func, Name) or test.func.id != "isinstance":
        return False
    if not isinstance(value, Unknown) and not (isinstance(value, External) and value.path.startswith(_STRANGERS)):
        return False
    kind = test.arguments[-1].value
    name = kind.id if isinstance(kind, Name) else kind.attr if isinstance(kind, Attribute) else ""
    return name.endswith("Response")
