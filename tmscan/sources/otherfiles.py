"""Files that tell about the system without being its code, recognised by name: manifests, deployment files, templates.

A name and its folder come in, a kind goes out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tmscan.sources.types import FileKind

MANIFESTS = frozenset(
    [
        "pyproject.toml",
        "setup.cfg",
        "setup.py",
        "Pipfile",
        "Pipfile.lock",
        "uv.lock",
        "poetry.lock",
        "pdm.lock",
        "pylock.toml",
        "PKG-INFO",
        "METADATA",
    ]
)
PYLOCK = re.compile(r"pylock\.[^.]+\.toml")
REQUIREMENTS = re.compile(
    r"(?:[\w-]+[-_.])?(?:requirements|constraints)(?:[-_.][\w-]+)*\.(?:txt|in|pip)", re.IGNORECASE
)
DESCRIPTION = r"[\w.-]*(?:openapi|swagger)[\w.-]*\.(?:ya?ml|json)|(?:[\w-]*api|spec\w*|v\d+)\.ya?ml"
DEPLOYMENT = re.compile(
    r"(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?|[\w.-]+\.Dockerfile|(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml|Procfile"
    r"|\.env(?:\.[\w.-]+)?|app\.ya?ml|fly\.toml|render\.yaml|vercel\.json|serverless\.ya?ml|template\.ya?ml|sam\.ya?ml|Chart\.yaml"
    rf"|{DESCRIPTION}|function\.json|zappa_settings\.(?:json|ya?ml)|values\.ya?ml|nginx[\w.-]*\.conf|[\w.-]*paste[\w.-]*\.ini"
)

# Templates of pages say by their name that they are some, or stand in a folder that does.
TEMPLATES = (".jinja", ".jinja2", ".j2", ".mako", ".djhtml")
PAGES = (".html", ".htm", ".xhtml", ".tpl", ".pt")
NO_PAGE = re.compile(
    r"(?:subject|text|txt|plain)\.\w+$|\.(?:sql|sh|ya?ml|json|toml|conf|ini|cfg|py|md|txt|service)\.\w+$"
)
PAGE_FOLDERS = ("template", "view", "jinja")


def kind_of(name: str, folder: str) -> FileKind | None:
    """The kind of the file `name` in `folder` ("" or ending in "/"), None when it says nothing about the system.

    Manifest names: https://packaging.python.org/en/latest/specifications/, https://pip.pypa.io/en/stable/reference/.
    """
    if name in MANIFESTS:
        installed = name != "METADATA" or folder.endswith(".dist-info/")
        return "manifest" if installed else None
    if name.endswith((".txt", ".in", ".pip")):
        below = folder.endswith("requirements/") and name.endswith((".txt", ".in"))
        return "manifest" if below or REQUIREMENTS.fullmatch(name) else None
    if PYLOCK.fullmatch(name):
        return "manifest"
    if DEPLOYMENT.fullmatch(name):
        return "deployment"
    if NO_PAGE.search(name):
        return None
    if name.endswith(TEMPLATES) or (name.endswith(PAGES) and any(word in folder for word in PAGE_FOLDERS)):
        return "template"
    return None
