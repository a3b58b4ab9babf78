"""Code that deployment files and manifests name as ways in: such files come in, `Deployed` records go out, sorted.

The one place that knows which reader reads which file. A file that cannot be read becomes a `Skipped` record.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from tmscan.sources.deployed_cloud import read_function_json, read_zappa
from tmscan.sources.deployed_openapi import read_openapi
from tmscan.sources.deployed_paste import read_paste
from tmscan.sources.deployed_sam import read_sam
from tmscan.sources.deployed_scripts import read_pyproject_scripts, read_setup_cfg_scripts, read_setup_py_scripts
from tmscan.sources.deployed_serverless import read_serverless
from tmscan.sources.otherfiles import DESCRIPTION
from tmscan.sources.read import decode, read_bytes
from tmscan.sources.types import Deployed, Skipped
from tmscan.sources.yamltree import Tree, read_tree

if TYPE_CHECKING:
    from tmscan.sources.types import OtherFile

LARGEST = 1_000_000
MOST = 5_000
FromTree: TypeAlias = Callable[[Tree, str], Iterable[Deployed]]
FromText: TypeAlias = Callable[[str, str], Iterable[Deployed]]
TREES: tuple[tuple[re.Pattern[str], FromTree], ...] = (
    (re.compile(r"serverless\.ya?ml"), read_serverless),
    (re.compile(r"(?:template|sam)[\w.-]*\.ya?ml"), read_sam),
    (re.compile(r"function\.json"), read_function_json),
    (re.compile(DESCRIPTION), read_openapi),
    (re.compile(r"zappa_settings\.(?:json|ya?ml)"), read_zappa),
)
TEXTS: dict[str, FromText] = {
    "pyproject.toml": read_pyproject_scripts,
    "setup.cfg": read_setup_cfg_scripts,
    "setup.py": read_setup_py_scripts,
}


def read_deployed(files: Iterable[OtherFile]) -> tuple[tuple[Deployed, ...], tuple[Skipped, ...]]:
    """What `files` name as ways in, and those that could not be read."""
    found: list[Deployed] = []
    skipped: list[Skipped] = []
    for file in files:
        name = posixpath.basename(file.path)
        tree = next((reader for pattern, reader in TREES if pattern.fullmatch(name)), None)
        plain = read_paste if name.endswith(".ini") else TEXTS.get(name)
        if tree is None and plain is None:
            continue
        data = read_bytes(file.absolute, LARGEST)
        if isinstance(data, str):
            skipped.append(Skipped(file.path, data))
            continue
        text = decode(data).removeprefix("\ufeff")
        if plain is not None:
            found.extend(plain(text, file.path))
        elif tree is not None:
            root = read_tree(text)
            if isinstance(root, str):
                skipped.append(Skipped(file.path, root))
            else:
                found.extend(tree(root, file.path))
    unique = sorted(set(found), key=lambda item: (item.file, item.line, item.kind, item.name, item.path, item.methods))
    return tuple(unique[:MOST]), tuple(skipped)
