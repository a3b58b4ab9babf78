"""Standard library calls about paths: names taken apart, and listings of folders whose files the program loads.

Code that loads its plugins lists a folder of its own; what it finds there is known when the folder is part of the tree.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TypeAlias

from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, External, Frame, Known, Sequence, Value

Model: TypeAlias = Callable[[Machine, Frame, External, Arguments, int], Value | None]


def _taken_apart(part: Callable[[str], str | tuple[str, str]]) -> Model:
    """A function of `os.path` on a path that is known."""

    def model(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
        text = _text(arguments)
        if text is None:
            return None
        found = part(text)
        return Known(found) if isinstance(found, str) else Sequence("tuple", [Known(piece) for piece in found])

    return model


def _listed(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`os.listdir("plugins")`, if modules of the program are there: their file names, and the folders of such."""
    text = _text(arguments)
    if text is None:
        return None
    folder = posixpath.normpath(text).strip("/")
    prefix = "" if folder == "." else f"{folder}/"
    below = {path[len(prefix) :] for path in machine.facts if path.startswith(prefix)}
    names = sorted({path.partition("/")[0] for path in below})
    return Sequence("list", [Known(name) for name in names]) if names else None


def _text(arguments: Arguments) -> str | None:
    """The only argument, if it is a text that is known."""
    value = arguments.positional[0] if len(arguments.positional) == 1 and not arguments.keywords else None
    return value.value if isinstance(value, Known) and isinstance(value.value, str) else None


FILES: dict[str, Model] = {
    "os.listdir": _listed,
    "os.path.dirname": _taken_apart(posixpath.dirname),
    "os.path.basename": _taken_apart(posixpath.basename),
    "os.path.splitext": _taken_apart(posixpath.splitext),
    "os.path.abspath": _taken_apart(posixpath.normpath),
    "os.path.realpath": _taken_apart(posixpath.normpath),
    "os.path.normpath": _taken_apart(posixpath.normpath),
}
