"""The command line: `python -m kouling check standard`."""

import sys

from ._kouling import command_line

if __name__ == "__main__":
    sys.exit(command_line(["kouling", *sys.argv[1:]]))
