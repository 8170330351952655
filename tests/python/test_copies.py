"""What is final, what never changes, and what may leave the process."""

import copy
import inspect
import pickle

import host
import pytest
import vectors

import kouling
from kouling import Policy, reset

CLASSES = {name: thing for name, thing in vars(kouling._kouling).items() if inspect.isclass(thing)}


def made():
    """One of every class of the extension."""
    running = host.Host(Policy.preset("standard"))
    running.add_account("zhangsan", email="heron@example.org", passwords=["Quiet-harbor-58"])
    running.send_code("heron@example.org")
    captcha = reset.Captcha("0" * 32, 5, now=host.BEGINNING)
    step = captcha.verify(running.policy, 5.0, "point", "heron@example.org", now=host.BEGINNING)
    change = running.policy.change(
        "veer-Lantern-oboe-73", caller=host.caller(), account=running.known("id-zhangsan"), old_is_right=True,
        verifier=host.verifier,
    )
    outcome = running.policy.evaluate("x")
    every = [
        running.policy,
        outcome,
        outcome[0],
        kouling.Contract.built_in("idaas-ciam"),
        kouling.Words("kestrel"),
        kouling.Filter.open(vectors.VECTORS / "files" / "leaked.filter"),
        running.keys,
        running.challenge("forgot_password", "email", "heron@example.org", None),
        captcha,
        running.sending("heron@example.org", "email"),
        running.redemption("heron@example.org", "123456", "x"),
        step,
        step.effects[0],
        change.take_approved(),
    ]
    return {type(each).__name__: each for each in every}


MADE = made()
TRAVEL = {"Challenge", "Captcha"}
ONCE = {"Sending", "Redemption", "Step", "Effect", "Approved"}


def test_there_is_one_of_every_class():
    assert set(MADE) == set(CLASSES)


@pytest.mark.parametrize("name", CLASSES)
def test_no_class_has_subclasses(name):
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("Mine", (CLASSES[name],), {})


@pytest.mark.parametrize("name", CLASSES)
def test_nothing_changes(name):
    thing = MADE[name]
    properties = [each for each, value in vars(CLASSES[name]).items() if inspect.isgetsetdescriptor(value)]
    for attribute in [*properties, "of_my_own"]:
        with pytest.raises(AttributeError):
            setattr(thing, attribute, None)
        with pytest.raises(AttributeError):
            delattr(thing, attribute)
    assert not hasattr(thing, "__dict__")


@pytest.mark.parametrize("name", CLASSES)
def test_pickle(name):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        if name in TRAVEL:
            assert pickle.loads(pickle.dumps(MADE[name], protocol)) == MADE[name]
        else:
            with pytest.raises(TypeError, match="cannot be pickled"):
                pickle.dumps(MADE[name], protocol)


@pytest.mark.parametrize("name", CLASSES)
def test_what_never_changes_is_its_own_copy_and_what_is_for_once_has_none(name):
    if name in ONCE:
        for way in (copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="cannot be pickled"):
                way(MADE[name])
    else:
        held = {"form": [MADE[name]]}
        assert copy.copy(MADE[name]) is MADE[name] and copy.deepcopy(held)["form"][0] is MADE[name]


@pytest.mark.parametrize("name", sorted(set(CLASSES) - {"Words", "CodeKeys", "Captcha", "Sending", "Redemption"}))
def test_only_the_engine_makes_them(name):
    with pytest.raises(TypeError):
        CLASSES[name]()
    with pytest.raises(TypeError):
        object.__new__(CLASSES[name])


def test_records_say_when_they_are_the_same():
    challenge, captcha = MADE["Challenge"], MADE["Captcha"]
    again = reset.Challenge.from_bytes(challenge.to_bytes())
    assert again == challenge and again is not challenge and challenge != captcha and challenge != 5
    assert reset.Captcha.from_bytes(captcha.to_bytes()) == captcha
    for record in (challenge, captcha):
        for cut in range(len(record.to_bytes())):
            with pytest.raises(ValueError):
                type(record).from_bytes(record.to_bytes()[:cut])
    with pytest.raises(TypeError):
        hash(challenge)
    with pytest.raises(TypeError):
        challenge < again  # noqa: B015


def test_leave_is_given_once_and_spent_once():
    step = MADE["Step"]
    with pytest.raises(ValueError):
        step.take_approved()
    approved = made()["Approved"]
    assert approved.password == "veer-Lantern-oboe-73" and approved.account == "id-zhangsan"
    with pytest.raises(ValueError):
        approved.effects("")
    assert [effect.kind for effect in approved.effects("hashed")][-1] == "audit"
    for spent in (lambda: approved.effects("hashed"), lambda: approved.password, lambda: approved.account):
        with pytest.raises(ValueError, match="spent"):
            spent()
