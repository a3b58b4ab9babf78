"""Calls that nobody can follow: what they return may hold what they were given, or something that they looked up by it.

The data keeps its origins, marked `indirect`: a sink that it reaches in no other way is reported with less certainty.
"""

from __future__ import annotations

import sys

from tmscan.program.checks import INDIRECT, marked
from tmscan.program.lattice import origins_of
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, External, Origin, Text, Unknown, Value

_MARK = frozenset({INDIRECT})
# Methods of texts and containers, whatever they are called on, and what bodies, models and files are read with.
_PASSING = frozenset(
    name for kind in (str, bytes, dict, list, tuple, set) for name in dir(kind) if not name.startswith("_")
) | {
    "getlist", "getall", "get_all", "getone", "get_list", "read", "readline", "aread", "json", "text", "body", "data",
    "dict", "getvalue", "model_dump", "model_copy", "model_validate", "parse_obj", "load", "loads", "dump", "dumps",
    "to_dict", "as_dict", "to_python", "resolve", "clean", "multi_items", "to_representation", "to_internal_value",
    "force_str", "force_bytes", "smart_str", "unquote", "unquote_plus", "stream_with_context",
}  # fmt: skip
_READS = frozenset({"read", "readline", "readlines", "read_text", "read_bytes"})
_KEYED = frozenset({"get", "pop", "setdefault", "find", "index"})
_ROWS = frozenset({"execute", "executemany", "executescript", "fetchone", "fetchall", "fetchmany"})
_MATCHING = frozenset({"match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn"})
_OPENS = ("open()", "Path()")


def indirect(machine: Machine, path: str, callee: External, result: Value) -> Value:
    """What a third-party call gives: marked, unless the call is known to hand on what it is given."""
    if type(result) is not External or not result.origins or f"{path}()" in machine.vocabulary.inputs:
        return result
    owner, _, name = path.rpartition(".")
    if name in _READS and any(part in owner for part in _OPENS):
        return marked(result, _MARK)  # what a file holds is not its name
    if name in _ROWS:
        return marked(result, _MARK)  # what a database holds is not what it was asked for
    if name in _KEYED and callee.base is not None and not origins_of(callee.base, 1):
        return marked(result, _MARK)  # what something holds under a key is not the key
    if "import_module()" in owner or "__import__()" in owner:
        return marked(result, _MARK)  # of a module that is chosen while it runs
    if path.startswith("re.") and name in _MATCHING:
        return _of_text(result, name, "(" in owner)
    root = path.partition(".")[0].partition(":")[0]
    if name in _PASSING or name[:1].isupper() or root in sys.stdlib_module_names or path in machine.vocabulary.cleans:
        return result
    return marked(result, _MARK)


def _of_text(result: External, name: str, compiled: bool) -> External:
    """What a pattern found: parts of the text, none of the pattern."""
    given = result.event.arguments if result.event is not None else Arguments()
    first = 0 if compiled else 1
    parts = given.positional[first : first + (2 if name.startswith("sub") else 1)]
    parts += [given.keywords[key] for key in ("string", "repl") if key in given.keywords]
    if not parts:
        return result
    origins = frozenset[Origin]().union(*(origins_of(part) for part in parts))
    return External(result.path, result.base, result.event, origins, result.attributes)


def looked_up(value: Value) -> Value:
    """What something unknown gave back."""
    return marked(value, _MARK) if isinstance(value, Unknown | External | Text) else value
