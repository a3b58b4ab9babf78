"""Other processes: how many there may be, whether they may be copies of this one, and work that is done by a copy."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

T = TypeVar("T")


def cores() -> int:
    """How many processes this one may keep busy at a time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def may_fork() -> bool:
    """Whether a copy of this process can be made: it is quick, and safe while there is only one thread."""
    return sys.platform == "linux" and threading.active_count() == 1


def beside(work: Callable[[], T], *, copied: bool) -> Callable[[], T]:
    """Start `work` in a copy of this process; the function that comes back waits, once, for the result (pickled).

    What the work changes in objects stays in the copy, and what the caller does from now on does not reach it. Where it
    is not to be `copied` or no copy can be made, the work is done at once. A copy that fails or is killed says nothing:
    then the work is done here when it is asked for, and raises here what it raises.
    """
    if not copied or not may_fork():
        result = work()
        return lambda: result
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    copy = context.Process(target=_send, args=(work, sending), daemon=True)  # nobody waits for it after a Ctrl-C
    copy.start()
    sending.close()

    def wait() -> T:
        try:
            made: T = receiving.recv()
        except EOFError:
            made = work()
        finally:
            receiving.close()
        copy.join()
        return made

    return wait


def _send(work: Callable[[], object], sending: Connection) -> None:
    """What the copy does; it prints nothing, as its failure is found out by whoever waits."""
    try:
        sending.send(work())
    except BaseException:  # noqa: BLE001 - it is raised again where the work is then done
        os._exit(1)
