"""Which template engines fill in pages: calls in, the calls that made those engines out.

Apart from the sinks because one call makes an engine, and others name what it fills in: nothing has to be escaped in
mails, settings and queries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tmscan.inventory.calls.arguments import pick, texts
from tmscan.program.values import Event, External, Instance, Sequence, Value

_PAGE = re.compile(r"\.x?html?(\.(j2|jinja2?|tmpl|tpl))?$", re.IGNORECASE)
_LOADS = frozenset({"get_template", "select_template", "get_or_select_template"})


def engines_of_pages(events: Iterable[Event]) -> frozenset[int]:
    """The `id` of each call that made an engine which is asked for a template of a page."""
    found: set[int] = set()
    for event in events:
        if event.path.rpartition(".")[2] in _LOADS and isinstance(event.callee, External):
            made = _maker(event.callee.base)
            if made is not None and any(_PAGE.search(name) for name in _names(event)):
                found.add(id(made))
    return frozenset(found)


def _maker(engine: Value | None) -> Event | None:
    return engine.event if isinstance(engine, External | Instance) else None


def _names(event: Event) -> Iterable[str]:
    given = pick(event.arguments, (0, "name", "template_name", "template_name_list"))
    listed = given.items if isinstance(given, Sequence) else [given]
    return [name for each in listed for name in texts(each)]
