"""Finished texts and pictures in; a file, or standard output that is the same bytes whatever the locale, out.

Files are written beside their place and renamed, so that nobody ever reads half of one.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tmscan.errors import TmscanError

STDOUT = Path("-")


def write(content: str | bytes, output: Path | None = None) -> None:
    """Write to `output`, or to standard output if there is none or it is `-`. Raises TmscanError if it cannot."""
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    if output is None or output == STDOUT:
        _to_stdout(data)
    else:
        _to_file(data, output)


def check_writable(output: Path | None) -> None:
    """Raises TmscanError if there is no folder to write `output` into: better known before a long scan than after."""
    if output is None or output == STDOUT:
        return
    if output.is_dir():
        raise TmscanError(f"{output}: is a folder. Name a file with --output.")
    if not output.parent.is_dir():
        raise TmscanError(f"{output}: there is no folder {output.parent} to write it into. Make it first.")


def has_terminal() -> bool:
    """Whether a person sees what is written to standard output."""
    return sys.stdout is not None and sys.stdout.isatty()


def is_terminal() -> bool:
    """Whether standard output is a terminal that may be sent colours (https://no-color.org/)."""
    return has_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def complain(text: str) -> None:
    """A message on the error stream; a closed stream is not worth failing for."""
    try:
        sys.stderr.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
        sys.stderr.flush()
    except (OSError, UnicodeEncodeError):
        return


def silence() -> None:
    """Let standard output go nowhere: what is left in its buffer would fail again when Python closes it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def visible_error(error: Exception) -> str:
    """The error's text with control characters made visible: it may quote names of the scanned tree."""
    from tmscan.export.escape import for_terminal

    return "\n".join(for_terminal(line) for line in str(error).split("\n"))


def _to_stdout(data: bytes) -> None:
    """A reader that went away (`tmscan scan | head`) is no error, and does not change the exit code."""
    if sys.stdout is None:  # closed by the caller (`>&-`)
        raise TmscanError("standard output is closed; name a file with --output")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence()
    except OSError as error:
        silence()
        raise TmscanError(f"standard output: cannot be written: {error.strerror or error}") from error


def _to_file(data: bytes, output: Path) -> None:
    check_writable(output)
    place = output.resolve()
    if place.exists() and not place.is_file():  # a pipe, /dev/null: nothing to put in its place
        try:
            place.write_bytes(data)
        except OSError as error:
            raise TmscanError(f"{output}: cannot be written: {error.strerror or error}") from error
        return
    beside: Path | None = None
    try:
        mode = place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask()
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=f".{place.name[:80]}.", delete=False) as file:
            beside = Path(file.name)
            file.write(data)
        beside.chmod(mode)
        beside.replace(place)
        beside = None
    except OSError as error:
        raise TmscanError(f"{output}: cannot be written: {error.strerror or error}") from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
