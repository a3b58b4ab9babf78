"""Positions of the facts against those of Python's own parser, over the standard library and odd texts."""

from __future__ import annotations

import ast
import io
import os
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tmscan.facts import types as ir
from tmscan.facts.body import statements
from tmscan.facts.extract import extract

SAME = {
    "Name": "Name",
    "Attribute": "Attribute",
    "Call": "Call",
    "Constant": "Constant",
    "BinOp": "Binary",
    "BoolOp": "Boolean",
    "Compare": "Compare",
    "IfExp": "Conditional",
    "Dict": "Mapping",
    "List": "Display",
    "Set": "Display",
    "Subscript": "Subscript",
    "Await": "Await",
    "Yield": "Yield",
    "YieldFrom": "Yield",
    "NamedExpr": "Walrus",
    "UnaryOp": "Unary",
    "Lambda": "Lambda",
    "Assign": "Assign",
    "AnnAssign": "Annotated",
    "AugAssign": "Augmented",
    "Expr": "Evaluate",
    "Return": "Return",
    "Raise": "Raise",
    "If": "If",
    "For": "For",
    "AsyncFor": "For",
    "While": "While",
    "With": "With",
    "AsyncWith": "With",
    "Try": "Try",
    "TryStar": "Try",
    "Match": "Match",
    "Import": "Import",
    "ImportFrom": "ImportFrom",
    "Assert": "Assert",
    "Delete": "Delete",
    "Global": "Scope",
    "Nonlocal": "Scope",
}
ODD = {
    "crlf": b"def f():\r\n    x = '''a\r\nb''' ; y(1)\r\n\r\ng(\r\n  1,\r\n)\r\n",
    "cr": b"a = 1\rb(2)\r",
    "form feed": b"a = 1\n\x0c\ndef f():\n    return b(1)\n\x0cc = d\n",
    "tabs": b"if a:\n\tb(\t1)\n\tif c:\n\t\td.e(f)\n",
    "byte order mark": b"\xef\xbb\xbfa = b(1)\n",
    "latin-1": b"# -*- coding: latin-1 -*-\na = '\xe9\xe8'; b(c)\n",
    "beyond the basic plane": "a = '😀é'; ñ = b(c)\n".encode(),
    "line continuation": b"a = b + \\\n    c(1) if \\\n d else e\nwith a as b, \\\n  c as d:\n    pass\n",
    "brackets": b"a = (((b)).c((d), (e))[(f)])\n((g))()\n",
    "long line": b"a = [" + b"1, " * 3000 + b"b(c)]\n",
    "no newline at the end": b"a = b(1)",
    "semicolons": b"a(1); b(2) ; c = d\nif x: y(); z()\n",
    "space before a colon": b"try:\n    a()\nexcept (B) :\n    c()\nd(e)\n",
    "decorators": b"@a\n\n@b.c(d)\n# why\n"
    b"async  def  f(x=g(1), *, y: h = i) -> j:\n    await k(x)\nclass  L ( M ):\n  pass\n",
    "several strings": b"a = ('b'\n     'c' % d)\ne = (f'g{h}'\n   'i'.j(k))\n",
    "only comments": b"# a\n    # b\n",
    "empty": b"",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_texts(name: str) -> None:
    check(ODD[name])


def test_standard_library() -> None:
    files = sorted(Path(os.__file__).parent.glob("*.py"))
    assert len(files) > 100
    # Every file takes a minute on a slow machine; TMSCAN_ALL_FILES asks for that.
    for file in files if os.environ.get("TMSCAN_ALL_FILES") else files[::12]:
        check(file.read_bytes())


def check(content: bytes) -> None:
    facts = extract(content)
    assert isinstance(facts, ir.FileFacts)
    encoded = msgspec.msgpack.encode(facts)
    facts = msgspec.msgpack.decode(encoded, type=ir.FileFacts)
    assert msgspec.msgpack.encode(facts) == encoded
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    text = content.decode(encoding).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    assert facts.lines == len(lines) - (lines[-1] == "")
    missing = Counter(expected(ast.parse(text), lines)) - Counter(found(facts.body))
    assert not missing, sorted(missing)[:5]


def found(part: object) -> Iterator[tuple[object, ...]]:
    """What the facts say, function bodies opened."""
    if isinstance(part, tuple):
        for item in part:
            yield from found(item)
    elif isinstance(part, msgspec.Struct):
        if isinstance(part, ir.FunctionDef) and part.name != "<lambda>":
            yield "def", part.name, part.at >> 12, part.start, part.end, part.is_generator, part.docstring
            yield from found(statements(part))
        elif isinstance(part, ir.ClassDef):
            yield "class", part.name, part.at >> 12, part.start, part.end, part.docstring
        elif isinstance(part, ir.Lambda):
            yield "Lambda", *place(part.at)
            yield from found(statements(part.function))
        elif isinstance(part, ir.Call):
            yield "Call", *place(part.at), *place(part.end)
        elif isinstance(part, ir.Node):
            yield type(part).__name__, *place(part.at)
        for name in part.__struct_fields__:
            yield from found(getattr(part, name))


def place(at: int) -> tuple[int, int]:
    return ir.line_of(at), ir.column_of(at)


def expected(tree: ast.Module, lines: list[str]) -> Iterator[tuple[object, ...]]:
    """What Python says. Left out: f-strings (3.11 has no positions in them) and string annotations (parsed here)."""

    def column(line: int, offset: int) -> int:
        return min(len(lines[line - 1].encode()[:offset].decode()) + 1, 4095)

    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        kind = type(node).__name__
        if isinstance(node, ast.JoinedStr):
            continue
        docstring = ""
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            docstring = ast.get_docstring(node, clean=False) or ""
            if docstring:
                node.body = node.body[1:]
        hints = {id(getattr(node, "annotation", None)), id(getattr(node, "returns", None))}
        waiting += [child for child in ast.iter_child_nodes(node) if id(child) not in hints]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            start = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            end = max([node.end_lineno or 0])
            if isinstance(node, ast.ClassDef):
                yield "class", node.name, node.lineno, start, end, docstring
            else:
                yield "def", node.name, node.lineno, start, end, any(map(yields, node.body)), docstring
        elif isinstance(node, ast.Constant) and not modelled(node.value):
            continue
        elif isinstance(node, ast.Call):
            end_line, end_offset = node.end_lineno or 0, node.end_col_offset or 0
            yield "Call", node.lineno, column(node.lineno, node.col_offset), end_line, column(end_line, end_offset)
        elif kind in SAME and isinstance(node, ast.expr | ast.stmt):
            yield SAME[kind], node.lineno, column(node.lineno, node.col_offset)


def modelled(value: object) -> bool:
    return abs(value) < 2**63 if isinstance(value, int) else isinstance(value, str | float | None)


def yields(node: ast.AST) -> bool:
    if isinstance(node, ast.Yield | ast.YieldFrom):
        return True
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        return False
    return any(map(yields, ast.iter_child_nodes(node)))
