"""The bytes of one file in, FileFacts out, or Unparsed with the reason.

This module and its `extract_*` neighbours are the only ones that know libcst; they are imported only where a file is
not in the cache.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import libcst as cst

from tmscan.facts import (
    extract_definitions,
    extract_expressions,
    extract_imports,
    extract_statements,
    extract_strings,
)
from tmscan.facts.extract_context import Context, ExpressionTable, StatementTable, record
from tmscan.facts.extract_descriptor import descriptor_facts
from tmscan.facts.extract_lean import lean
from tmscan.facts.extract_nesting import nested_too_deeply
from tmscan.facts.types import Comment, FileFacts, Unparsed
from tmscan.sources.read import decode

_EXPRESSIONS: ExpressionTable = {
    **extract_expressions.EXPRESSIONS,
    **extract_strings.EXPRESSIONS,
    **extract_definitions.EXPRESSIONS,
}
_STATEMENTS: StatementTable = {
    **extract_statements.STATEMENTS,
    **extract_definitions.STATEMENTS,
    **extract_imports.STATEMENTS,
}
_REMARK = re.compile(r"#\s*(?:tmscan|type)\s*:")
_NEWLINE = re.compile(r"\r\n?")
_PLACE = re.compile(r"error at (\d+):\d+: ")
_TOO_DEEP = "nested too deeply"


def extract(source: bytes | str) -> FileFacts | Unparsed:
    """The facts of one file. What cannot be read is Unparsed, with its line.

    Nothing that stands in a file makes it raise. libcst: https://libcst.readthedocs.io/en/latest/nodes.html
    """
    text = source if isinstance(source, str) else decode(source)
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = _NEWLINE.sub("\n", text)
    if "\0" in text:
        return Unparsed("binary, not Python text", text.count("\n", 0, text.index("\0")) + 1)
    generated = descriptor_facts(text)
    if generated is not None:
        return generated
    line = nested_too_deeply(text)
    if line is not None:
        return Unparsed(_TOO_DEEP, line)
    with lean():
        try:
            return _facts(text)
        except cst.ParserSyntaxError as error:
            return _unparsed(text, error)
        except RecursionError:
            return Unparsed(_TOO_DEEP, 1)


def _facts(text: str) -> FileFacts:
    module = cst.parse_module(text)
    context = record(text, module, _EXPRESSIONS, _STATEMENTS)
    docstring, body = extract_definitions.docstring_of(context.block(module))
    return FileFacts(
        lines=len(context.line_starts) - (not text or text.endswith("\n")),
        docstring=docstring,
        body=body,
        comments=tuple(_comments(context)) if _REMARK.search(text) else (),
        imports=tuple(sorted(context.imports)),
    )


def _unparsed(text: str, error: cst.ParserSyntaxError) -> Unparsed:
    """libcst's message without its list of two dozen expected tokens, and the line it names."""
    message = str(error.message)
    place = _PLACE.search(message)
    if place is None:
        return Unparsed(message.removeprefix("tokenizer error: "), _line_of_bad_token(text))
    line = int(place[1])
    lines = text.split("\n")
    shown = lines[line - 1].strip()[:60] if 0 < line <= len(lines) else ""
    return Unparsed(f"syntax error: {shown}" if shown else "syntax error", line)


def _line_of_bad_token(text: str) -> int:
    """libcst does not say where a token is broken; Python does, where it agrees that it is."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return error.lineno or 1
    except (ValueError, MemoryError, RecursionError):
        return 1
    return 1


def _comments(context: Context) -> Iterator[Comment]:
    """The comments that matter. A text of an f-string may look alike but is not followed by a line end."""
    tokens = [*context.tokens, ""]
    for index, token in enumerate(context.tokens):
        if token.startswith("#") and _REMARK.match(token) and tokens[index + 1] in ("\n", ""):
            offset = context.offsets[index]
            at = context.place(offset)
            before = context.source[context.line_starts[(at >> 12) - 1] : offset]
            yield Comment(at >> 12, at & 4095, token[1:].strip(), bool(before.strip()))
