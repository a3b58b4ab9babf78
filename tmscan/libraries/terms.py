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

# How a path is written, named after who is known for it: `<int:x>` (flask; django, where prefixes end with a slash),
# `{x:int}` (starlette), a regular expression (regex; anchored, for the whole path wherever its rule stands).
PathSyntax = Literal["", "flask", "django", "starlette", "regex", "anchored"]
CallDoes = Literal[
    "runs", "starts", "gives", "resolves", "makes", "has-module", "adapts", "injects", "responds",
    "loads-object", "loads-mapping", "reads-key", "loads-descriptors", "names-model",
    "holds", "holds-list", "holds-table", "holds-class", "holds-object", "computes", "configures", "stands-for",
    "joins-paths", "describes", "handed", "validates",
]  # fmt: skip
Given = Literal[
    "false", "true", "none", "empty", "text", "root", "safe-methods", "all-methods", "nobody", "path", "method",
    "endpoint", "name", "blueprint", "namespace", "namespaces", "view", "mount", "inside", "varying", "protocol",
]  # fmt: skip
EntryShape = Literal["decorated", "registered", "class", "within", "module", "server"]
