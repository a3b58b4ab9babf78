"""Methods of objects that nothing is known about, recorded where what they are given says what they do: SQL, a
connection that is closed because a policy is violated, a resource that is put under a name.

Databases are often reached through attributes that some other code sets. A text that begins as a statement does, handed
to a method that runs statements, is one, whatever the object is.
"""

from __future__ import annotations

import re

from tmscan.program.events import record
from tmscan.program.machine import Machine
from tmscan.program.values import Arguments, Choice, External, Frame, Instance, Known, Text, Unknown, Value

UNSEEN = "unseen"  # the owner of these methods in the rows of libraries
_STATEMENT = re.compile(
    r"\s*(SELECT\b.*\bFROM\b|INSERT\s+(OR\s+\w+\s+)?INTO\b|REPLACE\s+INTO\b|UPDATE\b.*\bSET\b|DELETE\s+FROM\b|WITH\b.*\bSELECT\b"
    r"|(CREATE|DROP|ALTER|TRUNCATE)\s+(TABLE|INDEX|VIEW|SCHEMA|DATABASE|USER|ROLE|EXTENSION|FUNCTION|TRIGGER|SEQUENCE)\b"
    r"|(SAVEPOINT|RELEASE\s+SAVEPOINT|ROLLBACK\s+TO|GRANT|REVOKE|EXECUTE|CALL|COPY|LISTEN|NOTIFY|PRAGMA|VACUUM|ANALYZE)\s)",
    re.IGNORECASE | re.DOTALL,
)

_CLOSED = frozenset({1008, 3000, 3003, 4001, 4003, 4401, 4403})  # codes that refuse; `ws.close(1000)` is goodbye


def record_unseen(
    machine: Machine, frame: Frame, callee: Value, name: str, arguments: Arguments, at: int, end: int
) -> None:
    """Record a call of a method whose owner is not known, if it is given a statement put together from parts, a
    code with which sockets are closed to refuse somebody, or an object to hold under a name.
    """
    if isinstance(callee, External):
        if callee.path in machine.vocabulary.recorded:
            return
    elif not isinstance(callee, Unknown):
        return
    given = arguments.positional[0] if arguments.positional else arguments.keywords.get("code")
    closes = name == "close" and isinstance(given, Known) and given.value in _CLOSED
    if closes or _places(arguments) or (arguments.positional and _is_statement(arguments.positional[0])):
        path = f"{UNSEEN}.{name}"
        record(machine, frame, path, External(path), arguments, at, end)


def _places(arguments: Arguments) -> bool:
    """Whether an object is put under a name in bytes, as resources of a web server are."""
    given = arguments.positional
    named = len(given) == 2 and isinstance(given[0], Known) and isinstance(given[0].value, bytes)
    return named and isinstance(given[1], Instance | External | Choice)


def _is_statement(value: Value) -> bool:
    if isinstance(value, Choice):
        return any(_is_statement(option) for option in value.options)
    if not isinstance(value, Text):
        return False
    said = "".join(str(part.value) if isinstance(part, Known) else "?" for part in value.parts)
    return bool(_STATEMENT.match(said))
