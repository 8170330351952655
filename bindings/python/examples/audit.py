"""Which rules would refuse a list of passwords, one a line? `python audit.py standard passwords.txt`

Every core works; the list is read as it is judged, and no password is shown.
"""

from __future__ import annotations

import argparse
import collections.abc
import sys
import time

import kouling


class Lines:
    """The passwords of a file. What is not UTF-8 cannot be judged: it is left out, and counted."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.left_out = 0

    def __iter__(self) -> collections.abc.Iterator[str]:
        with open(self.path, "rb") as file:
            for line in file:
                try:
                    password = line.rstrip(b"\r\n").decode()
                except UnicodeDecodeError:
                    self.left_out += 1
                    continue
                if password:
                    yield password


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Counts which rules refuse which share of a list of passwords.")
    parser.add_argument("policy", help="a preset's name, or the path of a policy")
    parser.add_argument("passwords", help="a file, one password a line")
    parser.add_argument("--threads", type=int, help="how many; every core without it")
    given = parser.parse_args(arguments)
    preset = given.policy in kouling.PRESETS
    policy = kouling.Policy.preset(given.policy) if preset else kouling.Policy.load(given.policy)

    passwords = Lines(given.passwords)
    started = time.monotonic()

    def progress(done: int) -> None:
        print(f"\r{done:,} judged, {done / (time.monotonic() - started):,.0f} a second ", end="", file=sys.stderr)

    counts = kouling.evaluate_many(
        policy,
        passwords,
        report="counts",
        threads=given.threads,
        progress=progress if sys.stderr.isatty() else None,
    )
    total = counts["total"] or 1
    print(f"{'rule':<24}{'refused':>12}{'share':>9}")
    for rule, refused in sorted(counts["by_rule"].items(), key=lambda each: -each[1]):
        print(f"{rule:<24}{refused:>12,}{refused / total:>9.1%}")
    print(f"{'any':<24}{counts['refused']:>12,}{counts['refused'] / total:>9.1%}   of {counts['total']:,}")
    if passwords.left_out:
        print(f"left out, not UTF-8: {passwords.left_out:,}")


if __name__ == "__main__":
    main()
