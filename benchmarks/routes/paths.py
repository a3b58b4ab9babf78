"""Route templates of any framework in one form, so that what a scan says compares with what an application served.

In: a path as Flask, Django, Starlette, Tornado, Bottle, Pyramid … write it. Out: lower case, one `*` per variable part.
"""

from __future__ import annotations

import re

REGULAR_EXPRESSION = re.compile(r"[\^$]|\(\?|\\[dwS./-]|\([^)]*[+*|]")


def normal(path: str | None) -> str:
    """The path with every variable part as `*`, without anchors, doubled or trailing slashes."""
    text = path or "/"
    is_regex = bool(REGULAR_EXPRESSION.search(text))
    text = re.sub(r"\(\?P<(\w+)>", "(?P\x01\\1\x02", text)  # hides named groups from the <converter> rule below
    text = re.sub(r"<[^<>]*(?:<[^<>]*>[^<>]*)*>", "*", text)  # Flask, Django path(), Bottle, Sanic
    text = text.replace("\x01", "<").replace("\x02", ">")
    braces = r"\{[^{}]*\}(?=[^,\d]|$)" if is_regex else r"\{[^{}]*\}"
    for _ in range(3):
        text = re.sub(braces, lambda match: _brace(match.group(0), is_regex), text)
    text = _without_groups(text)
    if is_regex:
        text = _without_regex(text)
    text = re.sub(r":(\w+)(#[^#]*#)?", "*", text)  # Bottle, web.py
    text = re.sub(r"(?<=/)\*\w+", "*", text)  # Pyramid's *subpath
    text = re.sub(r"\*+", "*", text)
    text = re.sub(r"/+", "/", "/" + text)
    return (text.rstrip("/") or "/").lower()


def _brace(text: str, is_regex: bool) -> str:
    return text if is_regex and re.fullmatch(r"\{\d+(,\d*)?\}", text) else "*"


def _without_groups(text: str) -> str:
    """Every group, nested ones included, becomes `*`; an optional unnamed group disappears."""
    out: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            out.append(text[at : at + 2])
            at += 2
        elif text[at] == "(":
            end = _group_end(text, at)
            after = text[end + 1 : end + 2]
            out.append("" if after in ("?", "*") and not text[at:end].startswith("(?P<") else "*")
            at = end + (2 if after in ("?", "*", "+") else 1)
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


def _group_end(text: str, start: int) -> int:
    depth, at, in_class = 0, start, False
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 2
            continue
        if in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if not depth:
                break
        at += 1
    return at


def _without_regex(text: str) -> str:
    text = re.sub(r"\[[^\]]*\](\{[\d,]+\}|[+*?])?", "*", text)
    text = re.sub(r"\\[dwS](\{[\d,]+\}|[+*])?", "*", text)
    text = re.sub(r"(?<!\\)\.[+*]\??", "*", text)
    text = re.sub(r"\*\{[\d,]+\}", "*", text)
    text = text.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\A", "")
    text = re.sub(r"/\?|/\*\?$", "/", text)
    text = re.sub(r"\\(.)", r"\1", text)
    return text.replace("?", "")
