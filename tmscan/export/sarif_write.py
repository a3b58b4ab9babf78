"""sarif-om objects in, compact JSON out.

The library's own serialiser copies every level and is some twenty times slower; this one walks the objects once with a
plan per class that is made once.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import attr

if TYPE_CHECKING:
    from collections.abc import Iterable

ALWAYS = frozenset({("Result", "level"), ("ReportingConfiguration", "level"), ("Notification", "level")})
"""Written even when it equals the default, because readers differ in what they take for it."""

_LEAVES = frozenset({str, int, float, bool})


def serialise(schema: str, run: object, results: Iterable[object]) -> str:
    """A SARIF 2.1.0 log of one run; None and values equal to the schema's default are left out.

    `run` comes without its results: these are made and written one by one, so that ten thousand of them never stand in
    memory as objects.
    """
    written = ",".join(_json(result) for result in results)
    return f'{{"$schema":{_json(schema)},"version":"2.1.0","runs":[{_json(run)[:-1]},"results":[{written}]}}]}}\n'


def _json(value: object) -> str:
    return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=True)


def _plain(value: object) -> object:
    kind: type = type(value)
    if kind in _LEAVES:
        return value
    if kind is list:
        return [_plain(each) for each in _listed(value)]
    if kind is dict:
        return {key: _plain(each) for key, each in _mapped(value).items()}
    plan = _plan(kind)
    found: dict[str, object] = {}
    for name, held in vars(value).items():
        if held is None:
            continue
        written, default = plan[name]
        if type(held) in _LEAVES:
            if held != default:
                found[written] = held
        elif type(default) is not list or held != default:
            found[written] = _plain(held)
    return found


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _mapped(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


@cache
def _plan(kind: type[attr.AttrsInstance]) -> dict[str, tuple[str, object]]:
    """JSON name and the default that need not be written, by attribute."""
    plan: dict[str, tuple[str, object]] = {}
    for field in attr.fields(kind):
        default = field.default
        if isinstance(default, attr.Factory):  # type: ignore[arg-type]  # a class at run time, a function in its stubs
            default = default.factory()
        always = (kind.__name__, field.name) in ALWAYS
        plan[field.name] = (field.metadata["schema_property_name"], attr.NOTHING if always else default)
    return plan
