"""A function record in, its statements out: bodies stay encoded until a room looks into that function."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tmscan.facts.types import Attribute, Block, FunctionDef, Name

_decode = msgspec.msgpack.Decoder(Block).decode


def statements(function: FunctionDef) -> Block:
    """The statements of a function's body. Decoded at each call: a caller that comes back keeps what it got."""
    return _decode(function.body)


def nodes_in(part: object) -> Iterator[msgspec.Struct]:
    """Every node in a statement, expression or block, those of nested functions included."""
    waiting = [part]
    while waiting:
        node = waiting.pop()
        if isinstance(node, msgspec.Struct):
            yield node
            waiting.extend(getattr(node, name) for name in node.__struct_fields__)
        if isinstance(node, FunctionDef):
            waiting.extend(statements(node))
        elif isinstance(node, tuple):
            waiting.extend(node)


def names_in(part: object) -> Iterator[str]:
    """The names and attributes that stand anywhere in a part of a body."""
    for node in nodes_in(part):
        if isinstance(node, Name):
            yield node.id
        elif isinstance(node, Attribute):
            yield node.attr
