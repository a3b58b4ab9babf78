"""Words for diagrams: names of code in, ids and short readable labels out.

It stands apart because the same few rules (what is safe, what is short) hold for every element, flow and format.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

_GENERIC_WORDS = """
    api app application asgi blueprint blueprints bp controller controllers endpoint endpoints handler
    handlers main modules resources route router routers routes server src urls view views viewsets web
    wsgi
"""
GENERIC = frozenset(_GENERIC_WORDS.split())
_TAILS = frozenset(
    {"urls", "views", "viewsets", "routes", "router", "routers", "blueprint", "controllers", "endpoints"}
)
_SUFFIX = re.compile(
    r"(?<=[a-z0-9])_(?:bp|blueprint|routers?|routes|urls|views|viewset|api|ns|namespace|endpoints?|controller|handlers?|resources?)$",
    re.IGNORECASE,
)
_UNSAFE = re.compile(r"[^A-Za-z0-9._/:@-]+")


def slug(text: str) -> str:
    """An id part that is safe in every format; text that had to be changed carries a digest, so that ids stay apart."""
    safe = _UNSAFE.sub("-", text).strip("-")[:80]
    if safe == text and safe:
        return safe
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{safe}-{digest}" if safe else ("main" if not text else digest)


def plain(text: str) -> str:
    """One line of printable text: control, format (bidirectional marks) and lone surrogate characters are left out."""
    if text.isprintable():
        return " ".join(text.split()) if "  " in text or text[:1] == " " or text[-1:] == " " else text
    visible = "".join(" " if unicodedata.category(letter) in _INVISIBLE else letter for letter in text)
    return " ".join(visible.split())


_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shorten(text: str, limit: int) -> str:
    """The text in at most `limit` characters; the middle is left out, for both ends of a path tell more."""
    text = plain(text)
    if len(text) <= limit:
        return text
    head = (limit - 1) // 2
    return f"{text[:head]}…{text[len(text) - (limit - 1 - head) :]}"


def count(number: int, noun: str) -> str:
    """`1 endpoint`, `2 entities`, `3 processes`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def listed(names: Iterable[str], keep: int = 3) -> str:
    """`a, b, c +4`: the first names in the given order and how many more there are."""
    words = [shorten(name, 24) for name in names if name]
    shown = ", ".join(words[:keep])
    return f"{shown} +{len(words) - keep}" if len(words) > keep else shown


def display_names(names: Iterable[str], alone: str) -> dict[str, str]:
    """A short name per dotted name, unique among them: what all share and words like `views` are dropped.

    `alone` is what a single name, or one made of such words only, is called.
    """
    full = sorted(set(names))
    parts = {name: _parts(name) for name in full}
    shared = _shared(list(parts.values()))
    candidates = {name: _candidates(parts[name], shared, alone) for name in full}
    chosen: dict[str, str] = {}
    for rank in range(max((len(row) for row in candidates.values()), default=0)):
        tally = Counter(row[min(rank, len(row) - 1)] for name, row in candidates.items() if name not in chosen)
        for name in full:
            candidate = candidates[name][min(rank, len(candidates[name]) - 1)]
            if name not in chosen and tally[candidate] == 1 and candidate not in chosen.values():
                chosen[name] = candidate
    for name in full:
        rest, number = name or alone, 2
        while name not in chosen and rest in chosen.values():
            rest, number = f"{name or alone} ({number})", number + 1
        chosen.setdefault(name, rest)
    return chosen


def _parts(name: str) -> list[str]:
    """The parts of a dotted name; what is none (a title, a path) stays whole."""
    return [part for part in re.split(r"[.:]+", name) if part] if re.fullmatch(r"[\w.:]*", name) else [name]


def _candidates(parts: list[str], shared: int, alone: str) -> tuple[str, ...]:
    """From the shortest name to the whole one: the last telling word, then more and more of them."""
    own = parts[shared:] or parts[-1:]
    telling = [part for part in own if part.lower() not in GENERIC]
    if not telling:
        telling = [part for part in parts if part.lower() not in GENERIC][-1:]
    bare = [_SUFFIX.sub("", part) for part in telling]
    inner = list(own)
    while len(inner) > 1 and inner[-1].lower() in _TAILS:
        inner.pop()
    ends = [bare[-length:] for length in range(1, len(bare) + 1)] or [[]]
    return tuple(".".join(words) or alone for words in (*ends, inner, own, parts))


def _shared(rows: Sequence[list[str]]) -> int:
    """How many leading parts all rows have in common."""
    if len(rows) < 2:
        return 0
    length = 0
    for column in zip(*rows, strict=False):
        if len(set(column)) > 1:
            break
        length += 1
    return length
