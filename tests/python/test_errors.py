"""What is raised, by whom, and that no error is ever a way to "accepted"."""

import copy
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading

import host
import pytest

import kouling
from kouling import Policy, reset

HISTORY = Policy.parse("format = 1\n[rules.history]\ndepth = 3")
TEXT = "format = 1\n[rules.tried]\n"


class Broken(LookupError):
    """What a callback raises."""


def raising(error):
    """A policy with a rule that raises."""

    class Tried(kouling.Rule):
        kind = "tried"
        codes = ("tried.failed",)

        def check(self, candidate):
            raise error

    return Policy.parse(TEXT, rules=[Tried])


def fails(error):
    def verifier(password, stored):
        raise error

    return verifier


def test_the_family_of_exceptions():
    for name in ("PolicyError", "CannotJudge", "WordsError", "CannotGenerate", "PasswordRejected"):
        error = getattr(kouling, name)
        assert issubclass(error, kouling.KoulingError) and error.__module__ == "kouling"
    assert issubclass(kouling.PolicyError, ValueError) and issubclass(kouling.PasswordRejected, ValueError)
    assert issubclass(kouling.WordsError, OSError)
    # Who catches a refusal does not catch the lack of a judgement, nor the other way round.
    assert not issubclass(kouling.CannotJudge, (kouling.PasswordRejected, ValueError, OSError))


def test_a_wrong_policy_says_everything_at_once():
    with pytest.raises(kouling.PolicyError) as raised:
        Policy.parse("format = 1\n[rules.length]\nmin = 0\nmx = 5\n[rules.nonsense]", name="mine.toml")
    found = raised.value.diagnostics
    assert isinstance(found, tuple) and all(isinstance(each, kouling.Diagnostic) for each in found)
    assert [(each.file, each.line, each.id) for each in found] == [
        ("mine.toml", 3, "out-of-range"),
        ("mine.toml", 4, "unknown-key"),
        ("mine.toml", 5, "unknown-kind"),
    ]
    assert str(raised.value) == "\n".join(map(str, found)) and "mine.toml:3:7: " in str(raised.value)
    with pytest.raises(AttributeError):
        found[0].line = 4


def test_why_there_is_no_judgement():
    policy = Policy.preset("minimal")
    for password, kind in ((b"\xff" * 8, "not_utf8"), ("nul-\0-inside", "nul")):
        with pytest.raises(kouling.CannotJudge) as raised:
            policy.evaluate(password)
        assert raised.value.kind == kind and raised.value.message and kind in str(raised.value)
        assert raised.value.__cause__ is None
    with pytest.raises(kouling.CannotJudge) as raised:
        HISTORY.evaluate("long enough", previous=["$unknown$1"])
    assert raised.value.kind == "stored_hash"
    with pytest.raises(kouling.CannotJudge) as raised:
        policy.evaluate("long enough", user={f"a{n}": "x" * 1000 for n in range(1000)})
    assert raised.value.kind == "too_many_facts"


@pytest.mark.parametrize("judge", ["evaluate", "require", "explain"])
def test_what_a_rule_or_verifier_raises_is_the_cause(judge):
    error = Broken("mine")
    for policy, facts in ((raising(error), {}), (HISTORY, {"previous": ["x"], "verifier": fails(error)})):
        with pytest.raises(kouling.CannotJudge) as raised:
            getattr(policy, judge)("long enough", **facts)
        assert raised.value.__cause__ is error and raised.value.kind == "custom"
    # And it is not kept for the next one.
    with pytest.raises(kouling.CannotJudge) as raised:
        HISTORY.evaluate("long enough", previous=["$unknown$1"])
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("threads", [1, 2, 7])
@pytest.mark.parametrize("report", ["accepted", "codes", "counts"])
def test_what_is_raised_on_a_thread_of_many_is_the_cause(threads, report):
    caller, elsewhere = threading.get_ident(), threading.Event()

    class Tried(kouling.Rule):
        kind = "tried"
        codes = ("tried.failed",)

        def check(self, candidate):
            if threading.get_ident() != caller:
                elsewhere.set()
            elif threads > 1:
                # Or on a busy machine this thread might do all of it.
                elsewhere.wait(30)
            if candidate.text.startswith("bad"):
                raise Broken(candidate.text[-1])

    policy = Policy.parse(TEXT, rules=[Tried])
    passwords = ["good"] * 2_000 + ["bad-0", "bad-1"] + ["good"] * 500 + ["bad-2"]
    for _ in range(3):
        with pytest.raises(kouling.CannotJudge) as raised:
            kouling.evaluate_many(policy, passwords, report=report, threads=threads)
        # The first of them, however the threads ran.
        assert isinstance(raised.value.__cause__, Broken) and str(raised.value.__cause__) == "0"
        assert raised.value.__notes__ == ["it is the password at index 2000"]
    assert elsewhere.is_set() == (threads > 1)
    assert kouling.evaluate_many(policy, ["good"] * 200, threads=threads) == [True] * 200


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_wish_to_end_is_no_lack_of_judgement(raised):
    for policy, facts in ((raising(raised()), {}), (HISTORY, {"previous": ["x"], "verifier": fails(raised())})):
        with pytest.raises(raised):
            policy.evaluate("long enough", **facts)
        with pytest.raises(raised):
            policy.explain("long enough", **facts)
        for threads in (1, 3):
            with pytest.raises(raised):
                kouling.evaluate_many(policy, ["long enough"] * 300, threads=threads, **facts)
    with pytest.raises(raised):
        HISTORY.generate(previous=["x"], verifier=fails(raised()))

    class Tried(kouling.Rule):
        kind = "tried"
        codes = ("tried.failed",)

        def __init__(self, **parameters):
            raise raised

    with pytest.raises(raised):
        Policy.parse(TEXT, rules=[Tried])


ANSWERS = [
    5,
    5.0,
    True,
    ["tried.other"],
    ["length.too_short"],
    [5],
    [None],
    [("tried.failed", {"other": 1})],
    [("tried.failed", {"least": -1})],
    [("tried.failed", {"least": 2**64})],
    [("tried.failed", {"least": "x"})],
    [("tried.failed",)],
    [("tried.failed", {5: 5})],
    [["tried.failed", {}]],
    "tried.other",
    "",
]


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
def test_a_rule_that_answers_nonsense_accepts_nothing(answer):
    class Tried(kouling.Rule):
        kind = "tried"
        codes = ("tried.failed",)
        numbers = ("least",)

        def check(self, candidate):
            return answer

    policy = Policy.parse(TEXT, rules=[Tried])
    with pytest.raises(kouling.CannotJudge) as raised:
        policy.evaluate("long enough")
    assert isinstance(raised.value.__cause__, (TypeError, ValueError, OverflowError))


@pytest.mark.parametrize("answer", [0, 1, "yes", b"", [], {}], ids=repr)
def test_a_verifier_that_answers_nonsense_accepts_nothing(answer):
    with pytest.raises(kouling.CannotJudge) as raised:
        HISTORY.evaluate("long enough", previous=["x"], verifier=lambda password, stored: answer)
    assert isinstance(raised.value.__cause__, TypeError)


def test_a_generator_that_raises_after_a_code_accepts_nothing_and_is_no_refusal():
    class Tried(kouling.Rule):
        kind = "tried"
        codes = ("tried.failed",)

        def check(self, candidate):
            yield "tried.failed"
            raise Broken

    inside = 'format = 1\n[rules.outer]\nkind = "not"\nrules = { inner = { kind = "tried" } }\n'
    for text in (TEXT, TEXT + 'severity = "warn"\n', TEXT + 'severity = "shadow"\n', inside):
        with pytest.raises(kouling.CannotJudge):
            Policy.parse(text, rules=[Tried]).evaluate("long enough")


def test_what_a_rule_class_must_say():
    class Tried(kouling.Rule):
        kind = "tried"
        codes = ("tried.failed",)

    class NoCodes(kouling.Rule):
        kind = "tried"
        codes = ()

    class OneText(kouling.Rule):
        kind = "tried"
        codes = "tried.failed"

    class OtherCode(kouling.Rule):
        kind = "tried"
        codes = ("other.failed",)

    class Shouts(kouling.Rule):
        kind = "Tried"
        codes = ("Tried.failed",)

    class NoKind(kouling.Rule):
        codes = ("tried.failed",)

    class NoRule:
        kind = "tried"
        codes = ("tried.failed",)

    for wrong in (NoRule, Tried(), "tried", None, 5):
        with pytest.raises(TypeError, match="subclasses of kouling.Rule"):
            Policy.parse(TEXT, rules=[wrong])
    for wrong in (NoCodes, OtherCode, Shouts):
        with pytest.raises(ValueError):
            Policy.parse(TEXT, rules=[wrong])
    for wrong in (OneText, NoKind):
        with pytest.raises((TypeError, AttributeError)):
            Policy.parse(TEXT, rules=[wrong])
    # One that says nothing of how to check judges nothing, and is not "accepted".
    with pytest.raises(kouling.CannotJudge) as raised:
        Policy.parse(TEXT, rules=[Tried]).evaluate("long enough")
    assert isinstance(raised.value.__cause__, NotImplementedError)


def test_what_the_author_of_a_policy_can_put_right_is_a_finding():
    class Tried(kouling.Rule):
        kind = "tried"
        codes = ("tried.failed",)
        least = kouling.Count(4, least=2, most=64)
        most = kouling.Count(8)
        strict = kouling.Flag()
        word = kouling.Text()

        def __init__(self, **parameters):
            super().__init__(**parameters)
            if self.least > self.most:
                raise ValueError("`least` is greater than `most`")
            if self.word == "broken":
                raise Broken

        def check(self, candidate):
            return None if (self.least, self.most, self.strict, self.word) == (3, 8, True, "w") else "tried.failed"

    def parse(lines):
        return Policy.parse(TEXT + lines, rules=[Tried])

    assert parse('least = 3\nstrict = true\nword = "w"').evaluate("x") and not parse("").evaluate("x")
    for lines, said in (
        ("least = 1", "between 2 and 64"),
        ("least = 9", "`least` is greater than `most`"),
        ("other = 1", "unknown key `other`"),
        ("strict = 5", "`strict` must be"),
    ):
        with pytest.raises(kouling.PolicyError, match=said):
            parse(lines)
    with pytest.raises(kouling.PolicyError, match="it raised an exception") as raised:
        parse('word = "broken"')
    assert isinstance(raised.value.__cause__, Broken)
    assert isinstance(Tried.least, kouling.Count) and Tried.least.most == 64


def test_a_step_that_is_not_judged_has_its_error_and_sets_nothing():
    error = Broken("mine")
    running = host.Host(Policy.preset("standard"))
    running.add_account("zhangsan", email="heron@example.org", passwords=["Quiet-harbor-58"])
    code = running.send_code("heron@example.org")
    before = list(running.tables.accounts["id-zhangsan"].hashes)
    redemption = running.redemption("heron@example.org", code, "veer-Lantern-oboe-73", own_verifier=fails(error))
    step = reset.run(redemption, running)
    assert step.kind == "not_judged" and not step and step.code == "custom"
    assert isinstance(step.error, kouling.CannotJudge) and step.error.__cause__ is error
    assert step.answer(kouling.Contract.built_in("idaas-ciam"))["status"] == 500
    assert running.tables.accounts["id-zhangsan"].hashes == before
    with pytest.raises(ValueError):
        step.take_approved()
    # Nobody is locked out by it: the code still opens.
    assert reset.run(running.redemption("heron@example.org", code, "veer-Lantern-oboe-73"), running).kind == "done"


def test_a_wish_to_end_in_a_redemption_sets_nothing():
    running = host.Host(Policy.preset("standard"))
    running.add_account("zhangsan", email="heron@example.org", passwords=["Quiet-harbor-58"])
    code = running.send_code("heron@example.org")
    interrupted = running.redemption(
        "heron@example.org", code, "veer-Lantern-oboe-73", own_verifier=fails(KeyboardInterrupt())
    )
    with pytest.raises(KeyboardInterrupt):
        reset.run(interrupted, running)
    assert not running.opens("id-zhangsan", "veer-Lantern-oboe-73")
    assert interrupted.applied(True).kind == "refused"


def test_a_redemption_that_is_answered_by_its_own_verifier_does_not_wait_for_ever():
    running = host.Host(Policy.preset("standard"))
    running.add_account("zhangsan", email="heron@example.org", passwords=["Quiet-harbor-58"])
    code = running.send_code("heron@example.org")
    redemption = None

    def verifier(password, stored):
        redemption.applied(True)

    redemption = running.redemption("heron@example.org", code, "veer-Lantern-oboe-73", own_verifier=verifier)
    step = reset.run(redemption, running)
    assert step.kind == "not_judged" and isinstance(step.error.__cause__, RuntimeError)


@pytest.mark.parametrize("in_many", [False, True])
def test_ctrl_c_in_a_callback_ends_the_program(in_many):
    program = """
        import os, signal, sys, kouling
        class Tried(kouling.Rule):
            kind = "tried"
            codes = ("tried.failed",)
            def check(self, candidate):
                os.kill(os.getpid(), signal.SIGINT)
                for _ in range(10_000_000):
                    pass
        policy = kouling.Policy.parse("format = 1\\n[rules.tried]\\n", rules=[Tried])
        try:
            if sys.argv[1] == "True":
                kouling.evaluate_many(policy, ["x"] * 1000, threads=1)
            else:
                policy.evaluate("x")
        except Exception:
            sys.exit(3)
        sys.exit(4)
    """
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), str(in_many)], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == -signal.SIGINT and "KeyboardInterrupt" in ended.stderr, ended


def test_ctrl_c_ends_many_that_take_long_between_two_batches_of_output():
    program = """
        import sys, kouling
        policy = kouling.Policy.parse("format = 1\\n[rules.history]\\n")
        slow = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$BxcK6huShklLZWp7Zro/r/1sLdBZmtcepYit1Xux4JU"
        print("began", flush=True)
        kouling.evaluate_many(policy, [f"a long one {n}" for n in range(10_000)], previous=[slow])
    """
    running = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout.readline() == "began\n"
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(1)
    os.kill(running.pid, signal.SIGINT)
    # All of them would take an hour.
    _, said = running.communicate(timeout=60)
    assert running.returncode == -signal.SIGINT and "KeyboardInterrupt" in said


def test_what_travels_and_what_does_not():
    with pytest.raises(kouling.PolicyError) as raised:
        Policy.parse("format = 1\n[rules.length]\nmin = 0\nmx = 5")
    error = raised.value
    for same in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(same) is kouling.PolicyError and same.diagnostics == error.diagnostics and str(same) == str(error)
    judged = kouling.CannotJudge("custom", "why")
    for same in (pickle.loads(pickle.dumps(judged)), copy.deepcopy(judged)):
        assert (same.kind, same.message, str(same)) == ("custom", "why", "why [custom]")
    words = kouling.WordsError("gone")
    assert str(pickle.loads(pickle.dumps(words))) == "gone"
    assert pickle.loads(pickle.dumps(error.diagnostics[0])) == error.diagnostics[0]
    with pytest.raises(kouling.PasswordRejected) as rejected:
        Policy.preset("minimal").require("short")
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(rejected.value)
