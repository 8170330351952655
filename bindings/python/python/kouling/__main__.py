"""The command line interface: `python -m kouling check standard`."""

import signal
import sys

from ._kouling import command_line

if __name__ == "__main__":
    # Python's own handler only runs between bytecodes, and the command runs no bytecode until it is done.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(command_line(["kouling", *sys.argv[1:]]))
