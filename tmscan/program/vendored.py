"""Copies of third-party modules among the project's own: which they are, so that they count as what they copy.

A framework of one file is often kept beside the application (`bottle.py`); its rows apply to the copy as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tmscan.facts.types import Assign, ClassDef, FileFacts, FunctionDef, Name, Stmt
from tmscan.program.vocabulary import Vocabulary
from tmscan.sources.types import Source

ENOUGH = 3  # names of the library that a copy defines


def copies(sources: Sequence[Source], facts: Mapping[str, FileFacts], vocabulary: Vocabulary) -> dict[str, str]:
    """Path of a file → the third-party module that it is a copy of."""
    named: dict[str, set[str]] = {}
    for path in vocabulary.known:
        root, _, rest = path.partition(".")
        if rest:
            named.setdefault(root, set()).add(rest.partition(".")[0].partition("(")[0])
    found: dict[str, str] = {}
    for source in sources:
        library = source.module.rpartition(".")[2]
        names = named.get(library)
        file = facts.get(source.path) if names else None
        if file is not None and names is not None and not source.is_package:
            defined = {name for statement in file.body for name in _defined(statement)}
            if "__version__" in defined and len(defined & names) >= ENOUGH:
                found[source.path] = library
    return found


def _defined(statement: Stmt) -> tuple[str, ...]:
    if isinstance(statement, ClassDef | FunctionDef):
        return (statement.name,)
    if isinstance(statement, Assign):
        return tuple(target.id for target in statement.targets if isinstance(target, Name))
    return ()
