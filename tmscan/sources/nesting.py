"""The text of a YAML file in; whether it is nested so deeply that loading it would end the process out.

The loader in C calls itself once a level, and older ones have no bound. Reading events does not, but takes as long as
loading, so that only texts that look suspicious are read that way.
"""

from __future__ import annotations

import re

import yaml

DEEPEST = 200
_BRACKET = re.compile(r"[\[\]{}]")
_BLOCKS = re.compile(rf"^(?: {{{DEEPEST},}}|[ \t]*(?:[-?] ){{{DEEPEST // 4},}})", re.MULTILINE)
_BOUND_OF_LIBYAML = "exceeded maximum nesting depth"  # since libyaml 0.2.6, 1,000 levels
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def is_too_deep(text: str) -> bool:
    """Whether collections are nested deeper than 200 levels. Raises YAMLError for a text that is no YAML."""
    return _looks_deep(text) and _is_deep(text)


def _looks_deep(text: str) -> bool:
    depth = deepest = 0
    for match in _BRACKET.finditer(text):
        depth += 1 if match[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest > DEEPEST // 2 or bool(_BLOCKS.search(text))


def _is_deep(text: str) -> bool:
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    return True
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.MarkedYAMLError as error:
        if error.problem != _BOUND_OF_LIBYAML:
            raise
        return True  # reading ahead met the bound before the events told the depth
    return False
