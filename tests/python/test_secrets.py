"""No text that Python shows contains a password, a code, a key or a stored hash."""

import copy
import io
import logging
import pickle
import traceback

import host
import pytest

import kouling
from kouling import Policy, reset

# Letters that occur in no message: a piece of them in a text can only come from the secret.
CANARY = "ξψϟϡѮѰҨӁ"
OLD = "ҐґҒғҖҗҚқ"
HASH = "ᚠᚢᚦᚨᚱᚲᚷᚹ"
USERNAME = "ԱԲԳԴԵԶԷԸ"
SECRET_ATTRIBUTES = {"code", "password", "hash", "effects"}


def assert_no_secret(text, *secrets):
    secrets = secrets or (CANARY, OLD, HASH, USERNAME)
    for secret in secrets:
        for at in range(len(secret) - 2):
            piece = secret[at : at + 3]
            for form in (piece, piece.encode().hex(), ascii(piece)[1:-1], repr(piece.encode())[2:-1]):
                assert form not in text, text


def shown(thing):
    """Return everything that is shown of an object: its text, a log entry with its traceback, and its attributes."""
    texts = [repr(thing), str(thing), f"{thing}", ascii(thing)]
    if isinstance(thing, BaseException):
        stream = io.StringIO()
        log = logging.Logger("test")
        log.addHandler(logging.StreamHandler(stream))
        try:
            raise thing
        except BaseException as error:
            log.exception("failed: %s %r", error, error)
        formatted = traceback.TracebackException.from_exception(thing)
        texts += [stream.getvalue(), "".join(formatted.format()), repr(thing.args), repr(getattr(thing, "__notes__", ""))]
    for name in dir(thing):
        # These attributes are documented as secrets.
        if name in SECRET_ATTRIBUTES or name == "__traceback__":
            continue
        texts.append(repr(getattr(thing, name, None)))
    for function in (pickle.dumps, copy.copy, copy.deepcopy):
        try:
            texts.append(repr(function(thing)))
        except TypeError as error:
            texts.append(repr(error))
    return "\n".join(texts)


def facts():
    return {"user": {"username": USERNAME}, "previous": [HASH], "current": OLD}


def test_shown_includes_secrets_of_leaky_objects():
    for leaky in (ValueError(CANARY), CANARY, CANARY.encode(), [CANARY], UnicodeEncodeError("utf-8", CANARY, 0, 1, "x")):
        with pytest.raises(AssertionError):
            assert_no_secret(shown(leaky))


def test_outcome_shows_no_secret():
    policy = Policy.preset("standard")
    outcome = policy.evaluate(CANARY, user={"username": CANARY[::-1], "name": CANARY}, current=OLD)
    assert not outcome
    for thing in (outcome, *outcome, *outcome.notes, policy, outcome.to_dict(), outcome.messages("zh"), outcome.codes):
        assert_no_secret(shown(thing), CANARY, OLD)
    explained = policy.explain(CANARY, user={"username": USERNAME}, current=OLD, language="zh")
    assert_no_secret(repr(explained), CANARY, OLD)
    with pytest.raises(kouling.PasswordRejected) as raised:
        policy.require(CANARY, user={"username": CANARY})
    assert_no_secret(shown(raised.value))


def failing_verifier(error):
    def verifier(password, stored):
        raise error

    return verifier


def invalid_calls():
    standard = Policy.preset("standard")
    history = Policy.parse("format = 1\n[rules.history]")
    surrogate = CANARY + "\udc80"
    keys = reset.CodeKeys(bytes(32))
    redemption = {"policy": standard, "keys": keys, "caller": host.caller(), "code": "123456", "password": "x"}

    class Canary(list):
        def __repr__(self):
            return CANARY

    def redeem(**other):
        return reset.Redemption(**(redemption | other))

    class Custom(kouling.Rule):
        kind = "custom"
        codes = ("custom.failed",)

        def check(self, candidate):
            return 5

    custom = Policy.parse("format = 1\n[rules.custom]", rules=[Custom])
    return {
        "not-utf-8": lambda: standard.evaluate(CANARY.encode()[:-1]),
        "nul": lambda: standard.evaluate(CANARY + "\0"),
        "lone surrogate": lambda: standard.evaluate(surrogate),
        "wrong type": lambda: standard.evaluate(Canary()),
        "wrong type of current": lambda: standard.evaluate("x", current=Canary()),
        "current with a surrogate": lambda: standard.evaluate("x", current=surrogate),
        "unknown hash": lambda: history.evaluate(CANARY, **facts()),
        "surrogate in a hash": lambda: history.evaluate(CANARY, previous=[HASH + "\udc80"]),
        "surrogate in a dated hash": lambda: history.evaluate(CANARY, previous=[(HASH + "\udc80", 5)]),
        "wrong hash": lambda: history.evaluate(CANARY, previous=[Canary()]),
        "one hash": lambda: history.evaluate(CANARY, previous=HASH),
        "verifier": lambda: history.evaluate(CANARY, **facts(), verifier=failing_verifier(LookupError("mine"))),
        "surrogate in an attribute": lambda: standard.evaluate("x", user={"username": USERNAME + "\udc80"}),
        "surrogate in attributes": lambda: standard.evaluate("x", user={"username": [USERNAME + "\udc80"]}),
        "wrong attribute": lambda: standard.evaluate("x", user={"username": [Canary()]}),
        "wrong user": lambda: standard.evaluate("x", user=CANARY),
        "wrong moment": lambda: standard.evaluate("x", now=CANARY),
        "invalid result of a rule": lambda: custom.evaluate(CANARY, **facts()),
        "many": lambda: kouling.evaluate_many(standard, ["fine", CANARY.encode()[:-1]]),
        "one of many": lambda: kouling.evaluate_many(standard, CANARY),
        "none of many": lambda: kouling.evaluate_many(standard, [Canary()]),
        "surrogate of many": lambda: kouling.evaluate_many(standard, [surrogate]),
        "too short a key": lambda: reset.CodeKeys(CANARY),
        "key": lambda: reset.CodeKeys(Canary()),
        "older key": lambda: reset.CodeKeys(bytes(32), older={1: CANARY}),
        "code": lambda: redeem(code=Canary()),
        "code of bytes": lambda: redeem(code=CANARY.encode()[:-1]),
        "code with a surrogate": lambda: redeem(code=surrogate),
        "new password": lambda: redeem(password=surrogate),
        "new password of bytes": lambda: redeem(password=CANARY.encode()[:-1]),
        "challenge": lambda: reset.Challenge.from_bytes(CANARY),
        "captcha": lambda: reset.Captcha.from_bytes(CANARY),
        "captcha's token": lambda: reset.Captcha(CANARY, 5),
        "words": lambda: 5 if surrogate in kouling.Words.built_in("common") else 5,
        "word of bytes": lambda: CANARY.encode()[:-1] in kouling.Words.built_in("common"),
    }


@pytest.mark.parametrize("name", invalid_calls())
def test_exception_shows_no_argument(name):
    with pytest.raises((TypeError, ValueError, kouling.KoulingError)) as raised:
        invalid_calls()[name]()
    error = raised.value
    while error is not None:
        assert_no_secret(shown(error))
        assert error.__context__ is None or error.__context__ is error.__cause__
        error = error.__cause__


def test_reset_objects_show_no_secret_except_documented_attributes():
    running = host.Host(Policy.preset("standard"))
    running.add_account("zhangsan", email="heron@example.org", passwords=[OLD])
    token = running.solved("heron@example.org")
    sending = running.sending("heron@example.org", "email", captcha_token=token)
    step = running.send(sending, token)
    code = running.codes()[-1]
    password = "veer-Lantern-" + CANARY
    redemption = running.redemption("heron@example.org", code, password)
    seen = [running.keys, sending, step, *step.effects, redemption]
    (sent,) = (effect for effect in step.effects if effect.kind == "send_code")
    first = redemption.begin()
    challenge = running.challenge("forgot_password", "email", "heron@example.org", None, first.requester)
    seen += [first, challenge, challenge.to_bytes(), running.look_up("id-zhangsan")]
    step = redemption.challenge(challenge)
    seen += [step, *step.effects]
    assert running.apply(step.effects)
    step = redemption.applied(True)
    step = redemption.account(running.account("id-zhangsan", "email", "heron@example.org"))
    assert step.kind == "approved"
    approved = step.take_approved()
    seen.append(step)
    assert_no_secret(shown(approved), CANARY, OLD, HASH)
    assert approved.password == password
    effects = approved.effects(HASH)
    seen += effects
    hashed = [effect for effect in effects if effect.kind == "set_password"]
    assert hashed[0].hash == HASH and sent.code == code and len(code) >= 6
    for thing in seen:
        assert_no_secret(shown(thing), CANARY, OLD, HASH)
        assert code not in shown(thing), thing


def test_candidate_shows_no_secret():
    seen = []

    class Custom(kouling.Rule):
        kind = "custom"
        codes = ("custom.failed",)

        def check(self, candidate):
            seen.extend([repr(candidate), str(candidate), f"{candidate}"])
            with pytest.raises(TypeError):
                pickle.dumps(candidate)
            with pytest.raises(AttributeError):
                candidate.text = "x"
            return "custom.failed"

    policy = Policy.parse("format = 1\n[rules.custom]", rules=[Custom])
    assert not policy.evaluate(CANARY, user={"username": USERNAME})
    assert_no_secret("".join(seen))
    assert seen == ["<Candidate>"] * 3


def test_account_does_not_show_hashes():
    assert HASH not in repr(reset.Account("id-1", previous=[HASH]))
