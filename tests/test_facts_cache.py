"""The cache: what is kept comes back, and nothing that is wrong with its file stops a run."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tmscan.facts import cache as room
from tmscan.facts.cache import Cache, cache_directory, close_cache, open_cache, read_entries, write_entries


def file_of(folder: Path) -> Path:
    (file,) = folder.glob("*.sqlite3")
    return file


def filled(folder: Path) -> Path:
    cache = open_cache(folder)
    write_entries(cache, "a", {b"1": b"one"})
    close_cache(cache)
    return file_of(folder)


def usable(cache: Cache) -> bool:
    write_entries(cache, "b", {b"2": b"two"})
    return read_entries(cache, "b", [b"2"]) == {b"2": b"two"}


def test_entries_come_back_by_kind_and_key(tmp_path: Path) -> None:
    filled(tmp_path)
    cache = open_cache(tmp_path)
    assert read_entries(cache, "a", [b"0", b"1"]) == {b"1": b"one"}
    assert read_entries(cache, "b", [b"1"]) == {}
    write_entries(cache, "a", [(b"1", b"new")])
    assert read_entries(cache, "a", [b"1"]) == {b"1": b"new"}
    assert not cache.warnings


def test_many_keys(tmp_path: Path) -> None:
    cache = open_cache(tmp_path)
    entries = {str(number).encode(): bytes(10) for number in range(2500)}
    write_entries(cache, "a", entries)
    assert read_entries(cache, "a", list(entries)) == entries


def test_directory_is_private_and_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMSCAN_CACHE_DIR", str(tmp_path / "x" / "y"))
    assert cache_directory() == tmp_path / "x" / "y"
    close_cache(open_cache())
    assert (tmp_path / "x" / "y").stat().st_mode & 0o077 == 0
    monkeypatch.delenv("TMSCAN_CACHE_DIR")
    assert "tmscan" in str(cache_directory())


def test_broken_file_is_made_anew(tmp_path: Path) -> None:
    filled(tmp_path).write_bytes(b"this is not a database" * 1000)
    cache = open_cache(tmp_path)
    assert len(cache.warnings) == 1
    assert usable(cache)


def test_file_broken_in_the_middle(tmp_path: Path) -> None:
    cache = open_cache(tmp_path)
    write_entries(cache, "a", {str(number).encode(): str(number).encode() * 5000 for number in range(200)})
    close_cache(cache)
    content = bytearray(file_of(tmp_path).read_bytes())
    content[8192 : len(content) // 2] = b"\xff" * (len(content) // 2 - 8192)
    file_of(tmp_path).write_bytes(content)
    cache = open_cache(tmp_path)
    read_entries(cache, "a", [str(number).encode() for number in range(200)])
    write_entries(cache, "a", {b"x": b"y"})
    assert cache.warnings


def test_file_of_another_program_is_replaced(tmp_path: Path) -> None:
    file = filled(tmp_path)
    file.unlink()
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE entry (x)")
    other.close()
    cache = open_cache(tmp_path)
    assert len(cache.warnings) == 1
    assert usable(cache)


def test_value_that_is_not_compressed(tmp_path: Path) -> None:
    with sqlite3.connect(filled(tmp_path)) as other:
        other.execute("UPDATE entry SET value = 'text'")
    other.close()
    cache = open_cache(tmp_path)
    assert read_entries(cache, "a", [b"1"]) == {}
    assert len(cache.warnings) == 1


def test_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = open_cache(tmp_path / "file" / "below")
    assert len(cache.warnings) == 1
    write_entries(cache, "a", {b"1": b"one"})
    assert read_entries(cache, "a", [b"1"]) == {}


def test_size_is_bounded_and_what_was_used_last_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def entries(name: str) -> dict[bytes, bytes]:
        digests = [[sha256(f"{name}{number}.{part}".encode()).digest() for part in range(20)] for number in range(100)]
        return {f"{name}{number}".encode(): b"".join(parts) for number, parts in enumerate(digests)}

    cache = open_cache(tmp_path, max_bytes=300_000)
    old, new = entries("old"), entries("new")
    for day, batch in enumerate([old, new, entries("newer"), entries("newest"), entries("last")]):
        monkeypatch.setattr(room, "_today", lambda day=day: day)
        write_entries(cache, "a", batch)
        assert read_entries(cache, "a", [b"new0"]) or day == 0
    assert not read_entries(cache, "a", [b"old0"])
    assert not cache.warnings


def test_two_runs_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tmscan.facts.cache import *\n"
        "cache = open_cache(Path(sys.argv[1]))\n"
        "for n in range(30): write_entries(cache, 'a', {f'{sys.argv[2]}{n}'.encode(): b'x'})\n"
        "sys.exit(str(cache.warnings) if cache.warnings else 0)"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "abc"]
    assert [run.wait(60) for run in runs] == [0, 0, 0]
    cache = open_cache(tmp_path)
    keys = [f"{name}{number}".encode() for name in "abc" for number in range(30)]
    assert len(read_entries(cache, "a", keys)) == 90
