"""Which endpoints a filter shows, and which paths a pattern means."""

from __future__ import annotations

from dataclasses import replace

import pytest
from records_shop import INVENTORY, endpoint

from tmscan.inventory.selection import Selection, endpoint_unknowns, matches_path, select
from tmscan.inventory.types import Unknown
from tmscan.sources.types import Location


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/health", "/health", True),
        ("/health", "/health/", True),
        ("/health/", "/health", True),
        ("health", "/health", True),
        ("/health", "/health/deep", False),
        ("/health", "/healthy", False),
        ("/", "/", True),
        ("/", "/x", False),
        ("/static/*", "/static/a/b.css", True),
        ("/static/*", "/static", False),
        ("*/status", "/api/v1/status", True),
        ("/api/*/status", "/api/v1/status/", True),
        ("/orders/<int:order_id>", "/orders/<int:order_id>", True),
        ("/orders/{id}", "/orders/<int:order_id>", True),
        ("/orders/{id}/items", r"/^orders/(?P<pk>\d+)/items/$", True),
        ("/a.b", "/aXb", False),
        ("/a[b]?", "/a[b]?", True),
    ],
)
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    assert matches_path(pattern, path) is expected


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/api", "/api/v1", True),
        ("/api", "/api", True),
        ("/api/", "/api/v1/x", True),
        ("/api", "/apiary", False),
        ("/", "/anything", True),
        ("/", "/", True),
        ("/api*", "/apiary", True),
        ("*.json", "/x/y.json", True),
        ("*.json", "/x/y.json/z", False),
    ],
)
def test_patterns_of_a_filter(pattern: str, path: str, expected: bool) -> None:
    assert matches_path(pattern, path, below=True) is expected


ALL = replace(
    INVENTORY,
    endpoints=(
        endpoint("/"),
        endpoint("/api/a", ("POST",), required=True),
        endpoint("/api/b", ("ANY",), required=None),
        endpoint("/api/c", ("DELETE", "GET")),
    ),
)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), ["/", "/api/a", "/api/b", "/api/c"]),
        (Selection(unguarded=True), ["/", "/api/b", "/api/c"]),
        (Selection(methods=("post",)), ["/api/a", "/api/b"]),
        (Selection(methods=("POST", "DELETE")), ["/api/a", "/api/b", "/api/c"]),
        (Selection(paths=("/api",)), ["/api/a", "/api/b", "/api/c"]),
        (Selection(paths=("/api/a", "/api/c")), ["/api/a", "/api/c"]),
        (Selection(("get",), ("/api",), True), ["/api/b", "/api/c"]),
    ],
)
def test_selection(selection: Selection, expected: list[str]) -> None:
    assert [each.path for each in select(ALL, selection).endpoints] == expected


def test_what_strict_counts() -> None:
    place = Location("a.py", 1)
    kinds = ("route", "mount", "prefix", "guard", "limit", "host")
    inventory = replace(ALL, unknowns=tuple(Unknown(kind, "computed", place) for kind in kinds))
    assert [each.kind for each in endpoint_unknowns(inventory)] == ["route", "mount", "prefix", "guard", "limit"]
