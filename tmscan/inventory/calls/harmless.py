"""Which untrusted data in an argument does harm there: not what was made harmless, checked or has a safe place."""

from __future__ import annotations

from tmscan.program.lattice import origins_of
from tmscan.program.values import CLEAN, Choice, External, Known, Origin, Origins, Sequence, Table, Text, Value

_JOINS = frozenset({"os.path.join", "posixpath.join"})
# Calls that write a path in another way, and methods of paths that stay in its folder.
_SPELLINGS = frozenset({"Path", "PurePath", "PosixPath", "fspath", "normpath", "abspath", "realpath", "expanduser"})
_SAME_PLACE = frozenset({"resolve", "absolute", "as_posix", "with_suffix"})


def harmful(does: str, value: Value | None, depth: int = 4) -> Origins:
    """The origins of the data in `value` that a sink of the kind `does` suffers from."""
    if isinstance(value, Choice) and depth:
        found: Origins = CLEAN
        for option in value.options:
            found |= harmful(does, option, depth - 1)
        return found
    if isinstance(value, Text):
        found, before = CLEAN, ""
        for part in value.parts:
            if isinstance(part, Known):
                before += str(part.value)
                continue
            found |= frozenset(origin for origin in origins_of(part) if not _harmless(does, origin.checks, before))
            before += "\0"
        return found
    if isinstance(value, Sequence | Table) and depth:
        parts = value.items if isinstance(value, Sequence) else list(value.items.values())
        found = CLEAN
        for part in [*parts[:64], *([value.rest] if value.rest is not None else [])]:
            found |= harmful(does, part, depth - 1)
        return found
    left = frozenset(origin for origin in origins_of(value) if not _harmless(does, origin.checks, ""))
    if left and depth and isinstance(value, External) and (joined := _joined(value)) is not None:
        first, others, rest = joined
        left = harmful(does, first, depth - 1) if first is not value else left
        for part in others:  # a folder stands before them
            left |= frozenset(each for each in origins_of(part) if not _harmless(does, each.checks, "/"))
        for each in origins_of(rest):  # any number of names, `..` among them
            left |= {each} if not _harmless(does, each.checks - {"lacks:/"}, "/") else CLEAN
    elif left and depth and does == "file" and isinstance(value, External):
        written = _respelled(value)  # `Path(folder) / name` is more than its start
        same = written is not None and origins_of(written) == value.origins
        left = harmful(does, written, depth - 1) if same else left
    return left


def _joined(path: External) -> tuple[Value, list[Value], Value | None] | None:
    """The parts of a path that was joined: its start, the parts behind it, and any number of further ones."""
    event = path.event
    if event is None:
        return None
    given = event.arguments
    if event.path in _JOINS:
        first, *others = given.positional or [path]
        return first, others, given.unknown
    start = event.callee.base if event.path.endswith(".joinpath") and isinstance(event.callee, External) else None
    parts = CLEAN.union(*map(origins_of, (start, *given.positional, given.unknown)))
    whole = start is not None and {each._replace(checks=frozenset()) for each in path.origins} == {
        each._replace(checks=frozenset()) for each in parts
    }  # else more was put behind it
    return (start, given.positional, given.unknown) if start is not None and whole else None


def _respelled(path: External) -> Value | None:
    """What a path is another spelling of: `Path(name)`, `path.resolve()`."""
    event = path.event
    if event is None or event.kind != "call":
        return None
    name, given = event.path.rpartition(".")[2], event.arguments
    if name in _SPELLINGS and len(given.positional) == 1 and not given.keywords and given.unknown is None:
        return given.positional[0]
    if name in _SAME_PLACE and isinstance(event.callee, External) and not any(map(origins_of, given.positional)):
        return event.callee.base
    return None


def _harmless(does: str, checks: frozenset[str], before: str) -> bool:
    """Whether data with these checks, behind the constant text `before`, does no harm."""
    if does == "import" and "." in before:
        return True  # some module of that package
    if not checks:
        return False
    if "plain" in checks or does in checks:
        return True
    if does == "file":
        return "/" in before and any(f"lacks:{text}" in checks for text in ("..", "../", "/"))
    if does == "sql":
        return any(before.count(quote) % 2 == 1 and f"doubled:{quote}" in checks for quote in "'\"")
    if does == "xpath":
        return any(before.count(quote) % 2 == 1 and f"lacks:{quote}" in checks for quote in "'\"")
    if does == "code":
        return any(all(f"{word}:{quote}" in checks for word in ("starts", "ends", "inner")) for quote in "'\"")
    if does == "html":
        return "lacks:<" in checks
    if does == "log":
        return "lacks:\n" in checks
    if does == "ldap":
        return "lacks:*" in checks and bool({"lacks:(", "lacks:)"} & checks)
    return False


def still_harmful(does: str, origins: Origins) -> Origins:
    """Those of some origins that callers have not made harmless either."""
    return frozenset(origin for origin in origins if not _harmless(does, origin.checks, ""))


def kinds_of(origins: Origins) -> tuple[Origin, ...]:
    """The origins of requests, in a stable order, each place once whatever was checked on the way."""
    kept: dict[tuple[str, int, str, str], Origin] = {}
    for origin in origins:
        if origin.kind not in ("exception", "environment"):
            kept.setdefault((origin.file, origin.at, origin.kind, origin.name), origin)
    return tuple(kept[key] for key in sorted(kept))
