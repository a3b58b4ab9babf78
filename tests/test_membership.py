"""Whether an element is in a list: sure answers, doubts; long lists are asked in loops."""

from __future__ import annotations

import pytest

from tmscan.program.data import operators
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
    assert operators.compare("in", item, Sequence("list", items, rest)) is answer


def test_constants_of_long_lists_are_not_compared_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[Value] = []
    monkeypatch.setattr(operators, "_equal", lambda member, *_, **__: compared.append(member))
    held = Sequence("list", [Known(f"name{number}") for number in range(1000)])
    assert operators.compare("in", Known("other"), held) is False
    assert operators.compare("in", UNKNOWN, held) is None
    assert len(compared) == 1  # the first doubt about what is not known decides
