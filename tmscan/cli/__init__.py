"""The command line: words of a user in, a scan in between, exported text and an exit code out."""

from tmscan.cli.run import main as main
