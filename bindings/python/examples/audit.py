"""Count the passwords of a list that each rule of a policy refuses: `python audit.py standard passwords.txt`

The list has one password per line. It is evaluated on all CPUs, in constant memory, and no password is shown. The column
"sole cause" counts passwords that only this rule refuses: they would be accepted without it.
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
    parser = argparse.ArgumentParser(description="Count the passwords of a list that each rule refuses.")
    parser.add_argument("policy", help="preset name or path of a policy file")
    parser.add_argument("passwords", help="file with one password per line")
    parser.add_argument("--threads", type=int, help="number of threads [default: number of CPUs]")
    options = parser.parse_args(arguments)
    is_preset = options.policy in kouling.PRESETS
    policy = kouling.Policy.preset(options.policy) if is_preset else kouling.Policy.load(options.policy)

    started = time.monotonic()

    def progress(done: int) -> None:
        print(f"\r{done:,} evaluated, {done / (time.monotonic() - started):,.0f} per second ", end="", file=sys.stderr)

    counts = kouling.evaluate_many(
        policy,
        lines(options.passwords),
        report="counts",
        threads=options.threads,
        progress=progress if sys.stderr.isatty() else None,
    )
    evaluated = counts["accepted"] + counts["refused"]
    print(f"{'rule':<24}{'refused':>12}{'share':>9}{'sole cause':>12}")
    for rule, result in sorted(counts["by_rule"].items(), key=lambda each: -each[1]["refused"]):
        share = result["refused"] / (evaluated or 1)
        print(f"{rule:<24}{result['refused']:>12,}{share:>9.1%}{result['sole_cause']:>12,}")
    print(f"{'any':<24}{counts['refused']:>12,}{counts['refusal_rate'] or 0:>9.1%}   of {evaluated:,}")
    for reason, count in counts["could_not_judge_by"].items():
        print(f"not evaluated, {reason}: {count:,}")


if __name__ == "__main__":
    main()
