"""Argument types and results of the public API."""

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
name = "test"
[rules.length]
min = 8
[rules.reversed_username]
"""
POLICY = Policy.parse(TEXT)
REFUSED = POLICY.evaluate("nasgnah", user={"username": "hangsan"}, now=NOW)


def test_password_as_text_or_bytes_is_accepted():
    twice = bytearray(b"s.h.o.r.t.")
    same = ["short", b"short", bytearray(b"short"), memoryview(b"short"), memoryview(twice)[::2]]
    for password in same:
        assert POLICY.evaluate(password).codes == ["length.too_short"], type(password)
    assert POLICY.evaluate("张三李四王五赵六") and POLICY.evaluate("张三李四王五赵六".encode())


@pytest.mark.parametrize("password", [None, 5, 1.5, ["s", "h"], object(), ("short",), memoryview(b"12345678").cast("I")])
def test_password_of_another_type_is_type_error(password):
    with pytest.raises(TypeError, match=f"a password must be str or bytes-like, not {type(password).__name__}"):
        POLICY.evaluate(password)


def test_facts_are_keyword_only():
    for call in (POLICY.evaluate, POLICY.require, POLICY.explain):
        with pytest.raises(TypeError):
            call("long enough", {"username": "zhangsan"})
    for call in (POLICY.evaluate, POLICY.require, POLICY.explain, POLICY.generate):
        arguments = () if call == POLICY.generate else ("long enough",)
        with pytest.raises(TypeError, match='unexpected keyword argument "users"; expected one of: user, previous'):
            call(*arguments, users={})
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        kouling.evaluate_many(POLICY, ["long enough"], users={})
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


def test_user_as_mapping_dataclass_or_object_is_read():
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
    # Values of an object that are neither text nor a list of text are ignored.
    for user in (None, {}, Row("wangwu"), Several(5), Several([]), Several(["hangsan", 5]), Several(b"hangsan")):
        assert POLICY.evaluate("nasgnah-nasgnah", user=user)


@pytest.mark.parametrize(
    "user",
    [
        *("hangsan", b"hangsan", 5, Person, {"username": 5}, {"username": b"x"}, {"username": [5]}, {5: "x"}),
        # An object without attributes must not skip all checks; object-relational mappers create such objects.
        *(object(), types.SimpleNamespace(), types.SimpleNamespace(_sa_instance_state="x")),
    ],
)
def test_user_of_another_type_is_type_error(user):
    with pytest.raises(TypeError):
        POLICY.evaluate("long enough", user=user)


def test_moment_is_number_or_datetime_with_time_zone():
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


def test_moments_of_all_types_are_compared_as_seconds():
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


def test_previous_is_iterable_of_hashes_or_pairs():
    policy = Policy.parse("format = 1\n[rules.history]\ndepth = 2")
    calls = []

    def verifier(password, stored):
        calls.append((password, stored))
        return stored == "same"

    assert not policy.evaluate("p", previous=iter(["same"]), verifier=verifier)
    assert not policy.evaluate("p", previous=(("other", None), ("same", NOW)), verifier=verifier)
    assert policy.evaluate("p", previous=["other"], verifier=verifier)
    assert policy.evaluate("p", previous=None) and policy.evaluate("p", previous=[])
    assert calls == [(b"p", "same"), (b"p", "other"), (b"p", "same"), (b"p", "other")]
    for previous in ("same", [5], [("same",)], [("same", "now")], [b"same"], 5):
        with pytest.raises(TypeError):
            policy.evaluate("p", previous=previous)
    with pytest.raises(TypeError, match="callable"):
        policy.evaluate("p", verifier="verifier")


def test_outcome_is_true_if_accepted_and_a_sequence_of_violations():
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


def test_outcome_contains_codes_and_violations():
    assert "length.too_short" in REFUSED and "length" not in REFUSED and 5 not in REFUSED and None not in REFUSED
    assert all(violation in REFUSED for violation in REFUSED)
    # A violation with other numbers is not equal.
    other = Policy.parse(TEXT.replace("min = 8", "min = 9")).evaluate("nasgnah")
    assert other.codes == ["length.too_short"] and other[0] not in REFUSED
    assert other[0] != REFUSED[0] and other[0] != "length.too_short"


def test_violations_are_compared_by_value():
    again = POLICY.evaluate("gnasgna", user={"username": "hangsan"})
    assert again[0] == REFUSED[0] and hash(again[0]) == hash(REFUSED[0]) and again[0] is not REFUSED[0]
    assert len({*REFUSED, *again}) == 2
    assert REFUSED[0] != REFUSED[1]


def test_outcome_and_violation_support_match():
    def matched(outcome):
        match outcome:
            case Outcome(accepted=True):
                return "accepted"
            case Outcome(False, [Violation("length.too_short", {"min": minimum}), *rest]):
                return minimum, len(rest)
        return "other"

    assert matched(POLICY.evaluate("long enough")) == "accepted"
    assert matched(REFUSED) == (8, 1)
    assert matched(POLICY.evaluate("nasgnah-nasgnah", user={"username": "hangsan"})) == "other"


def test_violation_has_messages_in_both_languages():
    violation = REFUSED[0]
    assert (violation.rule, violation.kind, violation.severity) == ("length", "length", "refuse")
    assert violation.numbers == {"min": 8, "max": 64}
    assert str(violation) == violation.message() == violation.message("en") == violation.message("xx")
    assert violation.message("zh") == violation.message("zh-CN") != violation.message()
    assert REFUSED.messages("zh") == [violation.message("zh") for violation in REFUSED]
    assert violation.contract_code(kouling.Contract.built_in("idaas-ciam")).startswith("IDAAS.")


def test_outcome_to_dict_has_json_structure():
    value = REFUSED.to_dict("zh", contract=kouling.Contract.built_in("idaas-ciam"))
    assert value["accepted"] is False and value["policy_digest"] == POLICY.digest == REFUSED.policy_digest
    assert [each["code"] for each in value["violations"]] == REFUSED.codes
    assert value["violations"][0]["wire"] == REFUSED[0].contract_code(kouling.Contract.built_in("idaas-ciam"))
    assert "wire" not in REFUSED.to_dict()["violations"][0]
    assert set(value) == {
        "accepted", "violations", "warnings", "shadows", "notes", "guesses_log10", "policy_digest", "dictionaries"
    }


def test_explain_has_same_outcome_as_evaluate():
    explained = POLICY.explain("nasgnah", user={"username": "hangsan"}, now=NOW)
    assert explained["outcome"] == REFUSED.to_dict()
    assert [rule["rule"] for rule in explained["rules"]] == list(POLICY.rules)


def test_require_returns_outcome_or_raises():
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


def test_path_is_str_or_pathlike(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(TEXT)
    digests = {Policy.load(each).digest for each in (path, str(path), PathLike(path))}
    assert digests == {POLICY.digest}
    with pytest.raises(kouling.PolicyError):
        Policy.load(tmp_path / "missing.toml")
    for wrong in (5, None, object()):
        with pytest.raises(TypeError):
            Policy.load(wrong)


def test_policy_with_files_reads_no_disk():
    files = {"a.toml": b'format = 1\nextends = "b.toml"\n', "b.toml": TEXT}
    policy = Policy.load("a.toml", files=files)
    assert list(policy.rules) == list(POLICY.rules)
    assert policy.rules == {"length": "length", "reversed_username": "reversed_username"}


def test_all_presets_and_standards_load():
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


def test_comply_after_file_change_is_refused(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(TEXT)
    policy = Policy.load(path)
    path.write_text(TEXT.replace("8", "9"))
    with pytest.raises(kouling.KoulingError, match="changed"):
        policy.comply(kouling.standards()[0])


def test_generated_passwords_are_accepted():
    policy = Policy.preset("standard")
    user = {"username": "zhangsan"}
    generated = policy.generate(5, user=user)
    assert len(set(generated)) == 5 and all(policy.evaluate(password, user=user) for password in generated)
    phrases = policy.generate(2, words=5, separator="-", user=user)
    assert all(policy.evaluate(phrase, user=user) for phrase in phrases)
    with pytest.raises(kouling.CannotGenerate):
        Policy.parse("format = 1\n[rules.length]\nmin = 1\nmax = 3\n[rules.strength]\nmin_score = 4").generate()
    with pytest.raises(ValueError):
        policy.generate(word_language="fr")
    assert policy.generate(0) == []
    with pytest.raises(ValueError, match="at most 10000 passwords"):
        policy.generate(10_001)


def test_words_and_filters_find_their_entries(tmp_path):
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
    status = kouling.Filter.build(hashes, tmp_path / "breached.filter", expected=1, progress=lambda *at: seen.append(at))
    assert seen and status["passwords"] == {1: 0, 10: 0, 100: 0, 1000: 1} and status["hash"] == "sha1"
    for breached in (
        kouling.Filter.open(tmp_path / "breached.filter"),
        kouling.Filter.read((tmp_path / "breached.filter").read_bytes()),
    ):
        assert breached.status == status and "password" in breached and breached.count(b"password") == 1000
        assert breached.count("another one") == 0
    with pytest.raises(kouling.WordsError):
        kouling.Filter.open(tmp_path / "missing.filter")
    with pytest.raises(kouling.WordsError):
        kouling.Filter.read(b"not a filter")


def test_filter_build_after_exception_in_progress_leaves_no_file(tmp_path):
    hashes = tmp_path / "hashes.txt"
    hashes.write_text("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:1500\n")

    def progress(_bytes, _lines):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        kouling.Filter.build(hashes, tmp_path / "breached.filter", expected=1, progress=progress)
    assert list(tmp_path.iterdir()) == [hashes]
