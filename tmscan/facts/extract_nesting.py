"""The text of a file in; the line where it nests deeper than a parser can follow out, or None.

libcst's parser recurses in native code: on hostile nesting it takes time with the square of the depth and then kills
the process, so depth is counted first, without parsing. CPython itself stops at 200 open brackets.
"""

from __future__ import annotations

import re

MAX_BRACKETS = 200
MAX_CHAIN = 2500  # operators, calls or adjacent strings in one expression: `a + a + …`, `not not …`, `f()()…`

_TOKEN = re.compile(
    r"""(?P<open>[(\[{]) | (?P<close>[)\]}]) | (?P<separator>[,;]) | (?P<newline>\n)
    | (?P<link>[-+*/%@&|^~.<>=!]+ | \b(?:not|lambda|await|if|else|and|or|in|is|for)\b)
    | (?P<skipped>\#[^\n]* | \\\n)
    | (?P<prefix>\b[a-zA-Z]{1,3})? (?: (?P<long>\"\"\"|''') (?s:\\.|.)*? (?:(?P=long)|\Z)
        | "(?:\\[\s\S]|[^"\\\n])*"? | '(?:\\[\s\S]|[^'\\\n])*'? )""",
    re.VERBOSE,
)
_BRACKET = re.compile(r"[{}]")


def nested_too_deeply(text: str) -> int | None:
    """The 1-based line where there are more than MAX_BRACKETS open brackets or an expression has MAX_CHAIN links."""
    if text.count("(") + text.count("[") + text.count("{") <= MAX_BRACKETS and len(text) < 2 * MAX_CHAIN:
        return None
    chains = [0]
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "link":
            chains[-1] += 1
        elif kind == "open":
            chains[-1] += 1
            chains.append(0)
        elif kind == "close":
            if len(chains) > 1:
                chains.pop()
        elif kind == "separator":
            chains[-1] = 0
        elif kind == "newline":
            if len(chains) == 1:
                chains[0] = 0
        elif kind != "skipped":
            chains[-1] += 1
            prefix = token["prefix"] or ""
            if "f" in prefix.lower() or "t" in prefix.lower():
                _count_braces(token[0], chains)
        if chains[-1] > MAX_CHAIN or len(chains) > MAX_BRACKETS:
            return text.count("\n", 0, token.start()) + 1
    return None


def _count_braces(text: str, chains: list[int]) -> None:
    """Fields of f-strings nest, and may hold f-strings in the same quotes, whose ends this module does not see."""
    for brace in _BRACKET.findall(text):
        if brace == "{":
            chains.append(0)
        elif len(chains) > 1:
            chains.pop()
