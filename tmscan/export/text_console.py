"""The summary of `text.py`, coloured and in tables, for a terminal: it says nothing that the plain text leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from tmscan.export.text import GUARDED, LEVELS, OPEN, UNSURE, findings_to_text, headline, sections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from tmscan.inventory.types import Inventory
    from tmscan.threats.types import Register, Rule

STYLES = {GUARDED: "green", OPEN: "bold red", UNSURE: "yellow"}
LEVEL_STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}


def show_inventory(console: Console, inventory: Inventory) -> None:
    """Print the inventory as tables; cells are plain text, so that no name is taken for markup."""
    console.print(Text(headline(inventory), style="bold"))
    for section in sections(inventory):
        table = Table(box=SIMPLE, show_header=False, title=Text(section.title, style="bold"), title_justify="left")
        for _ in section.rows[0] if section.rows else ():
            table.add_column(overflow="fold")
        for row in section.rows:
            table.add_row(*(Text(cell, style=STYLES.get(cell, "")) for cell in row))
        console.print(table if section.rows else Text(section.title))


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
