"""Threads and interpreters."""

import concurrent.futures
import subprocess
import sys
import textwrap
import threading
import time

import pytest

import kouling
from kouling import Policy

# As expensive as the engine allows.
SLOW = "$argon2id$v=19$m=65536,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$BxcK6huShklLZWp7Zro/r/1sLdBZmtcepYit1Xux4JU"
HISTORY = Policy.parse("format = 1\n[rules.history]\ndepth = 4")


def evaluate_slowly():
    assert HISTORY.evaluate("a long one", previous=[SLOW] * 4)


def evaluate_many_slowly():
    assert all(kouling.evaluate_many(HISTORY, ["a long one"] * 4, previous=[SLOW], threads=1))


@pytest.mark.parametrize("evaluate", [evaluate_slowly, evaluate_many_slowly])
def test_other_threads_run_during_evaluation(evaluate):
    stamps, stop = [], threading.Event()

    def tick():
        while not stop.wait(0.001):
            stamps.append(time.perf_counter())

    ticking = threading.Thread(target=tick)
    ticking.start()
    try:
        # On a busy machine the ticking thread may not be scheduled. An evaluation that holds the lock fails every time.
        for _ in range(5):
            began = time.perf_counter()
            evaluate()
            ended = time.perf_counter()
            within = [began, *(stamp for stamp in stamps if began < stamp < ended), ended]
            pause = max(after - before for before, after in zip(within, within[1:], strict=False))
            if pause < (ended - began) / 2 and len(within) > 10:
                return
    finally:
        stop.set()
        ticking.join()
    raise AssertionError(f"no other thread ran for {pause:.3f} of {ended - began:.3f} seconds")


def test_measurement_detects_a_held_lock():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(30)
    try:
        with pytest.raises(AssertionError, match="no other thread ran"):
            test_other_threads_run_during_evaluation(lambda: sum(range(3_000_000)))
    finally:
        sys.setswitchinterval(interval)


def test_policy_can_be_shared_by_threads():
    policy = Policy.preset("standard")
    passwords = [f"{n:x}-Lantern" * (n % 3 + 1) for n in range(400)]
    expected = [policy.evaluate(password).to_dict() for password in passwords]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda password: policy.evaluate(password).to_dict(), passwords)) == expected


def test_exceptions_of_concurrent_callbacks_are_not_mixed():
    """Each evaluation reports the exception of its own verifier."""

    def evaluate(number):
        def verifier(password, stored):
            time.sleep(0.001)
            raise LookupError(number)

        for _ in range(10):
            with pytest.raises(kouling.CannotJudge) as raised:
                HISTORY.evaluate("a long one", previous=["x"], verifier=verifier)
            assert raised.value.__cause__.args == (number,)
        return number

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(evaluate, range(16))) == list(range(16))


def test_rule_can_evaluate_another_policy():
    inner = Policy.parse("format = 1\n[rules.length]\nmin = 12")

    class Nested(kouling.Rule):
        kind = "nested"
        codes = ("nested.failed",)

        def check(self, candidate):
            return None if inner.evaluate(candidate.text) else "nested.failed"

    outer = Policy.parse("format = 1\n[rules.nested]", rules=[Nested])
    assert kouling.evaluate_many(outer, ["short", "twelve and more"] * 300, threads=3) == [False, True] * 300


@pytest.mark.parametrize("first", ["main", "sub"])
def test_import_in_sub_interpreter_is_import_error(first):
    program = f"""
        import sys
        try:
            import _interpreters as interpreters
        except ImportError:
            import _xxsubinterpreters as interpreters
        if {first == "main"}:
            import kouling
        for _ in range(2):
            try:
                failed = interpreters.run_string(
                    interpreters.create(), "import sys; sys.path[:] = {{!r}}; import kouling".format(sys.path))
            except Exception as error:
                failed = error
            assert failed is not None
            assert "ImportError" in str(failed) or "ImportError" in str(type(failed)), failed
            assert "interpreter" in str(failed), failed
        import kouling
        assert kouling.Policy.preset("minimal").evaluate("long enough")
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
