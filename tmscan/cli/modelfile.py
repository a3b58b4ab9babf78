"""A scan and a place in; the model file written there, unless a person has edited the one that is there, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmscan.cli.output import STDOUT, write
from tmscan.errors import TmscanError

if TYPE_CHECKING:
    from pathlib import Path

    from tmscan.scan import Scan


def write_model(scan: Scan, output: Path, *, force: bool) -> tuple[str, ...]:
    """Write the model and say what was done and where the model looks wrong, a line each; nothing when it is printed.

    Raises TmscanError rather than lose what a person wrote into the file.
    """
    from tmscan.dfd.lint import lint_model
    from tmscan.document.write import to_document
    from tmscan.export.escape import for_terminal
    from tmscan.export.text import counted

    text = to_document(scan.inventory, scan.model, scan.register)
    if output == STDOUT:
        write(text)
        return ()
    if not force:
        check_unedited(output)
    write(text, output)
    numbers = (counted(len(scan.model.elements), "element"), counted(len(scan.register.threats), "threat"))
    flaws = (f"look again: {for_terminal(flaw)}" for flaw in lint_model(scan.model))
    return (f"wrote {output}: {', '.join(numbers)}", *flaws)


def check_unedited(output: Path) -> None:
    """Raises TmscanError if `output` holds anything but what tmscan wrote."""
    from tmscan.document.digest import is_generated

    if not output.is_file():
        return
    try:
        before = output.read_bytes()
    except OSError as error:
        raise TmscanError(f"{output}: cannot be read: {error.strerror or error}") from error
    if before and not is_generated(before):
        raise TmscanError(
            f"{output}: was edited since tmscan wrote it, or is not a file of tmscan's. "
            "Choose another place with --output, or lose the changes with --force."
        )
