"""Runs one command and says what it cost: seconds, processor seconds, peak memory, exit code.

In: a command line. Out: a `Run`. Apart, because the routes and the speed benchmark must measure in the same way. Memory
is the largest sum of proportional set sizes over the process tree (pages that workers share are counted once).
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SAMPLE_SECONDS = 0.1
TIMED_OUT = 124


@dataclass(frozen=True, slots=True)
class Run:
    seconds: float
    cpu_seconds: float
    peak_mb: float
    code: int
    out: str
    err: str


def run(command: list[str], cwd: Path, env: Mapping[str, str] | None = None, timeout: float = 900) -> Run:
    """Runs `command` to its end; after `timeout` seconds its whole process group is ended and the code is 124."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        peaks = [0.0]
        done = threading.Event()
        sampler = threading.Thread(target=_sample, args=(child.pid, peaks, done))
        sampler.start()
        timer = threading.Timer(timeout, _end, [child.pid, peaks])
        timer.start()
        try:
            _, status, used = os.wait4(child.pid, 0)
        except BaseException:
            _end(child.pid, peaks)  # its process group is its own: Ctrl-C here does not reach it
            raise
        finally:
            seconds = time.perf_counter() - started
            timer.cancel()
            done.set()
            sampler.join()
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Run(
            seconds=seconds,
            cpu_seconds=used.ru_utime + used.ru_stime,
            peak_mb=max(peaks[0], used.ru_maxrss / 1024),
            code=TIMED_OUT if len(peaks) > 1 else child.returncode,
            out=out.read().decode("utf-8", "replace"),
            err=err.read().decode("utf-8", "replace"),
        )


def _sample(pid: int, peaks: list[float], done: threading.Event) -> None:
    while not done.wait(SAMPLE_SECONDS):
        peaks[0] = max(peaks[0], _tree_mb(pid))


def _tree_mb(pid: int) -> float:
    total = 0
    try:
        processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for process in processes:
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total / 2**20


def _end(pid: int, peaks: list[float]) -> None:
    peaks.append(0.0)
    os.killpg(pid, signal.SIGKILL)
