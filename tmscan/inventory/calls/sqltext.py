"""What a statement of SQL does and to which table, read off its first words; a full parse is not needed for that."""

from __future__ import annotations

import re

from tmscan.libraries.types import Operation

_NAME = r"[\"'`\[]?([A-Za-z_{][\w.{}?$-]*)"
_SPACE = re.compile(r"\s+|--[^\n]*\n|/\*.*?\*/", re.DOTALL)
_RULES: tuple[tuple[str, Operation, re.Pattern[str]], ...] = (
    ("insert", "write", re.compile(rf"\binto\s+{_NAME}", re.IGNORECASE)),
    ("replace", "write", re.compile(rf"\binto\s+{_NAME}", re.IGNORECASE)),
    ("update", "write", re.compile(rf"\bupdate\s+(?:or\s+\w+\s+)?{_NAME}", re.IGNORECASE)),
    ("merge", "write", re.compile(rf"\binto\s+{_NAME}", re.IGNORECASE)),
    ("copy", "write", re.compile(rf"\bcopy\s+{_NAME}", re.IGNORECASE)),
    ("delete", "delete", re.compile(rf"\bfrom\s+{_NAME}", re.IGNORECASE)),
    ("truncate", "delete", re.compile(rf"\btruncate\s+(?:table\s+)?{_NAME}", re.IGNORECASE)),
    ("select", "read", re.compile(rf"\bfrom\s+{_NAME}", re.IGNORECASE)),
    ("with", "read", re.compile(rf"\bfrom\s+{_NAME}", re.IGNORECASE)),
    ("create", "ddl", re.compile(rf"\b(?:table|index|view)\s+(?:if\s+not\s+exists\s+)?{_NAME}", re.IGNORECASE)),
    ("alter", "ddl", re.compile(rf"\btable\s+(?:if\s+exists\s+)?{_NAME}", re.IGNORECASE)),
    ("drop", "ddl", re.compile(rf"\b(?:table|index|view)\s+(?:if\s+exists\s+)?{_NAME}", re.IGNORECASE)),
    ("grant", "ddl", re.compile(rf"\bon\s+{_NAME}", re.IGNORECASE)),
)


def read_sql(text: str) -> tuple[Operation, str]:
    """The operation of a statement and the first table it names ("" when it names none that can be read)."""
    plain = _SPACE.sub(" ", text[:4000]).strip().lstrip("(").strip()
    head = plain[:12].partition(" ")[0].lower()
    for word, operation, pattern in _RULES:
        if head == word:
            match = pattern.search(plain)
            name = match.group(1) if match else ""
            return operation, "" if name.startswith("{") else name.strip("\"'`[]")
    return "execute", ""
