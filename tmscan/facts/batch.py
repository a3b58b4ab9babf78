"""Sources in, encoded facts out: the work of one task of the process pool, also done in-process when there is little.

Apart from collect.py because it is what a worker imports; libcst is imported inside, at the first file.
"""

from __future__ import annotations

import faulthandler
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from multiprocessing.connection import wait
from types import FrameType

import msgspec

_PATIENCE = 120  # seconds; a batch takes less than one
_STACK = 256 << 20  # address space, not memory: pages are taken as they are touched
_GLANCE = 0.1  # seconds between two looks at whether to stop
_stop = threading.Event()


def extract_batch(sources: Sequence[bytes]) -> list[bytes]:
    """The msgpack of FileFacts or Unparsed for each source, in order.

    Runs in a thread because only a new thread can have a stack deep enough for deep trees; without garbage collection,
    which finds nothing in trees and costs two thirds of a parse. A worker told to stop returns what it has.
    """
    results: list[bytes] = []
    failures: list[BaseException] = []
    stopped = False

    def run() -> None:
        from tmscan.facts.extract import extract

        encode = msgspec.msgpack.Encoder().encode
        try:
            for source in sources:
                if stopped or _stop.is_set():
                    return
                results.append(encode(extract(source)))
        except BaseException as error:  # noqa: BLE001 - handed on to the caller's thread
            failures.append(error)

    collecting = gc.isenabled()
    gc.disable()
    previous = threading.stack_size(_STACK)
    try:
        thread = threading.Thread(target=run, name="extract", daemon=True)
        thread.start()
    finally:
        threading.stack_size(previous)
    try:
        while thread.is_alive() and not _stop.is_set():
            thread.join(_GLANCE)
    finally:
        stopped = True
        if collecting:
            gc.enable()
    if failures:
        raise failures[0]
    return results


def extract_in_worker(sources: Sequence[bytes]) -> list[bytes]:
    """The same in a worker of this machine, which ends itself when a batch takes beyond all measure."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a file object is what faulthandler takes
        faulthandler.dump_traceback_later(_PATIENCE, exit=True, file=nowhere)
        try:
            return extract_batch(sources)
        finally:
            faulthandler.cancel_dump_traceback_later()


def start_worker() -> None:
    """Called once in each worker: Ctrl-C is the parent's business, and a worker does not outlive its parent.

    A terminated worker finishes what it is saying: one that dies while it writes leaves the pool waiting for the rest
    of the message for ever (https://github.com/python/cpython/issues/94777).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _told_to_stop)
    gc.disable()
    threading.Thread(target=_follow_parent, name="parent", daemon=True).start()


def _told_to_stop(_signal: int, _frame: FrameType | None) -> None:
    _stop.set()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
