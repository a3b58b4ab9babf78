"""The text of a file in; the line where it nests deeper than a parser can follow out, or None.

libcst's parser recurses in native code: on hostile nesting it takes time with the square of the depth and then kills
the process, so depth is counted first, without parsing. CPython itself stops at 200 open brackets.
"""

from __future__ import annotations

import re

MAX_BRACKETS = 200
MAX_CHAIN = 2500  # operators, calls or adjacent strings in one expression: `a + a + …`, `not not …`, `f()()…`

_TEXT = re.compile(
    r"\#[^\n]*"
    r'|"""[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*(?:"""|\Z)'
    r"|'''[^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\[\s\S])*"?'
    r"|'(?:[^'\\\n]|\\[\s\S])*'?"
)
_NOT_BRACES = re.compile(r"[^{}\n]+")
_BRACE = re.compile(r"([{}])")
_TOKEN = re.compile(
    r"(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<separator>[,;])"
    r"|(?P<link>\"|[-+*/%@&|^~.<>=!]+|\b(?:not|lambda|await|if|else|and|or|in|is|for)\b)"
)


def nested_too_deeply(text: str) -> int | None:
    """The 1-based line where there are more than MAX_BRACKETS open brackets or an expression has MAX_CHAIN links."""
    if len(text) < MAX_BRACKETS:
        return None
    # What is left are logical lines of bare code; a form feed stands for each line end within one.
    bare = _TEXT.sub(_bare, text.replace("\f", " ")).replace("\\\n", "\f")
    first = line = 1
    size = opened = depth = 0
    lines = bare.split("\n")
    for part in lines:
        size += len(part)
        opens = part.count("(") + part.count("[") + part.count("{")
        if opens or depth:
            opened += opens
            depth = max(depth + opens - part.count(")") - part.count("]") - part.count("}"), 0)
        line += 1
        if depth == 0 or line > len(lines):
            if size > 2 * MAX_CHAIN or opened > MAX_BRACKETS:
                place = _in_one(lines[first - 1 : line - 1])
                if place is not None:
                    before = "\n".join(lines[: first - 1])
                    return first + before.count("\f") + place
            first, size, opened = line, 0, 0
    return None


def _bare(found: re.Match[str]) -> str:
    """A text becomes one quote; of f-strings the braces stay (fields nest), and what is in them if it is long."""
    text = found[0]
    if text[0] == "#":
        return ""
    start = found.start()
    breaks = "\f" * text.count("\n")
    prefix = found.string[max(start - 2, 0) : start]
    if prefix[-1:].lower() in ("f", "t", "r") and ("f" in prefix.lower() or "t" in prefix.lower()):
        fields = _NOT_BRACES.sub("", text) if len(text) < 2 * MAX_CHAIN else _fields(text)
        return '"' + fields.replace("\n", "\f")
    return '"' + breaks


def _fields(text: str) -> str:
    kept: list[str] = []
    depth = 0
    for part in _BRACE.split(text):
        if part in ("{", "}"):
            depth = max(depth + (1 if part == "{" else -1), 0)
            kept.append(part)
        else:
            kept.append(part if depth else "\n" * part.count("\n"))
    return "".join(kept)


def _in_one(lines: list[str]) -> int | None:
    """How many line ends stand before the place where one logical line nests too deeply."""
    text = "\n".join(lines)
    chains = [0]
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "separator":
            chains[-1] = 0
        elif kind == "close":
            if len(chains) > 1:
                chains.pop()
        else:
            chains[-1] += 1
            if kind == "open":
                chains.append(0)
            if chains[-1] > MAX_CHAIN or len(chains) > MAX_BRACKETS + 1:
                return text.count("\n", 0, token.start()) + text.count("\f", 0, token.start())
    return None
