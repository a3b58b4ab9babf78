"""The bytes of one file in, FileFacts out, or Unparsed with the reason.

This module and its `extract_*` neighbours are the only ones that know libcst; they are imported only where a file is not
in the cache.
"""

from __future__ import annotations

import ast
import codecs
import re
import sys
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import libcst as cst
from libcst import native

from tmscan.facts import (
    extract_definitions,
    extract_expressions,
    extract_imports,
    extract_statements,
    extract_strings,
)
from tmscan.facts.extract_context import Context, ExpressionTable, StatementTable, record
from tmscan.facts.types import Comment, FileFacts, Unparsed

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
_PLACE = re.compile(r"error at (\d+):")


def extract(source: bytes | str) -> FileFacts | Unparsed:
    """The facts of one file. Never raises for what stands in the file: what cannot be read is Unparsed, with its line."""
    text = source if isinstance(source, str) else _decoded(source)
    if isinstance(text, Unparsed):
        return text
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = _NEWLINE.sub("\n", text)
    try:
        module = native.parse_module(text)
    except cst.ParserSyntaxError as error:
        return _unparsed(text, error)
    context = record(text, module, _EXPRESSIONS, _STATEMENTS)
    docstring, body = extract_definitions.docstring_of(context.block(module), module)
    return FileFacts(
        lines=len(context.line_starts) - (not text or text.endswith("\n")),
        docstring=docstring,
        body=body,
        comments=tuple(_comments(context)) if _REMARK.search(text) else (),
        imports=tuple(sorted(context.imports)),
    )


def _decoded(source: bytes) -> str | Unparsed:
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(source).readline)
        return source.decode(encoding)
    except SyntaxError as error:
        return Unparsed(str(error), 1)
    except UnicodeDecodeError as error:
        return Unparsed(f"not text in {error.encoding}", source.count(b"\n", 0, error.start) + 1)


def _unparsed(text: str, error: cst.ParserSyntaxError) -> Unparsed:
    return Unparsed(str(error.message), error.raw_line)


def _comments(context: Context) -> Iterator[Comment]:
    """The comments that matter. A text of an f-string looks alike but is not followed by a line end."""
    tokens = context.tokens
    for index, token in enumerate(tokens):
        if token.startswith("#") and _REMARK.match(token) and (index + 1 >= len(tokens) or tokens[index + 1] in ("\n", "")):
            offset = context.offsets[index]
            at = context.place(offset)
            before = context.source[context.line_starts[(at >> 12) - 1] : offset]
            yield Comment(at >> 12, at & 4095, token[1:].strip(), bool(before.strip()))
