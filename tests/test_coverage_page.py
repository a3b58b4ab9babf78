"""The page "What tmscan can see" is what the library files say: `pytest --update` writes it anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from calling import Call

from tmscan.export.coverage import coverage_page
from tmscan.libraries.load import load_catalogue
from tmscan.libraries.types import Example, GuardPlace, GuardRow, InputRow, Library, RouteRow

PAGE = Path(__file__).resolve().parent.parent / "docs" / "what-tmscan-can-see.md"


def test_the_page_is_up_to_date(golden: Callable[[Path, str], None]) -> None:
    golden(PAGE, coverage_page(load_catalogue().libraries))


def test_the_command_writes_it(tmscan: Call) -> None:
    done = tmscan("rules", "--libraries")
    assert (done.code, done.out) == (0, coverage_page(load_catalogue().libraries))


def library(**given: object) -> Library:
    return Library(name="acme", file="acme.yaml", pypi=(), imports=(), docs="", role="", **given)


def test_what_stands_in_a_table() -> None:
    page = coverage_page(
        [
            library(
                routes=(RouteRow("decorated", ("acme:App.serve", "acme.serve")), RouteRow("class", ("acme.View",))),
                guards=(GuardRow(("acme.allow",), "authentication", public=True), GuardRow(("acme.ask",), "csrf")),
                guard_places=(GuardPlace(setting="ACME.GUARDS"), GuardPlace(calls=("acme:App.before",))),
                inputs=(InputRow(("acme:Request.args",), "query"),),
            )
        ]
    )
    assert "| library | decorated | class |\n|---|---|---|\n| acme | `serve` | `View` |\n" in page
    assert "| library | csrf | opens |\n|---|---|---|\n| acme | `ask` | `allow` |\n" in page
    assert "| acme | `ACME.GUARDS` | `before` |\n" in page
    assert "| acme | `args` |\n" in page
    assert page.endswith("\nNone.\n")


def test_gaps_are_named_with_their_line() -> None:
    code = 'app.serve("/`|")   # $ endpoint="GET /y" MISSING: endpoint="GET /x" guard=csrf\n# $ MISSING: entry=task\n'
    page = coverage_page([library(examples=(Example(code, 1),))])
    assert '- acme: `` app.serve("/`¦") `` lacks `endpoint="GET /x" guard=csrf`\n' in page
    assert "- acme: `(the whole file)` lacks `entry=task`\n" in page
