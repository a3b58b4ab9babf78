"""libcst with what a single reading pass does not need left out, for as long as a `with` block lasts.

Apart because it is the one place that changes another package's classes. What it saves, in parses: the checks of nodes
that the parser itself built 0.12, a generator for each expression 0.07, hooks around each node 0.04, a call for each
white space 0.04.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import libcst as cst
from libcst._nodes.expression import _BaseParenthesizedNode
from libcst._nodes.internal import CodegenState

_RECURSION_LIMIT = 20_000  # the code generation of libcst takes up to four frames for each level of nesting
_with_brackets = _BaseParenthesizedNode._parenthesize


@contextmanager
def lean() -> Iterator[None]:
    """Everything is as before afterwards. Not for two threads at once."""
    limit = sys.getrecursionlimit()
    changes = (
        (cst.CSTNode, "__post_init__", _unchecked),
        (cst.CSTNode, "_codegen", _generate),
        (cst.SimpleWhitespace, "_codegen", _space),
        (_BaseParenthesizedNode, "_parenthesize", _parenthesize),
    )
    before = [(owner, name, owner.__dict__.get(name)) for owner, name, _ in changes]
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    for owner, name, function in changes:
        setattr(owner, name, function)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes in the literals that are evaluated
            yield
    finally:
        for owner, name, original in before:
            if original is None:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
        sys.setrecursionlimit(limit)


def _unchecked(_node: cst.CSTNode) -> None:
    return None


def _generate(node: cst.CSTNode, state: CodegenState, **options: object) -> None:
    node._codegen_impl(state, **options)


def _space(node: cst.SimpleWhitespace, state: CodegenState) -> None:
    state.add_token(node.value)


def _parenthesize(node: _BaseParenthesizedNode, state: CodegenState) -> AbstractContextManager[None]:
    return _with_brackets(node, state) if node.lpar else state.record_syntactic_position(node)
