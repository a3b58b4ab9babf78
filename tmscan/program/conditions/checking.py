"""Tests of text: what a condition says about the data in names where it holds; sinks ask what was checked."""

from __future__ import annotations

import re

from tmscan.facts import types as ir
from tmscan.program.checks import (
    INDIRECT,
    arguments_for,
    came_from,
    cleaning_of,
    kept,
    made_of,
    mark_alike,
    mark_names,
    marked,
    passed,
)
from tmscan.program.conditions.addresses import check_address
from tmscan.program.conditions.among import check_among
from tmscan.program.conditions.beginnings import check_beginning
from tmscan.program.conditions.folders import check_folder
from tmscan.program.conditions.glances import glance
from tmscan.program.conditions.hosts import check_host
from tmscan.program.conditions.parts import check_parts, is_up
from tmscan.program.data.regexes import promised
from tmscan.program.lattice import join, options, origins_of
from tmscan.program.machine import Machine
from tmscan.program.values import (
    UNKNOWN,
    Event,
    External,
    Frame,
    Known,
    Sequence,
    Table,
    Text,
    Value,
)

_PLAIN = frozenset({"isalnum", "isdigit", "isdecimal", "isnumeric", "isidentifier", "isalpha"})
_ENDS = {"startswith": "starts", "endswith": "ends"}
_ASKED = frozenset({"getattr", "hasattr"})  # a mark on a method says that it may be called
_TESTS = frozenset({"match", "fullmatch"})
_MATCHES = ("fullmatch()", "match()")
_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\\@:]+/")
_RESOLVING = frozenset({"abspath", "realpath", "resolve"})
_RESOLVED = ("os.path.abspath()", "os.path.realpath()", "os.path.normpath()", ".resolve()")
# What data must lack, begin or end with for some sink to be safe from it; other words say nothing of the kind.
_TELLING = frozenset({"..", "../", "..\\", "/", "\\", "'", '"', "<", "\n", "\r", "*", "(", ")"})
_WRITTEN = frozenset({"normcase", "str", "Path", "fspath"})
_CHOICES = 12


def check_text(machine: Machine, frame: Frame, test: ir.Expr, *, holds: bool) -> None:
    """Mark what `test`, being true (or false), says about untrusted text."""
    if isinstance(test, ir.Call | ir.Await):
        kept(frame, test, answer=holds)
    check_address(machine, frame, test, holds=holds)
    check_beginning(machine, frame, test, holds=holds)
    check_folder(machine, frame, test, holds=holds)
    check_host(machine, frame, test, holds=holds)
    if not holds:
        check_parts(machine, frame, test)
    if isinstance(test, ir.Compare) and len(test.ops) == 1:
        if not holds and (part := is_up(machine, frame, test)) is not None and _tainted(frame, part) is not None:
            mark_names(frame, frame.locals[part.id], frozenset({"isnt:.."}))
        _compared(machine, frame, test, holds)
    elif isinstance(test, ir.Call) and holds:
        word = test.func.attr if isinstance(test.func, ir.Attribute) else getattr(test.func, "id", "")
        if word in _PLAIN or word in _ENDS:
            _method(machine, frame, test, word)
            if word == "startswith" and isinstance(test.func, ir.Attribute):
                _inside(machine, frame, test, test.func.value)
        elif word in _ASKED and test.arguments and isinstance(test.arguments[0].value, ir.Name):
            held = frame.locals.get(test.arguments[0].value.id)
            for option in options(held) if held is not None else ():
                if isinstance(option, External) and option.path == "builtins.getattr()" and held is not None:
                    mark_names(frame, held, frozenset({"method"}))
        elif word == "any":
            check_among(machine, frame, test)
        elif word in _TESTS or word in machine.vocabulary.cleaning:
            _answered(machine, frame, glance(machine, frame, test))
    elif isinstance(test, ir.Name) and holds:
        _answered(machine, frame, frame.locals.get(test.id))


def _method(machine: Machine, frame: Frame, test: ir.Call, method: str) -> None:
    """`name.isalnum()`, `name.startswith("…")`."""
    value = _tainted(frame, test.func.value) if isinstance(test.func, ir.Attribute) else None
    if value is None:
        return
    if method in _PLAIN:
        mark_names(frame, value, frozenset({"plain"}))
    elif method in _ENDS and len(test.arguments) == 1:
        said = glance(machine, frame, test.arguments[0].value)
        if method == "startswith" and isinstance(said, Known) and _HOST.match(str(said.value)):
            mark_names(frame, value, frozenset({"url", "redirect"}))  # the host is decided
        if isinstance(said, Known) and said.value in _TELLING:
            mark_names(frame, value, frozenset({f"{_ENDS[method]}:{said.value}"}))


def _answered(machine: Machine, frame: Frame, answer: Value | None) -> None:
    """A call that answered yes, now or earlier: `if is_safe(url)`, `ok = is_safe(url)`, `re.fullmatch(…, name)`."""
    event = answer.event if isinstance(answer, External) else None
    if event is None or not isinstance(answer, External):
        return
    arguments = event.arguments.positional
    row = cleaning_of(machine.vocabulary.cleans, event.path)
    if row is not None and row.shape == "test":
        passed(frame, event, row)
    elif event.path.startswith("re.") and answer.path.endswith(_MATCHES) and arguments:
        holder = event.callee.base if isinstance(event.callee, External) else None
        compiled = holder.event if isinstance(holder, External) else None
        pattern = compiled.arguments.positional[:1] if compiled is not None else arguments[:1]
        whole = answer.path.endswith("fullmatch()")
        checks = promised(pattern[0], whole=whole) if pattern else None
        if checks is not None:
            text = arguments[0 if compiled is not None else -1]
            if isinstance(text, Text) and len(text.parts) == 1:
                text = text.parts[0]  # `str(name)`
            mark_names(frame, text, checks)


def _inside(machine: Machine, frame: Frame, test: ir.Call, owner: ir.Expr) -> None:
    """`os.path.abspath(path).startswith(folder + os.sep)`: what was resolved lies in the folder."""
    if len(test.arguments) != 1 or not _separated(test.arguments[0].value):
        return
    value = glance(machine, frame, owner)
    for part in value.parts if isinstance(value, Text) else (value,):
        event = part.event if isinstance(part, External) else None
        if event is not None and f"{event.path}()".endswith(_RESOLVED):
            for source in (value, *made_of(part)):
                if source is not None:
                    mark_names(frame, source, frozenset({"file"}))


def _separated(node: ir.Expr) -> bool:
    """Whether a text ends in a separator of folders."""
    if isinstance(node, ir.Binary) and node.op == "+":
        node = node.right
    elif isinstance(node, ir.JoinedString) and node.parts:
        node = node.parts[-1]
        node = node.value if isinstance(node, ir.Formatted) else node
    elif isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.attr == "join":
        node = node.arguments[-1].value if node.arguments else node
        return isinstance(node, ir.Constant) and node.value == ""
    if isinstance(node, ir.Attribute):
        return node.attr == "sep"
    return isinstance(node, ir.Constant) and isinstance(node.value, str) and node.value.endswith(("/", "\\"))


def _compared(machine: Machine, frame: Frame, test: ir.Compare, holds: bool) -> None:
    op, left_node, right_node = test.ops[0], test.left, test.rights[0]
    if op in ("in", "not in"):
        if (op == "in") is not holds:
            _lacking(machine, frame, left_node, right_node)
            return
    elif op not in ("==", "!=") or (op == "==") is not holds:
        return
    elif _tainted(frame, left_node) is None and isinstance(left_node, ir.Constant | ir.Name):
        left_node, right_node = right_node, left_node  # `"one" == name`, `root == commonpath([root, path])`
    if isinstance(left_node, ir.Name):
        if _tainted(frame, left_node) is not None and (allowed := _allowed(machine, frame, op, right_node)):
            frame.locals[left_node.id] = join(allowed) if len(allowed) <= _CHOICES else UNKNOWN
        elif op in ("==", "!=") and _tainted(frame, left_node) is not None:
            same = glance(machine, frame, right_node)
            if isinstance(same, External | Text) and not _sources(same) >= _sources(frame.locals[left_node.id]):
                # What it is equal to came from less, or not from outside at all. A folder, of what was resolved.
                resolved = came_from(frame.locals[left_node.id], _RESOLVING)
                frame.locals[left_node.id] = marked(same, frozenset({"file"})) if resolved else same
        elif op in ("in", "not in") and (left := _tainted(frame, left_node)) is not None:
            among = glance(machine, frame, right_node)  # what a list holds that is not the request's is what may be
            if not isinstance(among, Known | Text) and not (among is not None and _sources(among) & _sources(left)):
                mark_names(frame, left, frozenset({INDIRECT if among is None or _sources(among) else "plain"}))
        return
    for one, other in ((left_node, right_node), (right_node, left_node)):
        _part_compared(machine, frame, op, one, other)
        if op in ("in", "not in"):
            break


def _part_compared(machine: Machine, frame: Frame, op: str, node: ir.Expr, other: ir.Expr) -> None:
    """`urlparse(url).netloc == …`: a part of what was parsed is one that was allowed, or this application's own."""
    node, other = _unwrapped(node), _unwrapped(other)
    word = node.attr if isinstance(node, ir.Attribute) else ""
    if isinstance(node, ir.Call):
        word = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
    if word not in machine.vocabulary.cleaning:
        return
    value = glance(machine, frame, node)
    row = machine.vocabulary.cleans.get(value.path) if isinstance(value, External) else None
    if not isinstance(value, External) or row is None or row.shape != "compared":
        return
    holder = value if value.event is not None else value.base
    if not (isinstance(holder, External) and holder.event is not None):
        return
    allowed = _allowed(machine, frame, op, other)
    if "redirect" in row.kinds:  # that there is no host at all says nothing: browsers add one (`///host`)
        allowed = None if allowed and any(isinstance(each, Known) and not each.value for each in allowed) else allowed
        if not allowed and not _own(machine, frame, other, value):
            return
    elif not allowed and not (
        op in ("==", "!=") and (_own(machine, frame, other, value) or _named(frame, other, holder.event))
    ):
        return
    for part in arguments_for(holder.event, row):
        mark_names(frame, part, row.kinds)
        if "redirect" in row.kinds:
            mark_alike(frame, part, row.kinds)


def _unwrapped(node: ir.Expr) -> ir.Expr:
    """What is compared, without what only writes it in another way: `os.path.normcase(path)`, `str(path)`."""
    if isinstance(node, ir.Call) and len(node.arguments) == 1:
        word = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
        return node.arguments[0].value if word in _WRITTEN else node
    return node


def _named(frame: Frame, node: ir.Expr, event: Event) -> bool:
    """Whether something is one of those that a part was taken of: `commonpath([root, path]) == root`."""
    value = frame.locals.get(node.id) if isinstance(node, ir.Name) else None
    given = event.arguments.positional[:1]
    return value is not None and bool(given) and isinstance(given[0], Sequence) and value in given[0].items


def _own(machine: Machine, frame: Frame, node: ir.Expr, tested: Value) -> bool:
    """Whether something is a host, or several, that do not come with the tested address; no host at all is none."""
    value = glance(machine, frame, node)
    if value is None or (origins_of(value) and origins_of(value) >= origins_of(tested)):
        return False
    parts = value.items if isinstance(value, Sequence) else [value]
    return not any(isinstance(part, Known) and not part.value for part in parts)


def _lacking(machine: Machine, frame: Frame, left: ir.Expr, right: ir.Expr) -> None:
    """`"…" not in name`, `"…" not in name[1:-1]`."""
    said = glance(machine, frame, left) if isinstance(left, ir.Constant | ir.Name) else None
    if not (isinstance(said, Known) and said.value in _TELLING):
        return
    word = "lacks"
    if isinstance(right, ir.Subscript) and isinstance(right.index, ir.Slice) and right.index.step is None:
        bounds = [glance(machine, frame, part) if part else None for part in (right.index.lower, right.index.upper)]
        if not all(isinstance(bound, Known) and bound.value in (1, -1) for bound in bounds):
            return
        word, right = "inner", right.value
    value = _tainted(frame, right)
    if value is not None:
        mark_names(frame, value, frozenset({f"{word}:{said.value}"}))


def _tainted(frame: Frame, node: ir.Expr) -> Value | None:
    """The value of a local name that carries untrusted data."""
    value = frame.locals.get(node.id) if isinstance(node, ir.Name) else None
    return value if value is not None and origins_of(value, 2) else None


def _sources(value: Value) -> frozenset[tuple[str, int, str]]:
    """Where the data in a value came in, whatever was checked on the way."""
    return frozenset((origin.file, origin.at, origin.name) for origin in origins_of(value))


def _allowed(machine: Machine, frame: Frame, op: str, node: ir.Expr) -> list[Value] | None:
    """The constants that something was found to be one of."""
    value = glance(machine, frame, node)
    if value is None or op in ("in", "not in"):
        return _constants(value)
    return [value] if isinstance(value, Known) else None


def _constants(value: Value | None) -> list[Value] | None:
    """The members of a collection that holds constants only."""
    if isinstance(value, Sequence) and value.rest is None and all(isinstance(item, Known) for item in value.items):
        return list(value.items)
    if isinstance(value, Table) and value.rest is None:
        return [Known(key) for key in value.items]
    return None
