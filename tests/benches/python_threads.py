"""Measures how evaluation scales to two threads, because it releases the interpreter lock.

    python tests/benches/python_threads.py

Prints the throughput of two threads relative to one, the best of several tries: for slow evaluations (a history of hashes),
typical ones (`standard`) and fast ones (`minimal`), and for `evaluate_many`. On two idle cores the first ratio is nearly 2. The
faster an evaluation, the larger the share of Python code, which holds the lock.
"""

import os
import threading
import time

import kouling

HASH = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$BxcK6huShklLZWp7Zro/r/1sLdBZmtcepYit1Xux4JU"
USER = {"username": "zhangsan", "name": "张三", "email": "heron@example.org"}
PASSWORDS = [f"{n:x}-Lantern-oboe-{n}" for n in range(2000)]
# Many short tries: on a busy machine at least a few of them find both cores idle.
TRIES = 60


def seconds(work, threads):
    """Return the seconds that `threads` threads take, each of which does all of the work."""
    started = [threading.Thread(target=work) for _ in range(threads)]
    began = time.perf_counter()
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return time.perf_counter() - began


def evaluation(policy, passwords, **facts):
    def work():
        for password in passwords:
            policy.evaluate(password, **facts)

    return work


def main():
    history = kouling.Policy.parse("format = 1\n[rules.history]\ndepth = 1")
    standard, minimal = kouling.Policy.preset("standard"), kouling.Policy.preset("minimal")
    works = {
        "history, argon2id 19 MiB": evaluation(history, PASSWORDS[:3], previous=[HASH]),
        "standard": evaluation(standard, PASSWORDS[:1000], user=USER),
        "minimal": evaluation(minimal, PASSWORDS * 5),
    }
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name, work in works.items():
        work()
        # Alternate one and two threads, so that other load affects both.
        tries = [(seconds(work, 1), seconds(work, 2)) for _ in range(TRIES)]
        best = 2 * min(one for one, _ in tries) / min(two for _, two in tries)
        print(f"{name:28} two threads: {best:.2f} times the throughput of one")
    many = PASSWORDS * 2

    def evaluate(threads):
        began = time.perf_counter()
        kouling.evaluate_many(standard, many, user=USER, threads=threads)
        return time.perf_counter() - began

    best = min(evaluate(1) for _ in range(TRIES)) / min(evaluate(2) for _ in range(TRIES))
    print(f"{'evaluate_many, standard':28} two threads: {best:.2f} times the throughput of one")


if __name__ == "__main__":
    main()
