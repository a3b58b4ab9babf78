"""A message template and a match in, the sentence out. No format language: names in braces are looked up and put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmscan.threats.conditions import PLACEHOLDER
from tmscan.threats.subjects import RELATIONS, names_of

if TYPE_CHECKING:
    import re

    from tmscan.threats.context import Context
    from tmscan.threats.matching import Match
    from tmscan.threats.model_properties import Value
    from tmscan.threats.subjects import Record

SHOWN = 3


def fill(template: str, kind: str, record: Record, match: Match, context: Context) -> str:
    """`template` with `{field}` and `{relation.field}` replaced; text from the scanned code is put in as it is, once.

    Of a relation the records that made the rule apply speak, or all of them when the rule did not ask for any.
    """

    def replace(found: re.Match[str]) -> str:
        name, of = found.groups()
        if name == "callee":  # `library:Name.method`, where the library's file gives a path that short name
            return _words((names_of(kind)[name].read(record, context),)).replace(":", ".").replace("()", "")
        if of is None:
            return _words((names_of(kind)[name].read(record, context),))
        other, read = RELATIONS[kind][name]
        records = match.related.get(name) or read(record, context)
        return _words(tuple(names_of(other)[of].read(each, context) for each in records))

    return PLACEHOLDER.sub(replace, template)


def _words(values: tuple[Value, ...]) -> str:
    texts: dict[str, None] = {}
    for value in values:
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, bool):
                texts["yes" if part else "no"] = None
            elif part not in {None, ""}:
                texts[str(part)] = None
    if not texts:
        return "(unknown)"
    shown = list(texts)[:SHOWN]
    more = len(texts) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
