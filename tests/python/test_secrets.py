"""Nothing that Python shows by itself holds a password, a code, a key or a stored hash."""

import copy
import io
import logging
import pickle
import traceback

import host
import pytest

import kouling
from kouling import Policy, reset

# Letters that stand in no message, so that a piece of one in what is shown is no coincidence.
CANARY = "ξψϟϡѮѰҨӁ"
OLD = "ҐґҒғҖҗҚқ"
HASH = "ᚠᚢᚦᚨᚱᚲᚷᚹ"
USERNAME = "ԱԲԳԴԵԶԷԸ"
SHOWN_BY_NAME = {"code", "password", "hash", "effects"}


def holds_none(said, *pieces):
    pieces = pieces or (CANARY, OLD, HASH, USERNAME)
    for secret in pieces:
        for at in range(len(secret) - 2):
            piece = secret[at : at + 3]
            for form in (piece, piece.encode().hex(), ascii(piece)[1:-1], repr(piece.encode())[2:-1]):
                assert form not in said, said


def shown(thing):
    """Everything that is shown of an object: as text, in a log with its traceback, walked through by its attributes."""
    said = [repr(thing), str(thing), f"{thing}", ascii(thing)]
    if isinstance(thing, BaseException):
        stream = io.StringIO()
        log = logging.Logger("tried")
        log.addHandler(logging.StreamHandler(stream))
        try:
            raise thing
        except BaseException as error:
            log.exception("it failed: %s %r", error, error)
        told = traceback.TracebackException.from_exception(thing)
        said += [stream.getvalue(), "".join(told.format()), repr(thing.args), repr(getattr(thing, "__notes__", ""))]
    for name in dir(thing):
        # What is called or documented as a secret is one; of the rest every value is shown.
        if name in SHOWN_BY_NAME or name == "__traceback__":
            continue
        said.append(repr(getattr(thing, name, None)))
    for way in (pickle.dumps, copy.copy, copy.deepcopy):
        try:
            said.append(repr(way(thing)))
        except TypeError as error:
            said.append(repr(error))
    return "\n".join(said)


def facts():
    return {"user": {"username": USERNAME}, "previous": [HASH], "current": OLD}


def test_the_walk_finds_a_secret_that_is_there():
    for leaky in (ValueError(CANARY), CANARY, CANARY.encode(), [CANARY], UnicodeEncodeError("utf-8", CANARY, 0, 1, "x")):
        with pytest.raises(AssertionError):
            holds_none(shown(leaky))


def test_an_outcome_and_everything_in_it():
    policy = Policy.preset("standard")
    outcome = policy.evaluate(CANARY, user={"username": CANARY[::-1], "name": CANARY}, current=OLD)
    assert not outcome
    for thing in (outcome, *outcome, *outcome.notes, policy, outcome.to_dict(), outcome.messages("zh"), outcome.codes):
        holds_none(shown(thing), CANARY, OLD)
    explained = policy.explain(CANARY, user={"username": USERNAME}, current=OLD, language="zh")
    holds_none(repr(explained), CANARY, OLD)
    with pytest.raises(kouling.PasswordRejected) as raised:
        policy.require(CANARY, user={"username": CANARY})
    holds_none(shown(raised.value))


def verifier_of(error):
    def verifier(password, stored):
        raise error

    return verifier


def wrong_calls():
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

    class Tried(kouling.Rule):
        kind = "tried"
        codes = ("tried.failed",)

        def check(self, candidate):
            return 5

    own = Policy.parse("format = 1\n[rules.tried]", rules=[Tried])
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
        "verifier": lambda: history.evaluate(CANARY, **facts(), verifier=verifier_of(LookupError("mine"))),
        "surrogate in an attribute": lambda: standard.evaluate("x", user={"username": USERNAME + "\udc80"}),
        "surrogate in attributes": lambda: standard.evaluate("x", user={"username": [USERNAME + "\udc80"]}),
        "wrong attribute": lambda: standard.evaluate("x", user={"username": [Canary()]}),
        "wrong user": lambda: standard.evaluate("x", user=CANARY),
        "wrong moment": lambda: standard.evaluate("x", now=CANARY),
        "nonsense of a rule": lambda: own.evaluate(CANARY, **facts()),
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


@pytest.mark.parametrize("name", wrong_calls())
def test_an_exception_shows_nothing_of_what_was_passed(name):
    with pytest.raises((TypeError, ValueError, kouling.KoulingError)) as raised:
        wrong_calls()[name]()
    error = raised.value
    while error is not None:
        holds_none(shown(error))
        assert error.__context__ is None or error.__context__ is error.__cause__
        error = error.__cause__


def test_everything_of_a_reset_but_what_is_named_a_secret():
    running = host.Host(Policy.preset("standard"))
    running.add_account("zhangsan", email="heron@example.org", passwords=[OLD])
    token = running.solved("heron@example.org")
    sending = running.sending("heron@example.org", "email", captcha_token=token)
    step = running.send(sending, token)
    code = running.codes()[-1]
    password = "veer-Lantern-" + CANARY
    redemption = running.redemption("heron@example.org", code, password)
    seen = [running.keys, sending, step, *step.effects, redemption, redemption.begin()]
    (sent,) = (effect for effect in step.effects if effect.kind == "send_code")
    challenge = running.challenge("forgot_password", "email", "heron@example.org", None)
    seen += [challenge, challenge.to_bytes(), running.known("id-zhangsan")]
    step = redemption.challenge(challenge)
    seen += [step, *step.effects]
    assert running.apply(step.effects)
    step = redemption.applied(True)
    step = redemption.account(running.account("id-zhangsan", "email", "heron@example.org"))
    assert step.kind == "approved"
    approved = step.take_approved()
    seen.append(step)
    holds_none(shown(approved), CANARY, OLD, HASH)
    assert approved.password == password
    effects = approved.effects(HASH)
    seen += effects
    hashed = [effect for effect in effects if effect.kind == "set_password"]
    assert hashed[0].hash == HASH and sent.code == code and len(code) >= 6
    for thing in seen:
        holds_none(shown(thing), CANARY, OLD, HASH)
        assert code not in shown(thing), thing


def test_a_candidate_shows_nothing():
    seen = []

    class Tried(kouling.Rule):
        kind = "tried"
        codes = ("tried.failed",)

        def check(self, candidate):
            seen.extend([repr(candidate), str(candidate), f"{candidate}"])
            with pytest.raises(TypeError):
                pickle.dumps(candidate)
            with pytest.raises(AttributeError):
                candidate.text = "x"
            return "tried.failed"

    policy = Policy.parse("format = 1\n[rules.tried]", rules=[Tried])
    assert not policy.evaluate(CANARY, user={"username": USERNAME})
    holds_none("".join(seen))
    assert seen == ["<Candidate>"] * 3


def test_an_account_does_not_show_its_hashes():
    assert HASH not in repr(reset.Account("id-1", previous=[HASH]))
