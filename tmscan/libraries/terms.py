"""The closed vocabularies that rows of library files use and the inventory repeats."""

from __future__ import annotations

from typing import Literal

# The closed vocabularies that rows use and the inventory repeats.
GuardKind = Literal["authentication", "authorization", "csrf", "rate-limit", "validation", "signature"]


Scope = Literal["handler", "class", "router", "app", "framework", "middleware", "body"]
Place = Literal["path", "query", "form", "json", "header", "cookie", "file", "body"]
Operation = Literal["read", "write", "delete", "ddl", "execute"]
StoreKind = Literal[
    "sql", "document", "key-value", "cache", "file", "object", "queue", "search", "graph", "mail", "other"
]


# Where an argument is found: positions and keywords, the first that is present wins. The word `receiver` is what the
# method is called on.
ArgumentRef = tuple[int | str, ...]


Shape = Literal["decorated", "registered", "listed", "class", "constructed", "named"]
CallDoes = Literal["runs", "starts", "gives", "resolves", "makes", "has-module", "adapts"]
Given = Literal[
    "false", "true", "none", "empty", "text", "root", "safe-methods", "path", "method", "endpoint", "blueprint",
    "blueprints", "view",
]  # fmt: skip
EntryShape = Literal["decorated", "registered", "class", "within", "module", "server"]
