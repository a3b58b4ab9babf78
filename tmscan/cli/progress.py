"""A progress bar on the error stream while files are read, if a person is watching; nothing at all otherwise."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 200
"""Files below which a scan is over before a bar has been read."""


@contextmanager
def shown_progress(*, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A function to call with (files done, files in all); None when nobody would see it. The bar is gone at the end."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("reading files"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("read", total=None, visible=False)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=total > PATIENCE)

        yield advance
