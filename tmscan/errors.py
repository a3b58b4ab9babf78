"""The one exception that reaches a user: a place, what is wrong there, and what to do about it."""

from __future__ import annotations


class TmscanError(Exception):
    """tmscan cannot do its job (bad option, bad rule, unreadable path). The text is shown as it is; exit code 2."""
