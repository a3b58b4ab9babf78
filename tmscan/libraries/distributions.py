"""Which distribution brings a module: `imports:` and `pypi:` of a library file go in, pairs of both come out.

Most names say it themselves (`yt_dlp` comes from yt-dlp, `jose` from python-jose); the others are written down
(`{cv2: opencv-python}`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

import yaml

from tmscan.libraries.nodes import Reader, entries, items, text, texts

Explicit = dict[str, tuple[str, ...]]


def read_imports(reader: Reader, node: yaml.Node) -> tuple[tuple[str, ...], Explicit]:
    """The modules of an `imports:` list, and the distributions of those that name them."""
    modules: list[str] = []
    explicit: Explicit = {}
    for item in items(reader, node, "`imports`"):
        if isinstance(item, yaml.MappingNode):
            for module, value in entries(reader, item, None, "an import"):
                modules.append(module)
                explicit[module] = texts(reader, value)
        else:
            modules.append(text(reader, item))
    return tuple(modules), explicit


def match_distributions(
    modules: Sequence[str], pypi: Sequence[str], explicit: Explicit
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each third-party module with the distributions that may bring it: of the same name, then of one that holds it."""
    wanted = [module for module in modules if module.partition(".")[0] not in sys.stdlib_module_names]
    same = {module: tuple(name for name in pypi if _plain(name) == _plain(module)) for module in wanted}
    taken = {name for names in (*same.values(), *explicit.values()) for name in names}
    found: list[tuple[str, tuple[str, ...]]] = []
    for module in wanted:
        free = [name for name in pypi if name not in taken]
        near = tuple(name for name in free if len(wanted) == 1 or _plain(module) in _plain(name))
        found.append((module, explicit.get(module) or (same[module] + near) or tuple(free)))
    return tuple(found)


def _plain(name: str) -> str:
    """A name as the package index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
