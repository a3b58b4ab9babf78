"""Regular expressions of the scanned code, applied to its own constants: short and harmless ones only.

Both pattern and text are hostile, and nothing can stop a search that has begun: a pattern that repeats a group, or
repeats without an end more than three times, is not tried.
"""

from __future__ import annotations

import re

from tmscan.program.values import NOTHING, Known, Scalar, Table, Value

LENGTH = 300
REPEATS = 3
TELLING = "/\\'\"<>\n\r*()&;|$` ."  # letters that mean something to some sink
# Letters, digits, `_` and `-`, in classes, groups and repetitions: no text that this matches does harm anywhere.
_SAFE_PATTERN = re.compile(
    r"\^?(?:[\w-]|\\[wdA]|\((?:\?:)?|\)|\||[+*?]|\{\d*,?\d*\}|\[(?:[\w-]|\\[wd-])+\])*(?:\$|\\[zZ])?"
)
# With dots and signs that no sink but code and commands reads anything into; without slashes.
_NAME_PATTERN = re.compile(
    r"\^?(?:[\w-]|\\[wdA.]|\((?:\?:)?|\)|\||[+*?]|\{\d*,?\d*\}|\[(?:[\w.+@,=~-]|\\[wd.-])+\])*(?:\$|\\[zZ])?"
)
# What text of these signs holds nothing of that does harm to these.
NAME = frozenset({"html", "xpath", "ldap", "sql", "log", "lacks:/"})
_CLASS = re.compile(r"\[(?:[^\]\\\[]|\\.)+\][+]?")
_REPEATED_GROUP = re.compile(r"\)[*+?{]")
_LOOPED_GROUP = re.compile(r"\)[*+{]")
_REPEAT = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\d*\})")


def replaced(pattern: str, replacement: str, text: str) -> Known | None:
    """`re.sub(pattern, replacement, text)`, or None where it is not worth the risk or no regular expression."""
    if len(pattern) > LENGTH or len(text) > LENGTH or len(replacement) > LENGTH:
        return None
    if _REPEATED_GROUP.search(pattern) or len(_REPEAT.findall(pattern)) > REPEATS:
        return None
    try:
        made = re.sub(pattern, replacement, text)
    except (re.error, IndexError, OverflowError, RecursionError):
        return None
    return Known(made) if len(made) <= 4 * LENGTH else None


def matched(method: str, pattern: str, text: str) -> Value | None:
    """`re.match(pattern, text)` and its kin: the groups by number and name, nothing, or None where it is not tried."""
    if len(pattern) > LENGTH or len(text) > LENGTH or _LOOPED_GROUP.search(pattern):
        return None
    if len(_REPEAT.findall(pattern)) > REPEATS:
        return None
    try:
        found: re.Match[str] | None = getattr(re.compile(pattern), method)(text)
    except (re.error, OverflowError, RecursionError):
        return None
    if found is None:
        return NOTHING
    groups: dict[Scalar, Value] = {key: Known(part) for key, part in enumerate((found[0], *found.groups()))}
    return Table({**groups, **{name: Known(part) for name, part in found.groupdict().items()}})


def taken_out(pattern: str, replacement: str) -> frozenset[str]:
    """The letters that matter to some sink of which none is left by `re.sub(pattern, replacement, text)`.

    Only of a class of letters that is known for certain: `[/:]`, or all but some, `[^a-z]+`.
    """
    if len(pattern) > LENGTH or not _CLASS.fullmatch(pattern):
        return frozenset()
    try:
        matches = re.compile(pattern).fullmatch
        return frozenset(letter for letter in TELLING if matches(letter) and letter not in replacement)
    except re.error:
        return frozenset()


def promised(pattern: Value, *, whole: bool) -> frozenset[str] | None:
    """What a text that a pattern matches from end to end can be; None where the pattern says nothing of use."""
    if not (isinstance(pattern, Known) and isinstance(pattern.value, str)):
        return None
    text = pattern.value
    if not (whole or text.endswith(("$", "\\Z", "\\z"))):
        return None
    if _SAFE_PATTERN.fullmatch(text):
        return frozenset({"plain"})
    return NAME if _NAME_PATTERN.fullmatch(text) else None
