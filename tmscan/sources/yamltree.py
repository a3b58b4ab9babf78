"""YAML of deployment files as plain trees with lines: a text comes in, a tree or a reason goes out.

Built from the parser's events without recursion and within limits; tags (`!Ref`) are kept, nothing is constructed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

DEEPEST, MOST = 60, 50_000


@dataclass(slots=True, eq=False)
class Tree:
    """A node: a text, pairs of a mapping, or items of a list. An alias is the node that it names."""

    line: int
    text: str = ""
    tag: str = ""
    pairs: list[tuple[str, Tree]] = field(default_factory=list)
    items: list[Tree] = field(default_factory=list)
    key: str | None = None
    mapping: bool = False

    def get(self, *names: str) -> Tree | None:
        """The value below these keys, one in the other; `<<` stands for the keys of another mapping."""
        found: Tree | None = self
        for name in names:
            found = next((value for key, value in found.all_pairs() if key == name), None) if found else None
        return found

    def all_pairs(self, depth: int = 3) -> Iterator[tuple[str, Tree]]:
        """The pairs, then those of mappings merged in."""
        yield from ((key, value) for key, value in self.pairs if key != "<<")
        for key, value in self.pairs if depth else ():
            if key == "<<":
                for merged in value.items or [value]:
                    yield from merged.all_pairs(depth - 1)

    def said(self, *names: str) -> str:
        """The text below these keys; "" when there is none."""
        found = self.get(*names)
        return found.text if found is not None else ""


def read_tree(text: str) -> Tree | str:
    """The first document of a YAML (or JSON) text, or why it cannot be read."""
    import yaml  # few trees have such files

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root: Tree | None = None
    stack: list[Tree] = []
    anchors: dict[str, Tree] = {}
    count = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.DocumentEndEvent):
                break
            if isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
                done = stack.pop()
                if not stack:
                    root = done
                continue
            node = _node(event, anchors, stack)
            if node is None:
                continue
            count += 1
            if count > MOST or len(stack) >= DEEPEST:
                return "nested too deeply" if len(stack) >= DEEPEST else "too many values"
            if stack:
                _put(stack[-1], node)
            if isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
                node.mapping = isinstance(event, yaml.MappingStartEvent)
                stack.append(node)
            elif not stack:
                root = node
            anchor = getattr(event, "anchor", None)
            if isinstance(anchor, str) and not isinstance(event, yaml.AliasEvent):
                anchors[anchor] = node
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        return f"not YAML: {error.problem or error.context}{line}"
    except (yaml.YAMLError, ValueError) as error:
        return f"not YAML: {str(error).splitlines()[0] if str(error) else 'unreadable'}"
    return root if root is not None else Tree(1)


def _node(event: object, anchors: dict[str, Tree], stack: list[Tree]) -> Tree | None:
    kind = type(event).__name__
    line = getattr(getattr(event, "start_mark", None), "line", 0) + 1
    if kind == "AliasEvent":
        known = anchors.get(getattr(event, "anchor", ""))
        inside = any(known is holder for holder in stack)  # a node that would hold itself
        return known if known is not None and not inside else Tree(line)
    if kind == "ScalarEvent":
        return Tree(line, str(getattr(event, "value", "")), str(getattr(event, "tag", None) or ""))
    if kind in ("SequenceStartEvent", "MappingStartEvent"):
        return Tree(line, "", str(getattr(event, "tag", None) or ""))
    return None


def _put(parent: Tree, node: Tree) -> None:
    if not parent.mapping:
        parent.items.append(node)
    elif parent.key is None:
        parent.key = node.text if not node.mapping else ""
    else:
        parent.pairs.append((parent.key, node))
        parent.key = None
