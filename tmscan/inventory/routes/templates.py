"""A path in the syntax of its framework in; the same path with `{name}` for what varies, and those names, out.

Reads what frameworks write: `<int:id>`, `<id:int>`, `{id}`, `{id:[0-9]+}`, `:id`, `:(id)`, `*rest` and regular
expressions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_EXPRESSION = re.compile(r"[\^$|]|\(|\\|[\])][*+?]|\.[*+]|/\?")
_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_CONVERTER = re.compile(r"(?P<kind>[A-Za-z_]\w*)(?:\([^()]*\))?:(?P<name>\w+)")
_OPEN = re.compile(r"(?<=[/.]):\((\w+)\)")
_OPENERS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_AGAIN = re.compile(r"[*+?]+|\{\d*,?\d*\}\??")
_CLASS = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]")
_CLASSES = frozenset("dwsDWS")
_NO_WIDTH = frozenset("AZbB")
# What converters are called. Nobody calls a part of a path after a type; `path`, `date` and `number` are names too.
_TYPES = frozenset({"string", "str", "strorempty", "int", "float", "uuid", "slug", "alpha", "ymd", "re"})
_CONVERTERS = _TYPES | {"number", "path", "any", "date"}
LONGEST, DEEPEST = 2000, 20  # of paths that are read; a longer one is taken as it stands


@dataclass(frozen=True, slots=True)
class Varying:
    """One part of a path that varies; `kind` is its converter or pattern as written, "" for any text."""

    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A path and what varies in it, in order; every name stands in `path` once, in braces."""

    path: str
    varying: tuple[Varying, ...] = ()

    @property
    def shape(self) -> str:
        """The path without its names and its last slash: what two descriptions of one path have in common."""
        return re.sub(r"\{[^{}]*\}", "{}", self.path).rstrip("/") or "/"


@dataclass(slots=True)
class _Reader:
    text: str
    pieces: list[str] = field(default_factory=list)
    varying: list[Varying] = field(default_factory=list)
    depth: int = 0

    def vary(self, name: str, kind: str = "") -> None:
        plain = _NAME.sub("", name) or f"arg{len(self.varying) + 1}"
        taken = {each.name for each in self.varying}
        number = 2
        unique = plain
        while unique in taken:
            unique, number = f"{plain}{number}", number + 1
        self.varying.append(Varying(unique, kind))
        self.pieces.append(f"{{{unique}}}")


def template_of(path: str) -> Template:
    """The path as OpenAPI writes it; a part that cannot be read is taken as it stands."""
    if len(path) > LONGEST:
        return Template("/" + path.lstrip("/").replace("{", "%7B").replace("}", "%7D"))
    path = _OPEN.sub(r"{\1}", path)
    reader = _Reader(path)
    _read(reader, expression=is_expression(path))
    joined = re.sub(r"/{2,}", "/", "".join(reader.pieces))
    return Template(joined if joined.startswith("/") else f"/{joined}", tuple(reader.varying))


def is_expression(path: str) -> bool:
    """Whether it is a regular expression outside of its `<…>` and `{…}`."""
    outside, at = [], 0
    while at < len(path):
        closed = _close(path, at) if path[at] in "<{" else 0
        if not closed:
            outside.append(path[at])
        at = closed or at + 1
    return bool(_EXPRESSION.search("".join(outside)))


def _read(reader: _Reader, *, expression: bool) -> None:
    text, at = reader.text, 0
    while at < len(text):
        letter = text[at]
        if expression and letter in "([\\.^$?*+|{":
            if letter == "|":
                return  # of two alternatives the first stands for both
            read = _part(reader, at)
            if read:
                at = read
                continue
        closed = _close(text, at) if letter in "<{" else 0
        if closed:
            _placeholder(reader, text[at + 1 : closed - 1], letter)
            at = closed
        elif letter in ":*" and text[at - 1 : at] == "/" and text[at + 1 : at + 2].isidentifier():
            word = re.match(r"\w+", text[at + 1 :])
            name = word[0] if word else ""
            reader.vary(name, "path" if letter == "*" else "")
            at += 1 + len(name)
        else:
            reader.pieces.append({"{": "%7B", "}": "%7D"}.get(letter, letter))
            at += 1


def _placeholder(reader: _Reader, inside: str, opener: str) -> None:
    """`int:id`, `id:int` of `<…>`, `id:int`, `id:[0-9]+`, `id+` of `{…}`."""
    converter = _CONVERTER.fullmatch(inside) if opener == "<" else None
    if (
        converter
        and converter["name"] not in _TYPES
        and (converter["kind"] in _CONVERTERS or converter["name"] not in _CONVERTERS)
    ):
        reader.vary(converter["name"], converter["kind"])
        return
    name, _, kind = inside.partition(":")
    if name in _TYPES and kind.isidentifier() and kind not in _TYPES:
        name, kind = kind, name  # `{int:id}`, as django-ninja takes it over from Django
    reader.vary(name.strip().rstrip("+*?"), kind.strip() or ("path" if inside.endswith(("+", "*")) else ""))


def _part(reader: _Reader, at: int) -> int:
    """Take in one part of a regular expression; the place after it, 0 for what is no such part after all."""
    text, letter = reader.text, reader.text[at]
    if letter in "^$?*+":
        return at + 1
    if letter == "\\":
        following = text[at + 1 : at + 2]
        if following in _NO_WIDTH:
            return at + 2
        if following not in _CLASSES:
            if following:
                reader.pieces.append(following)
            return at + 2
        return _varied(reader, at, at + 2)
    if letter == ".":
        return _varied(reader, at, at + 1) if text[at + 1 : at + 2] in ("*", "+") else 0
    closed = _close(text, at)
    if not closed or letter == "{":
        return 0
    if letter == "[":
        return _varied(reader, at, closed)
    return _group(reader, at, closed)


def _group(reader: _Reader, at: int, closed: int) -> int:
    inside, text = _named(reader.text[at + 1 : closed - 1]), reader.text
    after = _AGAIN.match(text, closed)
    end = after.end() if after else closed
    if inside is None or (inside[0] is None and after is not None and after[0].startswith(("?", "*"))):
        return end  # looks ahead, sets flags, or may be left out
    name, pattern = inside
    if name is None:
        inner = _Reader(pattern, reader.pieces, reader.varying, reader.depth + 1)
        if inner.depth < DEEPEST:
            _read(inner, expression=True)
        else:
            reader.vary("", pattern)
    else:
        reader.vary(name, pattern)
    return end


def _named(inside: str) -> tuple[str | None, str] | None:
    """(name, pattern) of a group: None for the name where it captures nothing, None for all where it takes no text."""
    if not inside.startswith("?"):
        return "", inside
    named = re.match(r"\?P?<(\w+)>", inside)
    if named:
        return named[1], inside[named.end() :]
    return (None, inside[2:]) if inside.startswith("?:") else None


def _varied(reader: _Reader, at: int, end: int) -> int:
    after = _AGAIN.match(reader.text, end)
    end = after.end() if after else end
    reader.vary("", reader.text[at:end])
    return end


def _close(text: str, at: int) -> int:
    """The place after the bracket that closes the one at `at`; 0 if there is none. Quotes and escapes are skipped."""
    opener, closer, depth, quoted = text[at], _OPENERS[text[at]], 0, ""
    if opener == "[":
        found = _CLASS.match(text, at)
        return found.end() if found else 0
    while at < len(text):
        letter = text[at]
        if letter == "\\":
            at += 1
        elif quoted:
            quoted = "" if letter == quoted else quoted
        elif letter in "\"'" and opener == "<":
            quoted = letter
        elif letter == opener:
            depth += 1
        elif letter == closer:
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return 0
