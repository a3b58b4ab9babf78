"""Arguments that a program may take for options: the words of a command in, the data that can stand for one out.

No shell is needed for that: `--upload-pack=…` for `git` runs what it names. Stands apart because it is about words.
"""

from __future__ import annotations

from tmscan.inventory.calls.arguments import texts
from tmscan.inventory.calls.harmless import harmful
from tmscan.libraries.types import ArgumentRef
from tmscan.program.lattice import origins_of
from tmscan.program.values import CLEAN, Arguments, Choice, Known, Origins, Sequence, Text, Value

# Programs with options that run other programs, or read and write whatever file they name.
_RUNNERS = frozenset(
    {"git", "hg", "svn", "bzr", "cvs", "fossil", "ssh", "scp", "sftp", "rsync", "tar", "zip", "find", "curl", "wget",
     "man", "less", "sort", "7z", "ffmpeg", "ansible-playbook", "pip", "sqlmap", "nmap", "psql", "pg_dump", "mysqldump"}
)  # fmt: skip
# What stands behind these is their value, whatever it begins with.
_TAKING = frozenset(
    {"-b", "-c", "-C", "-m", "-o", "-f", "-i", "-u", "-p", "-e", "-d", "-n", "--branch", "--depth", "--message",
     "--author", "--date", "--origin", "--format", "--reference", "--config", "--rev", "--output", "--file", "--user",
     "--directory", "--cwd", "--work-tree", "--git-dir", "--host", "--port", "--dbname", "--username"}
)  # fmt: skip

_LISTS = ("program", "command", "args")


def option_data(value: Value | None) -> Origins:
    """The data in a list of words that stands where an option may stand, of programs where that does harm."""
    if isinstance(value, Choice):
        found = CLEAN
        for option in value.options:
            found |= option_data(option)
        return found
    if not (isinstance(value, Sequence) and value.items):
        return CLEAN
    program = texts(value.items[0])
    if not program or program[0].rpartition("/")[2] not in _RUNNERS:
        return CLEAN
    found, before = CLEAN, ""
    for word in [*value.items[1:], *([value.rest] if value.rest is not None else [])]:
        if isinstance(word, Known):
            before = str(word.value)
            if before == "--":
                return found
            continue
        if before not in _TAKING:
            found |= _leading(word)
        before = ""
    return found


def words_of(arguments: Arguments, program: ArgumentRef) -> Value:
    """The words of a command that are arguments one by one, or in a list behind the first; `program` stands before."""
    words: list[Value] = [Known(name) for name in program]
    rest = arguments.unknown
    for part in (*arguments.positional, *(arguments.keywords[name] for name in _LISTS if name in arguments.keywords)):
        if isinstance(part, Sequence):
            words += part.items
            rest = rest if part.rest is None else part.rest
        else:
            words.append(part)
    return Sequence("list", words, rest)


def _leading(word: Value) -> Origins:
    """The data that a word begins with."""
    if isinstance(word, Choice):
        found = CLEAN
        for option in word.options:
            found |= _leading(option)
        return found
    if isinstance(word, Text):
        first = word.parts[0]
        return CLEAN if isinstance(first, Known) else _leading(first)
    harm = harmful("command", word)
    return frozenset(each for each in harm & origins_of(word) if "option" not in each.checks)
