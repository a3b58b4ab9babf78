"""`python -m tmscan.cli` is the command `tmscan`."""

from tmscan.cli.run import main

if __name__ == "__main__":
    main()
