"""Properties of all passwords, checked with random ones."""

import functools

import hypothesis
import hypothesis.strategies as st
import pytest

import kouling
from kouling import Policy

NOW = 1_795_392_000
USER = {"username": "zhangsan", "name": "张三", "email": "heron@example.org"}
STANDARD, MINIMAL = Policy.preset("standard"), Policy.preset("minimal")
# Without rules on the whole password: appending a character cannot cause a violation.
OPEN_ENDED = Policy.parse("format = 1\n[rules.length]\nmin = 8\nmax = 4096\n[rules.characters]\nmin_classes = 2")
CONTRACT = kouling.Contract.built_in("idaas-ciam")

hypothesis.settings.register_profile("kouling", max_examples=150, deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("kouling")

printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)
unicode = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
human = st.from_regex(r"[a-z]{2,8}[0-9]{1,6}[!@#]?", fullmatch=True)
based_on_user = st.builds("".join, st.tuples(st.sampled_from(["zhangsan", "heron", "password", "nasgnahz"]), printable))
passwords = printable | unicode | human | based_on_user
# Letters that occur in no message: a piece of them in an outcome can only come from the password.
unusual = st.text(st.sampled_from("ξψϟϡѮѰҨӁ٣٤"), min_size=3, max_size=40)


def evaluate(policy, password, **more):
    return policy.evaluate(password, **({"user": USER, "now": NOW} | more))


@hypothesis.given(passwords)
def test_evaluation_is_deterministic(password):
    assert evaluate(STANDARD, password).to_dict() == evaluate(STANDARD, password).to_dict()


@hypothesis.given(passwords)
def test_text_and_utf8_bytes_have_same_outcome(password):
    assert evaluate(STANDARD, password).to_dict("zh") == evaluate(STANDARD, password.encode()).to_dict("zh")


@hypothesis.given(passwords)
def test_stricter_preset_never_accepts_more(password):
    if evaluate(STANDARD, password):
        assert evaluate(MINIMAL, password)


@functools.cache
def policy_of(rules):
    return Policy.parse("format = 1\n" + "".join(f"[rules.{rule}]\n" for rule in sorted(rules)))


RULES = ("length", "characters", "repetition", "sequence", "keyboard", "reversed_username", "personal", "words")


@hypothesis.given(passwords, st.frozensets(st.sampled_from(RULES), min_size=1), st.sampled_from(RULES))
def test_additional_rule_only_adds_violations(password, rules, rule):
    fewer, more = evaluate(policy_of(rules), password), evaluate(policy_of(rules | {rule}), password)
    assert set(fewer.codes) <= set(more.codes)
    assert not more or fewer


@hypothesis.given(passwords, st.sampled_from([1, 3]))
def test_evaluate_many_has_same_results_as_evaluate(password, threads):
    outcome = evaluate(STANDARD, password)
    both = [password, password.encode()]
    facts = {"user": USER, "now": NOW, "threads": threads}
    assert kouling.evaluate_many(STANDARD, both, **facts) == [outcome.accepted] * 2
    assert kouling.evaluate_many(STANDARD, both, report="codes", **facts) == [outcome.codes] * 2


@hypothesis.given(unusual, st.booleans())
def test_texts_contain_no_part_of_password(password, as_name):
    user = USER | ({"username": password, "name": password} if as_name else {})
    outcome = evaluate(STANDARD, password, user=user, current=password[::-1])
    texts = [repr(outcome), *map(repr, outcome), *map(repr, outcome.notes)]
    for language in ("en", "zh"):
        texts += outcome.messages(language)
        texts.append(repr(outcome.to_dict(language, contract=CONTRACT)))
        texts.append(repr(STANDARD.explain(password, user=user, now=NOW, language=language)))
    shown = "\n".join(texts)
    for at in range(len(password) - 2):
        assert password[at : at + 3] not in shown


@hypothesis.given(passwords)
def test_explain_has_same_outcome_as_evaluate(password):
    outcome, explained = evaluate(STANDARD, password), STANDARD.explain(password, user=USER, now=NOW)
    assert explained["outcome"] == outcome.to_dict()
    found = [code for rule in explained["rules"] for code in rule["found"]]
    assert not explained["rules"] or len(found) == len(outcome)


@hypothesis.given(unicode)
def test_candidate_of_normalized_password_is_unchanged(password):
    candidates = []

    class Recording(kouling.Rule):
        kind = "recording"
        codes = ("recording.failed",)

        def check(self, candidate):
            candidates.append(candidate)

    policy = Policy.parse("format = 1\n[rules.recording]", rules=[Recording])
    evaluate(policy, password)
    # The engine may refuse a password before it runs custom rules.
    if candidates:
        evaluate(policy, candidates[0].text)
        assert candidates[1].text == candidates[0].text and candidates[1].folded == candidates[0].folded
        assert candidates[0].user == {name: [value] for name, value in USER.items()} and candidates[0].now == NOW
        assert len(candidates[0]) == len(candidates[0].text)


@hypothesis.given(passwords, st.characters(min_codepoint=32, max_codepoint=126))
def test_appended_character_never_causes_refusal_by_minimums(password, more):
    if evaluate(OPEN_ENDED, password):
        assert evaluate(OPEN_ENDED, password + more)


@hypothesis.given(st.binary(max_size=200))
def test_any_bytes_are_evaluated_or_cannot_judge(password):
    try:
        evaluate(STANDARD, password)
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
def test_any_arguments_are_evaluated_or_documented_exception(facts, password):
    try:
        assert isinstance(STANDARD.evaluate(password, **facts), kouling.Outcome)
    except (TypeError, ValueError, kouling.CannotJudge):
        pass


@hypothesis.given(st.text(max_size=200) | st.from_regex(r"format = 1\n\[rules\.(length|words|any)\]\n[a-z_]+ = .{0,20}"))
def test_any_text_is_policy_or_policy_error(text):
    try:
        assert isinstance(Policy.parse(text), Policy)
    except kouling.PolicyError as error:
        assert error.diagnostics
    except ValueError as error:
        assert "\\ud" in ascii(text), error


def test_properties_are_checked_often_enough():
    assert hypothesis.settings().max_examples >= 100
    with pytest.raises(AssertionError):
        hypothesis.given(passwords)(lambda password: assert_accepted(password))()


def assert_accepted(password):
    assert evaluate(STANDARD, password)
