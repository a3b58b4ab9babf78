"""The record of rows that say what makes untrusted data harmless: see `types.py` for all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class SanitizerRow:
    """What makes untrusted data harmless for some kinds of sinks (`plain`: for all).

    `call`: what it returns is; `read`: that attribute is; `test`: its first argument is where the answer was yes;
    `compared`: a part of what was parsed (`urlparse(url).netloc`): the text is where that part was compared with
    constants; `demand`: its argument is once it returned. A call for no kind at all undoes what was done before, as
    decoding does. With `after` it counts only for what one of these calls (last names) returned: a path is resolved
    before it is compared with a folder. What a `lookup` gives comes from the receiver, not from its arguments.
    """

    shape: Literal["call", "lookup", "read", "test", "compared", "demand"]
    paths: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    argument: tuple[int | str, ...] = (0,)
    after: tuple[str, ...] = ()
