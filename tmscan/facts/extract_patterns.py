"""The patterns of a `match` statement in, Pattern records out."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst
import msgspec

from tmscan.facts.extract_context import Context
from tmscan.facts.types import Pattern


def pattern(c: Context, node: cst.CSTNode) -> Pattern:
    """One pattern with the patterns in it."""
    return _TABLE[node.__class__](c, node)


def _value(c: Context, node: cst.MatchValue | cst.MatchSingleton) -> Pattern:
    return Pattern("value", value=c.expression(node.value))


def _sequence(c: Context, node: cst.MatchList | cst.MatchTuple) -> Pattern:
    return Pattern("sequence", parts=tuple([pattern(c, part) for part in node.patterns]))


def _element(c: Context, node: cst.MatchSequenceElement) -> Pattern:
    return pattern(c, node.value)


def _star(_c: Context, node: cst.MatchStar) -> Pattern:
    return Pattern("star", name="" if node.name is None else node.name.value)


def _mapping(c: Context, node: cst.MatchMapping) -> Pattern:
    parts = [pattern(c, element.pattern) for element in node.elements]
    keys = tuple([c.expression(element.key) for element in node.elements])
    if node.rest is not None:
        parts.append(Pattern("rest", name=node.rest.value))
    return Pattern("mapping", parts=tuple(parts), keys=keys)


def _class(c: Context, node: cst.MatchClass) -> Pattern:
    parts = [pattern(c, part.value) for part in node.patterns] + [pattern(c, part.pattern) for part in node.kwds]
    keys = tuple([""] * len(node.patterns) + [part.key.value for part in node.kwds])
    return Pattern("class", value=c.expression(node.cls), parts=tuple(parts), keys=keys)


def _as(c: Context, node: cst.MatchAs) -> Pattern:
    name = "" if node.name is None else node.name.value
    if node.pattern is None:
        return Pattern("capture", name=name)
    inner = pattern(c, node.pattern)
    return Pattern("or", parts=(inner,), name=name) if inner.name else msgspec.structs.replace(inner, name=name)


def _or(c: Context, node: cst.MatchOr) -> Pattern:
    return Pattern("or", parts=tuple([pattern(c, part.pattern) for part in node.patterns]))


_TABLE: dict[type[cst.CSTNode], Callable[..., Pattern]] = {
    cst.MatchValue: _value,
    cst.MatchSingleton: _value,
    cst.MatchList: _sequence,
    cst.MatchTuple: _sequence,
    cst.MatchSequenceElement: _element,
    cst.MatchStar: _star,
    cst.MatchMapping: _mapping,
    cst.MatchClass: _class,
    cst.MatchAs: _as,
    cst.MatchOr: _or,
}
