"""Standard library calls about paths: names taken apart, and listings of folders whose files the program loads.

Code that loads its plugins, or serves what stands beside it, lists a folder of its own: it is known when it is part of
the tree. A path that is not in the tree says nothing: it may be there where the program runs.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TypeAlias

from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, External, Frame, Known, Sequence, Value

Model: TypeAlias = Callable[[Machine, Frame, External, Arguments, int], Value | None]
LISTED, DEPTH = 400, 12
_PATH = "pathlib:Path"
_SAME = frozenset((f"{_PATH}.resolve", f"{_PATH}.absolute", f"{_PATH}.expanduser"))


def folders_of(files: Mapping[str, object]) -> Mapping[str, tuple[str, ...]]:
    """The folders of some files ("" or ending in "/"), each with the names of what stands there (folders: with "/")."""
    found: dict[str, set[str]] = {}
    for path in files:
        name = path
        while name:
            folder = name[: name.rstrip("/").rfind("/") + 1]
            found.setdefault(folder, set()).add(name[len(folder) :])
            name = folder
    return {folder: tuple(sorted(names)) for folder, names in found.items()}


def _taken_apart(part: Callable[[str], str | tuple[str, str]]) -> Model:
    """A function of `os.path` on a path that is known."""

    def model(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
        text = _text(machine, arguments)
        if text is None:
            return None
        found = part(text)
        return Known(found) if isinstance(found, str) else Sequence("tuple", [Known(piece) for piece in found])

    return model


def _listed(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`os.listdir("plugins")`, if that folder is part of the tree."""
    names = _names_in(machine, _text(machine, arguments))
    return Sequence("list", [Known(name) for name in names]) if names else None


def _entries(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`os.scandir("plugins")`: an object with the name and the path of everything there."""
    text = _text(machine, arguments)
    names = _names_in(machine, text)
    return Sequence("list", [_entry(machine, f"{_folder(text or '')}{name}") for name in names]) if names else None


def _walked(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`os.walk("plugins")`: (folder, folders in it, files in it) from the top down."""
    text = _text(machine, arguments)
    rows: list[Value] = []
    for folder in _folders_below(machine, _folder(text)) if text is not None else ():
        names = machine.folders.get(folder, ())
        parts = [[Known(name.rstrip("/")) for name in names if name.endswith("/") is deep] for deep in (True, False)]
        listed = [Sequence("list", [*part]) for part in parts]
        rows.append(Sequence("tuple", [Known(folder.rstrip("/") or "."), *listed]))
    return Sequence("list", rows) if rows else None


def _globbed(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
    """`glob.glob("plugins/*.py")`: the paths of the tree that the pattern names."""
    text = _text(machine, Arguments(arguments.positional[:1]))
    if text is None:
        return None
    folder, _, pattern = text.rpartition("/")
    found = _matching(machine, _folder(folder), pattern, deep=False) if not set(folder) & set("*?[") else []
    return Sequence("list", [Known(path) for path in found]) if found else None


def _below(deep: bool, pattern: str = "") -> Model:
    """`Path("plugins").glob("*.py")` and its like."""

    def model(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
        text = _path_of(machine, callee.base)
        asked = _constant(arguments.positional[0]) if arguments.positional else pattern
        if text is None or not asked:
            return None
        found = _matching(machine, _folder(text), asked.removeprefix("**/"), deep=deep or asked.startswith("**/"))
        return Sequence("list", [_entry(machine, path) for path in found]) if found else None

    return model


def _is(folder: bool) -> Model:
    """`os.path.isdir(path)` of what is in the tree; of a path that is not there, nothing is known."""

    def model(machine: Machine, frame: Frame, callee: External, arguments: Arguments, at: int) -> Value | None:
        text = _text(machine, arguments) if callee.path.startswith("os.") else _path_of(machine, callee.base)
        there = _kind(machine, text) if text is not None else None
        return None if there is None else Known((there == "folder") is folder)

    return model


def _kind(machine: Machine, text: str) -> str | None:
    folder = _folder(text)
    if folder in machine.folders:
        return "folder"
    above, _, name = folder.rstrip("/").rpartition("/")
    names = machine.folders.get(f"{above}/" if above else "", ())
    return "folder" if f"{name}/" in names else "file" if name in names else None


def _entry(machine: Machine, path: str) -> Value:
    """One thing in a folder, as `os.scandir` and `Path.iterdir` give it."""
    name = posixpath.basename(path)
    stem, suffix = posixpath.splitext(name)
    known = {"name": name, "path": path, "stem": stem, "suffix": suffix, "\0path": path}
    return External(_PATH, attributes={key: Known(text) for key, text in known.items()})


def _names_in(machine: Machine, text: str | None) -> tuple[str, ...]:
    names = machine.folders.get(_folder(text), ())[:LISTED] if text is not None else ()
    return tuple(name.rstrip("/") for name in names)


def _folders_below(machine: Machine, top: str) -> Iterator[str]:
    """A folder of the tree and those in it, from the top down."""
    stack, count = [top] if top in machine.folders else [], 0
    while stack and count < LISTED:
        folder = stack.pop()
        count += 1
        yield folder
        below = [f"{folder}{name}" for name in machine.folders[folder] if name.endswith("/")]
        stack.extend(reversed([each for each in below if each in machine.folders and each.count("/") <= DEPTH]))


def _matching(machine: Machine, folder: str, pattern: str, *, deep: bool) -> list[str]:
    """The paths in (or below) a folder whose name fits; `*/name` and `name/*` are looked for one folder down."""
    first, _, rest = pattern.partition("/")
    found: list[str] = []
    for place in _folders_below(machine, folder) if deep else [folder]:
        for entry in machine.folders.get(place, ()):
            name = entry.rstrip("/")
            if name.startswith(".") or not fnmatchcase(name, first):
                continue
            if rest:
                found.extend(_matching(machine, f"{place}{name}/", rest, deep=False))
            else:
                found.append(f"{place}{name}")
    return found[:LISTED]


def _folder(text: str) -> str:
    name = posixpath.normpath(text).strip("/")
    return "" if name == "." else f"{name}/"


def _text(machine: Machine, arguments: Arguments) -> str | None:
    """The only argument, if it is a path that is known."""
    value = arguments.positional[0] if len(arguments.positional) == 1 and not arguments.keywords else None
    return _constant(value) if isinstance(value, Known) else _path_of(machine, value)


def _constant(value: Value | None) -> str | None:
    return value.value if isinstance(value, Known) and isinstance(value.value, str) else None


def _path_of(machine: Machine, value: Value | None, depth: int = 0) -> str | None:
    """The path that an object of `pathlib` stands for, as far as it is known."""
    if not isinstance(value, External) or depth > DEPTH or value.path != _PATH:
        return None
    held = (value.attributes or {}).get("\0path")
    if held is not None:
        return _constant(held)
    joined = (value.attributes or {}).get("\0below")
    if joined is not None:
        above = _path_of(machine, value.base, depth + 1)
        name = _constant(joined)
        return posixpath.join(above, name) if above is not None and name is not None else None
    event, base = value.event, value.base
    if event is None:  # the folder above: `.parent`
        below = _path_of(machine, base, depth + 1)
        return posixpath.dirname(below) if below is not None else None
    own = event.path == "pathlib.Path"
    above = "" if own else _path_of(machine, base.base if isinstance(base, External) else None, depth + 1)
    if above is None or event.path in _SAME:
        return above
    if not own and event.path != f"{_PATH}.joinpath":
        return None
    parts = [_constant(part) or _path_of(machine, part, depth + 1) for part in event.arguments.positional]
    known = [part for part in parts if part]
    return posixpath.join(above, *known) if known and len(known) == len(parts) else None


FILES: dict[str, Model] = {
    "os.listdir": _listed,
    "os.scandir": _entries,
    "os.walk": _walked,
    "glob.glob": _globbed,
    "glob.iglob": _globbed,
    "os.path.isdir": _is(folder=True),
    "os.path.isfile": _is(folder=False),
    f"{_PATH}.is_dir": _is(folder=True),
    f"{_PATH}.is_file": _is(folder=False),
    f"{_PATH}.iterdir": _below(deep=False, pattern="*"),
    f"{_PATH}.glob": _below(deep=False),
    f"{_PATH}.rglob": _below(deep=True),
    "os.path.dirname": _taken_apart(posixpath.dirname),
    "os.path.basename": _taken_apart(posixpath.basename),
    "os.path.splitext": _taken_apart(posixpath.splitext),
    "os.path.abspath": _taken_apart(posixpath.normpath),
    "os.path.realpath": _taken_apart(posixpath.normpath),
    "os.path.normpath": _taken_apart(posixpath.normpath),
}
