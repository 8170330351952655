"""The reset flow beside its vectors: what a host passes, step by step."""

import host
import pytest

import kouling
from kouling import Policy, reset

EMAIL = "heron@example.org"
NEW = "veer-Lantern-oboe-73"


@pytest.fixture
def running():
    running = host.Host(Policy.preset("standard"))
    running.add_account("zhangsan", email=EMAIL, passwords=["Quiet-harbor-58"])
    return running


def test_every_step_of_a_reset(running):
    code = running.send_code(EMAIL)
    redemption, kinds = running.redemption(EMAIL, code, NEW), []
    step = redemption.begin()
    with pytest.raises(ValueError, match="has begun"):
        redemption.begin()
    while not step:
        kinds.append(step.kind)
        match step:
            case reset.Step("look_up_challenge"):
                assert (step.purpose, step.channel, step.address) == ("forgot_password", "email", EMAIL)
                found = running.challenge(step.purpose, step.channel, step.address, step.account)
                step = redemption.challenge(found)
            case reset.Step("apply"):
                step = redemption.applied(running.apply(step.effects))
            case reset.Step("look_up_account"):
                step = redemption.account(running.account(step.account, step.channel, step.address))
    assert kinds == ["look_up_challenge", "apply", "look_up_account"] and step.kind == "approved"
    assert step.error is None and step.code is None and step.outcome is None and step.retry_after is None
    step = redemption.applied(reset.commit(step.take_approved(), running))
    assert step.kind == "done" and running.opens("id-zhangsan", NEW)
    assert reset.run(running.redemption(EMAIL, code, NEW + "!"), running).code == "reset.code_refused"


def test_a_refused_password_says_what_is_wrong_and_leaves_the_code(running):
    code = running.send_code(EMAIL)
    step = reset.run(running.redemption(EMAIL, code, "short"), running)
    assert step.kind == "refused" and "length.too_short" in step.outcome and step.code == step.outcome.codes[0]
    assert reset.run(running.redemption(EMAIL, code, NEW), running)


def test_effects_that_were_not_carried_out_set_nothing(running):
    code = running.send_code(EMAIL)

    class Fails(host.Host):
        def __init__(self):
            self.__dict__.update(running.__dict__)

        def apply(self, effects):
            return False if any(effect.kind == "set_password" for effect in effects) else running.apply(effects)

    assert not reset.run(running.redemption(EMAIL, code, NEW), Fails())
    assert not running.opens("id-zhangsan", NEW)


def test_answers_out_of_order_refuse_for_good(running):
    code = running.send_code(EMAIL)
    for answer in (lambda r: r.applied(True), lambda r: r.account(running.known("id-zhangsan"))):
        redemption = running.redemption(EMAIL, code, NEW)
        redemption.begin()
        assert answer(redemption).kind == "refused"
        found = running.challenge("forgot_password", "email", EMAIL, None)
        assert redemption.challenge(found).kind == "refused"


def test_keys_are_renewed_while_codes_are_on_their_way(running):
    code = running.send_code(EMAIL)
    old = running.keys
    running.keys = reset.CodeKeys(b"n" * 32, id=2)
    assert reset.run(running.redemption(EMAIL, code, NEW), running).code == "reset.code_refused"
    running.keys = reset.CodeKeys(b"n" * 32, id=2, older={1: bytes(range(32))})
    assert reset.run(running.redemption(EMAIL, code, NEW), running)
    assert old is not running.keys
    for wrong in (b"short", b"x" * 33, "汉" * 32):
        with pytest.raises(ValueError, match="32 bytes"):
            reset.CodeKeys(wrong)


def test_what_was_not_looked_up_is_not_told_yes(running):
    sending = running.sending(EMAIL, "email")
    with pytest.raises(KeyError):
        sending.decide(running.keys, account=None, events={})
    with pytest.raises(TypeError):
        sending.decide(running.keys, account=None)


@pytest.mark.parametrize(
    ("argument", "wrong"),
    [("channel", "pigeon"), ("purpose", "curiosity"), ("peer", "nowhere"), ("peer", ""), ("peer", "192.0.2.1:80")],
)
def test_words_that_are_none_of_ours(running, argument, wrong):
    usual = {"caller": host.caller(), "address": EMAIL, "peer": "192.0.2.1"}
    with pytest.raises(ValueError):
        reset.Sending(running.policy, **(usual | {argument: wrong}))


def test_a_caller_and_an_account_are_what_they_say(running):
    assert reset.check_caller(host.caller()) is None
    for other, code in (
        ({"agent": " "}, "reset.device_incomplete"),
        ({"client": ""}, "reset.client_missing"),
        ({"registered": False}, "reset.client_unknown"),
    ):
        assert reset.check_caller(host.caller(**other)) == code
        assert running.redemption(EMAIL, "123456", NEW, who=host.caller(**other)).begin().code == code
        assert kouling.Contract.built_in("idaas-ciam").answer(code)["status"] == 400
    with pytest.raises(AttributeError):
        host.caller().client = "x"
    for wrong in (reset.Account(""), reset.Account("id-1", user="x"), reset.Account("id-1", previous="x")):
        with pytest.raises((TypeError, ValueError)):
            running.policy.change(NEW, caller=host.caller(), account=wrong, old_is_right=True)


def test_limits():
    assert reset.retry_after(2, 60, [], now=1000) == 0
    assert reset.retry_after(2, 60, [990, 995], now=1000) == 50
    assert reset.peer_key("192.0.2.1") == "192.0.2.1"
    assert reset.peer_key("2001:db8:1:2:3:4:5:6") == reset.peer_key("2001:db8:1:2::1")
    with pytest.raises(ValueError):
        reset.peer_key("example.org")


def test_two_redemptions_of_one_code_set_one_password(running):
    code = running.send_code(EMAIL)

    class Slow(host.Host):
        """Between judging and writing somebody else is done."""

        def __init__(self):
            self.__dict__.update(running.__dict__)

        def hash(self, password):
            assert reset.run(running.redemption(EMAIL, code, "quilt-Marble-saga-58"), running)
            return super().hash(password)

        def apply(self, effects):
            return running.apply(effects)

    assert not reset.run(running.redemption(EMAIL, code, NEW), Slow())
    assert running.opens("id-zhangsan", "quilt-Marble-saga-58")
