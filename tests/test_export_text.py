"""What people read: the summary, GitHub annotations and Markdown, also when names in the code are hostile."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from records_shop import INVENTORY, MODEL, ORDER
from rich.console import Console

from tmscan.dfd.types import DataFlowModel
from tmscan.export.escape import as_code, for_annotation, for_markdown, visible
from tmscan.export.github import to_annotations
from tmscan.export.markdown import to_markdown
from tmscan.export.text import findings_to_text, inventory_to_text
from tmscan.export.text_console import show_findings, show_inventory
from tmscan.inventory.types import Inventory, Unknown
from tmscan.sources.types import Location
from tmscan.threats.assess import assess
from tmscan.threats.load import load_rules

RULES = load_rules([Path(__file__).parent.parent / "rules" / "threats"])
REGISTER = assess(INVENTORY, MODEL, RULES)
EVIL = '/a\n\x1b[2J|`"<script>alert(1)</script>\u202e@octocat #1 ```'
HOSTILE = replace(INVENTORY, name=EVIL, endpoints=(replace(ORDER, path=EVIL),))


def test_the_inventory_as_text():
    assert inventory_to_text(INVENTORY) == (
        "shop: 6 files, 210 lines\n"
        "\n"
        "Endpoints of shop: 3 (1 guarded, 2 open, 0 unknown)\n"
        "  OPEN     GET       /                         shop/views.py:5\n"
        "  OPEN     POST      /orders                   shop/views.py:12\n"
        "  guarded  GET,POST  /profile  login_required  shop/views.py:29\n"
        "\n"
        "Other ways in\n"
        "  task  bill  shop/tasks.py:4\n"
        "\n"
        "Stores\n"
        "  postgresql  orders  1 write  shop/db.py:3\n"
        "\n"
        "Outbound calls\n"
        "  http  pay.example  1 call  shop/views.py:20\n"
        "\n"
        "Libraries\n"
        "  flask     3.1.0               web framework\n"
        "  pdfmaker  (no fixed version)  document       reached from 1 way in\n"
        "\n"
        "Not seen or not resolved: 1 route, 1 file not read\n"
        "  shop/extra.py:3   route     the path is computed\n"
        "  shop/broken.py:4  not read  syntax error\n"
    )


def test_the_findings_as_text():
    text = findings_to_text(INVENTORY, REGISTER, RULES)
    assert text.startswith(
        "3 errors\n  Debug mode switched on [debug-mode]\n    shop/settings.py:2  DEBUG switches debug mode on\n"
    )
    assert "10 findings, 1 mitigated, 0 suppressed, in 6 files (210 lines).\n" in text
    assert (
        "32 threats in the register: 26 open (16 of them for a person to decide), 2 mitigated, 4 not applicable."
        in text
    )


def test_of_notes_only_the_first_places_are_shown():
    finding = next(finding for finding in REGISTER.findings if finding.state == "open")
    notes = tuple(replace(finding, level="note", location=Location(f"n{n}.py", 1)) for n in range(8))
    text = findings_to_text(INVENTORY, replace(REGISTER, findings=notes), RULES)
    assert "n4.py:1" in text
    assert "n5.py:1" not in text
    assert "… 3 more: all of them stand in the JSON and in SARIF" in text
    errors = tuple(replace(finding, level="error") for finding in notes)
    assert "n7.py:1" in findings_to_text(INVENTORY, replace(REGISTER, findings=errors), RULES)


def test_nothing_found_is_said_in_words():
    empty = Inventory("empty")
    register = assess(empty, DataFlowModel("empty", (), (), (), ()), RULES)
    assert inventory_to_text(empty) == "empty: 0 files, 0 lines\n\nNo endpoints were found.\n"
    assert findings_to_text(empty, register, RULES).startswith("No findings.\n")
    assert to_annotations(register, RULES) == ""


def test_what_is_not_resolved_is_told_once_for_each_file():
    many = replace(INVENTORY, unknowns=(Unknown("route", "computed", Location("a.py", 1)),) * 50)
    assert "a.py:1            route     computed; 49 more in this file" in inventory_to_text(many)


def test_long_lists_of_unknowns_are_cut_with_a_count():
    many = replace(INVENTORY, unknowns=tuple(Unknown("route", "computed", Location(f"a{n}.py", 1)) for n in range(50)))
    assert "… 31 more" in inventory_to_text(many)
    assert "50 route" in inventory_to_text(many)


def test_a_terminal_gets_the_same_words_in_colour():
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120, color_system="standard")
    show_inventory(console, INVENTORY)
    show_findings(console, INVENTORY, REGISTER, RULES)
    text = screen.getvalue()
    assert "\x1b[1;31mOPEN" in text
    assert "login_required" in text
    assert "\x1b[1;31m3 errors" in text


def test_annotations_name_file_line_and_rule_most_severe_first():
    lines = to_annotations(REGISTER, RULES).splitlines()
    assert lines[0] == (
        "::error file=shop/views.py,line=16,col=5,title=SQL statement built from request input [sql-built-from-input]"
        "::Request input (form) becomes part of an SQL statement in shop.views.orders"
    )
    assert [line.split()[0] for line in lines] == ["::error"] * 3 + ["::warning"] * 3 + ["::notice"] * 4


def test_markdown_has_the_diagram_the_matrix_and_the_questions():
    page = to_markdown(INVENTORY, MODEL, REGISTER, RULES, diagram="flowchart LR\n  a --> b")
    assert "```mermaid\nflowchart LR\n  a --> b\n```" in page
    assert "| shop | process | ✗ | ✗ | ✗ | ✗ | ✗ | ✗ |" in page
    assert "| Browser | entity | ? | - | ? | - | - | - |" in page
    assert "<details><summary>16 questions for a person</summary>" in page


def test_a_diagram_cannot_end_its_own_fence():
    assert "````mermaid\na```b\n````" in to_markdown(INVENTORY, MODEL, REGISTER, RULES, diagram="a```b")


@pytest.mark.parametrize(
    "write",
    [
        lambda _: inventory_to_text(HOSTILE),
        lambda register: findings_to_text(HOSTILE, register, RULES),
        lambda register: to_annotations(register, RULES),
        lambda register: to_markdown(HOSTILE, MODEL, register, RULES),
    ],
)
def test_hostile_names_cannot_leave_their_line_or_cell(write):
    text = write(assess(HOSTILE, MODEL, RULES))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "/a\n" not in text


def test_hostile_names_in_markdown_are_neither_html_nor_mentions_nor_extra_cells():
    page = to_markdown(HOSTILE, MODEL, assess(HOSTILE, MODEL, RULES), RULES)
    outside = [line for line in page.splitlines() if line.startswith("# ")]
    assert "<script>" not in outside[0]
    assert "@octocat" not in outside[0]
    table = [line for line in page.splitlines() if line.startswith("| OPEN")]
    assert len(table) == 1
    assert table[0].replace("\\|", "").count("|") == 5


@pytest.mark.parametrize(
    ("function", "text", "expected"),
    [
        (visible, "a\tb\x00\x9b", "a\\x09b\\x00\\x9b"),
        (visible, "\u202e\udcff\u2028", "\\u202e\\udcff\\u2028"),
        (visible, "naïve 漢字 🦊", "naïve 漢字 🦊"),
        (for_markdown, "*a* <b> [c](d)", "\\*a\\* &lt;b&gt; \\[c\\](d)"),
        (for_markdown, "https://evil.example www.evil.example", "https:&#8203;//evil.example www&#8203;.evil.example"),
        (as_code, "a`b", "`` a`b ``"),
        (as_code, "", "`(empty)`"),
        (as_code, "a|b", "`a¦b`"),
        (for_annotation, "50%\n::error::x", "50%25\\x0a::error::x"),
    ],
)
def test_escapes(function, text: str, expected: str):
    assert function(text) == expected
