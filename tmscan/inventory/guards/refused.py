"""Answers that refuse: a value that is returned or raised goes in; whether it refuses whoever asks comes out."""

from __future__ import annotations

import re

from tmscan.inventory.calls.arguments import show
from tmscan.inventory.guards.refusing import STATUS, is_refusing, refuses_by_row
from tmscan.libraries.index import Index
from tmscan.program.objects.classes import find_in_class, order_of
from tmscan.program.values import Class, External, Instance, Known, Sequence, Value

_NAMED = re.compile(
    r"unauthori|forbidden|permission|accessdenied|notauth|notlogged|authentication|credentials|authoriz\w*(error|exc)|"
    r"autherror|login_?required|invalid_?token|denied",
    re.IGNORECASE,
)
_REFUSING = re.compile(r"\.(?:unauthorized|forbidden|access_denied|login_required)\(\)$")


def is_class(path: str) -> bool:
    """Whether a path names a class, or what a class made."""
    last = path.removesuffix("()").rpartition(".")[2]
    return last[:1].isupper()


def ends_refused(index: Index, kind: str, value: Value) -> bool:
    """Whether a function that ends so ("return" or "raise") refuses the request."""
    if isinstance(value, External):
        if value.event is not None:
            if refuses_by_row(index, value.event) and is_class(value.event.path):
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
