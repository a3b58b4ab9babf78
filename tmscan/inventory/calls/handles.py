"""A call's argument in; out whether it is an open file rather than the name of one, as annotations say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tmscan.facts import types as ir
from tmscan.program.values import Event, External, Value

_HANDLES = re.compile(
    r"(?:Binary|Text|Bytes|String|Raw|Buffered)?IO(?:Base|Wrapper)?|BufferedReader"
    r"|Upload\w*File|\w*UploadedFile|FileStorage"
)
_NAMES = frozenset({"str", "Path", "PathLike", "AnyStr", "Any", "object"})


def is_handle(event: Event, value: Value | None) -> bool:
    """Whether an argument is a parameter of the calling function that is said to be open, or a part of one."""
    function, frame = event.activation.function, event.activation.frame
    if function is None or frame is None or value is None:
        return False
    held = [value, value.base] if isinstance(value, External) and value.event is None else [value]
    for parameter in function.definition.parameters:
        if parameter.annotation is not None and any(frame.locals.get(parameter.name) is each for each in held):
            words = set(_words(parameter.annotation))
            return words.isdisjoint(_NAMES) and any(_HANDLES.fullmatch(word) for word in words)
    return False


def _words(node: ir.Expr | None, depth: int = 4) -> Iterator[str]:
    """The last names of the classes in an annotation, written out or in quotes."""
    if depth == 0:
        return
    if isinstance(node, ir.Name):
        yield node.id
    elif isinstance(node, ir.Attribute):
        yield node.attr
    elif isinstance(node, ir.Subscript):
        yield from _words(node.value, depth - 1)
        if not (isinstance(node.value, ir.Name | ir.Attribute) and "IO" in _words(node.value, 1)):
            yield from _words(node.index, depth - 1)
    elif isinstance(node, ir.Binary):
        yield from _words(node.left, depth - 1)
        yield from _words(node.right, depth - 1)
    elif isinstance(node, ir.Display):
        for item in node.items:
            yield from _words(item, depth - 1)
    elif isinstance(node, ir.Constant) and isinstance(node.value, str):
        yield from re.findall(r"\w+", node.value)
