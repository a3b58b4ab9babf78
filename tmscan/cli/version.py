"""The installed version. Stands apart so that asking for it is the only thing that reads package metadata."""

from __future__ import annotations


def version() -> str:
    """The version of the installed distribution; "unknown" in a checkout that is not installed."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("tmscan")
    except PackageNotFoundError:
        return "unknown"
