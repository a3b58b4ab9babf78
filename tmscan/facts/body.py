"""A function record in, its statements out: bodies stay encoded until a room looks into that function."""

from __future__ import annotations

import msgspec

from tmscan.facts.types import Block, FunctionDef

_decode = msgspec.msgpack.Decoder(Block).decode


def statements(function: FunctionDef) -> Block:
    """The statements of a function's body. Decoded at each call: a caller that comes back keeps what it got."""
    return _decode(function.body)
