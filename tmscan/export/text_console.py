"""The summary of `text.py`, coloured and in tables, for a terminal: it says nothing that the plain text leaves out.

Endpoints stand in two lines each where the terminal is too narrow for five columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from tmscan.export.text import LEVELS, findings_to_text, headline, remainder, sections
from tmscan.export.text_endpoints import GUARDED, ODD, OPEN, UNSURE, Section, endpoint_sections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from tmscan.inventory.types import Inventory
    from tmscan.threats.types import Register, Rule

STYLES = {GUARDED: "green", OPEN: "bold red", UNSURE: "yellow"}
LEVEL_STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
READABLE = 40  # narrower than that, paths and lists of guards cannot be read


def show_inventory(console: Console, inventory: Inventory) -> None:
    """Print the inventory as tables; cells are plain text, so that no name is taken for markup."""
    console.print(Text(headline(inventory), style="bold"))
    for section in sections(inventory):
        _show(console, section)


def show_endpoints(console: Console, shown: Inventory, everything: Inventory) -> None:
    """Print the endpoints that a filter left, and how much is not known about all of them."""
    console.print(Text(headline(everything), style="bold"))
    for section in endpoint_sections(shown.endpoints, everything.endpoints):
        _show(console, section)
    for line in ("", *remainder(shown, everything)):
        console.print(Text(line), soft_wrap=True)


def show_findings(console: Console, inventory: Inventory, register: Register, rules: Sequence[Rule]) -> None:
    """Print the findings; headings are coloured by level, rules are bold."""
    for line in findings_to_text(inventory, register, rules).splitlines():
        level = next((name for name in LEVELS if line.endswith((f" {name}", f" {name}s"))), "")
        if level and not line.startswith(" "):
            console.print(Text(line, style=LEVEL_STYLES[level]), soft_wrap=True)
        elif line.startswith("  ") and line.endswith("]"):
            console.print(Text(line, style="bold"), soft_wrap=True)
        else:
            console.print(Text(line), soft_wrap=True)


def _show(console: Console, section: Section) -> None:
    if not section.rows:
        console.print(Text(section.title))
        return
    console.print(Text(f"\n{section.title}", style="bold"), soft_wrap=True)
    if section.legend:
        console.print(Text(f"  {section.legend}", style="magenta"), soft_wrap=True)
    if _holds_endpoints(section) and console.width < _least_width(section):
        _show_stacked(console, section)
        return
    table = Table(box=SIMPLE, show_header=False, show_edge=False, pad_edge=False)
    endpoints, columns = _holds_endpoints(section), len(section.rows[0])
    for number in range(columns + 1):  # verdicts, verbs and places are kept whole, paths and guards may be broken
        table.add_column(overflow="fold", no_wrap=endpoints and number not in (3, 4))
    for number, row in enumerate(section.rows):
        marked = number in section.marked
        cells = (Text(cell, style=STYLES.get(cell, "")) for cell in row)
        table.add_row(Text(ODD if marked else "", style="bold magenta"), *cells)
    console.print(table)


def _holds_endpoints(section: Section) -> bool:
    return section.rows[0][0] in STYLES and len(section.rows[0]) == 5


def _least_width(section: Section) -> int:
    """So many columns a table of endpoints needs with verdicts, verbs and places kept whole."""
    _, verbs, paths, guards, places = (max(map(len, column)) for column in zip(*section.rows, strict=True))
    return 20 + verbs + min(paths, READABLE) + min(guards, READABLE) + places


def _show_stacked(console: Console, section: Section) -> None:
    """An endpoint's verdict, verbs and path, and below them its guards and place."""
    verbs = max(len(row[1]) for row in section.rows)
    for number, (verdict, methods, path, guards, place) in enumerate(section.rows):
        line = Text.assemble(
            (ODD if number in section.marked else " ", "bold magenta"),
            (f" {verdict:<7}", STYLES[verdict]),
            f"  {methods:<{verbs}}  {path}",
        )
        console.print(line, soft_wrap=True)
        console.print(Text(" " * 11 + "  ".join(part for part in (guards, place) if part), style="dim"), soft_wrap=True)
