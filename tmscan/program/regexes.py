"""Regular expressions of the scanned code, applied to its own constants: short and harmless ones only.

Both pattern and text are hostile, and nothing can stop a search that has begun: a pattern that repeats a group, or
repeats without an end more than three times, is not tried.
"""

from __future__ import annotations

import re

from tmscan.program.values import Known

LENGTH = 300
REPEATS = 3
_REPEATED_GROUP = re.compile(r"\)[*+?{]")
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
