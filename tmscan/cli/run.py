"""The frame of all commands: whatever goes wrong inside becomes a message and an exit code, never a traceback.

Stands apart because it is the one place that may catch everything.
"""

from __future__ import annotations

import atexit
import gc
import sys
from typing import NoReturn

from tmscan.cli.commands import app
from tmscan.cli.output import complain, silence, visible_error
from tmscan.errors import TmscanError

FAILED = 2
INTERRUPTED = 130


def main() -> NoReturn:
    """Run what `sys.argv` says and leave with its exit code: 0 clean, 1 findings, 2 not done, 130 Ctrl-C."""
    gc.disable()  # one scan, and the process is over: what it leaves is not worth looking through, at the end neither
    atexit.register(gc.freeze)
    try:
        app(prog_name="tmscan")
    except KeyboardInterrupt:
        complain("tmscan: interrupted")
        sys.exit(INTERRUPTED)
    except TmscanError as error:
        complain(f"tmscan: {visible_error(error)}")
        sys.exit(FAILED)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        _confess(error)
        sys.exit(FAILED)
    finally:
        _flush()
    sys.exit(0)


def _flush() -> None:
    """Help text, too, may have a reader that went away."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        silence()


def _confess(error: Exception) -> None:
    import platform

    from tmscan.cli.version import version

    kind = f"{type(error).__name__}: {visible_error(error)}" if str(error) else type(error).__name__
    complain(
        f"tmscan: internal error: {kind}\n"
        "This is a mistake in tmscan, not in what it scanned. Please report it with this line, the command you gave\n"
        "and what `tmscan --debug COMMAND` prints (it holds paths and names of your code):\n"
        f"tmscan {version()}, Python {platform.python_version()} on {platform.system()}"
    )
