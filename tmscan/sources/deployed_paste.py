"""Applications that Paste puts together: the text of such a file comes in, one record for each application goes out,
with the path that it is served under and the filters before it.

Format: https://docs.pylonsproject.org/projects/pastedeploy/en/latest/#config-uri-and-config-format.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from dataclasses import dataclass

from tmscan.sources.manifests_lines import line_of
from tmscan.sources.types import Deployed

DEEPEST, MOST = 12, 500
_APPLICATIONS = ("app", "application", "composite", "composit", "pipeline", "filter-app")
_FACTORY = ("paste.app_factory", "paste.filter_factory", "paste.filter_app_factory", "paste.composite_factory")


@dataclass(frozen=True, slots=True)
class _Node:
    """A section on the way down a tree of applications: its path, the filters before it, whether a table placed it."""

    name: str
    prefix: str = ""
    before: tuple[str, ...] = ()
    depth: int = 0
    placed: bool = False


def read_paste(text: str, file: str) -> Iterator[Deployed]:
    """Every application of every tree of applications; of several ways to one place, that with most filters counts.

    What a tree with paths serves, pipelines that nothing names do not serve as well: they stand there to be chosen.
    """
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
    found: dict[tuple[str, str], tuple[_Node, Deployed]] = {}
    roots = [_Node(name) for name in sections if name not in named]
    for node in roots:
        held = sections.get(node.name, {})
        factory = _factory(held)
        children = list(_children(held, sections))
        known = found.get((node.name, node.prefix))
        if factory and not children and (known is None or len(node.before) > len(known[0].before)):
            guard = " ".join(dict.fromkeys(filters[each] for each in node.before if filters.get(each)))
            at = line_of(lines, factory, 0)
            record = Deployed("application", node.name, factory, file, at, (), node.prefix, guard, _options(held))
            found[node.name, node.prefix] = node, record
        for child, path, more in children if node.depth < DEEPEST and len(roots) < MOST else ():
            placed = node.placed or any(key.startswith("/") for key in held)
            roots.append(_Node(child, node.prefix + path, (*node.before, *more), node.depth + 1, placed))
    placed_names = {node.name for node, _ in found.values() if node.placed}
    yield from (record for node, record in found.values() if node.placed or node.name not in placed_names)


def _options(held: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """What a section says beside the factory: its factory is given that by name."""
    return tuple((key, value) for key, value in held.items() if key.isidentifier() and key not in ("kind", "use"))


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
