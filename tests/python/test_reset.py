"""The reset flow, in addition to its vectors: the steps, and the arguments that a host passes."""

import host
import pytest

import kouling
from kouling import Policy, reset

EMAIL = "heron@example.org"
NEW = "veer-Lantern-oboe-73"


@pytest.fixture
def running():
    """A host with one account."""
    running = host.Host(Policy.preset("standard"))
    running.add_account("zhangsan", email=EMAIL, passwords=["Quiet-harbor-58"])
    return running


def test_steps_of_reset_are_in_documented_order(running):
    code = running.send_code(EMAIL)
    redemption, kinds = running.redemption(EMAIL, code, NEW), []
    step = redemption.begin()
    with pytest.raises(ValueError, match="already begun"):
        redemption.begin()
    while not step:
        kinds.append(step.kind)
        match step:
            case reset.Step("look_up_challenge"):
                assert (step.purpose, step.channel, step.address) == ("forgot_password", "email", EMAIL)
                wanted = (step.purpose, step.channel, step.address, step.account, step.requester)
                step = redemption.challenge(running.challenge(*wanted))
            case reset.Step("apply"):
                step = redemption.applied(running.apply(step.effects))
            case reset.Step("look_up_account"):
                step = redemption.account(running.account(step.account, step.channel, step.address))
    assert kinds == ["look_up_challenge", "apply", "look_up_account"] and step.kind == "approved"
    assert step.error is None and step.code is None and step.outcome is None and step.retry_after is None
    step = redemption.applied(reset.commit(step.take_approved(), running))
    assert step.kind == "done" and running.opens("id-zhangsan", NEW)
    assert reset.run(running.redemption(EMAIL, code, NEW + "!"), running).code == "reset.code_refused"


def test_refused_password_has_outcome_and_code_stays_valid(running):
    code = running.send_code(EMAIL)
    step = reset.run(running.redemption(EMAIL, code, "short"), running)
    assert step.kind == "refused" and "length.too_short" in step.outcome and step.code == step.outcome.codes[0]
    assert reset.run(running.redemption(EMAIL, code, NEW), running)


def test_effects_not_applied_set_no_password(running):
    code = running.send_code(EMAIL)

    class Failing(host.Host):
        def __init__(self):
            self.__dict__.update(running.__dict__)

        def apply(self, effects):
            return False if any(effect.kind == "set_password" for effect in effects) else running.apply(effects)

    assert not reset.run(running.redemption(EMAIL, code, NEW), Failing())
    assert not running.opens("id-zhangsan", NEW)


def test_call_out_of_order_refuses_permanently(running):
    code = running.send_code(EMAIL)
    for call in (lambda r: r.applied(True), lambda r: r.account(running.look_up("id-zhangsan"))):
        redemption = running.redemption(EMAIL, code, NEW)
        step = redemption.begin()
        assert call(redemption).kind == "refused"
        challenge = running.challenge("forgot_password", "email", EMAIL, None, step.requester)
        assert challenge and redemption.challenge(challenge).kind == "refused"


def test_key_rotation_keeps_sent_codes_valid(running):
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


def test_request_of_other_client_leaves_code_valid():
    running = host.Host(Policy.parse('format = 1\nextends = ["standard"]\n[reset.code]\nbind = ["client"]\n'))
    running.add_account("zhangsan", email=EMAIL, passwords=["Quiet-harbor-58"])
    stranger = host.caller(client=host.OTHER_CLIENT)
    code = running.send_code(EMAIL)
    running.now += 61
    other_code = running.send_code(EMAIL, who=stranger)
    assert {challenge.state for challenge in running.challenges()} == {"valid"}
    assert len({challenge.requester for challenge in running.challenges()}) == 2
    if code != other_code:
        refused = reset.run(running.redemption(EMAIL, code, NEW, who=stranger), running)
        assert refused.code == "reset.code_refused"
    assert reset.run(running.redemption(EMAIL, code, NEW), running).kind == "done"
    assert "valid" not in {challenge.state for challenge in running.challenges()}


def test_missing_lookup_is_error(running):
    sending = running.sending(EMAIL, "email")
    with pytest.raises(KeyError):
        sending.decide(running.keys, account=None, events={})
    with pytest.raises(TypeError):
        sending.decide(running.keys, account=None)


@pytest.mark.parametrize(
    ("argument", "wrong"),
    [("channel", "pigeon"), ("purpose", "curiosity"), ("peer", "nowhere"), ("peer", ""), ("peer", "192.0.2.1:80")],
)
def test_invalid_channel_purpose_or_peer_is_value_error(running, argument, wrong):
    arguments = {"caller": host.caller(), "address": EMAIL, "peer": "192.0.2.1"}
    with pytest.raises(ValueError):
        reset.Sending(running.policy, **(arguments | {argument: wrong}))


def test_invalid_caller_or_account_is_refused(running):
    assert reset.check_caller(host.caller()) is None
    for other, code in (
        ({"agent": " "}, "reset.device_incomplete"),
        ({"client": ""}, "reset.client_missing"),
        ({"registered": False}, "reset.client_unknown"),
    ):
        assert reset.check_caller(host.caller(**other)) == code
        assert running.redemption(EMAIL, "123456", NEW, who=host.caller(**other)).begin().code == code
        assert kouling.Contract.built_in("idaas-ciam").response(code)["status"] == 400
    with pytest.raises(AttributeError):
        host.caller().client = "x"
    for wrong in (reset.Account(""), reset.Account("id-1", user="x"), reset.Account("id-1", previous="x")):
        with pytest.raises((TypeError, ValueError)):
            running.policy.change(NEW, caller=host.caller(), account=wrong, old_is_correct=True)


def test_retry_after_and_peer_key():
    assert reset.retry_after(2, 60, [], now=1000) == 0
    assert reset.retry_after(2, 60, [990, 995], now=1000) == 50
    assert reset.peer_key("192.0.2.1") == "192.0.2.1"
    assert reset.peer_key("2001:db8:1:2:3:4:5:6") == reset.peer_key("2001:db8:1:2::1")
    with pytest.raises(ValueError):
        reset.peer_key("example.org")


def test_concurrent_redemptions_of_one_code_set_one_password(running):
    code = running.send_code(EMAIL)

    class Slow(host.Host):
        """Runs another redemption between the evaluation and the commit."""

        def __init__(self):
            self.__dict__.update(running.__dict__)

        def hash(self, password):
            assert reset.run(running.redemption(EMAIL, code, "quilt-Marble-saga-58"), running)
            return super().hash(password)

        def apply(self, effects):
            return running.apply(effects)

    assert not reset.run(running.redemption(EMAIL, code, NEW), Slow())
    assert running.opens("id-zhangsan", "quilt-Marble-saga-58")
