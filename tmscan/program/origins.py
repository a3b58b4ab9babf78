"""Where untrusted data came in, and the plain types that values are made of."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from tmscan.facts.types import At, Expr, Match, Try

Scalar: TypeAlias = str | int | float | bool | bytes | None


class Origin(NamedTuple):
    """Where untrusted data came in: its kind (query, form, path, …), its name, and the place.

    A tuple and no dataclass: millions of them are hashed and compared in one scan, which tuples do in C.
    """

    kind: str
    name: str
    file: str
    at: At
    checks: frozenset[str] = frozenset()  # what is known of the data by now: see `checks.py`


Checks: TypeAlias = frozenset[str]
Origins: TypeAlias = frozenset[Origin]
Place: TypeAlias = tuple[str, int, str]  # where data came in: file, line, and the name it came under
Tests: TypeAlias = tuple[Expr | Try | Match, ...]  # the conditions that something hangs on
CLEAN: Origins = frozenset()
