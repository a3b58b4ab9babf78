"""What templates put into pages unescaped: calls that render one come in; a call with just that data for each goes out.

Stands apart from reading calls because where the data does harm is no argument of any call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from tmscan.inventory.calls.arguments import pick, texts
from tmscan.libraries.index import Index
from tmscan.libraries.types import ArgumentRef
from tmscan.program.lattice import join
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, Choice, Event, External, Instance, Known, Table, Value
from tmscan.program.values import Sequence as Listed
from tmscan.sources.types import PageTemplate, RawOutput

UNESCAPED = "unescaped"  # the argument of such a call
SHOWN_IN = "shown in"  # the template and line
_DEEPEST = 8  # templates that include one another
_MOST = 64


def rendered(machine: Machine, index: Index, templates: Sequence[PageTemplate]) -> Iterator[Event]:
    """A call of the framework for each call that renders a template, with what this shows without escaping it."""
    if not templates:
        return
    by_name: dict[str, list[PageTemplate]] = {}
    for template in templates:
        name = template.path.rpartition("/")[2]
        for each in {name, name.partition(".")[0]}:
            by_name.setdefault(each, []).append(template)
    for event in machine.events:
        for known in index.effects.get(event.path, ()):
            if known.row.does != "page":
                continue
            shown: list[Value] = []
            places: list[str] = []
            for name in texts(_name(event, known.row.argument)):
                for template, output in _outputs(by_name, name, event.module.path):
                    value = _value(event.arguments, known.row.context, output.names)
                    if value is not None:
                        shown.append(value)
                        places.append(f"{template.path}:{output.line}")
            if shown:
                yield Event(
                    event.path, event.callee,
                    Arguments([], {UNESCAPED: Listed("list", shown[:_MOST]), SHOWN_IN: Known(places[0])}),
                    event.module, event.at, event.end, event.activation,
                )  # fmt: skip


def _name(event: Event, argument: ArgumentRef) -> Value | None:
    """The name of the template: an argument, or what the template that is rendered was got by."""
    if "receiver" not in argument:
        return pick(event.arguments, argument)
    base = event.callee.base if isinstance(event.callee, External) else None
    made = base.event if isinstance(base, External) else None
    return made.arguments.positional[0] if made is not None and made.arguments.positional else None


def _outputs(
    by_name: Mapping[str, list[PageTemplate]], name: str, file: str
) -> Iterator[tuple[PageTemplate, RawOutput]]:
    """What a template shows unescaped, and what those that it includes or builds on show."""
    waiting, seen = [name], set[str]()
    for _ in range(_DEEPEST):
        found = [one for each in waiting if each not in seen for one in _named(by_name, each, file)]
        seen.update(waiting)
        waiting = []
        for template in found:
            yield from ((template, output) for output in template.outputs)
            waiting.extend(template.uses)


def _named(by_name: Mapping[str, list[PageTemplate]], name: str, file: str) -> list[PageTemplate]:
    """The template that a name means in a file, with or without its ending: of several the one that lies nearest."""
    alike = [
        template
        for template in by_name.get(name.rpartition("/")[2], ())
        if f"/{template.path}".endswith(f"/{name.lstrip('/')}")
        or f"/{template.path.rpartition('.')[0]}".endswith(f"/{name.lstrip('/')}")
    ]
    return sorted(alike, key=lambda template: (-_together(template.path, file), template.path))[:1]


def _together(one: str, other: str) -> int:
    """How many folders two files lie in together."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _value(arguments: Arguments, context: ArgumentRef, names: Sequence[str]) -> Value | None:
    """What stands in the context of a template under a name and the attributes behind it."""
    first, *others = names
    for wanted in context:
        found: Value | None = None
        if wanted == "keywords":
            found = arguments.keywords.get(first, arguments.unknown)
        else:
            given = pick(arguments, (wanted,))
            found = _of(given, first) if isinstance(given, Table | Choice) else given
        for name in others:
            found = _of(found, name) if found is not None else None
        if found is not None:
            return found
    return None


def _of(value: Value, name: str) -> Value | None:
    """An attribute or entry of a value, of every member where it is a list: templates make no difference."""
    if isinstance(value, Choice):
        return _any(_of(option, name) for option in value.options)
    if isinstance(value, Listed):
        return _any(_of(item, name) for item in (*value.items[:_MOST], *([value.rest] if value.rest else ())))
    if isinstance(value, Table):
        return value.items.get(name, value.rest)
    return value.attributes.get(name) if isinstance(value, Instance) else value


def _any(found: Iterator[Value | None]) -> Value | None:
    kept = [value for value in found if value is not None]
    return join(kept) if kept else None
