"""A finished scan and what to show of it in; the inventory, or its comparison with a published description, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmscan.cli.output import is_terminal, write
from tmscan.errors import TmscanError

if TYPE_CHECKING:
    from pathlib import Path

    from tmscan.cli.words import InventoryFormat
    from tmscan.document.published import Description
    from tmscan.inventory.selection import Selection
    from tmscan.inventory.types import Inventory
    from tmscan.scan import Scan


def read_published(file: Path, form: InventoryFormat, selection: Selection) -> Description:
    """The description to compare with, before the scan. Raises TmscanError for a bad file or options that clash."""
    from tmscan.document.published import read_description

    if form == "openapi":
        raise TmscanError("--openapi compares, and --format openapi writes: give one of them")
    if selection.unguarded:
        raise TmscanError("--openapi and --unguarded do not go together: guarded endpoints are described too")
    return read_description(file)


def list_inventory(
    inventory: Inventory,
    selection: Selection,
    published: Description | None,
    form: InventoryFormat,
    output: Path | None,
) -> bool:
    """Write what was asked for; whether the code differs from the description that it is compared with."""
    from tmscan.inventory.selection import select

    shown = select(inventory, selection)
    if published is not None:
        from tmscan.cli.compared import show_comparison
        from tmscan.document.comparing import compare, narrowed

        found = compare(shown.endpoints, narrowed(published, selection))
        show_comparison(found, published, as_json=form == "json", output=output)
        return bool(found.differences)
    if form == "json":
        from tmscan.export.as_json import to_json

        write(to_json(shown, inventory.endpoints), output)
    elif form == "openapi":
        from tmscan.export.openapi import to_openapi

        write(to_openapi(shown), output)
    elif output is None and is_terminal():
        from rich.console import Console

        from tmscan.export import text_console

        console = Console(highlight=False)
        if selection.narrows:
            text_console.show_endpoints(console, shown, inventory)
        else:
            text_console.show_inventory(console, inventory)
    else:
        from tmscan.export.text import endpoints_to_text, inventory_to_text

        write(endpoints_to_text(shown, inventory) if selection.narrows else inventory_to_text(inventory), output)
    return False


def is_unsure(scan: Scan) -> bool:
    """Whether it is left open which endpoints there are or who guards them: what `inventory --strict` asks."""
    from tmscan.inventory.selection import endpoint_unknowns

    return bool(endpoint_unknowns(scan.inventory) or scan.inventory.skipped)
