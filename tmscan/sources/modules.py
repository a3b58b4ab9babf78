"""Module names: file paths and a `Layout` come in, one dotted name per file goes out, no two alike.

Stands apart from finding the import roots: this is where names that two applications of one tree share are told apart.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tmscan.sources.layout import Layout


@dataclass(frozen=True, slots=True)
class Named:
    """What the fields of the same names say in `Source`."""

    module: str
    is_package: bool
    app_root: str


def name_modules(paths: Iterable[str], layout: Layout) -> dict[str, Named]:
    """The name of every file.

    The `__init__` of a package that is itself an import root is named from the root above; that of a scanned root
    without a package name is called `__init__`. Dots in a file's own name become underscores. Where two import roots
    hold modules of one name, the likelier root keeps its names, and that top-level name of the other one begins with
    the folders of its root (`services.b.app.main`). Of two files of one name in a folder, the one that Python would not
    import gets a `_py`.
    """
    named = {path: _name(path, layout) for path in paths}
    claims: dict[str, set[str]] = defaultdict(set)
    for one in named.values():
        claims[one.module].add(one.app_root)
    order = {root: rank for rank, root in enumerate(["", *layout.search_roots])}
    moved = {
        (root, module.partition(".")[0])
        for module, roots in claims.items()
        for root in sorted(roots, key=lambda root: (root != "", order.get(root, len(order)), root))[1:]
    }
    taken: set[str] = set()
    for path, one in sorted(named.items(), key=lambda item: (not item[1].is_package, item[0])):
        module = one.module
        if (one.app_root, module.partition(".")[0]) in moved:
            module = f"{one.app_root.replace('/', '.')}.{module}"
        while module in taken:
            module += "_py"
        taken.add(module)
        named[path] = replace(one, module=module)
    return named


def _name(path: str, layout: Layout) -> Named:
    folder, _, name = path.rpartition("/")
    folder = f"{folder}/" if folder else ""
    stem = name.removesuffix(".py").removesuffix(".pyw").replace(".", "_")
    is_package = name == "__init__.py"
    fitting = (root for root in reversed(layout.roots) if folder.startswith(root))
    root = next(root for root in fitting if root == "" or root != folder or not is_package)
    parts = [part for part in folder[len(root) :].split("/") if part]
    if root == "" and layout.package:
        parts = [*layout.package.split("."), *parts]
    if not is_package or not parts:
        return Named(".".join((*parts, stem)), False, root.rstrip("/"))
    return Named(".".join(parts), True, root.rstrip("/"))
