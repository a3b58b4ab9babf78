"""Line hashes against the values that the upload action's own tests expect."""

from __future__ import annotations

import pytest

from tmscan.export.linehash import line_hashes

GREETINGS = """e9496ae3ebfced30:1 fb7c023a8b9ccb3f:1 ce8ba1a563dcdaca:1 e20e36e16fcb0cc8:1 b3edc88f2938467e:1
c8e28b0b4002a3a0:1 c129715d7a2bc9a3:1"""
UNFINISHED = """8b7cf3e952e7aeb2:1 b1ae1287ec4718d9:1 bff680108adb0fcc:1 c6805c5e1288b612:1 b86d3392aea1be30:1
e6ceba753e1a442:1"""
REPEATED = """a7f2ff13bc495cf2:1 a7f2ff13bc495cf2:2 a7f2ff13bc495cf2:3 a7f2ff13bc495cf2:4 a7f2ff13bc495cf2:5
a7f2ff13bc495cf2:6 a7f2ff1481e87703:1 a9cf91f7bbf1862b:1 55ec222b86bcae53:1 cc97dc7b1d7d8f7b:1 c129715d7a2bc9a3:1"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "c129715d7a2bc9a3:1"),
        (" a\nb\n  \t\tc\n d", "271789c17abda88f:1 54703d4cd895b18:1 180aee12dab6264:1 a23a3dc5e078b07b:1"),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End", UNFINISHED),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", GREETINGS),
        (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", GREETINGS),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", GREETINGS),
        (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", GREETINGS),
        ("Lorem ipsum dolor sit amet.\n" * 10, REPEATED),
    ],
)
def test_hashes_equal_those_of_the_upload_action(text: str, expected: str):
    hashes = line_hashes(text.encode())
    assert [hashes[line] for line in range(1, len(hashes) + 1)] == expected.split()


def test_a_blank_line_after_a_carriage_return_and_a_space_counts_as_the_action_counts_it():
    """`\\r`, then a blank, then `\\n`: the blank ends the pair, so these are two line ends."""
    assert len(line_hashes(b"a\r \nb")) == len(line_hashes(b"a\n\nb"))


def test_characters_outside_the_basic_plane_count_as_two_units():
    assert line_hashes("x = '🦊'\n".encode())[1] != line_hashes(b"x = '?'\n")[1]
