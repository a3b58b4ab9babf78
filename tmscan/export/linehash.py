"""Text of a file in, the line hashes that GitHub code scanning tracks alerts by out.

Apart from the SARIF exporter because it follows a published algorithm to the bit: `primaryLocationLineHash` as the
`github/codeql-action` computes it when it is missing (its `src/fingerprints.ts`).
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BLOCK = 100
_BASE = 37
_MASK = (1 << 64) - 1
_LEAVING = pow(_BASE, BLOCK, 1 << 64)
_END_OF_FILE = 65535
_LINE_FEED = ord("\n")


def line_hashes(content: bytes) -> Mapping[int, str]:
    """`hash:count` for every line (1-based) of a file.

    The hash of a line is a polynomial (base 37, modulo 2**64) over the first 100 UTF-16 units from its start, blanks
    and tabs left out and every line end read as one line feed, with an end-of-file mark and zeros behind the last line;
    `count` tells lines with equal hashes apart, from the top.
    """
    text = content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    units = [*_utf16(text.replace(" ", "").replace("\t", "")), _END_OF_FILE, *[0] * BLOCK]
    starts = [0, *(index for index, unit in enumerate(units, 1) if unit == _LINE_FEED)]
    prefix = list(accumulate(units, lambda value, unit: (value * _BASE + unit) & _MASK, initial=0))
    seen: Counter[int] = Counter()
    found: dict[int, str] = {}
    for line, start in enumerate(starts, 1):
        value = (prefix[start + BLOCK] - prefix[start] * _LEAVING) & _MASK
        seen[value] += 1
        found[line] = f"{value:x}:{seen[value]}"
    return found


def _utf16(text: str) -> Iterable[int]:
    if text.isascii():
        return text.encode("ascii")
    return memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")
