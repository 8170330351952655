"""Which rules would refuse a list of passwords, one a line? `python audit.py standard passwords.txt`

Every core works; the list is read as it is judged, and no password is shown. Last in a row is how many a rule alone
refuses: what would be accepted without it.
"""

from __future__ import annotations

import argparse
import collections.abc
import sys
import time

import kouling


def lines(path: str) -> collections.abc.Iterator[bytes]:
    with open(path, "rb") as file:
        for line in file:
            if password := line.rstrip(b"\r\n"):
                yield password


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Counts which rules refuse which share of a list of passwords.")
    parser.add_argument("policy", help="a preset's name, or the path of a policy")
    parser.add_argument("passwords", help="a file, one password a line")
    parser.add_argument("--threads", type=int, help="how many; every core without it")
    given = parser.parse_args(arguments)
    preset = given.policy in kouling.PRESETS
    policy = kouling.Policy.preset(given.policy) if preset else kouling.Policy.load(given.policy)

    started = time.monotonic()

    def progress(done: int) -> None:
        print(f"\r{done:,} judged, {done / (time.monotonic() - started):,.0f} a second ", end="", file=sys.stderr)

    counts = kouling.evaluate_many(
        policy,
        lines(given.passwords),
        report="counts",
        threads=given.threads,
        progress=progress if sys.stderr.isatty() else None,
    )
    judged = counts["accepted"] + counts["refused"]
    print(f"{'rule':<24}{'refused':>12}{'share':>9}{'alone':>12}")
    for rule, found in sorted(counts["by_rule"].items(), key=lambda each: -each[1]["refused"]):
        share = found["refused"] / (judged or 1)
        print(f"{rule:<24}{found['refused']:>12,}{share:>9.1%}{found['sole_cause']:>12,}")
    print(f"{'any':<24}{counts['refused']:>12,}{counts['refusal_rate'] or 0:>9.1%}   of {judged:,}")
    for reason, count in counts["could_not_judge_by"].items():
        print(f"not judged, {reason}: {count:,}")


if __name__ == "__main__":
    main()
