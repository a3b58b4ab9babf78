"""Bytes and text of single files: limits, encodings, and everything that can be wrong with a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tmscan.sources.read import decode, read_source
from tmscan.sources.types import Skipped, Source

if TYPE_CHECKING:
    from pathlib import Path


def source(path: Path, *, explicit: bool = False) -> Source:
    return Source(path.name, str(path), path.stem, False, "", "application", explicit)


def test_the_bytes_of_a_file_come_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"x = 1\r\n\xff")
    assert read_source(source(file)) == b"x = 1\r\n\xff"


@pytest.mark.parametrize(
    ("content", "limit", "reason"),
    [
        (b"x" * 100, 99, "too large: 100 bytes, the limit is 99"),
        (b"x" * 5000 + b"\0", 0, "binary, not Python text"),
        ("x = 1\n".encode("utf-16"), 0, "binary, not Python text"),
    ],
)
def test_bad_content_is_a_record(tmp_path: Path, content: bytes, limit: int, reason: str) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(content)
    assert read_source(source(file), limit) == Skipped("a.py", reason)


def test_a_named_file_has_no_limit(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"#" * 5_000_000)
    assert len(read_source(source(file, explicit=True))) == 5_000_000


@pytest.mark.parametrize("name", ["gone.py", "folder.py", "nul\0byte.py", "x" * 300 + ".py", "a/b.py"])
def test_what_cannot_be_opened_is_a_record(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.py").mkdir()
    found = read_source(Source(name, f"{tmp_path}/{name}", "m", False, "", "application"))
    assert isinstance(found, Skipped)
    assert found.file == name
    assert found.reason


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("é = 'ü'\r\n".encode(), "é = 'ü'\r\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (
            "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'\n".encode("cp1252"),
            "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'\n",
        ),
        ("# coding: euc-jp\nx = '日本'\n".encode("euc-jp"), "# coding: euc-jp\nx = '日本'\n"),
        ("# coding: shift_jis\nx = '表'\n".encode("shift_jis"), "# coding: shift_jis\nx = '表'\n"),
        (b"x = '\xe9'\n", "x = 'é'\n"),  # no cookie and not UTF-8: positions stay right
        (b"# coding: no-such-thing\nx = 1\n", "# coding: no-such-thing\nx = 1\n"),
        (b"# coding: utf-8\nx = '\xe9'\n", "# coding: utf-8\nx = 'é'\n"),
        (b"# coding: rot13\nk = 1\n", "# coding: rot13\nk = 1\n"),
        (b"# coding: zlib\nk = 1\n", "# coding: zlib\nk = 1\n"),
        (b"# coding: punycode\nk-a\n", "# coding: punycode\nk-a\n"),
        (b"# coding: unicode_escape\nk = '\\n'\n", "# coding: unicode_escape\nk = '\\n'\n"),
        (b"# coding: undefined\nk\n", "# coding: undefined\nk\n"),
        (b"\xef\xbb\xbf# coding: latin-1\nk\n", "ï»¿# coding: latin-1\nk\n"),
        (b"", ""),
    ],
)
def test_text_follows_the_cookie_and_never_fails(data: bytes, text: str) -> None:
    assert decode(data) == text
