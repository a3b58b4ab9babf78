"""The keys of rows that say which attributes of models stand for objects of other models."""

from __future__ import annotations

from tmscan.libraries.nodes import paths, reference, text
from tmscan.libraries.sections import Section

RELATIONS = Section(
    ("made",),
    {
        **dict.fromkeys(("to", "through", "back"), reference),
        **dict.fromkeys(("gives", "gives-back"), paths),
        **dict.fromkeys(("otherwise", "manager"), text),
    },
    required=("gives",),
)
