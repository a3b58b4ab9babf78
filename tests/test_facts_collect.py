"""Collecting the facts of many files: cache, pool, crashes and Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from tmscan.facts import batch
from tmscan.facts import collect as room
from tmscan.facts.cache import open_cache, read_entries, write_entries
from tmscan.facts.collect import KIND, collect, source_key
from tmscan.facts.types import FileFacts, Unparsed

FILES = [(f"{number}.py", f"def f{number}(a):\n    return a + {number}\n".encode()) for number in range(30)]


def encoded(sources: list[tuple[str, bytes]], **options: object) -> bytes:
    return msgspec.msgpack.encode(collect(sources, None, **options))


def test_same_facts_however_they_are_got(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = encoded(FILES)
    with ThreadPoolExecutor(1) as executor:
        assert encoded(FILES, executor=executor) == alone
    cache = open_cache(tmp_path)
    assert msgspec.msgpack.encode(collect(FILES, cache)) == alone
    assert msgspec.msgpack.encode(collect(FILES, cache)) == alone
    monkeypatch.setattr(room, "_FEW_BYTES", 0)
    monkeypatch.setattr(room, "_BATCH_BYTES", 200)
    assert encoded(FILES, workers=2) == alone
    assert list(msgspec.msgpack.decode(alone)) == [path for path, _ in FILES]


def test_files_with_the_same_bytes_are_read_once_and_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    found = collect(
        [("a.py", b"x = 1\n"), ("b.py", b"x = 1\n"), ("c.py", b"x = (\n")], None, progress=lambda *at: told.append(at)
    )
    assert found["a.py"] is found["b.py"]
    assert isinstance(found["c.py"], Unparsed)
    assert (told[0], told[-1]) == ((0, 2), (2, 2))


def test_no_sources() -> None:
    assert collect([], None) == {}


def test_cache_entry_of_another_shape_is_worked_out_again(tmp_path: Path) -> None:
    cache = open_cache(tmp_path)
    key = source_key(b"x = 1\n")
    write_entries(cache, KIND, {key: msgspec.msgpack.encode(["something", "else"])})
    assert isinstance(collect([("a.py", b"x = 1\n")], cache)["a.py"], FileFacts)
    assert read_entries(cache, KIND, [key])[key] == msgspec.msgpack.encode(
        collect([("a.py", b"x = 1\n")], None)["a.py"]
    )


def test_unchanged_files_need_no_libcst(tmp_path: Path) -> None:
    collect(FILES, open_cache(tmp_path))
    code = (
        "import sys; from pathlib import Path; from tmscan.facts.collect import collect\n"
        "from tmscan.facts.cache import open_cache\n"
        "files = [(f'{n}.py', f'def f{n}(a):\\n    return a + {n}\\n'.encode()) for n in range(30)]\n"
        "assert len(collect(files, open_cache(Path(sys.argv[1])))) == 30\n"
        "assert 'libcst' not in sys.modules, 'libcst'\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_pool_beside_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a progress display: workers are then not forked."""
    monkeypatch.setattr(room, "_FEW_BYTES", 0)
    monkeypatch.setattr(room, "_BATCH_BYTES", 1000)
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    try:
        assert encoded(FILES, workers=2) == encoded(FILES)
    finally:
        ended.set()
        thread.join()


def _dying(sources: list[bytes]) -> list[bytes]:
    if any(b"f7(" in source for source in sources):
        os.kill(os.getpid(), 9)
    return batch.extract_batch(sources)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the stand-in reaches the workers by forking")
def test_file_that_kills_its_worker_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_FEW_BYTES", 0)
    monkeypatch.setattr(room, "_BATCH_BYTES", 200)
    monkeypatch.setattr(room, "extract_in_worker", _dying)
    found = collect(FILES, None, workers=2)
    assert [path for path, facts in found.items() if isinstance(facts, Unparsed)] == ["7.py"]
    assert list(found) == [path for path, _ in FILES]


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT to a process group")
def test_ctrl_c_ends_cleanly(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(
        "import sys\nfrom tmscan.facts.collect import collect\n"
        "if __name__ == '__main__':\n"
        "    files = [(str(n), f'x = {n}\\n'.encode() + b'y = f(a, b)[c]\\n' * 3000) for n in range(100)]\n"
        "    try:\n"
        "        collect(files, None, workers=2, progress=lambda *at: print(*at, flush=True))\n"
        "    except KeyboardInterrupt:\n"
        "        sys.exit(130)\n"
    )
    run = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "0 100\n"
    run.stdout.readline()
    os.killpg(run.pid, signal.SIGINT)
    _, errors = run.communicate(timeout=60)
    assert (run.returncode, errors) == (130, "")
    time.sleep(0.2)
    with pytest.raises(ProcessLookupError):
        os.killpg(run.pid, 0)
