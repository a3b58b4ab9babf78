"""Templates of pages: files come in; what they put into a page without escaping it, with its place, goes out.

Read by their marks alone, which Jinja, Django, Tornado, Bottle, Mako and Chameleon share or keep apart: nothing is
rendered. What a filter that is not known here made of a value is taken as harmless.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tmscan.sources.read import decode, read_bytes
from tmscan.sources.types import PageTemplate, RawOutput, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tmscan.sources.types import OtherFile

LARGEST = 1_000_000
MOST = 200  # outputs of one template
# Without one of these a template escapes all that it shows.
_TELLING = re.compile(rb"\|\s*(?:safe|n\b)|autoescape|\{%-?\s*raw\s+\w|\{\{!|structure|extends|include")
# Every part ends where a mark of its kind would begin, so that none is looked at twice.
_MARK = re.compile(
    r"\{(?P<comment>#)|\{\{(?P<output>[^{}]{0,2000}+)\}\}|\{%[-+]?\s*(?P<tag>\w+)(?P<rest>[^%]{0,2000}+)%\}"
    r"|\$\{(?P<braced>[^{}]{0,2000}+)\}|tal:(?:content|replace)=\"structure\s(?P<content>[^\"]{0,2000}+)\""
)
_PATH = re.compile(r"[A-Za-z_]\w*(?:\.\w+|\[(?:'\w+'|\"\w+\"|\d+)\])*")
_PART = re.compile(r"\w+")
_ALL_OF = re.compile(r"\.(?:items|values|all)(?:\(\))?$")
_TEXT = re.compile(r"(?<!\[)(?:'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\")")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\"")
_LOOP = re.compile(r"(\w+(?:, ?\w+)*) in (.+)")
_NAMED = re.compile(r"(\w+) ?= ?([^\s,]+)")
_CONDITION = re.compile(r" if .*? else ")
_BETWEEN = re.compile(r" (?:or|and) |[~+]")
_DEEPEST = 64
_SAFE = frozenset({"safe", "safeseq", "n"})
# Filters that leave markup as it is.
_NEUTRAL = _SAFE | {"default", "d", "default_if_none", "trim", "upper", "lower", "title", "capitalize", "capfirst",
                    "join", "replace", "first", "last", "string", "format", "truncate", "center", "indent", "ljust",
                    "linebreaksbr"}  # fmt: skip


def read_pages(files: Iterable[OtherFile]) -> tuple[tuple[PageTemplate, ...], tuple[Skipped, ...]]:
    """The templates among `files` that show something unescaped or build on others, and those that cannot be read."""
    found: list[PageTemplate] = []
    skipped: list[Skipped] = []
    for file in files:
        if file.kind != "template":
            continue
        data = read_bytes(file.absolute, LARGEST)
        if isinstance(data, str):
            skipped.append(Skipped(file.path, data))
        elif (page := read_page(file.path, data)) is not None:
            found.append(page)
    return tuple(sorted(found, key=lambda page: page.path)), tuple(skipped)


def read_page(path: str, data: bytes) -> PageTemplate | None:
    """What one template shows unescaped, and the templates that it includes or extends; None where neither is there."""
    if not _TELLING.search(data):
        return None
    reader = _Reader(decode(data))
    outputs = tuple(reader.outputs())[:MOST]
    return PageTemplate(path, outputs, tuple(dict.fromkeys(reader.uses))) if outputs or reader.uses else None


class _Reader:
    """Goes through the marks of one text once, with what names stand for and whether output is escaped at each."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.uses: list[str] = []
        self.escaping = [True]
        self.names: list[dict[str, tuple[str, ...]]] = [{}]
        self.line, self.at = 1, 0
        self.until = ""  # the tag that ends what is not read

    def outputs(self) -> Iterator[RawOutput]:
        after = 0  # a comment
        for mark in _MARK.finditer(self.text):
            if mark.start() < after:
                continue
            tag, rest = mark["tag"], " ".join((mark["rest"] or "").strip("-+").split())
            if self.until:
                self.until = "" if tag == self.until else self.until
            elif mark["comment"]:
                end = self.text.find("#}", mark.end())
                after = end + 2 if end >= 0 else len(self.text)
            elif tag == "comment" or (tag == "raw" and not rest):
                self.until = f"end{tag}"
            elif tag is not None:
                yield from self.tag(tag, rest, mark.start())
            elif mark["output"] is not None:
                said = mark["output"].strip("-+ \t\r\n")
                yield from self.shown(said.removeprefix("!"), mark.start(), raw=said.startswith("!"))
            elif mark["braced"] is not None:
                said = mark["braced"].strip()
                if said.startswith("structure:") or said.endswith("n"):
                    raw = said.startswith("structure:")
                    yield from self.shown(said.removeprefix("structure:"), mark.start(), raw=raw)
            else:
                yield from self.shown(mark["content"], mark.start(), raw=True)

    def tag(self, tag: str, rest: str, at: int) -> Iterator[RawOutput]:
        if tag in ("include", "extends"):
            quoted = _QUOTED.search(rest)
            self.uses += [quoted[0][1:-1]] if quoted else []
        elif tag == "raw":
            yield from self.shown(rest, at, raw=True)
        elif tag == "autoescape":
            self.escaping.append(rest.lower() not in ("off", "false", "none"))
        elif tag == "endautoescape" and len(self.escaping) > 1:
            self.escaping.pop()
        elif tag == "for" and (loop := _LOOP.fullmatch(rest)) and len(self.names) < _DEEPEST:
            of = self.path(_split(loop[2], " ")[0])
            self.names.append({name.strip(): of for name in loop[1].split(",")})
        elif tag == "with" and len(self.names) < _DEEPEST:
            self.names.append({name: self.path(said) for name, said in _NAMED.findall(rest)})
        elif tag in ("endfor", "endwith") and len(self.names) > 1:
            self.names.pop()
        elif tag == "set" and (named := _NAMED.fullmatch(rest)):
            self.names[-1][named[1]] = self.path(named[2])

    def shown(self, said: str, at: int, *, raw: bool) -> Iterator[RawOutput]:
        base, *filters = _split(said, "|")
        names = {_PART.search(each) for each in filters}
        called = {name[0] for name in names if name is not None}
        if not called <= _NEUTRAL or not (raw or called & _SAFE or not self.escaping[-1]):
            return
        self.line += self.text.count("\n", self.at, at)
        self.at = at
        plain = " ".join(_TEXT.sub("", base).split())
        inside = plain.startswith("(") and plain.endswith(")")
        parts = _BETWEEN.split(_CONDITION.sub(" or ", plain[1:-1] if inside else plain))
        whole = inside or raw or not self.escaping[-1]
        for part in parts if whole else parts[-1:]:  # filters are for what stands before them
            path = self.path(part)
            if path:
                yield RawOutput(self.line, path)

    def path(self, said: str) -> tuple[str, ...]:
        """What an expression is made of: a name of the context and the attributes behind it; empty for others."""
        base, *filters = _split(said, "|")
        said = _ALL_OF.sub("", base.strip())
        if filters or not _PATH.fullmatch(said) or said in ("True", "False", "None", "not"):
            return ()
        first, *others = _PART.findall(said)
        for scope in reversed(self.names):
            if first in scope:
                return (*scope[first], *others) if scope[first] else ()
        return (first, *others)


def _split(text: str, separator: str) -> list[str]:
    """The parts of an expression between separators that stand in no quotes and brackets."""
    parts, depth, start, at = [], 0, 0, 0
    while at < len(text):
        quoted = _QUOTED.match(text, at) if text[at] in "'\"" else None
        if quoted:
            at = quoted.end()
            continue
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if text[at] == separator and depth <= 0:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return [*parts, text[start:]]
