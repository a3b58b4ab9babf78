"""The libraries in, the page "What tmscan can see" in Markdown out: ways of routing, kinds of guard, inputs, gaps.

Everything in its tables is read off the library files, so that the page cannot promise what no file says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tmscan.export.escape import as_code, for_markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tmscan.libraries.types import Library

HEAD = """\
# What tmscan can see

Written by `tmscan rules --libraries` from the files in `rules/libraries/`: change these, not this page.

Names below are those that a library's own users write. tmscan follows them through aliases, re-exports, wrappers,
factories, loops over tables and inheritance on the linked program, joins every prefix on the way, and says in
`unknowns` what it could not follow. A guard of the project itself needs no name: it is recognised by refusing whoever
is not signed in. What code cannot say, settings can ([configuration](configuration.md)).
"""
SHAPES = ("decorated", "registered", "listed", "class", "constructed")
KINDS = ("authentication", "authorization", "csrf", "rate-limit", "signature", "validation")
PLACES = ("path", "query", "form", "json", "header", "cookie", "file", "body")
MOST = 14  # names in one cell; how many more there are is said
_MISSING = re.compile(r"MISSING:\s*(?P<what>.*?)\s*(?=(?:MISSING|SPURIOUS):|$)")


def coverage_page(libraries: Sequence[Library]) -> str:
    """Frameworks with their ways of routing, guards by kind, inputs by place, other ways in, and known gaps."""
    parts = [HEAD]
    routing = [each for each in libraries if each.routes or each.resources or each.mounts]
    parts += _table(
        "Frameworks and their ways of routing",
        "Applications and routers may be nested at will; a column says with which calls, classes or objects.",
        ("library", *SHAPES, "classes of actions", "mounted"),
        [(_linked(each), *_routing(each)) for each in routing],
    )
    guarding = [each for each in libraries if each.guards or each.guard_places]
    parts += _table(
        "Guards by name",
        "Third-party names that refuse a request, or with `opens` say that anybody may come in.",
        ("library", *KINDS, "opens"),
        [(each.name, *_guards(each)) for each in guarding if each.guards],
    )
    parts += _table(
        "Where guards hang",
        "Besides decorators, dependencies and base classes: class attributes, settings, and calls that register hooks.",
        ("library", "class attributes", "settings", "calls"),
        [(each.name, *_guard_places(each)) for each in guarding if each.guard_places],
    )
    parts += _table(
        "Input of a request",
        "Where parameters of an endpoint come from. Typed ones, models and serializers are spread into their fields.",
        ("library", *PLACES),
        [(each.name, *_inputs(each)) for each in libraries if each.inputs],
    )
    parts += _table(
        "Ways in that are not HTTP",
        "",
        ("library", "kind", "declared by"),
        [(each.name, kind, names) for each in libraries for kind, names in _entries(each)],
    )
    return "\n".join([*parts, *_gaps(libraries)]) + "\n"


def _linked(library: Library) -> str:
    return f"[{for_markdown(library.name)}]({library.docs})" if library.docs else for_markdown(library.name)


def _routing(library: Library) -> Iterable[str]:
    for shape in SHAPES:
        yield _names(path for row in library.routes if row.shape == shape for path in row.paths)
    yield _names(path for row in library.resources for path in row.paths)
    yield _names(path for row in library.mounts for path in row.paths)


def _guards(library: Library) -> Iterable[str]:
    for kind in KINDS:
        yield _names(path for row in library.guards if row.kind == kind and not row.public for path in row.paths)
    yield _names(path for row in library.guards if row.public for path in row.paths)


def _guard_places(library: Library) -> Iterable[str]:
    places = library.guard_places
    yield _names(row.attribute for row in places if row.attribute)
    yield _names((row.setting for row in places if row.setting), whole=True)
    yield _names(path for row in places for path in row.calls)


def _inputs(library: Library) -> Iterable[str]:
    for place in PLACES:
        yield _names(path for row in library.inputs if row.place == place for path in row.paths)


def _entries(library: Library) -> Iterable[tuple[str, str]]:
    for kind in sorted({row.kind for row in library.entries}):
        yield for_markdown(kind), _names(path for row in library.entries if row.kind == kind for path in row.paths)


def _gaps(libraries: Sequence[Library]) -> list[str]:
    """Every `MISSING:` of the examples, with the line of code it stands on."""
    parts = ["", "## Known gaps", "", "What the examples of library files mark as not seen yet.", ""]
    found = [
        f"- {for_markdown(library.name)}: {as_code(code)} lacks {as_code(what)}"
        for library in libraries
        for example in library.examples
        for code, what in _missing(example.code)
    ]
    return [*parts, *(found or ["None."])]


def _missing(code: str) -> Iterable[tuple[str, str]]:
    for line in code.splitlines():
        before, mark, comment = line.partition("# $")
        for match in _MISSING.finditer(comment if mark else ""):
            yield " ".join(before.split()) or "(the whole file)", match["what"]


def _table(title: str, about: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table without the columns that no row fills."""
    if not rows:
        return []
    used = [number for number in range(len(head)) if any(row[number] for row in rows)]
    parts = ["", f"## {title}", "", *([about, ""] if about else []), _row(head, used), "|" + "---|" * len(used)]
    return [*parts, *(_row(row, used) for row in rows)]


def _row(cells: Sequence[str], used: Sequence[int]) -> str:
    return "| " + " | ".join(cells[number] for number in used) + " |"


def _names(paths: Iterable[str], *, whole: bool = False) -> str:
    """The last names of paths, each once."""
    names = sorted({path if whole else path.removesuffix("()").rpartition(".")[2].rpartition(":")[2] for path in paths})
    shown = [as_code(name) for name in names[:MOST]]
    return " ".join([*shown, *([f"and {len(names) - MOST} more"] if len(names) > MOST else [])])
