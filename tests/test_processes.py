"""Work beside the main line: what a copy of the process gives back, and what happens when it gives back nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tmscan.processes import beside, cores, may_fork

SHOP = Path(__file__).resolve().parents[1] / "fixtures" / "apps" / "shop"

# Tests run beside threads of pytest's plug-ins, where no copy is made: each of these is a program of its own.
PREAMBLE = "import os, time\nfrom tmscan.processes import beside, may_fork\nassert may_fork()\nhere = os.getpid()\n"


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", PREAMBLE + program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="copies of a process are made on Linux only")


@on_linux
def test_a_copy_does_the_work_and_hands_the_result_over() -> None:
    program = """
changed = []
wait = beside(lambda: (changed.append(1), os.getpid(), {"seen": len(changed)}), copied=True)
_, process, result = wait()
print(process != here, result["seen"], changed)
"""
    assert run(program) == "True 1 []"


@on_linux
def test_both_go_on_at_a_time() -> None:
    program = """
reading, writing = os.pipe()
wait = beside(lambda: os.read(reading, 1).decode(), copied=True)
os.write(writing, b"x")  # the copy waits for what the caller does after it started
print(wait())
"""
    assert run(program) == "x"


@on_linux
@pytest.mark.parametrize("end", ["os._exit(9)", "os.kill(os.getpid(), 9)", "1 / 0"])
def test_a_copy_that_fails_is_made_up_for(end: str) -> None:
    program = f"""
def work():
    if os.getpid() != here:
        {end}
    return "done here"
print(beside(work, copied=True)())
"""
    assert run(program) == "done here"


@on_linux
def test_what_the_work_raises_is_raised_where_it_is_asked_for() -> None:
    program = """
wait = beside(lambda: {}["key"], copied=True)
try:
    wait()
except KeyError as error:
    print("raised", error)
"""
    assert run(program) == "raised 'key'"


def test_without_a_copy_the_work_is_done_at_once() -> None:
    done: list[int] = []
    wait = beside(lambda: done.append(os.getpid()), copied=False)
    assert done == [os.getpid()]
    wait()
    wait()
    assert done == [os.getpid()]


def test_no_copy_is_made_beside_threads_and_there_is_a_core() -> None:
    import threading

    held = threading.Event()
    thread = threading.Thread(target=held.wait)
    thread.start()
    try:
        assert not may_fork()
    finally:
        held.set()
        thread.join()
    assert cores() >= 1


@on_linux
def test_a_scan_in_two_processes_finds_what_one_finds() -> None:
    program = f"""
from pathlib import Path
import msgspec
from tmscan.inventory import explored
from tmscan.scan import ScanOptions, scan
explored.LONG = 0  # steps from which on a copy is worth it
found = []
for workers in (1, 2):
    result = scan([Path({str(SHOP)!r})], ScanOptions(workers=workers, cache=False))
    found.append(msgspec.json.encode((result.inventory, result.model, result.register)))
print(found[0] == found[1], len(found[0]) > 10_000)
"""
    assert run(program) == "True True"
