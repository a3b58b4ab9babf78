"""Whether an element is in a list: sure answers, doubts, and long lists that are asked in a loop."""

from __future__ import annotations

import time

import pytest

from tmscan.program.operators import compare
from tmscan.program.values import UNKNOWN, External, Known, Sequence, Value


@pytest.mark.parametrize(
    ("items", "rest", "item", "answer"),
    [
        ([Known("a"), Known(1)], None, Known(1), True),
        ([Known("a")], None, Known("b"), False),
        ([Known("a")], UNKNOWN, Known("b"), None),
        ([UNKNOWN, Known("b")], None, Known("b"), True),
        ([Known("a"), UNKNOWN], None, Known("b"), None),
        ([External("x.B"), Known("a")], None, External("x.B"), True),
        ([Known("a")], None, UNKNOWN, None),
        ([], None, UNKNOWN, False),
    ],
)
def test_elements_of_lists(items: list[Value], rest: Value | None, item: Value, answer: bool | None) -> None:
    assert compare("in", item, Sequence("list", items, rest)) is answer


def test_long_lists_of_constants_are_compared_at_once() -> None:
    held = Sequence("list", [Known(f"name{number}") for number in range(10_000)])
    before = time.process_time()
    assert all(compare("in", Known(f"other{number}"), held) is False for number in range(200))
    assert time.process_time() - before < 2  # one by one it took ten times as long
