"""Invariant 11: asking for a code costs the same, in instructions, with and without an account."""

import re
import subprocess

from conftest import ROOT

BOUND = 0.05


def instructions(who):
    run = subprocess.run(
        [
            "valgrind",
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            ROOT / "target" / "release" / "send_cost",
            who,
        ],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1)), run.stdout


def test_known_and_unknown_cost_the_same():
    (known, done), (unknown, done_for_nobody) = instructions("known"), instructions("unknown")
    assert done == done_for_nobody
    assert abs(known - unknown) / unknown < BOUND, (known, unknown)
