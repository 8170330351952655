"""What holds for every password, not only for those in the vectors."""

import functools

import hypothesis
import hypothesis.strategies as st
import pytest

import kouling
from kouling import Policy

NOW = 1_795_392_000
USER = {"username": "zhangsan", "name": "张三", "email": "heron@example.org"}
STANDARD, MINIMAL = Policy.preset("standard"), Policy.preset("minimal")
# Without what looks at the whole password, so that what is left must be continuous.
OPEN_ENDED = Policy.parse("format = 1\n[rules.length]\nmin = 8\nmax = 4096\n[rules.characters]\nmin_classes = 2")
CONTRACT = kouling.Contract.built_in("idaas-ciam")

hypothesis.settings.register_profile("tried", max_examples=150, deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("tried")

printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
unicode = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
human = st.from_regex(r"[a-z]{2,8}[0-9]{1,6}[!@#]?", fullmatch=True)
near = st.builds("".join, st.tuples(st.sampled_from(["zhangsan", "heron", "password", "nasgnahz"]), printable))
passwords = printable | unicode | human | near
# Of letters that stand in no message, so that a piece of one in an outcome is no coincidence.
strange = st.text(st.sampled_from("ξψϟϡѮѰҨӁ٣٤"), min_size=3, max_size=40)


def judge(policy, password, **more):
    return policy.evaluate(password, **({"user": USER, "now": NOW} | more))


@hypothesis.given(passwords)
def test_judging_twice_is_judging_once(password):
    assert judge(STANDARD, password).to_dict() == judge(STANDARD, password).to_dict()


@hypothesis.given(passwords)
def test_text_and_its_bytes_are_one_password(password):
    assert judge(STANDARD, password).to_dict("zh") == judge(STANDARD, password.encode()).to_dict("zh")


@hypothesis.given(passwords)
def test_more_rules_never_accept_more(password):
    if judge(STANDARD, password):
        assert judge(MINIMAL, password)


@functools.cache
def policy_of(rules):
    return Policy.parse("format = 1\n" + "".join(f"[rules.{rule}]\n" for rule in sorted(rules)))


RULES = ("length", "characters", "repetition", "sequence", "keyboard", "reversed_username", "personal", "words")


@hypothesis.given(passwords, st.frozensets(st.sampled_from(RULES), min_size=1), st.sampled_from(RULES))
def test_one_more_rule_only_adds_refusals(password, rules, more):
    fewer, all_of_them = judge(policy_of(rules), password), judge(policy_of(rules | {more}), password)
    assert set(fewer.codes) <= set(all_of_them.codes)
    assert not all_of_them or fewer


@hypothesis.given(passwords, st.sampled_from([1, 3]))
def test_many_are_judged_as_one(password, threads):
    outcome = judge(STANDARD, password)
    both = [password, password.encode()]
    facts = {"user": USER, "now": NOW, "threads": threads}
    assert kouling.evaluate_many(STANDARD, both, **facts) == [outcome.accepted] * 2
    assert kouling.evaluate_many(STANDARD, both, report="codes", **facts) == [outcome.codes] * 2


@hypothesis.given(strange, st.booleans())
def test_what_is_said_holds_no_piece_of_the_password(password, as_name):
    user = USER | ({"username": password, "name": password} if as_name else {})
    outcome = judge(STANDARD, password, user=user, current=password[::-1])
    said = [repr(outcome), *map(repr, outcome), *map(repr, outcome.notes)]
    for language in ("en", "zh"):
        said += outcome.messages(language)
        said.append(repr(outcome.to_dict(language, contract=CONTRACT)))
        said.append(repr(STANDARD.explain(password, user=user, now=NOW, language=language)))
    said = "\n".join(said)
    for at in range(len(password) - 2):
        assert password[at : at + 3] not in said


@hypothesis.given(passwords)
def test_explaining_is_judging(password):
    outcome, explained = judge(STANDARD, password), STANDARD.explain(password, user=USER, now=NOW)
    assert explained["outcome"] == outcome.to_dict()
    found = [code for rule in explained["rules"] for code in rule["found"]]
    assert not explained["rules"] or len(found) == len(outcome)


@hypothesis.given(unicode)
def test_what_a_rule_sees_is_normalised_once_and_for_all(password):
    seen = []

    class Looks(kouling.Rule):
        kind = "looks"
        codes = ("looks.failed",)

        def check(self, candidate):
            seen.append(candidate)

    policy = Policy.parse("format = 1\n[rules.looks]", rules=[Looks])
    judge(policy, password)
    # A password that is not looked at was refused before any rule of one's own.
    if seen:
        judge(policy, seen[0].text)
        assert seen[1].text == seen[0].text and seen[1].folded == seen[0].folded
        assert seen[0].user == {name: [value] for name, value in USER.items()} and seen[0].now == NOW
        assert len(seen[0]) == len(seen[0].text)


@hypothesis.given(passwords, st.characters(min_codepoint=32, max_codepoint=126))
def test_one_more_character_is_no_loss_where_no_rule_says_so(password, more):
    if judge(OPEN_ENDED, password):
        assert judge(OPEN_ENDED, password + more)


@hypothesis.given(st.binary(max_size=200))
def test_no_bytes_are_more_than_judged_or_not(password):
    try:
        judge(STANDARD, password)
    except kouling.CannotJudge as error:
        assert error.kind in ("not_utf8", "nul")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@hypothesis.given(
    st.dictionaries(st.sampled_from(["user", "previous", "current", "verifier", "now"]), anything), passwords | anything
)
def test_whatever_is_passed_is_judged_or_refused_by_a_name(facts, password):
    try:
        assert isinstance(STANDARD.evaluate(password, **facts), kouling.Outcome)
    except (TypeError, ValueError, kouling.CannotJudge):
        pass


@hypothesis.given(st.text(max_size=200) | st.from_regex(r"format = 1\n\[rules\.(length|words|any)\]\n[a-z_]+ = .{0,20}"))
def test_no_text_is_more_than_a_policy_or_not(text):
    try:
        assert isinstance(Policy.parse(text), Policy)
    except kouling.PolicyError as error:
        assert error.diagnostics
    except ValueError as error:
        assert "\\ud" in ascii(text), error


def test_these_are_tried_often_enough():
    assert hypothesis.settings().max_examples >= 100
    with pytest.raises(AssertionError):
        hypothesis.given(passwords)(lambda password: judge_all_accepted(password))()


def judge_all_accepted(password):
    assert judge(STANDARD, password)
