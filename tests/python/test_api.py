"""What callers may pass, and what they get."""

import collections
import dataclasses
import datetime
import types

import pytest

import kouling
from kouling import Outcome, Policy, Violation

NOW = 1_795_392_000
TEXT = """
format = 1
name = "tried"
[rules.length]
min = 8
[rules.reversed_username]
"""
POLICY = Policy.parse(TEXT)
REFUSED = POLICY.evaluate("nasgnah", user={"username": "hangsan"}, now=NOW)


def test_a_password_may_be_text_or_bytes():
    twice = bytearray(b"s.h.o.r.t.")
    same = ["short", b"short", bytearray(b"short"), memoryview(b"short"), memoryview(twice)[::2]]
    for password in same:
        assert POLICY.evaluate(password).codes == ["length.too_short"], type(password)
    assert POLICY.evaluate("张三李四王五赵六") and POLICY.evaluate("张三李四王五赵六".encode())


@pytest.mark.parametrize("password", [None, 5, 1.5, ["s", "h"], object(), ("short",), memoryview(b"12345678").cast("I")])
def test_what_is_no_password_is_a_type_error(password):
    with pytest.raises(TypeError, match=f"a password is str or bytes-like, not {type(password).__name__}"):
        POLICY.evaluate(password)


def test_the_rest_is_said_by_name_only():
    for call in (POLICY.evaluate, POLICY.require, POLICY.explain):
        with pytest.raises(TypeError):
            call("long enough", {"username": "zhangsan"})
    with pytest.raises(TypeError):
        POLICY.evaluate("long enough", users={})
    with pytest.raises(TypeError):
        kouling.evaluate_many(POLICY, ["long enough"], "counts")


@dataclasses.dataclass
class Person:
    username: str
    age: int = 5
    alias: str | None = None
    _hidden: str = "hidden-part"


@dataclasses.dataclass
class Several:
    username: object


@dataclasses.dataclass(slots=True)
class Slotted:
    username: str


class Row:
    def __init__(self, username):
        self.username, self.id, self.save = username, 7, print


def test_a_user_is_a_mapping_a_dataclass_or_an_object():
    users = [
        {"username": "hangsan"},
        {"username": ["zhaoliu", "hangsan"], "name": None},
        collections.OrderedDict(username=("hangsan",)),
        types.MappingProxyType({"username": "hangsan"}),
        collections.ChainMap({}, {"username": "hangsan"}),
        Person("hangsan"),
        Slotted("hangsan"),
        Row("hangsan"),
        types.SimpleNamespace(username="hangsan"),
        *(Several(several(["zhaoliu", "hangsan"])) for several in (list, tuple, set, frozenset)),
        types.SimpleNamespace(username=["zhaoliu", "hangsan"]),
    ]
    for user in users:
        assert "reversed_username.contained" in POLICY.evaluate("nasgnah-nasgnah", user=user), user
    # What is no text, nor several of it, is no attribute of an object.
    for user in (None, {}, Row("wangwu"), Several(5), Several([]), Several(["hangsan", 5]), Several(b"hangsan")):
        assert POLICY.evaluate("nasgnah-nasgnah", user=user)


@pytest.mark.parametrize(
    "user",
    [
        *("hangsan", b"hangsan", 5, Person, {"username": 5}, {"username": b"x"}, {"username": [5]}, {5: "x"}),
        # Nobody is known of whom an object says nothing: one that a mapper has emptied, too.
        *(object(), types.SimpleNamespace(), types.SimpleNamespace(_sa_instance_state="x")),
    ],
)
def test_what_is_no_user_is_a_type_error(user):
    with pytest.raises(TypeError):
        POLICY.evaluate("long enough", user=user)


def test_a_moment_is_a_number_or_a_datetime_that_knows_its_zone():
    china = datetime.timezone(datetime.timedelta(hours=8))
    midnight = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)
    for now in (0, -1, NOW, NOW + 0.5, midnight, datetime.datetime.now(china), 2**63 - 1, -(2**63)):
        assert POLICY.evaluate("long enough", now=now)
    for now in (float("nan"), float("inf"), 1e18, 10**30, datetime.datetime(2026, 11, 23)):
        with pytest.raises(ValueError):
            POLICY.evaluate("long enough", now=now)
    for now in ("2026", True, datetime.date(2026, 11, 23), [], b"1"):
        with pytest.raises(TypeError):
            POLICY.evaluate("long enough", now=now)


def test_a_moment_is_understood():
    policy = Policy.parse("format = 1\n[rules.history]\ndepth = 1\ndays = 10")
    day = 86_400

    def verifier(password, stored):
        return password == stored.encode()

    nine, eleven = NOW - 9 * day, NOW - 11 * day
    aware = datetime.datetime.fromtimestamp(nine, datetime.UTC)
    for at, refused in ((nine, True), (nine + 0.5, True), (aware, True), (eleven, False), (float(eleven), False)):
        previous = [("something else", NOW), ("used before", at)]
        outcome = policy.evaluate("used before", previous=previous, verifier=verifier, now=NOW)
        assert outcome.codes == (["history.reused_within"] if refused else []), at


def test_previous_is_hashes_or_pairs():
    policy = Policy.parse("format = 1\n[rules.history]\ndepth = 2")
    asked = []

    def verifier(password, stored):
        asked.append((password, stored))
        return stored == "same"

    assert not policy.evaluate("p", previous=iter(["same"]), verifier=verifier)
    assert not policy.evaluate("p", previous=(("other", None), ("same", NOW)), verifier=verifier)
    assert policy.evaluate("p", previous=["other"], verifier=verifier)
    assert policy.evaluate("p", previous=None) and policy.evaluate("p", previous=[])
    assert asked == [(b"p", "same"), (b"p", "other"), (b"p", "same"), (b"p", "other")]
    for previous in ("same", [5], [("same",)], [("same", "now")], [b"same"], 5):
        with pytest.raises(TypeError):
            policy.evaluate("p", previous=previous)
    with pytest.raises(TypeError, match="callable"):
        policy.evaluate("p", verifier="verifier")


def test_an_outcome_is_true_when_accepted_and_iterates_over_what_is_wrong():
    accepted = POLICY.evaluate("long enough", user={"username": "zhangsan"})
    assert accepted and accepted.accepted and not list(accepted) and len(accepted) == 0 and not accepted.codes
    assert not REFUSED and not REFUSED.accepted and len(REFUSED) == 2
    codes = ["length.too_short", "reversed_username.contained"]
    assert [violation.code for violation in REFUSED] == REFUSED.codes == codes
    assert REFUSED.violations == tuple(REFUSED) == REFUSED[:]
    assert REFUSED[0] == REFUSED[-2] and REFUSED[1:] == (REFUSED[1],) and REFUSED[::-1] == tuple(reversed(REFUSED))
    for missing in (2, -3):
        with pytest.raises(IndexError):
            REFUSED[missing]
    with pytest.raises(TypeError):
        REFUSED["length"]


def test_in_asks_for_a_code_or_a_violation():
    assert "length.too_short" in REFUSED and "length" not in REFUSED and 5 not in REFUSED and None not in REFUSED
    assert all(violation in REFUSED for violation in REFUSED)
    # The same code with other figures is another violation.
    other = Policy.parse(TEXT.replace("min = 8", "min = 9")).evaluate("nasgnah")
    assert other.codes == ["length.too_short"] and other[0] not in REFUSED
    assert other[0] != REFUSED[0] and other[0] != "length.too_short"


def test_violations_are_compared_and_hashed_by_what_they_say():
    again = POLICY.evaluate("gnasgna", user={"username": "hangsan"})
    assert again[0] == REFUSED[0] and hash(again[0]) == hash(REFUSED[0]) and again[0] is not REFUSED[0]
    assert len({*REFUSED, *again}) == 2
    assert REFUSED[0] != REFUSED[1]


def test_match_takes_an_outcome_apart():
    def told(outcome):
        match outcome:
            case Outcome(accepted=True):
                return "fine"
            case Outcome(False, [Violation("length.too_short", {"min": least}), *rest]):
                return least, len(rest)
        return "other"

    assert told(POLICY.evaluate("long enough")) == "fine"
    assert told(REFUSED) == (8, 1)
    assert told(POLICY.evaluate("nasgnah-nasgnah", user={"username": "hangsan"})) == "other"


def test_a_violation_says_what_is_wrong_in_both_languages():
    violation = REFUSED[0]
    assert (violation.rule, violation.kind, violation.severity) == ("length", "length", "refuse")
    assert violation.numbers == {"min": 8, "max": 64}
    assert str(violation) == violation.message() == violation.message("en") == violation.message("xx")
    assert violation.message("zh") == violation.message("zh-CN") != violation.message()
    assert REFUSED.messages("zh") == [violation.message("zh") for violation in REFUSED]
    assert violation.wire(kouling.Contract.built_in("idaas-ciam")).startswith("IDAAS.")


def test_the_form_of_json():
    told = REFUSED.to_dict("zh", contract=kouling.Contract.built_in("idaas-ciam"))
    assert told["accepted"] is False and told["policy_digest"] == POLICY.digest == REFUSED.policy_digest
    assert [each["code"] for each in told["violations"]] == REFUSED.codes
    assert told["violations"][0]["wire"] == REFUSED[0].wire(kouling.Contract.built_in("idaas-ciam"))
    assert "wire" not in REFUSED.to_dict()["violations"][0]
    assert set(told) == {"accepted", "violations", "warnings", "shadows", "notes", "policy_digest", "dictionaries"}


def test_explaining_is_judging():
    explained = POLICY.explain("nasgnah", user={"username": "hangsan"}, now=NOW)
    assert explained["outcome"] == REFUSED.to_dict()
    assert [rule["rule"] for rule in explained["rules"]] == list(POLICY.rules)


def test_require_gives_the_outcome_or_raises():
    assert POLICY.require("long enough").accepted
    with pytest.raises(kouling.PasswordRejected) as raised:
        POLICY.require("short")
    assert raised.value.outcome.codes == ["length.too_short"]
    assert str(raised.value) == raised.value.outcome.messages()[0]
    assert isinstance(raised.value, ValueError) and isinstance(raised.value, kouling.KoulingError)


class PathLike:
    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return str(self.path)


def test_paths_are_paths(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(TEXT)
    digests = {Policy.load(each).digest for each in (path, str(path), PathLike(path))}
    assert digests == {POLICY.digest}
    with pytest.raises(kouling.PolicyError):
        Policy.load(tmp_path / "missing.toml")
    for wrong in (5, None, object()):
        with pytest.raises(TypeError):
            Policy.load(wrong)


def test_a_policy_from_files_in_memory():
    files = {"a.toml": b'format = 1\nextends = "b.toml"\n', "b.toml": TEXT}
    policy = Policy.load("a.toml", files=files)
    assert list(policy.rules) == list(POLICY.rules)
    assert policy.rules == {"length": "length", "reversed_username": "reversed_username"}


def test_presets_and_standards_are_all_there():
    for name in kouling.PRESETS:
        policy = Policy.preset(name)
        assert policy.rules and len(policy.digest) == 64 and policy.describe("zh")["checklist"]
        assert "<" in policy.describe_html()
        for standard in kouling.standards():
            assert policy.comply(standard, now=NOW)
    with pytest.raises(kouling.PolicyError, match="no-such"):
        Policy.preset("no-such")
    with pytest.raises(ValueError, match="no-such"):
        Policy.preset("standard").comply("no-such")
    with pytest.raises(ValueError, match="no-such"):
        kouling.Contract.built_in("no-such")
    assert kouling.conflicts("nist-800-63b-4", "pci-dss-4")


def test_a_policy_whose_files_changed_is_not_compared(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(TEXT)
    policy = Policy.load(path)
    path.write_text(TEXT.replace("8", "9"))
    with pytest.raises(kouling.KoulingError, match="changed"):
        policy.comply(kouling.standards()[0])


def test_generated_passwords_are_accepted():
    policy = Policy.preset("standard")
    user = {"username": "zhangsan"}
    made = policy.generate(5, user=user)
    assert len(set(made)) == 5 and all(policy.evaluate(password, user=user) for password in made)
    phrases = policy.generate(2, words=5, separator="-", user=user)
    assert all(policy.evaluate(phrase, user=user) for phrase in phrases)
    with pytest.raises(kouling.CannotGenerate):
        Policy.parse("format = 1\n[rules.length]\nmin = 1\nmax = 3\n[rules.strength]\nmin_score = 4").generate()
    with pytest.raises(ValueError):
        policy.generate(word_language="fr")
    assert policy.generate(0) == []
    with pytest.raises(ValueError, match="at most 10000"):
        policy.generate(10_001)


def test_words_and_filters(tmp_path):
    words = kouling.Words("kestrel\nHeron\n")
    assert len(words) == 2 and "HERON" in words and b"kestrel" in words and "kestre" not in words
    compiled = kouling.Words(kouling.Words.compile("kestrel\nheron\n"))
    assert len(compiled) == 2 and "Heron" in compiled
    assert "password" in kouling.Words.built_in("common")
    with pytest.raises(ValueError):
        kouling.Words.built_in("no-such")
    for wrong in (b"", b"\xff\xfe"):
        with pytest.raises(kouling.WordsError):
            kouling.Words(wrong)
    with pytest.raises(TypeError):
        5 in words  # noqa: B015
    hashes = tmp_path / "hashes.txt"
    hashes.write_text("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:1500\n")  # "password"
    seen = []
    status = kouling.Filter.build(hashes, tmp_path / "leaked.filter", expected=1, progress=lambda *at: seen.append(at))
    assert seen and status["passwords"] == {1: 0, 10: 0, 100: 0, 1000: 1} and status["hash"] == "sha1"
    for leaked in (
        kouling.Filter.open(tmp_path / "leaked.filter"),
        kouling.Filter.read((tmp_path / "leaked.filter").read_bytes()),
    ):
        assert leaked.status == status and "password" in leaked and leaked.count(b"password") == 1000
        assert leaked.count("another one") == 0
    with pytest.raises(kouling.WordsError):
        kouling.Filter.open(tmp_path / "missing.filter")
    with pytest.raises(kouling.WordsError):
        kouling.Filter.read(b"no filter")


def test_a_filter_is_not_made_when_its_progress_raises(tmp_path):
    hashes = tmp_path / "hashes.txt"
    hashes.write_text("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:1500\n")

    def progress(_bytes, _lines):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        kouling.Filter.build(hashes, tmp_path / "leaked.filter", expected=1, progress=progress)
    assert list(tmp_path.iterdir()) == [hashes]
