"""Reads values out of a YAML file: nodes go in, plain values come out, and every mistake is noted with file, line and a
hint.

It stands apart from the rows so that "what may stand here" can be a table.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import yaml

from tmscan.libraries.paths import PathError, expand
from tmscan.sources.nesting import is_too_deep

if TYPE_CHECKING:
    from pathlib import Path

Read: TypeAlias = Callable[["Reader", yaml.Node], object]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Reader:
    """The file being read, the mistakes found so far, and the line where each path was first written."""

    file: str
    problems: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)


def parse(file: Path, text: str, reader: Reader) -> yaml.Node | None:
    """The file's root node, or None (and a problem) if it is empty or no YAML."""
    try:
        if is_too_deep(text):
            reader.problems.append(f"{file}:1: this is nested too deeply")
            return None
        root: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        reader.problems.append(f"{file}:{line}: this is not valid YAML: {error.problem or error.context}")
        return None
    except yaml.YAMLError as error:
        reader.problems.append(f"{file}:1: this is not valid YAML: {error}")
        return None
    if root is None:
        reader.problems.append(f"{file}:1: the file is empty; give at least `library:` and `docs:`")
    return root


def complain(reader: Reader, node: yaml.Node, message: str) -> None:
    """Note a mistake at the place of `node`."""
    reader.problems.append(f"{reader.file}:{node.start_mark.line + 1}: {message}")


def suggestion(word: str, known: Collection[str]) -> str:
    """The tail of an "unknown …" message: the nearest known words, else all of them while they are few."""
    near = difflib.get_close_matches(word, sorted(known), n=2, cutoff=0.6)
    if near:
        return "; did you mean " + " or ".join(f"`{item}`" for item in near) + "?"
    return "; known: " + ", ".join(sorted(known)) if len(known) <= 30 else ""


def entries(
    reader: Reader, node: yaml.Node, known: Collection[str] | None, what: str
) -> Iterator[tuple[str, yaml.Node]]:
    """The keys and values of a mapping; keys outside `known` (None: any key) and repeated keys are problems and left
    out.
    """
    if not isinstance(node, yaml.MappingNode):
        complain(reader, node, f"{what} must be a mapping (key: value)")
        return
    seen: set[str] = set()
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if known is not None and name not in known:
            complain(reader, key, f"unknown key `{name}` in {what}{suggestion(name, known)}")
        elif name in seen:
            complain(reader, key, f"`{name}` stands twice in {what}")
        else:
            seen.add(name)
            yield name, value


def items(reader: Reader, node: yaml.Node, what: str) -> list[yaml.Node]:
    """The items of a list."""
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    complain(reader, node, f"{what} must be a list")
    return []


def text(reader: Reader, node: yaml.Node) -> str:
    """A string (quoted or plain)."""
    if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str":
        return str(node.value)
    complain(reader, node, "a text is wanted here; put it in quotes if it looks like something else")
    return ""


def texts(reader: Reader, node: yaml.Node) -> tuple[str, ...]:
    """A string or a list of strings."""
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return tuple(text(reader, item) for item in nodes)


def flag(reader: Reader, node: yaml.Node) -> bool:
    """`true` or `false`."""
    if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:bool":
        return str(node.value).lower() == "true"
    complain(reader, node, "`true` or `false` is wanted here")
    return False


def paths(reader: Reader, node: yaml.Node) -> tuple[str, ...]:
    """One path or a list of paths, alternatives expanded."""
    found: list[str] = []
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    for item in nodes:
        written = text(reader, item)
        try:
            concrete = expand(written) if written else ()
        except PathError as error:
            complain(reader, item, f"bad path: {error}")
            continue
        for path in concrete:
            reader.lines.setdefault(path, item.start_mark.line + 1)
        found += concrete
    return tuple(found)


def reference(reader: Reader, node: yaml.Node) -> tuple[int | str, ...]:
    """An argument: a position, a keyword, or a list of them of which the first that is present counts."""
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    found: list[int | str] = []
    for item in nodes:
        if isinstance(item, yaml.ScalarNode) and item.tag == "tag:yaml.org,2002:int" and item.value.isdigit():
            found.append(int(item.value))
        else:
            found.append(text(reader, item))
    return tuple(found)


def pairs(reader: Reader, node: yaml.Node) -> tuple[tuple[str, str], ...]:
    """A mapping of texts to constants; a list of constants gives one pair for each."""
    found: list[tuple[str, str]] = []
    for key, value in entries(reader, node, None, "this mapping"):
        nodes = value.value if isinstance(value, yaml.SequenceNode) else [value]
        found += [(key, _constant(reader, item)) for item in nodes]
    return tuple(found)


def one_of(known: Collection[str], what: str) -> Read:
    """A reader for one word of a closed vocabulary."""

    def read(reader: Reader, node: yaml.Node) -> str:
        word = text(reader, node)
        if word and word not in known:
            complain(reader, node, f"unknown {what} `{word}`{suggestion(word, known)}")
        return word

    return read


def _constant(reader: Reader, node: yaml.Node) -> str:
    """A constant as Python prints it, so that it can be compared with the text of an argument."""
    if not isinstance(node, yaml.ScalarNode):
        complain(reader, node, "a single constant is wanted here")
        return ""
    if node.tag == "tag:yaml.org,2002:bool":
        return str(node.value).capitalize()
    return "None" if node.tag == "tag:yaml.org,2002:null" else str(node.value)
