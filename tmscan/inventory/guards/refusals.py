"""What running a function can end in: an activation goes in, its refusals come out, with the conditions they hang on.

A refusal is 401 or 403, raised, returned or aborted with, or a redirect to a login page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tmscan.facts.types import At, Attribute, Call, Name
from tmscan.inventory.calls.arguments import show
from tmscan.inventory.calls.leads import leads_to
from tmscan.inventory.guards.conditions import sources_of, words_of_test
from tmscan.inventory.guards.identity import kind_of
from tmscan.inventory.guards.logins import sends_to_login, to_login
from tmscan.inventory.guards.refusing import STATUS, asks_itself, is_refusing, refuses_by_row
from tmscan.inventory.guards.standing import hangs_on_stored, of_known_caller
from tmscan.inventory.guards.swallowed import swallowed_parts
from tmscan.libraries.index import Index
from tmscan.libraries.types import GuardKind
from tmscan.program.classes import find_in_class, order_of
from tmscan.program.lattice import options
from tmscan.program.machine import Machine
from tmscan.program.values import (
    Activation,
    Class,
    Event,
    External,
    Instance,
    Known,
    Sequence,
    Unknown,
    Value,
)

DEPTH = 8
_NAMED = re.compile(
    r"unauthori|forbidden|permission|accessdenied|notauth|notlogged|authentication|credentials|authoriz\w*(error|exc)|"
    r"autherror|login_?required|invalid_?token|denied",
    re.IGNORECASE,
)
_ASKED = Name(0, "login_required")  # what such a guard asks, where the code itself does not say it
_STRANGERS = ("typing.Callable", "collections.abc.Callable", "importlib.")
_REFUSING = re.compile(r"\.(?:unauthorized|forbidden|access_denied|login_required)\(\)$")


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


def refusals_of(reader: Reader, activation: Activation, depth: int = DEPTH) -> list[Refusal]:
    """The refusals of an activation and of the project functions it calls, nearest first."""
    found: list[Refusal] = []
    start: tuple[tuple[Activation, object], ...] = ()
    queue, seen = [(activation, start, depth)], {id(activation)}

    def refuses(one: Activation) -> bool:
        return bool(_own(reader, one))

    for current, chain, left in queue:
        for tests, redirects, at in _own(reader, current):
            asked = (*chain, *((current, test) for test in tests))
            found.append(_refusal(reader, asked, current, redirects, at))
        if left:
            for (at, callee), tests in zip(current.calls, current.call_tests, strict=False):
                if id(callee) not in seen and not _ends_there(reader, current, at):
                    seen.add(id(callee))
                    if callee.lasting and not leads_to(callee, refuses, reader.leading):
                        continue
                    queue.append((callee, (*chain, *((current, test) for test in tests)), left - 1))
    return found


def _refusal(
    reader: Reader, asked: tuple[tuple[Activation, object], ...], current: Activation, redirects: bool, at: At
) -> Refusal:
    words: set[str] = set()
    for holder, test in asked:
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


def _own(reader: Reader, activation: Activation) -> list[tuple[tuple[object, ...], bool, At]]:
    """(conditions, whether it is a redirect, place) of each refusal of one activation."""
    kept = activation.ways_out
    if kept is not None:
        return kept
    found: list[tuple[tuple[object, ...], bool, At]] = []
    for event in activation.events:
        answer = event.callee if event.path.endswith("()") else None
        if isinstance(answer, External) and _ends_refused(reader.index, "return", answer):
            found.append(
                (activation.under.get(id(event), ()), False, event.at)
            )  # `await JSONResponse(…)(scope, receive, send)`
            continue
        if _is_class(event.path) or event.kind == "raise" or _ends_there(reader, activation, event.at):
            continue  # an exception or response refuses when it is raised or returned: see below
        if refuses_by_row(reader.index, event):
            asks = (_ASKED,) if asks_itself(reader.index, event) else ()
            found.append(((*activation.under.get(id(event), ()), *asks), False, event.at))
        elif _is_guarded(reader.index, event):
            found.append(((*activation.under.get(id(event), ()), _ASKED), False, event.at))
        elif to_login(reader.index, event):
            found.append((activation.under.get(id(event), ()), True, event.at))
    for kind, value, at, tests in activation.ends:
        if kind == "raise" and _ends_there(reader, activation, at):
            continue
        if kind == "raise" and _by_os(value) and not any(_condition(reader, activation, t, False) for t in tests):
            continue  # it may be about a file: what is tested there must be the caller
        for option in options(value):
            guarded = _is_guarded(reader.index, option)
            if guarded or _ends_refused(reader.index, kind, option):
                found.append(((*tests, _ASKED) if guarded else tests, False, at))
                break
            made = option.event if isinstance(option, External) else None
            if made is not None and _is_class(made.path) and to_login(reader.index, made):
                found.append((tests, True, at))  # `return RedirectResponse("/login")`
                break
        else:
            if kind == "return" and tests and _is_answer_of_stranger(value, tests[-1]):
                found.append((tests, False, at))
            elif kind == "raise" and isinstance(value, Instance) and sends_to_login(value):
                found.append((tests, True, at))
    found = [one for one in found if not one[0] or not _of_known(reader, activation, one[2])]
    if activation.done:
        activation.ways_out = found
    return found


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


def _is_class(path: str) -> bool:
    last = path.removesuffix("()").rpartition(".")[2]
    return last[:1].isupper()


def _ends_refused(index: Index, kind: str, value: Value) -> bool:
    if isinstance(value, External):
        if value.event is not None:
            if refuses_by_row(index, value.event) and _is_class(value.event.path):
                return True
            given = value.event.arguments.keywords
            if any(isinstance(one, Known) and one.value in (401, 403) for one in value.event.arguments.positional[1:3]):
                return True  # a response made with its status: `make_response(body, 403)`
            set_later = value.attributes or {}
            status = given.get("status") or given.get("status_code") or set_later.get("status_code")
            if is_refusing(status):
                return True
            if kind == "raise" and not index.refusals.get(value.event.path):
                return _NAMED.search(value.event.path.rpartition(".")[2]) is not None
        elif value.path in index.refusals:
            return not index.refusals[value.path][0].row.status
        if _REFUSING.search(value.path):
            return True
        return kind == "raise" and value.path not in index.refusals and _NAMED.search(_last(value.path)) is not None
    if isinstance(value, Sequence) and value.kind == "tuple" and len(value.items) > 1:
        return any(STATUS.search(show(item)) for item in value.items[1:2] if isinstance(item, Known | External))
    if isinstance(value, Instance | Class):
        return _of_project(index, kind, value)
    return False


def _last(path: str) -> str:
    return path.removesuffix("()").rpartition(".")[2]


def _of_project(index: Index, kind: str, value: Instance | Class) -> bool:
    cls = value.cls if isinstance(value, Instance) else value
    event = value.event if isinstance(value, Instance) else None
    for base in order_of(cls):
        if isinstance(base, External) and base.path in index.refusals:
            if not index.refusals[base.path][0].row.status:
                return True
            if event is not None and refuses_by_row(index, event):
                return True
    for name in ("status_code", "code", "status"):
        given = value.attributes.get(name) if isinstance(value, Instance) else None
        given = given or find_in_class(cls, name)[0]
        if isinstance(given, Known | External) and STATUS.search(show(given)):
            return True
    return kind == "raise" and _NAMED.search(cls.qualname.rpartition(".")[2]) is not None
