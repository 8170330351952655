"""Exceptions: their types and causes, and that no error is ever treated as acceptance."""

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
TEXT = "format = 1\n[rules.custom]\n"


class Broken(LookupError):
    """The exception of a callback."""


def raising(error):
    """Return a policy with a rule that raises `error`."""

    class Custom(kouling.Rule):
        kind = "custom"
        codes = ("custom.failed",)

        def check(self, candidate):
            raise error

    return Policy.parse(TEXT, rules=[Custom])


def failing_verifier(error):
    def verifier(password, stored):
        raise error

    return verifier


def test_exceptions_have_documented_base_classes():
    for name in ("PolicyError", "CannotJudge", "WordsError", "CannotGenerate", "PasswordRejected"):
        error = getattr(kouling, name)
        assert issubclass(error, kouling.KoulingError) and error.__module__ == "kouling"
    assert issubclass(kouling.PolicyError, ValueError) and issubclass(kouling.PasswordRejected, ValueError)
    assert issubclass(kouling.WordsError, OSError)
    # A handler for a refusal must not catch an error, and the other way round.
    assert not issubclass(kouling.CannotJudge, (kouling.PasswordRejected, ValueError, OSError))


def test_policy_error_has_all_diagnostics():
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


def test_missing_file_has_no_location(tmp_path):
    path = tmp_path / "missing.toml"
    with pytest.raises(kouling.PolicyError) as raised:
        Policy.load(path)
    (diagnostic,) = raised.value.diagnostics
    assert (diagnostic.line, diagnostic.column) == (0, 0)
    assert str(diagnostic).startswith(f"the policy `{path}` cannot be read: ")


def test_cannot_judge_has_kind_and_message():
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


@pytest.mark.parametrize("method", ["evaluate", "require", "explain"])
def test_exception_of_rule_or_verifier_is_cause(method):
    error = Broken("mine")
    for policy, facts in ((raising(error), {}), (HISTORY, {"previous": ["x"], "verifier": failing_verifier(error)})):
        with pytest.raises(kouling.CannotJudge) as raised:
            getattr(policy, method)("long enough", **facts)
        assert raised.value.__cause__ is error and raised.value.kind == "custom"
    # The next error has no cause.
    with pytest.raises(kouling.CannotJudge) as raised:
        HISTORY.evaluate("long enough", previous=["$unknown$1"])
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("threads", [1, 2, 7])
@pytest.mark.parametrize("report", ["accepted", "codes", "counts"])
def test_exception_on_any_thread_of_evaluate_many_is_cause(threads, report):
    caller, elsewhere = threading.get_ident(), threading.Event()

    class Custom(kouling.Rule):
        kind = "custom"
        codes = ("custom.failed",)

        def check(self, candidate):
            if threading.get_ident() != caller:
                elsewhere.set()
            elif threads > 1:
                # On a busy machine this thread might otherwise do all of the work.
                elsewhere.wait(30)
            if candidate.text.startswith("bad"):
                raise Broken(candidate.text[-1])

    policy = Policy.parse(TEXT, rules=[Custom])
    passwords = ["good"] * 2_000 + ["bad-0", "bad-1"] + ["good"] * 500 + ["bad-2"]
    for _ in range(3):
        with pytest.raises(kouling.CannotJudge) as raised:
            kouling.evaluate_many(policy, passwords, report=report, threads=threads)
        # The first one by index, whatever the thread scheduling.
        assert isinstance(raised.value.__cause__, Broken) and str(raised.value.__cause__) == "0"
        assert raised.value.__notes__ == ["password at index 2000"]
    assert elsewhere.is_set() == (threads > 1)
    assert kouling.evaluate_many(policy, ["good"] * 200, threads=threads) == [True] * 200


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_exit_request_of_callback_is_raised_unchanged(raised):
    for policy, facts in ((raising(raised()), {}), (HISTORY, {"previous": ["x"], "verifier": failing_verifier(raised())})):
        with pytest.raises(raised):
            policy.evaluate("long enough", **facts)
        with pytest.raises(raised):
            policy.explain("long enough", **facts)
        for threads in (1, 3):
            with pytest.raises(raised):
                kouling.evaluate_many(policy, ["long enough"] * 300, threads=threads, **facts)
    with pytest.raises(raised):
        HISTORY.generate(previous=["x"], verifier=failing_verifier(raised()))

    class Custom(kouling.Rule):
        kind = "custom"
        codes = ("custom.failed",)

        def __init__(self, **parameters):
            raise raised

    with pytest.raises(raised):
        Policy.parse(TEXT, rules=[Custom])


INVALID_RESULTS = [
    5,
    5.0,
    True,
    ["custom.other"],
    ["length.too_short"],
    [5],
    [None],
    [("custom.failed", {"other": 1})],
    [("custom.failed", {"min": -1})],
    [("custom.failed", {"min": 2**64})],
    [("custom.failed", {"min": "x"})],
    [("custom.failed",)],
    [("custom.failed", {5: 5})],
    [["custom.failed", {}]],
    "custom.other",
    "",
]


@pytest.mark.parametrize("result", INVALID_RESULTS, ids=repr)
def test_invalid_result_of_rule_is_cannot_judge(result):
    class Custom(kouling.Rule):
        kind = "custom"
        codes = ("custom.failed",)
        numbers = ("min",)

        def check(self, candidate):
            return result

    policy = Policy.parse(TEXT, rules=[Custom])
    with pytest.raises(kouling.CannotJudge) as raised:
        policy.evaluate("long enough")
    assert isinstance(raised.value.__cause__, (TypeError, ValueError, OverflowError))


@pytest.mark.parametrize("result", [0, 1, "yes", b"", [], {}], ids=repr)
def test_invalid_result_of_verifier_is_cannot_judge(result):
    with pytest.raises(kouling.CannotJudge) as raised:
        HISTORY.evaluate("long enough", previous=["x"], verifier=lambda password, stored: result)
    assert isinstance(raised.value.__cause__, TypeError)


def test_exception_after_yielded_code_is_cannot_judge():
    class Custom(kouling.Rule):
        kind = "custom"
        codes = ("custom.failed",)

        def check(self, candidate):
            yield "custom.failed"
            raise Broken

    inside = 'format = 1\n[rules.outer]\nkind = "not"\nrules = { inner = { kind = "custom" } }\n'
    for text in (TEXT, TEXT + 'severity = "warn"\n', TEXT + 'severity = "shadow"\n', inside):
        with pytest.raises(kouling.CannotJudge):
            Policy.parse(text, rules=[Custom]).evaluate("long enough")


def test_invalid_rule_class_is_refused():
    class Custom(kouling.Rule):
        kind = "custom"
        codes = ("custom.failed",)

    class NoCodes(kouling.Rule):
        kind = "custom"
        codes = ()

    class CodesAreText(kouling.Rule):
        kind = "custom"
        codes = "custom.failed"

    class OtherCode(kouling.Rule):
        kind = "custom"
        codes = ("other.failed",)

    class UpperCaseKind(kouling.Rule):
        kind = "Custom"
        codes = ("Custom.failed",)

    class NoKind(kouling.Rule):
        codes = ("custom.failed",)

    class NotARule:
        kind = "custom"
        codes = ("custom.failed",)

    for wrong in (NotARule, Custom(), "custom", None, 5):
        with pytest.raises(TypeError, match="subclasses of kouling.Rule"):
            Policy.parse(TEXT, rules=[wrong])
    for wrong in (NoCodes, OtherCode, UpperCaseKind):
        with pytest.raises(ValueError):
            Policy.parse(TEXT, rules=[wrong])
    for wrong in (CodesAreText, NoKind):
        with pytest.raises((TypeError, AttributeError)):
            Policy.parse(TEXT, rules=[wrong])
    # A class without `check` never accepts a password.
    with pytest.raises(kouling.CannotJudge) as raised:
        Policy.parse(TEXT, rules=[Custom]).evaluate("long enough")
    assert isinstance(raised.value.__cause__, NotImplementedError)


def test_invalid_parameter_of_custom_rule_is_diagnostic():
    class Custom(kouling.Rule):
        kind = "custom"
        codes = ("custom.failed",)
        lowest = kouling.Count(4, min=2, max=64)
        highest = kouling.Count(8)
        strict = kouling.Flag()
        word = kouling.Text()

        def __init__(self, **parameters):
            super().__init__(**parameters)
            if self.lowest > self.highest:
                raise ValueError("`lowest` is greater than `highest`")
            if self.word == "broken":
                raise Broken

        def check(self, candidate):
            return None if (self.lowest, self.highest, self.strict, self.word) == (3, 8, True, "w") else "custom.failed"

    def parse(lines):
        return Policy.parse(TEXT + lines, rules=[Custom])

    assert parse('lowest = 3\nstrict = true\nword = "w"').evaluate("x") and not parse("").evaluate("x")
    for lines, message in (
        ("lowest = 1", "between 2 and 64"),
        ("lowest = 9", "`lowest` is greater than `highest`"),
        ("other = 1", "unknown key `other`"),
        ("strict = 5", "`strict` must be"),
    ):
        with pytest.raises(kouling.PolicyError, match=message):
            parse(lines)
    with pytest.raises(kouling.PolicyError, match="its class raised an exception") as raised:
        parse('word = "broken"')
    assert isinstance(raised.value.__cause__, Broken)
    assert isinstance(Custom.lowest, kouling.Count) and Custom.lowest.max == 64


def test_step_not_judged_has_error_and_sets_no_password():
    error = Broken("mine")
    running = host.Host(Policy.preset("standard"))
    running.add_account("zhangsan", email="heron@example.org", passwords=["Quiet-harbor-58"])
    code = running.send_code("heron@example.org")
    before = list(running.tables.accounts["id-zhangsan"].hashes)
    redemption = running.redemption("heron@example.org", code, "veer-Lantern-oboe-73", own_verifier=failing_verifier(error))
    step = reset.run(redemption, running)
    assert step.kind == "not_judged" and not step and step.code == "custom"
    assert isinstance(step.error, kouling.CannotJudge) and step.error.__cause__ is error
    assert step.response(kouling.Contract.built_in("idaas-ciam"))["status"] == 500
    assert running.tables.accounts["id-zhangsan"].hashes == before
    with pytest.raises(ValueError):
        step.take_approved()
    # The user is not locked out: the code is still valid.
    assert reset.run(running.redemption("heron@example.org", code, "veer-Lantern-oboe-73"), running).kind == "done"


def test_exit_request_in_redemption_sets_no_password():
    running = host.Host(Policy.preset("standard"))
    running.add_account("zhangsan", email="heron@example.org", passwords=["Quiet-harbor-58"])
    code = running.send_code("heron@example.org")
    interrupted = running.redemption(
        "heron@example.org", code, "veer-Lantern-oboe-73", own_verifier=failing_verifier(KeyboardInterrupt())
    )
    with pytest.raises(KeyboardInterrupt):
        reset.run(interrupted, running)
    assert not running.opens("id-zhangsan", "veer-Lantern-oboe-73")
    assert interrupted.applied(True).kind == "refused"


def test_redemption_called_from_its_verifier_does_not_deadlock():
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
def test_ctrl_c_in_callback_ends_program(in_many):
    program = """
        import os, signal, sys, kouling
        class Custom(kouling.Rule):
            kind = "custom"
            codes = ("custom.failed",)
            def check(self, candidate):
                os.kill(os.getpid(), signal.SIGINT)
                for _ in range(10_000_000):
                    pass
        policy = kouling.Policy.parse("format = 1\\n[rules.custom]\\n", rules=[Custom])
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


def test_ctrl_c_ends_evaluate_many_within_a_batch():
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
    # The whole evaluation would take an hour.
    _, errors = running.communicate(timeout=60)
    assert running.returncode == -signal.SIGINT and "KeyboardInterrupt" in errors


def test_errors_can_be_pickled_except_password_rejected():
    with pytest.raises(kouling.PolicyError) as raised:
        Policy.parse("format = 1\n[rules.length]\nmin = 0\nmx = 5")
    error = raised.value
    for same in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(same) is kouling.PolicyError and same.diagnostics == error.diagnostics and str(same) == str(error)
    cannot_judge = kouling.CannotJudge("custom", "why")
    for same in (pickle.loads(pickle.dumps(cannot_judge)), copy.deepcopy(cannot_judge)):
        assert (same.kind, same.message, str(same)) == ("custom", "why", "why [custom]")
    words = kouling.WordsError("gone")
    assert str(pickle.loads(pickle.dumps(words))) == "gone"
    assert pickle.loads(pickle.dumps(error.diagnostics[0])) == error.diagnostics[0]
    with pytest.raises(kouling.PasswordRejected) as rejected:
        Policy.preset("minimal").require("short")
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(rejected.value)
