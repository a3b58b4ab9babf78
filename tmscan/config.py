"""`[tool.tmscan]` of pyproject.toml, or tmscan.toml, in; a checked `Config` out.

Strict: what it does not know is an error with file, line and the nearest word it knows. Stands apart from the command
line because a library caller wants the same settings.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn, get_args

from tmscan.errors import TmscanError
from tmscan.libraries.declared import Declarations, DeclaredGuard, DeclaredPublic, DeclaredWrapper

if TYPE_CHECKING:
    from tmscan.libraries.types import ArgumentRef, GuardKind

Threshold = Literal["note", "warning", "error", "never"]
FILES = ("tmscan.toml", "pyproject.toml")
KEYS = (
    "include", "exclude", "include-tests", "fail-on", "rules", "rule-folders", "library-folders", "per-path", "public",
    "guards", "guard", "wrapper",
)  # fmt: skip
MAX_BYTES = 5_000_000
_GUARD_KINDS: Mapping[str, GuardKind] = {
    "authentication": "authentication", "authorization": "authorization", "signature": "signature", "csrf": "csrf",
    "rate-limit": "rate-limit", "validation": "validation",
}  # fmt: skip
_THRESHOLDS: Mapping[str, Threshold] = {name: name for name in get_args(Threshold)}


@dataclass(frozen=True, slots=True)
class PathSwitch:
    """Rules that are switched off in the files that match gitignore patterns."""

    paths: tuple[str, ...]
    disable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of a project; `file` is where they stand (None: none found), patterns are relative to its folder."""

    file: Path | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    include_tests: bool = False
    fail_on: Threshold = "error"
    rule_folders: tuple[Path, ...] = ()
    library_folders: tuple[Path, ...] = ()
    enable: tuple[str, ...] | None = None
    disable: tuple[str, ...] = ()
    per_path: tuple[PathSwitch, ...] = ()
    declared: Declarations = field(default_factory=Declarations)


def find_config(start: Path) -> Config:
    """The settings of the nearest folder at or above `start` that has some; up to the top of a git work tree.

    A `pyproject.toml` without `[tool.tmscan]` says nothing: the search goes on. Raises TmscanError as `read_config`.
    """
    start = start.resolve()
    folder = start if start.is_dir() else start.parent
    for place in (folder, *folder.parents):
        for name in FILES:
            config = _read(place / name)
            if config is not None:
                return config
        if (place / ".git").exists():
            break
    return Config()


def read_config(path: Path) -> Config:
    """The settings of one file, a `pyproject.toml` or one with the same keys at its top.

    Raises TmscanError (file, line where it is known, what is wrong, what to write) for a file that is missing, is no
    TOML, has no settings, an unknown key or a value of the wrong kind.
    """
    if not path.is_file():
        raise TmscanError(f"{path}: no such configuration file")
    config = _read(path)
    if config is None:
        raise TmscanError(f"{path}: has no [tool.tmscan]")
    return config


@dataclass(frozen=True, slots=True)
class _Text:
    """A file as it is complained about."""

    path: Path
    text: str


def _read(path: Path) -> Config | None:
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > MAX_BYTES:
            raise TmscanError(f"{path}: is too large for a configuration file")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TmscanError(f"{path}: cannot be read: {error}") from error
    own = path.name != "pyproject.toml"
    if not own and "tmscan" not in text:  # most files; nothing of ours can be wrong in it
        return None
    source = _Text(path, text)
    try:
        top: object = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TmscanError(f"{path}: not valid TOML: {error}") from error
    table = top if own else _member(_member(top, "tool"), "tmscan")
    if table is None:
        return None
    if not isinstance(table, dict):
        _fail(source, "tmscan", "tool.tmscan must be a table, as in [tool.tmscan]")
    return _config(table, source)


def _member(table: object, key: str) -> object:
    return table.get(key) if isinstance(table, dict) else None


def _config(table: Mapping[str, object], source: _Text) -> Config:
    _check_keys(table, KEYS, source, "[tool.tmscan]")
    rules = _table(table.get("rules", {}), "rules", source)
    _check_keys(rules, ("enable", "disable"), source, "rules")
    folder = source.path.parent
    return Config(
        file=source.path,
        include=_texts(table, "include", source),
        exclude=_texts(table, "exclude", source),
        include_tests=_flag(table, "include-tests", source),
        fail_on=_threshold(table, source),
        rule_folders=tuple(folder / name for name in _texts(table, "rule-folders", source)),
        enable=_texts(rules, "enable", source) if "enable" in rules else None,
        disable=_texts(rules, "disable", source),
        library_folders=tuple(folder / name for name in _texts(table, "library-folders", source)),
        per_path=tuple(_switches(table, source)),
        declared=_declarations(table, source),
    )


def _switches(table: Mapping[str, object], source: _Text) -> Iterator[PathSwitch]:
    for each in _tables(table, "per-path", ("paths", "disable", "public"), source):
        if not each.get("paths"):
            _fail(source, "per-path", "per-path needs paths, a list of texts that is not empty")
        if not each.get("disable") and not each.get("public"):
            _fail(source, "per-path", "per-path needs disable or public, a list of texts that is not empty")
        if each.get("disable"):
            yield PathSwitch(_texts(each, "paths", source), _texts(each, "disable", source))


def _declarations(table: Mapping[str, object], source: _Text) -> Declarations:
    public: list[tuple[str, tuple[str, ...]]] = [(text, ()) for text in _texts(table, "public", source)]
    scoped = _tables(table, "per-path", ("paths", "disable", "public"), source)
    public += [(text, _texts(each, "paths", source)) for each in scoped for text in _texts(each, "public", source)]
    short = (DeclaredGuard(_dotted(name, "guards", source)) for name in _texts(table, "guards", source))
    found = Declarations(
        guards=(*short, *_guards(table, source)),
        wrappers=tuple(_wrappers(table, source)),
        public=tuple(_public(text, paths, source) for text, paths in public),
    )
    if found == Declarations():
        return found
    return replace(found, file=str(source.path), folder=str(source.path.parent.resolve()))


def _public(text: str, paths: tuple[str, ...], source: _Text) -> DeclaredPublic:
    """`/path`, `GET /path` or `GET,HEAD /path`."""
    verbs, _, pattern = text.strip().rpartition(" ")
    if not pattern.startswith(("/", "*")) or not re.fullmatch(r"[A-Za-z,]*", verbs):
        _fail(source, "public", f'public has {text!r}; write a path, as in "/health", "/static/*" or "GET /docs"')
    return DeclaredPublic(pattern, tuple(verbs.upper().split(",")) if verbs else (), paths, _place(source, text))


def _guards(table: Mapping[str, object], source: _Text) -> Iterator[DeclaredGuard]:
    for each in _tables(table, "guard", ("name", "kind", "roles", "methods", "covers", "paths"), source):
        covers, paths = _texts(each, "covers", source), _texts(each, "paths", source)
        name = _text(each, "name", "guard", source)
        kind = each.get("kind", "authentication")
        if not isinstance(kind, str) or kind not in _GUARD_KINDS:
            _fail(source, "kind", f"kind is {kind!r}; choose one of {', '.join(_GUARD_KINDS)}")
        yield DeclaredGuard(
            name=name if covers or paths else _dotted(name, "guard", source),
            kind=_GUARD_KINDS[kind],
            roles=_texts(each, "roles", source),
            methods=tuple(verb.upper() for verb in _texts(each, "methods", source)),
            covers=covers,
            paths=paths,
            line=_place(source, name),
        )


def _wrappers(table: Mapping[str, object], source: _Text) -> Iterator[DeclaredWrapper]:
    for each in _tables(table, "wrapper", ("name", "path", "handler", "methods", "default"), source):
        plain = DeclaredWrapper(_dotted(_text(each, "name", "wrapper", source), "wrapper", source))
        default = tuple(verb.upper() for verb in _texts(each, "default", source))
        yield replace(
            plain,
            path=_arguments(each, "path", source) or plain.path,
            handler=_arguments(each, "handler", source),
            methods=_arguments(each, "methods", source) or plain.methods,
            default=default or plain.default,
        )


def _arguments(table: Mapping[str, object], key: str, source: _Text) -> ArgumentRef:
    """Where an argument stands: positions and keywords, the first that is present wins."""
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, int | str) and item is not True for item in value):
        _fail(source, key, f'{key} must be a list of positions and names of arguments, as in {key} = [0, "path"]')
    return tuple(value)


def _dotted(name: str, key: str, source: _Text) -> str:
    if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)+", name):
        _fail(source, key, f'{key} has {name!r}; write the whole dotted name, as in "myapp.auth.login_required"')
    return name


def _text(table: Mapping[str, object], key: str, where: str, source: _Text) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        _fail(source, where, f'{where} needs {key}, as in {key} = "…"')
    return value


def _tables(table: Mapping[str, object], key: str, known: tuple[str, ...], source: _Text) -> list[Mapping[str, object]]:
    value = table.get(key, [])
    if not isinstance(value, list):
        _fail(source, key, f"{key} must be a list of tables, as in [[tool.tmscan.{key}]]")
    found = [_table(each, key, source) for each in value]
    for each in found:
        _check_keys(each, known, source, key)
    return found


def _check_keys(table: Mapping[str, object], known: tuple[str, ...], source: _Text, where: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            _fail(source, key, f"{where} has an unknown key {key!r}; {hint}")


def _table(value: object, key: str, source: _Text) -> Mapping[str, object]:
    if not isinstance(value, dict):
        _fail(source, key, f"{key} must be a table of keys and values")
    return value


def _texts(table: Mapping[str, object], key: str, source: _Text) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        _fail(source, key, f'{key} must be a list of texts, as in {key} = ["…"]')
    return tuple(value)


def _flag(table: Mapping[str, object], key: str, source: _Text) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        _fail(source, key, f"{key} must be true or false")
    return value


def _threshold(table: Mapping[str, object], source: _Text) -> Threshold:
    value = table.get("fail-on", "error")
    if not isinstance(value, str) or value not in _THRESHOLDS:
        _fail(source, "fail-on", f"fail-on is {value!r}; choose one of {', '.join(_THRESHOLDS)}")
    return _THRESHOLDS[value]


def _fail(source: _Text, key: str, problem: str) -> NoReturn:
    raise TmscanError(f"{source.path}{_line(source, key)}: {problem}")


def _line(source: _Text, key: str) -> str:
    """`:7` for the first line after the heading of our table that has the key; "" if it is written in another way."""
    word = re.compile(rf"""(?:^|[\[.{{,\s]){re.escape(key)}["']?\s*(?:[=\].]|$)""")
    ours = source.path.name != "pyproject.toml"
    for number, line in enumerate(source.text.splitlines(), 1):
        ours = ours or "tmscan" in line
        if ours and word.search(line):
            return f":{number}"
    return ""


def _place(source: _Text, text: str) -> int:
    """The first line that holds a text; 1 for one that is written in another way."""
    lines = source.text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if text in line), 1)
