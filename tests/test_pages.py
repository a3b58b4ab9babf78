"""What templates of pages show unescaped, by their marks alone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tmscan.sources.pages import read_page
from tmscan.sources.project import read_project

CASES = [
    ("{{ a|safe }}", [(1, "a")]),
    ("{{ a }}{{ a|escape|safe }}{{ a|markdown|safe }}{{ a|tojson|safe }}", []),
    ("\n{{ a.b['c'].d | upper | safe }}", [(2, "a b c d")]),
    ("{{ 'x|y' ~ a.b|default('|')|safe }}{{ _('text')|safe }}{{ f(a)|safe }}", [(1, "a b")]),
    ("{{ ('x|y' ~ a)|safe }}{{ a ~ b|safe }}", [(1, "a"), (1, "b")]),
    ("{{ a or b if c else d|safe }}{{ (a or b if c else d)|safe }}", [(1, "d"), (1, "a"), (1, "b"), (1, "d")]),
    ("{# {{ a|safe }} #}{{ b|safe }}", [(1, "b")]),
    ("{# {{ a|safe }}", []),
    ("{% comment %}{{ a|safe }}{% endcomment %}{% raw %}{{ a|safe }}{% endraw %}{{ b|safe }}", [(1, "b")]),
    ("{% autoescape off %}{{ a }}{{ b|escape }}{% endautoescape %}{{ c }}", [(1, "a")]),
    ("{%- autoescape false -%}{{ a }}{% autoescape true %}{{ b }}{% endautoescape %}{{ c }}", [(1, "a"), (1, "c")]),
    ("{% autoescape None %}{{ a }}{% raw b %}", [(1, "a"), (1, "b")]),
    ("{% for a in list %}{{ a.b|safe }}{% endfor %}{{ a|safe }}", [(1, "list b"), (1, "a")]),
    ("{% for k, v in table.items %}{{ v|safe }}{% endfor %}", [(1, "table")]),
    ("{% for a in some() %}{{ a|safe }}{% endfor %}", []),
    ("{% with a=b.c %}{{ a|safe }}{% endwith %}{% set d = e %}{{ d|safe }}", [(1, "b c"), (1, "e")]),
    ("{{!a}}", [(1, "a")]),
    ("${ a | n }${ b }${structure: c}", [(1, "a"), (1, "c")]),
    ('<p tal:content="structure a">', [(1, "a")]),
    ("{{ True|safe }}{{ 1|safe }}{{ |safe }}{{ }}{% %}{% for %}{% set %}{% endfor %}{% endautoescape %}", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_outputs(text: str, expected: list[tuple[int, str]]) -> None:
    page = read_page("page.html", text.encode())
    found = page.outputs if page is not None else ()
    assert [(output.line, " ".join(output.names)) for output in found] == expected


def test_what_it_builds_on() -> None:
    page = read_page("page.html", b"{% extends 'base.html' %}{% include \"a/b.html\" with c=d %}{% include name %}")
    assert page is not None
    assert page.uses == ("base.html", "a/b.html")


@pytest.mark.parametrize(
    "piece",
    [b"{{", b"{#", b"{%", b"${", b"|", b"{{ '", b"{{ '\\' ", b"{% for a in b %}", b"{% set a = b %}{{ a|safe }}",
     b'tal:content="structure ', b"{{" + b" " * 1990, b"{{ a if ", b"{{ a[", b"\xff\x00{{a|safe}}"],
)  # fmt: skip
def test_hostile_templates_take_no_time(piece: bytes) -> None:
    text = piece * (1_000_000 // len(piece)) + b"|safe"
    started = time.process_time()
    read_page("page.html", text)
    assert time.process_time() - started < 10


def test_which_files_are_templates(tmp_path: Path) -> None:
    for name in ("app/templates/a.html", "app/static/b.html", "mail/c.j2", "app/templates/d.html", "node_modules/e.j2",
                 "app/templates/mail-subject.html", "deploy/site.conf.j2"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{{ a|safe }}" if "d.html" not in name else "{{ a }}", encoding="utf-8")
    (tmp_path / "app/templates/f.html").write_bytes(b"{{ a|safe }}" * 100_000)
    (tmp_path / "app/templates/g.html").symlink_to(tmp_path / "app/templates/a.html")
    (tmp_path / "app.py").write_text("", encoding="utf-8")
    project = read_project([tmp_path])
    assert [page.path for page in project.templates] == ["app/templates/a.html", "mail/c.j2"]
    assert [skipped.file for skipped in project.skipped] == ["app/templates/f.html"]
