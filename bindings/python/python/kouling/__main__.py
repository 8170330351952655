"""The command line: `python -m kouling check standard`."""

import signal
import sys

from ._kouling import command_line

if __name__ == "__main__":
    # The interpreter's own handler waits for Python to run again, and until the command is done it does not.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(command_line(["kouling", *sys.argv[1:]]))
