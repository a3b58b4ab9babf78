"""Checks that were seen on the way of data and do not stop it: tests in, what each looks at and why it does not help.

What helps never comes here: the interpreter has taken the data for harmless then, and there is no finding. Those that
are known not to help are steps of the kind `check`; of the others, a `doubt`, nobody can say from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from tmscan.facts import types as ir
from tmscan.facts.body import nodes_in, statements
from tmscan.facts.types import line_of
from tmscan.inventory.types import Step
from tmscan.program.conditions.remembered import condition_in
from tmscan.program.lattice import origins_of
from tmscan.program.values import Activation, External, Instance, Tests, Text, Unknown, Value
from tmscan.sources.types import Location

_Carries = Callable[[Value | None], bool]
_Held = Callable[[Activation, bool], bool]
MOST = 3  # for one function
_DEPTH = 6
_CALLS = 24
_FORMS = frozenset({"is_valid", "validate", "validate_on_submit"})
_WEAK = {
    "startswith": "a beginning says nothing of what follows: `../`, or a longer name that begins alike, passes",
    "endswith": "an ending says nothing of what stands before it",
    "match": "a pattern for the beginning, or one that lets these characters through, does not help here",
    "search": "a pattern that is found somewhere says nothing of the rest",
    "fullmatch": "the pattern lets characters through that do harm here",
    "exists": "that something is there does not say that it may be used",
    "isfile": "that something is there does not say that it may be used",
    "isdir": "that something is there does not say that it may be used",
    "is_file": "that something is there does not say that it may be used",
    "is_dir": "that something is there does not say that it may be used",
    "isabs": "a relative path can leave its folder too",
    "is_absolute": "a relative path can leave its folder too",
}


def looked_at(activation: Activation, tests: Tests, carries: _Carries) -> list[Step]:
    """The tests of data that a place in a function hangs on, in words."""
    steps: list[Step] = []
    for test in tests:
        if not isinstance(test, ir.Try | ir.Match):
            for part in _parts(test, _DEPTH):
                words, kind = _words(activation, part, carries)
                if words:
                    steps.append(Step(words, Location(activation.module.path, line_of(part.at)), kind))
    steps.sort(key=lambda step: step.kind == "check")  # a doubt is never the one that is left out
    return list(dict.fromkeys(steps))[:MOST]


def validators(
    activation: Activation, before: int, carries: _Carries, held: _Held, way: set[int]
) -> Iterator[tuple[int, Activation, str]]:
    """Functions that are handed the data before a line and can refuse it, each with whether that may help."""
    seen: set[int] = set()
    for at, callee in activation.calls:
        known = id(callee.function.definition) if callee.function is not None else 0
        if known in seen or id(callee) in way or line_of(at) > before or not held(callee, True):
            continue
        seen.add(known)
        kind = refuses(callee, carries, held)
        if kind:
            yield at, callee, kind


def refuses(activation: Activation, carries: _Carries, held: _Held, depth: int = 3) -> str:
    """What a function asks of data before it raises: `check` where none of it helps, `doubt` where some of it may.

    Empty where what it raises for has nothing to do with the data, in it and in what it hands the data to.
    """
    found = {
        step.kind
        for kind, _, _, tests in activation.ends
        if kind == "raise"
        for step in (*looked_at(activation, tests, carries), *_tried(activation, tests, carries))
    }
    if depth and "doubt" not in found:
        inner = [callee for _, callee in activation.calls[:_CALLS] if callee is not activation and held(callee, True)]
        found |= {refuses(callee, carries, held, depth - 1) for callee in dict.fromkeys(inner)}
    return "doubt" if "doubt" in found else "check" if "check" in found else ""


def _tried(activation: Activation, tests: Tests, carries: _Carries) -> Iterator[Step]:
    """Calls with the data whose failure a place hangs on: `try: ip_address(host)`, `except ValueError: raise …`."""
    for test in tests:
        if isinstance(test, ir.Try):
            for statement in test.body:
                value = statement.value if isinstance(statement, ir.Assign | ir.Evaluate) else None
                if isinstance(value, ir.Call) and _name_in(activation, value, carries):
                    yield Step("its failure is caught", Location(activation.module.path, line_of(value.at)), "doubt")


def _parts(test: ir.Expr, depth: int) -> Iterator[ir.Expr]:
    """The single conditions in a test."""
    if isinstance(test, ir.Boolean) and depth:
        for value in test.values:
            yield from _parts(value, depth - 1)
    elif isinstance(test, ir.Unary) and test.op == "not" and depth:
        yield from _parts(test.value, depth - 1)
    else:
        yield test


def _words(activation: Activation, test: ir.Expr, carries: _Carries) -> tuple[str, str]:
    """What a test looks at and why that does not help; whether that is so (`check`) or nobody can say (`doubt`)."""
    if isinstance(test, ir.Name):
        return _found(activation, test, carries)
    if isinstance(test, ir.Call):
        named = _name_in(activation, test, carries) or _read_again(activation, test, carries)
        callee = test.func.attr if isinstance(test.func, ir.Attribute) else getattr(test.func, "id", "")
        if callee == "get" and named and isinstance(test.func, ir.Attribute):
            owner = _name_in(activation, test.func.value, carries)
            return ("", "") if owner else (f"{named} is looked up in something that is not known from here", "doubt")
        if (
            not named
            and callee in _FORMS
            and isinstance(test.func, ir.Attribute)
            and _filled(activation, test.func.value)
        ):
            return f"{callee}() looks at all of the request, and nobody can say what it lets through", "doubt"
        if not named or callee in ("isinstance", "callable", "hasattr", "len", "get", "bool"):
            return "", ""
        why = _WEAK.get(callee, "what it tests is not known to make the data harmless here")
        return f"{callee}() looks at {named}: {why}", "check" if callee in _WEAK else "doubt"
    if isinstance(test, ir.Compare) and len(test.ops) == 1:
        op, right = test.ops[0], test.rights[0]
        if isinstance(test.left, ir.Name) and isinstance(right, ir.Constant) and right.value is None:
            return _found(activation, test.left, carries)
        if op in ("is", "is not") or (isinstance(right, ir.Constant) and right.value in (None, "", 0)):
            return "", ""
        if op in ("in", "not in") and isinstance(test.left, ir.Constant):
            if any(letter.isalnum() for letter in str(test.left.value)):
                return "", ""  # a key of a table rather than a part of a text
            named = _name_in(activation, right, carries)
            words = f"it is asked whether {test.left.value!r} is in {named}: other text does harm too"
            return (words, "check") if named else ("", "")
        named = _name_in(activation, test.left, carries) or _name_in(activation, right, carries)
        if named and op in ("in", "not in"):
            return f"{named} is looked up in a collection, which is not known to hold constants only", "doubt"
        if named and op in ("==", "!="):
            return f"{named} is compared, which leaves other values here", "check"
    return "", ""


def _read_again(activation: Activation, test: ir.Call, carries: _Carries) -> str:
    """The name that gets what a test reads from the request: `if not ok(form["a"])`, later `a = form["a"]`."""
    read = [_bare(part.value) for part in test.arguments if isinstance(part.value, ir.Subscript | ir.Call)]
    if not read or activation.function is None:
        return ""
    for node in nodes_in(statements(activation.function.definition)):
        if isinstance(node, ir.Assign) and _bare(node.value) in read and isinstance(node.targets[0], ir.Name):
            named = _name_in(activation, node.targets[0], carries)
            if named:
                return named
    return ""


def _bare(node: object) -> object:
    """What is written, wherever it stands."""
    if isinstance(node, msgspec.Struct):
        places = ("at", "end")
        return type(node), *(_bare(getattr(node, name)) for name in node.__struct_fields__ if name not in places)
    return tuple(_bare(part) for part in node) if isinstance(node, tuple) else node


def _filled(activation: Activation, node: ir.Expr) -> bool:
    """Whether a form was handed data of some request."""
    held = activation.frame.locals.get(node.id) if activation.frame is not None and isinstance(node, ir.Name) else None
    made = held.event if isinstance(held, Instance | External) else None
    given = [*made.arguments.positional, *made.arguments.keywords.values()] if made is not None else []
    return any(origins_of(value) for value in given)


def _found(activation: Activation, node: ir.Name, carries: _Carries) -> tuple[str, str]:
    """A name that holds what some call found by the data: `note = find(name)`, `if not note: return`."""
    frame = activation.frame
    asked = frame.asked.get(node.id) if frame is not None else None
    if frame is None or asked is None:
        return "", ""
    held = frame.locals.get(node.id)
    if isinstance(held, Unknown | External | Text) and carries(held):
        return "", ""  # it is the data itself, written in another way
    said = condition_in(asked[0])
    if not isinstance(said, ir.Call):
        parts = (part for part in _parts(said, _DEPTH) if not _is_kept(part))
        return next((told for part in parts if (told := _words(activation, part, carries))[0]), ("", ""))
    given = (_name_in(activation, argument.value, carries) for argument in said.arguments)
    named = next((name for name in given if name), "")
    words = f"{node.id} is what was found by {named}, and it is asked whether there is such a thing"
    return (words, "doubt") if named else ("", "")


def _is_kept(test: ir.Expr) -> bool:
    """Whether a test is about an answer that is kept in a name itself."""
    return isinstance(test, ir.Name) or (
        isinstance(test, ir.Compare)
        and isinstance(test.left, ir.Name)
        and isinstance(test.rights[0], ir.Constant)
        and test.rights[0].value is None
    )


def _name_in(activation: Activation, node: ir.Expr, carries: _Carries, depth: int = _DEPTH) -> str:
    """The first name in an expression that holds the data."""
    if isinstance(node, ir.Name):
        held = activation.frame.locals.get(node.id) if activation.frame is not None else None
        return node.id if carries(held) else ""
    if depth == 0:
        return ""
    inner: tuple[ir.Expr, ...] = ()
    if isinstance(node, ir.Attribute | ir.Starred | ir.Await):
        inner = (node.value,)
    elif isinstance(node, ir.Subscript):
        inner = (node.value, node.index)
    elif isinstance(node, ir.Call):
        inner = (*(argument.value for argument in node.arguments), node.func)
    elif isinstance(node, ir.Binary):
        inner = (node.left, node.right)
    return next((name for part in inner if (name := _name_in(activation, part, carries, depth - 1))), "")
