"""Compares the time of an evaluation with Django's validators and zxcvbn. Only the ratios are meaningful.

`python tests/benches/python_peers.py`, with a release build of the package, Django and zxcvbn installed.
"""

from __future__ import annotations

import collections.abc
import gc
import time

import django
import zxcvbn
from django.conf import settings

import kouling

USER = {"username": "zhangsan", "name": "张三", "phone": "15200000000", "email": "15200000000@qq.com"}
WALK = "format = 1\n[rules.length]\n[rules.characters]\n[rules.repetition]\n"
LIKE_DJANGO = """
format = 1
[rules.length]
min = 8
[rules.personal]
[rules.words]
match = ["whole"]
[rules.digits]
kind = "pattern"
forbid = "^[0-9]+$"
"""


def passwords(count: int) -> list[str]:
    """Return the same passwords as `judgement.rs`, in every run: half of them are words with a number."""
    words = ["heron", "Marsh", "wader", "blue", "Stone", "kouling", "woaini", "Zhang", "Winter", "tree"]
    state = 0x9E37_79B9_7F4A_7C15

    def random_below(limit: int) -> int:
        nonlocal state
        state ^= state << 13 & 0xFFFF_FFFF_FFFF_FFFF
        state ^= state >> 7
        state ^= state << 17 & 0xFFFF_FFFF_FFFF_FFFF
        return state % limit

    def password(number: int) -> str:
        if number % 2:
            return "".join(chr(33 + random_below(94)) for _ in range(12))
        return f"{words[random_below(10)]}{words[random_below(10)]}{random_below(10_000)}"

    return [password(number) for number in range(count)]


def best(work: collections.abc.Callable[[], object], rounds: int) -> float:
    """Return the seconds of the fastest of several rounds."""
    durations = []
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        started = time.perf_counter()
        work()
        durations.append(time.perf_counter() - started)
        gc.enable()
    return min(durations)


def row(name: str, seconds: float, count: int) -> None:
    print(f"{name:<68}{seconds / count * 1e9:>12,.0f}", flush=True)


def main() -> None:
    settings.configure(
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
        AUTH_PASSWORD_VALIDATORS=[
            {"NAME": f"django.contrib.auth.password_validation.{name}"}
            for name in (
                "UserAttributeSimilarityValidator",
                "MinimumLengthValidator",
                "CommonPasswordValidator",
                "NumericPasswordValidator",
            )
        ],
    )
    django.setup()
    from django.contrib.auth.models import User
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    of_django = User(username="zhangsan", last_name="张", first_name="三", email="15200000000@qq.com")

    def by_django(password: str) -> bool:
        try:
            validate_password(password, of_django)
        except ValidationError:
            return False
        return True

    some = passwords(1000)
    walk = kouling.Policy.parse(WALK)
    like_django, standard = kouling.Policy.parse(LIKE_DJANGO), kouling.Policy.preset("standard")
    inputs = list(USER.values())
    print(f"{'per password':<68}{'ns':>12}")
    overhead = best(lambda: [len(password) for password in some], 50)
    row("the loop alone, with len() of the password", overhead, len(some))
    for name, evaluate, rounds in [
        ("length, characters, repetition", lambda password: walk.evaluate(password, now=0), 50),
        ("… with the system time", lambda password: walk.evaluate(password), 50),
        ("… with a user that no rule needs", lambda password: walk.evaluate(password, user=USER, now=0), 50),
        ("checks like Django's four validators", lambda password: like_django.evaluate(password, user=USER), 20),
        ("the preset standard", lambda password: standard.evaluate(password, user=USER), 20),
        ("Django's four validators", by_django, 20),
        ("zxcvbn (PyPI)", lambda password: zxcvbn.zxcvbn(password, user_inputs=inputs), 3),
    ]:
        for password in some[:20]:
            evaluate(password)  # tables are built on first use
        row(name, best(lambda evaluate=evaluate: [evaluate(password) for password in some], rounds), len(some))
    agreed = sum(bool(like_django.evaluate(password, user=USER)) == by_django(password) for password in some)
    print(f"({agreed} of {len(some)} passwords have the same result as with Django)")

    for policy, name, count in [(walk, "length, characters, repetition", 500_000), (standard, "standard", 50_000)]:
        many = some * (count // len(some))
        import pyarrow

        column = pyarrow.array(many)
        for source, values in [("a list", many), ("an Arrow column", column)]:
            for threads in (1, 2):
                label = f"evaluate_many, {name}: {source}, {threads} {'threads' if threads > 1 else 'thread'}"
                evaluate_all = lambda values=values, threads=threads, policy=policy: kouling.evaluate_many(
                    policy, values, report="counts", threads=threads, user=USER, now=0
                )
                row(label, best(evaluate_all, 5), count)


if __name__ == "__main__":
    main()
