"""The examples in library files are their tests: each is scanned, and what is seen on a line must be what `# $` says.

`# $ access="postgresql write notes" sink=sql` are expectations; `MISSING:` before one says that it should be seen but
is not, `SPURIOUS:` that it is seen but should not be. Only the keys that an example mentions are compared.
"""

import ast
import re
from dataclasses import dataclass

import pytest

from tmscan.facts.extract import extract
from tmscan.facts.types import FileFacts
from tmscan.inventory.build import take_inventory
from tmscan.inventory.explored import explore
from tmscan.inventory.vocabulary import vocabulary_of
from tmscan.libraries.index import index
from tmscan.libraries.load import load_catalogue
from tmscan.program.link import link
from tmscan.sources.types import Project, Source

TOKEN = re.compile(r'(MISSING|SPURIOUS):|([a-z-]+)=(?:"([^"]*)"|(\S+))')


@dataclass(frozen=True)
class Fact:
    """Something seen: `lines` are all those where an expectation may name it."""

    key: str
    text: str
    lines: frozenset[int]


CATALOGUE = load_catalogue()
INDEX = index(CATALOGUE)
VOCABULARY = vocabulary_of(CATALOGUE, INDEX)
EXAMPLES = [
    pytest.param(library.file, example, id=f"{library.name}-{number}")
    for library in CATALOGUE.libraries
    for number, example in enumerate(library.examples, 1)
]


@pytest.mark.parametrize(("file", "example"), EXAMPLES)
def test_example(file, example):
    wanted = list(expectations(example.code))
    keys = {key for _, _, key, _ in wanted}
    seen = [fact for fact in observe(example.path or "app.py", example.code) if fact.key in keys]
    complaints = []
    claimed = set()
    for line, prefix, key, text in wanted:
        found = [fact for fact in seen if (fact.key, fact.text) == (key, text) and line in fact.lines]
        claimed.update(found)
        if prefix == "MISSING" and found:
            complaints.append((line, f"{key}={text!r} is seen now: take the MISSING away"))
        if prefix != "MISSING" and not found:
            here = sorted({fact.text for fact in seen if fact.key == key and line in fact.lines})
            complaints.append((line, f"{key}={text!r} is not seen; on this line: {here}"))
    extra = [fact for fact in seen if fact not in claimed and fact.key != "name"]
    complaints += [(min(fact.lines), f"{fact.key}={fact.text!r} is seen and not expected") for fact in extra]
    assert not complaints, "\n" + "\n".join(
        f"{file}:{example.line + line - 1}: {text}" for line, text in sorted(complaints)
    )


def test_every_library_has_an_example():
    assert [library.name for library in CATALOGUE.libraries if not library.examples] == []


def expectations(code):
    """(line, prefix, key, text) of every `# $` comment."""
    for number, line in enumerate(code.splitlines(), 1):
        _, mark, comment = line.partition("# $")
        prefix = ""
        for token in TOKEN.finditer(comment if mark else ""):
            if token.group(1):
                prefix = token.group(1)
            else:
                yield number, prefix, token.group(2), token.group(3) if token.group(3) is not None else token.group(4)


def observe(path, code):
    """What the inventory of one file says, by line."""
    facts = extract(code.encode())
    assert isinstance(facts, FileFacts), facts
    source = Source(path, path, path.removesuffix(".py").replace("/", "."), False, "", "application")
    program = link([source], {path: facts}, VOCABULARY, ())
    project = Project("", (source,), (), (), (), "example")
    inventory = take_inventory(explore(program, INDEX, project), project, {path: facts}, ())
    spans = function_spans(code)
    stores = {store.id: store for store in inventory.stores}
    for store in inventory.stores:
        if store.provenance == "assumed":  # nobody opens it in the example
            continue
        name = "" if store.name == store.engine else store.name
        yield Fact("store", f"{store.engine} {name}".strip(), at(store.location))
    for access in inventory.accesses:
        engine = stores[access.store].engine if access.store in stores else access.library
        yield Fact("access", f"{engine} {access.operation} {access.entity}".strip(), at(access.location))
    for call in inventory.outbound:
        yield Fact("outbound", f"{call.kind} {call.target or call.vendor}".strip(), at(call.location))
    for sink in inventory.sinks:
        yield Fact("sink", sink.kind, at(sink.location))
    for setting in inventory.settings:
        yield Fact("setting", f"{setting.meaning} {setting.value}".strip(), at(setting.location))
    for reach in inventory.reaches:
        kind, _, name = reach.target.partition(":")
        if kind == "library":
            yield Fact("library", name, at(reach.steps[-1].location))
    for entry in inventory.entry_points:
        yield Fact("entry", entry.kind, around(entry.location, spans))
        yield Fact("name", entry.name, around(entry.location, spans))
        for guard in entry.guards:
            yield Fact("guard", guard.kind, around(entry.location, spans) | at(guard.location))
    for endpoint in inventory.endpoints:
        declared = around(endpoint.location, spans) | (
            at(endpoint.route_location) if endpoint.route_location else frozenset()
        )
        yield Fact("endpoint", f"{','.join(endpoint.methods)} {endpoint.path}", declared)
        for guard in endpoint.guards:
            yield Fact("guard", guard.kind, declared | at(guard.location))
        body = next(
            (
                frozenset(range(first, last + 1))
                for first, head, last in spans
                if endpoint.location.line in range(first, head + 1)
            ),
            declared,
        )
        for parameter in endpoint.parameters:
            if parameter.place == "path":  # the path says so itself
                continue
            yield Fact("input", parameter.place, body | declared)


def at(location):
    return frozenset(range(location.line, max(location.line, location.end_line) + 1))


def around(location, spans):
    """The lines of a definition's head, decorators included, if the location is one of them."""
    heads = (range(first, head + 1) for first, head, _ in spans)
    return frozenset(next((head for head in heads if location.line in head), (location.line,)))


def function_spans(code):
    """(first line with decorators, line of `def` or `class`, last line) of every definition."""
    nodes = (
        node
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )
    return [
        (min([node.lineno, *(item.lineno for item in node.decorator_list)]), node.lineno, node.end_lineno)
        for node in nodes
    ]
