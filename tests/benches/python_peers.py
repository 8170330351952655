"""What a judgement costs from Python beside its peers, in one run: only the ratios mean something.

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
    """The same as in `judgement.rs`: half of them human, the same in every run."""
    words = ["heron", "Marsh", "wader", "blue", "Stone", "kouling", "woaini", "Zhang", "Winter", "tree"]
    state = 0x9E37_79B9_7F4A_7C15

    def following(below: int) -> int:
        nonlocal state
        state ^= state << 13 & 0xFFFF_FFFF_FFFF_FFFF
        state ^= state >> 7
        state ^= state << 17 & 0xFFFF_FFFF_FFFF_FFFF
        return state % below

    def made(number: int) -> str:
        if number % 2:
            return "".join(chr(33 + following(94)) for _ in range(12))
        return f"{words[following(10)]}{words[following(10)]}{following(10_000)}"

    return [made(number) for number in range(count)]


def best(work: collections.abc.Callable[[], object], rounds: int) -> float:
    """Seconds of the quickest of several rounds."""
    spans = []
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        started = time.perf_counter()
        work()
        spans.append(time.perf_counter() - started)
        gc.enable()
    return min(spans)


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
    nothing = best(lambda: [len(password) for password in some], 50)
    row("the loop itself, with len() of the password", nothing, len(some))
    for name, judge, rounds in [
        ("length, characters, repetition", lambda password: walk.evaluate(password, now=0), 50),
        ("… by the clock", lambda password: walk.evaluate(password), 50),
        ("… and a user, whom nobody asks for", lambda password: walk.evaluate(password, user=USER, now=0), 50),
        ("checks as Django's four", lambda password: like_django.evaluate(password, user=USER), 20),
        ("the preset standard", lambda password: standard.evaluate(password, user=USER), 20),
        ("Django's four validators", by_django, 20),
        ("zxcvbn of PyPI", lambda password: zxcvbn.zxcvbn(password, user_inputs=inputs), 3),
    ]:
        for password in some[:20]:
            judge(password)  # tables are made on first use
        row(name, best(lambda judge=judge: [judge(password) for password in some], rounds), len(some))
    agreed = sum(bool(like_django.evaluate(password, user=USER)) == by_django(password) for password in some)
    print(f"(of {len(some)} passwords Django and its like agree on {agreed})")

    for policy, name, count in [(walk, "length, characters, repetition", 500_000), (standard, "standard", 50_000)]:
        many = some * (count // len(some))
        import pyarrow

        column = pyarrow.array(many)
        for of, given in [("a list", many), ("an Arrow column", column)]:
            for threads in (1, 2):
                label = f"evaluate_many, {name}: {of}, {threads} {'threads' if threads > 1 else 'thread'}"
                judge_all = lambda given=given, threads=threads, policy=policy: kouling.evaluate_many(
                    policy, given, report="counts", threads=threads, user=USER, now=0
                )
                row(label, best(judge_all, 5), count)


if __name__ == "__main__":
    main()
