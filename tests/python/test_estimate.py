"""Estimates of guesses, and prepared users."""

import copy
import pickle

import pytest

import kouling
from kouling import Policy, PreparedUser

NOW = 1_795_392_000
STRENGTH = Policy.parse("format = 1\n[rules.strength]\n")
USER = {"username": "qzorvexil", "name": "张三"}


def test_outcome_has_the_guesses_of_the_strength_rule():
    outcome = STRENGTH.evaluate("Sunshine2026", now=NOW)
    assert 3 <= outcome.guesses_log10 < 6
    assert outcome.to_dict()["guesses_log10"] == round(outcome.guesses_log10, 2)
    # A representation is often logged.
    assert str(outcome.guesses_log10)[:4] not in repr(outcome)
    none = Policy.parse("format = 1\n[rules.length]\n").evaluate("Sunshine2026")
    assert none.guesses_log10 is None and none.to_dict()["guesses_log10"] is None


@pytest.mark.parametrize("password", ["Sunshine-qzorvexil", "zhangsan2026", "", "密码", "kx8Vq2mZr0Tq"])
def test_estimate_is_that_of_the_strength_rule(password):
    for user in (None, USER, PreparedUser(USER)):
        outcome = STRENGTH.evaluate(password, user=user, now=NOW)
        estimated = kouling.estimate(password, user=user, now=NOW)
        assert estimated["guesses_log10"] == round(outcome.guesses_log10, 2)
        assert estimated["complete"] is True
        assert kouling.estimate(password.encode(), user=user, now=NOW) == estimated


def test_estimate_returns_the_parts():
    estimated = kouling.estimate("Sunshine-qzorvexil", user=USER, now=NOW)
    assert estimated["parts"][0] == {"kind": "word", "from": 1, "to": 8}
    assert estimated["parts"][-1] == {"kind": "input", "from": 10, "to": 18}
    assert kouling.estimate("qzorvexil", words=["qzorvexil"])["parts"] == [{"kind": "input", "from": 1, "to": 9}]
    assert kouling.estimate("x" * 200)["complete"] is False


def test_estimate_of_invalid_argument_is_an_error():
    with pytest.raises(ValueError, match="not UTF-8"):
        kouling.estimate(b"\xff")
    with pytest.raises(TypeError, match="a password must be str or bytes-like, not int"):
        kouling.estimate(5)
    with pytest.raises(TypeError, match="`user` must be a mapping"):
        kouling.estimate("password", user="lisi")


def test_prepared_user_gives_the_same_outcome():
    policy = Policy.preset("standard")
    prepared = PreparedUser(USER)
    for password in ("zhangsan-heron", "Qzorvexil1!", "Blue-heron-1977"):
        plain = policy.evaluate(password, user=USER, now=NOW).to_dict()
        assert policy.evaluate(password, user=prepared, now=NOW).to_dict() == plain
    assert kouling.evaluate_many(policy, ["Qzorvexil-heron-7"], user=prepared) == [False]


def test_prepared_user_copies_its_attributes():
    attributes = dict(USER)
    prepared = PreparedUser(attributes)
    attributes["username"] = "another"
    assert kouling.estimate("qzorvexil", user=prepared)["parts"][0]["kind"] == "input"
    assert repr(prepared) == "<PreparedUser username, name>"
    assert copy.copy(prepared) is prepared and copy.deepcopy(prepared) is prepared
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(prepared)
    with pytest.raises(TypeError, match="`user` must be a mapping"):
        PreparedUser("lisi")
