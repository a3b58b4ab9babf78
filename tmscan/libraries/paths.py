"""The grammar of access paths: one path with `{a,b}` alternatives goes in, its concrete paths come out.

It stands apart because loader, index and linker must agree on what one step of a path is.
"""

from __future__ import annotations

import re
from functools import cache

# The placeholder that a protocol file (`like:`) uses for the module of each library that follows the protocol.
PLACEHOLDER = "<module>"

_ROOT = r"(?:<module>|(?:[a-z0-9][a-z0-9._-]*:)?[A-Za-z_]\w*)"
_STEP = r"(?:\.(?:[A-Za-z_]\w*|\*)|\(\)|\[\])"
_CONCRETE = re.compile(rf"{_ROOT}{_STEP}*")
_BRACES = re.compile(r"\{([^{}]*)\}")
_STEPS = re.compile(_STEP)
_LAST_NAME = re.compile(r"([A-Za-z_]\w*)(?:\(\)|\[\])*$")


class PathError(ValueError):
    """A path that does not follow the grammar; `column` is the 1-based place in its text."""

    def __init__(self, reason: str, column: int) -> None:
        super().__init__(f"{reason} (at character {column})")
        self.reason = reason
        self.column = column


@cache
def expand(text: str) -> tuple[str, ...]:
    """The concrete paths that `text` stands for, in the order they are written.

    `App.{get,post}` gives `App.get` and `App.post`; an alternative may be empty or hold several steps
    (`pkg{,.sub}.Name`) or further braces. `.*` stands for whatever attribute no row and no short name
    knows. Raises PathError where the text is not dotted names, `()`, `[]` and braces.
    """
    inner = _BRACES.search(text)
    if inner is None:
        _check(text)
        return (text,)
    before, after = text[: inner.start()], text[inner.end() :]
    found: dict[str, None] = {}
    for part in inner.group(1).split(","):
        try:
            found.update(dict.fromkeys(expand(before + part.strip() + after)))
        except PathError as error:
            raise PathError(f"{error.reason} in {text!r}", min(error.column, inner.start() + 1)) from error
    return tuple(found)


def _check(path: str) -> None:
    match = _CONCRETE.match(path)
    if match is None:
        raise PathError(f"{path[:12]!r} does not start with a name", 1)
    if match.end() != len(path):
        raise PathError(f"{path[match.end() :]!r} is neither .name, () nor []", match.end() + 1)


@cache
def split(path: str) -> tuple[str, tuple[str, ...]]:
    """The root of a concrete path (a module's first name, or a short name) and its steps (`.x`, `()`, `[]`)."""
    colon = path.find(":") + 1
    first = _STEPS.search(path, colon)
    if first is None:
        return path, ()
    return path[: first.start()], tuple(_STEPS.findall(path, first.start()))


def last_name(path: str) -> str:
    """The last name in a concrete path, calls and subscripts aside; "" when it is a bare short name.

    Of `PATH.name.__set__`, which is `PATH.name = …`, that is what the code spells.
    """
    path = path.removesuffix(".__set__")
    match = _LAST_NAME.search(path)
    if match is None or path[: match.start()].endswith(":"):
        return ""
    return match.group(1)


def canonical(path: str, aliases: dict[str, str], *, whole: bool = True) -> str:
    """`path` with the longest known beginnings replaced by their short names, step by step.

    With `whole` false the last step stays as it is written: that is how the key of an alias itself is brought into
    form.
    """
    root, steps = split(path)
    if not steps:
        return aliases.get(root, root) if whole else root
    current = aliases.get(root, root)
    for step in steps[:-1]:
        current += step
        current = aliases.get(current, current)
    current += steps[-1]
    return aliases.get(current, current) if whole else current
