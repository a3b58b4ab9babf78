"""What the facts say about each construct of the language, positions aside: source on the left, facts on the right."""

from __future__ import annotations

import msgspec
import pytest

from tmscan.facts import types as ir
from tmscan.facts.body import statements
from tmscan.facts.extract import extract
from tmscan.facts.extract_context import MAX_DEPTH


def facts(source: str | bytes) -> ir.FileFacts:
    found = extract(source)
    assert isinstance(found, ir.FileFacts), found
    return msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=ir.FileFacts)


def shown(part: object) -> str:
    """A record in brackets, without positions; bodies of functions opened."""
    if isinstance(part, tuple):
        return "[" + " ".join(map(shown, part)) + "]"
    if isinstance(part, ir.Name):
        return part.id
    if isinstance(part, ir.Constant | ir.Bytes):
        return repr(part.value)
    if isinstance(part, ir.FunctionDef):
        kind = "async" if part.is_async else "def"
        return f"({kind} {part.name} {shown(part.parameters)} {shown(statements(part))})"
    if isinstance(part, msgspec.Struct):
        names = [name for name in part.__struct_fields__ if name not in ("at", "end", "start")]
        return f"({' '.join([type(part).__name__, *(shown(getattr(part, name)) for name in names)])})"
    return "-" if part is None else str(part)


EXPRESSIONS = {
    "a": "a",
    "None": "None",
    "1_000": "1000",
    "0xFF": "255",
    "1.5e3": "1500.0",
    "99999999999999999999": "(Other 99999999999999999999)",
    "2j": "(Other 2j)",
    "...": "(Other ...)",
    r"'a\n\x41\u00e9'": repr("a\nAé"),
    r"r'a\n'": repr(r"a\n"),
    r"'\ud800'": repr("?"),
    r"b'a\xff'": repr(b"a\xff"),
    "'a' 'b' \"c\"": "'abc'",
    "b'a' b'b'": "b'ab'",
    "''": "''",
    '"""a"b"""': repr('a"b'),
    "u'a'": "'a'",
    "f'a{b!r:>{c}}d'": "(JoinedString ['a' (Formatted b r (JoinedString ['>' (Formatted c  -)])) 'd'])",
    "f'{a:.2f}{{}}'": "(JoinedString [(Formatted a  '.2f') '{}'])",
    "f'{a = }'": "(JoinedString ['a =' (Formatted a r -)])",
    "'a' f'b{c}' 'd'": "(JoinedString ['ab' (Formatted c  -) 'd'])",
    r"f'\t{a}'": r"(JoinedString ['\t' (Formatted a  -)])",
    r"rf'\t{a}'": r"(JoinedString ['\\t' (Formatted a  -)])",
    "t'a{b}'": "(JoinedString ['a' (Formatted b  -)])",
    "a.b.c": "(Attribute (Attribute a b) c)",
    "a[b]": "(Subscript a b)",
    "a[b, c]": "(Subscript a (Display tuple [b c]))",
    "a[b,]": "(Subscript a (Display tuple [b]))",
    "a[1:2]": "(Subscript a (Slice 1 2 -))",
    "a[::b, c]": "(Subscript a (Display tuple [(Slice - - b) c]))",
    "a(b, *c, d=e, **f)": "(Call a [(Argument b - 0) (Argument c - 1) (Argument e d 0) (Argument f - 2)])",
    "a + b * c": "(Binary + a (Binary * b c))",
    "a @ b << c": "(Binary << (Binary @ a b) c)",
    "not -a": "(Unary not (Unary - a))",
    "a and b and (c and d) or e": "(Boolean or [(Boolean and [a b (Boolean and [c d])]) e])",
    "a < b not in c is not d": "(Compare a [< not in is not] [b c d])",
    "a if b else c": "(Conditional b a c)",
    "[a, *b]": "(Display list [a (Starred b)])",
    "(a,)": "(Display tuple [a])",
    "()": "(Display tuple [])",
    "{a, b}": "(Display set [a b])",
    "{a: b, **c}": "(Mapping [[a b] [- c]])",
    "{}": "(Mapping [])",
    "[a for b in c if d if e for f in g]": "(Comprehension list - a [(Clause b c [d e]) (Clause f g [])])",
    "{a: b for c in d}": "(Comprehension dict a b [(Clause c d [])])",
    "a(b async for b in c)": "(Call a [(Argument (Comprehension generator - b [(Clause b c [])]) - 0)])",
    "await a": "(Await a)",
    "(yield)": "(Yield - False)",
    "(yield a, b)": "(Yield (Display tuple [a b]) False)",
    "(yield from a)": "(Yield a True)",
    "(a := b)": "(Walrus a b)",
    "lambda a, *b, c=1: d": (
        "(Lambda (def <lambda> [(Parameter a 1 - -) (Parameter b 2 - -) (Parameter c 3 - 1)] [(Return d)]))"
    ),
}
STATEMENTS = {
    "a = b = c": "(Assign [a b] c)",
    "a, b = c": "(Assign [(Display tuple [a b])] c)",
    "a: b": "(Annotated a b -)",
    "a: 'b.c | None' = d": "(Annotated a (Binary | (Attribute b c) None) d)",
    "a: list['b']": "(Annotated a (Subscript list b) -)",
    "a: Literal['b']": "(Annotated a (Subscript Literal 'b') -)",
    "a: Annotated['b', 'c']": "(Annotated a (Subscript Annotated (Display tuple [b 'c'])) -)",
    "a: 'not a type'": "(Annotated a 'not a type' -)",
    "a //= b": "(Augmented a // b)",
    "a": "(Evaluate a)",
    "return": "(Return -)",
    "raise a from b": "(Raise a b)",
    "del a, b.c": "(Delete [a (Attribute b c)])",
    "global a, b": "(Scope global [a b])",
    "assert a, b": "(Assert a b)",
    "type A[T] = list[T]": "(Assign [A] (Subscript list T))",
    "import a.b as c, d": "(Import [(Alias a.b c) (Alias d -)])",
    "from ..a import b as c": "(ImportFrom a 2 [(Alias b c)])",
    "from . import *": "(ImportFrom  1 [(Alias * -)])",
    "if a: b\nelif c: d\nelse: e": "(If a [(Evaluate b)] [(If c [(Evaluate d)] [(Evaluate e)])])",
    "for a, b in c:\n  break\nelse:\n  d": "(For (Display tuple [a b]) c [(Jump break)] [(Evaluate d)])",
    "while a:\n  pass": "(While a [(Jump pass)] [])",
    "while a:\n  pass\n  b; pass": "(While a [(Evaluate b)] [])",
    "with a as b, c: d": "(With [(WithItem a b) (WithItem c -)] [(Evaluate d)])",
    "try: a\nexcept B as c: d\nexcept: pass\nelse: e\nfinally: f": (
        "(Try [(Evaluate a)] [(Handler B c [(Evaluate d)]) (Handler - - [(Jump pass)])] [(Evaluate e)] [(Evaluate f)])"
    ),
    "try: a\nexcept* B: c": "(Try [(Evaluate a)] [(Handler B - [(Evaluate c)])] [] [])",
    "match a:\n case 1 | None: b\n case [C.d, *e] if f: g\n case _: h": (
        "(Match a ["
        "(Case (Pattern or - [(Pattern value 1 [] [] ) (Pattern value None [] [] )] [] ) - [(Evaluate b)]) "
        "(Case (Pattern sequence - [(Pattern value (Attribute C d) [] [] ) (Pattern star - [] [] e)] [] ) f"
        " [(Evaluate g)]) "
        "(Case (Pattern capture - [] [] ) - [(Evaluate h)])])"
    ),
    "match a:\n case {'b': c, **d}: e\n case F(g, h=1) as i: j": (
        "(Match a ["
        "(Case (Pattern mapping - [(Pattern capture - [] [] c) (Pattern rest - [] [] d)] ['b'] ) - [(Evaluate e)]) "
        "(Case (Pattern class F [(Pattern capture - [] [] g) (Pattern value 1 [] [] )] [ h] i) - [(Evaluate j)])])"
    ),
    "class A(B, metaclass=C):\n  'doc'\n  d = 1": (
        "(ClassDef A [(Argument B - 0) (Argument C metaclass 0)] [] doc [(Assign [d] 1)])"
    ),
    "async def a[T](b, /, c: 'D' = 1, *e, f, **g) -> h:\n  'doc'\n  await i": (
        "(async a [(Parameter b 0 - -) (Parameter c 1 D 1) (Parameter e 2 - -) (Parameter f 3 - -) (Parameter g 4 - -)]"
        " [(Evaluate (Await i))])"
    ),
}


@pytest.mark.parametrize("source", EXPRESSIONS)
def test_expressions(source: str) -> None:
    (statement,) = facts(f"x = {source}\n").body
    assert isinstance(statement, ir.Assign)
    assert shown(statement.value) == EXPRESSIONS[source]


@pytest.mark.parametrize("source", STATEMENTS)
def test_statements(source: str) -> None:
    assert shown(facts(source).body) == f"[{STATEMENTS[source]}]"


def test_functions_say_what_they_mention_and_whether_they_yield() -> None:
    source = "@d(e)\ndef f(a=b):\n  '''doc'''\n  import g.h as i\n  def j(): yield k.l\n  return lambda: (yield)\n"
    (function,) = facts(source).body
    assert isinstance(function, ir.FunctionDef)
    assert function.mentions == ("g", "h", "i", "k", "l")
    assert (function.docstring, function.is_generator, shown(function.decorators)) == (
        "doc",
        False,
        "[(Call d [(Argument e - 0)])]",
    )
    inner = statements(function)[1]
    assert isinstance(inner, ir.FunctionDef)
    assert (inner.is_generator, inner.mentions, inner.start, inner.end) == (True, ("k", "l"), 5, 5)


def test_file() -> None:
    source = (
        "'''About.'''\nimport b.c\nfrom .d import e\nfrom f import *\nif a:\n    def g():\n        from . import h\n"
    )
    found = facts(source)
    assert (found.lines, found.docstring) == (7, "About.")
    assert found.imports == (".d.e", ".h", "b.c", "f")


def test_comments_that_matter() -> None:
    source = "# tmscan: ignore-file[a]\na = b  # type: ignore[c]\n# a remark\n"
    source += "d = f'{e}# tmscan: no'\ng = '# tmscan: no'\n#type:h"
    assert facts(source).comments == (
        ir.Comment(1, 1, "tmscan: ignore-file[a]", False),
        ir.Comment(2, 8, "type: ignore[c]", True),
        ir.Comment(6, 1, "type:h", False),
    )


UNPARSED = {
    "python 2": ("a = 1\nprint 'b'\n", "syntax error: print 'b'", 2),
    "bracket": ("a = 1\n\ndef f(:\n    pass\n", "syntax error: pass", 4),
    "string": ("a = 1\nb = 'c\n", "unterminated string literal", 2),
    "octal": ("a = 0777\n", "leading zeros in decimal integer literals are not permitted", 1),
    "NUL": ("a = 1\nb\0 = 2\n", "binary, not Python text", 2),
    "deep brackets": ("a = 1\nb = " + "(" * 2000 + ")" * 2000, "nested too deeply", 2),
    "deep calls": ("b = " + "f(" * 2000 + ")" * 2000, "nested too deeply", 1),
    "deep strings": ("b = " + "f'{" * 2000 + "}'" * 2000, "nested too deeply", 1),
    "deep f-strings": ('b = f"{' + '{f"' * 2000, "nested too deeply", 1),
    "deep blocks": (
        "".join(" " * n + "if a:\n" for n in range(2000)) + " " * 2000 + "b\n",
        "too many indentation",
        101,
    ),
    "chain in an f-string": ('a = 1\nb = f"{b' + " + b" * 50_000 + '}"', "nested too deeply", 2),
    "long chain": ("a = b" + " + b" * 50_000, "nested too deeply", 1),
    "open brackets": ("(" * 100_000, "nested too deeply", 1),
}


@pytest.mark.parametrize("name", UNPARSED)
def test_what_cannot_be_read_says_why_and_where(name: str) -> None:
    source, reason, line = UNPARSED[name]
    found = extract(source.encode())
    assert isinstance(found, ir.Unparsed)
    assert (found.reason[: len(reason)], found.line) == (reason, line)


CHAINS = {
    "brackets": "a = " + "(" * 150 + "b" + ")" * 150,
    "sum": "a = b" + " + b" * 2000,
    "and": "a = b" + " and b" * 2000,
    "attributes": "a = b" + ".b" * 2000,
    "not": "a = " + "not " * 2000 + "b",
    "lambda": "a = " + "lambda: " * 1000 + "b",
    "strings": "a = (" + "'b' " * 2000 + ")",
    "elif": "if a: pass\n" + "elif b: c()\n" * 2000,
    "brackets in texts": "a = '''" + "([{" * 2000 + "'''\n# " + "([{" * 2000,
    "long template": "a = f'''" + "<p class='b'>{c}</p> {{ d; e }}\\n" * 300 + "'''",
    "many brackets": "a = b(c)[d]\n" * 1000,
    "wide": "a = [" + "b(1) + 2, " * 3000 + "]",
}


@pytest.mark.parametrize("name", CHAINS)
def test_long_chains_are_read_and_no_record_nests_deeper_than_the_limit(name: str) -> None:
    assert depth(facts(CHAINS[name]).body) <= 2 * MAX_DEPTH + 10


def depth(part: object) -> int:
    if isinstance(part, tuple):
        return max(map(depth, part), default=0)
    if isinstance(part, msgspec.Struct):
        return 1 + max((depth(getattr(part, name)) for name in part.__struct_fields__), default=0)
    return 0
