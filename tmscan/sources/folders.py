"""Folders that are not the project's own code: environments, installed packages, vendored copies, build output.

Names and entry names come in, a reason (or nothing) goes out; no file is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

# Not worth a line in a report: no one would look for code in them.
SILENT = frozenset(
    [
        ".git",
        ".hg",
        ".svn",
        ".bzr",
        "CVS",
        "__pycache__",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".idea",
        ".vscode",
        ".cache",
        ".terraform",
        ".eggs",
        "htmlcov",
        ".next",
        ".nuxt",
        ".yarn",
        ".pnpm-store",
        ".gradle",
        ".dmypy.json",
    ]
)
BY_NAME = {
    "node_modules": "packages installed by npm",
    "bower_components": "packages installed by bower",
    "site-packages": "installed Python packages",
    "dist-packages": "installed Python packages",
    "__pypackages__": "installed Python packages",
    ".tox": "environments of tox",
    ".nox": "environments of nox",
    ".venv": "virtual environment",
    ".aws-sam": "build output",
    ".serverless": "build output",
    "cdk.out": "build output",
    ".chalice": "build output",
}
VENDORED = frozenset(
    ["vendor", "vendors", "vendored", "_vendor", "_vendored", "third_party", "thirdparty", "3rdparty", "third-party"]
)
ENVIRONMENT_MARKS = frozenset(("pyvenv.cfg", "conda-meta"))
ENVIRONMENT_NAMES = frozenset(["venv", "env", "virtualenv", "ENV", ".env"])
ENVIRONMENT_PARTS = frozenset(("bin", "Scripts"))
# Entries that only an application has: a folder `vendor` or `docs` holding them is one that happens to be called so.
APPLICATION_MARKS = frozenset(
    [
        "models.py",
        "views.py",
        "urls.py",
        "apps.py",
        "admin.py",
        "routes.py",
        "routers.py",
        "router.py",
        "api.py",
        "viewsets.py",
    ]
)


def foreign(name: str, names: AbstractSet[str]) -> str:
    """Why the folder called `name`, holding entries called `names`, is not the project's own code; "" when it is."""
    if name in BY_NAME:
        return BY_NAME[name]
    if not ENVIRONMENT_MARKS.isdisjoint(names):
        return "virtual environment"
    if name in ENVIRONMENT_NAMES and not ENVIRONMENT_PARTS.isdisjoint(names) and ("lib" in names or "Lib" in names):
        return "virtual environment"
    if name in VENDORED and not is_application(names):
        return "vendored copy of other people's code"
    if sum(entry.endswith(".dist-info") for entry in names) > 1:
        return "installed Python packages"
    if name == "build" and "__init__.py" not in names and any(_built(entry) for entry in names):
        return "build output"
    return ""


def is_application(names: AbstractSet[str]) -> bool:
    """Whether a folder holding `names` is an application: a package with models, views, routes or the like."""
    return "__init__.py" in names and not APPLICATION_MARKS.isdisjoint(names)


def _built(entry: str) -> bool:
    return entry == "lib" or entry.startswith(("lib.", "bdist.", "temp.", "scripts-"))
