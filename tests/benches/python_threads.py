"""Two threads that judge, beside one: what letting go of the interpreter is worth.

    python tests/benches/python_threads.py

Says how many times as much two threads judge as one in the same time, the best of several tries, for judgements that are
long (a history of hashes), of every day (`standard`) and short (`minimal`), and for `evaluate_many` with two threads. On two
quiet cores the first is nearly 2. The shorter a judgement, the more of it is Python's.
"""

import os
import threading
import time

import kouling

HASH = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$BxcK6huShklLZWp7Zro/r/1sLdBZmtcepYit1Xux4JU"
USER = {"username": "zhangsan", "name": "张三", "email": "heron@example.org"}
PASSWORDS = [f"{n:x}-Lantern-oboe-{n}" for n in range(2000)]
# Many and short: on a busy machine a few of them find both cores free.
TRIES = 60


def seconds(work, threads):
    """How long so many threads take, each with all of the work."""
    running = [threading.Thread(target=work) for _ in range(threads)]
    began = time.perf_counter()
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return time.perf_counter() - began


def judged(policy, passwords, **facts):
    def work():
        for password in passwords:
            policy.evaluate(password, **facts)

    return work


def main():
    history = kouling.Policy.parse("format = 1\n[rules.history]\ndepth = 1")
    standard, minimal = kouling.Policy.preset("standard"), kouling.Policy.preset("minimal")
    works = {
        "history, argon2id 19 MiB": judged(history, PASSWORDS[:3], previous=[HASH]),
        "standard": judged(standard, PASSWORDS[:1000], user=USER),
        "minimal": judged(minimal, PASSWORDS * 5),
    }
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name, work in works.items():
        work()
        # One and two in turns, so that a busy moment hits both.
        tries = [(seconds(work, 1), seconds(work, 2)) for _ in range(TRIES)]
        best = 2 * min(one for one, _ in tries) / min(two for _, two in tries)
        print(f"{name:28} two threads do {best:.2f} times what one does")
    many = PASSWORDS * 2

    def evaluate(threads):
        began = time.perf_counter()
        kouling.evaluate_many(standard, many, user=USER, threads=threads)
        return time.perf_counter() - began

    best = min(evaluate(1) for _ in range(TRIES)) / min(evaluate(2) for _ in range(TRIES))
    print(f"{'evaluate_many, standard':28} two threads do {best:.2f} times what one does")


if __name__ == "__main__":
    main()
