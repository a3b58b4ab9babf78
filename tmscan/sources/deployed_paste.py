"""Applications that Paste puts together: the text of such a file comes in, one record for each application goes out,
with the path that it is served under and the filters before it.

Format: https://docs.pylonsproject.org/projects/pastedeploy/en/latest/#config-uri-and-config-format.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterator

from tmscan.sources.manifests_lines import line_of
from tmscan.sources.types import Deployed

DEEPEST, MOST = 12, 500
_APPLICATIONS = ("app", "application", "composite", "composit", "pipeline", "filter-app")
_FACTORY = ("paste.app_factory", "paste.filter_factory", "paste.filter_app_factory", "paste.composite_factory")


def read_paste(text: str, file: str) -> Iterator[Deployed]:
    """Every application of every tree of applications; of several pipelines under one name, the longest counts."""
    config = configparser.RawConfigParser(strict=False, allow_no_value=True)
    config.optionxform = str  # type: ignore[assignment,method-assign]  # the names of applications, as they are written
    try:
        config.read_string(text)
    except (configparser.Error, UnicodeError):
        return
    sections: dict[str, dict[str, str]] = {}
    filters: dict[str, str] = {}
    for name in config.sections():
        kind, _, short = name.partition(":")
        held = {key: value or "" for key, value in config.items(name)}
        if kind in _APPLICATIONS:
            sections[short] = {**held, "kind": kind}
        elif kind == "filter":
            filters[short] = _factory(held)
    named = {target for held in sections.values() for target in _named(held)}
    lines = text.split("\n")
    seen: set[tuple[str, str]] = set()
    waiting = [(name, "", (), 0) for name in sections if name not in named]
    roots: list[tuple[str, str, tuple[str, ...], int]] = list(waiting)
    for name, prefix, before, depth in roots:
        held = sections.get(name, {})
        factory = _factory(held)
        children = list(_children(held, sections))
        if factory and not children and (name, prefix) not in seen:
            seen.add((name, prefix))
            guard = " ".join(dict.fromkeys(filters[each] for each in before if filters.get(each)))
            yield Deployed("application", name, factory, file, line_of(lines, factory, 0), (), prefix, guard)
        for child, path, more in children if depth < DEEPEST and len(roots) < MOST else ():
            roots.append((child, prefix + path, (*before, *more), depth + 1))


def _factory(held: dict[str, str]) -> str:
    """`package.module:function` of a section, "" for what an installed distribution brings."""
    used = held.get("use", "")
    told = next((held[key] for key in _FACTORY if key in held), used.removeprefix("call:") if ":" in used else "")
    return "" if told.startswith(("egg:", "config:")) else told.strip()


def _named(held: dict[str, str]) -> Iterator[str]:
    for value in held.values():
        yield from value.split()


def _children(held: dict[str, str], sections: dict[str, dict[str, str]]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What a section hands requests on to: (name, path, the filters on the way)."""
    pipelines: dict[str, tuple[str, ...]] = {}
    for key, value in held.items():
        *before, last = value.split() or [""]
        if key.startswith("/") and value in sections:
            path = key.strip().rstrip("+").rstrip("/")
            yield value, path, ()
        elif key == "next" and value in sections:
            yield value, "", ()
        elif before and last in sections and len(before) >= len(pipelines.get(last, ())):
            pipelines[last] = tuple(before)
        elif key == "pipeline" and last in sections:
            pipelines.setdefault(last, ())
    for name, filters in pipelines.items():
        yield name, "", filters
