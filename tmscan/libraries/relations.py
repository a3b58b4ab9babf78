"""The keys of rows that say which attributes of models stand for objects of others, and what describes resources."""

from __future__ import annotations

from tmscan.libraries.nodes import flag, pairs, paths, reference, text, texts
from tmscan.libraries.sections import SYNTAX, Section

RELATIONS = Section(
    ("made",),
    {
        **dict.fromkeys(("to", "through", "back"), reference),
        **dict.fromkeys(("gives", "gives-back"), paths),
        **dict.fromkeys(("otherwise", "manager"), text),
        "own": flag,
    },
    required=("gives",),
)
DESCRIBED = Section(
    ("call",),
    {
        **dict.fromkeys(("name", "table", "settings", "guards"), reference),
        **dict.fromkeys(("setting", "url", "hidden", "guard"), text),
        **dict.fromkeys(("made", "open"), paths),
        **dict.fromkeys(("under", "start"), texts),
        **dict.fromkeys(("collection", "item", "lookup", "defaults"), pairs),
        "syntax": SYNTAX,
    },
    required=("name", "table", "setting", "made"),
)
