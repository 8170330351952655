"""Classes are final and immutable, and can only be copied and pickled where that is safe."""

import copy
import inspect
import pickle

import host
import pytest
import vectors

import kouling
from kouling import Policy, reset

CLASSES = {name: thing for name, thing in vars(kouling._kouling).items() if inspect.isclass(thing)}


def instances():
    """Return an instance of every class of the extension, by the name of the class."""
    running = host.Host(Policy.preset("standard"))
    running.add_account("zhangsan", email="heron@example.org", passwords=["Quiet-harbor-58"])
    running.send_code("heron@example.org")
    captcha = reset.Captcha("0" * 32, 5, now=host.BEGINNING)
    step = captcha.verify(running.policy, 5.0, "point", "heron@example.org", now=host.BEGINNING)
    change = running.policy.change(
        "veer-Lantern-oboe-73", caller=host.caller(), account=running.look_up("id-zhangsan"), old_is_correct=True,
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
        reset.Challenge.from_bytes(next(iter(running.tables.challenges.values()))),
        captcha,
        running.sending("heron@example.org", "email"),
        running.redemption("heron@example.org", "123456", "x"),
        step,
        step.effects[0],
        change.take_approved(),
        kouling.PreparedUser({"username": "lisi"}),
        kouling.PolicySet.parse("format = 1\n"),
        running.policy.standing({}),
    ]
    return {type(each).__name__: each for each in every}


INSTANCES = instances()
PICKLABLE = {"Challenge", "Captcha"}
SINGLE_USE = {"Sending", "Redemption", "Step", "Effect", "Approved"}


def test_there_is_an_instance_of_every_class():
    assert set(INSTANCES) == set(CLASSES)


@pytest.mark.parametrize("name", CLASSES)
def test_class_is_final(name):
    with pytest.raises(TypeError, match="not an acceptable base type"):
        type("Subclass", (CLASSES[name],), {})


@pytest.mark.parametrize("name", CLASSES)
def test_attributes_are_read_only(name):
    thing = INSTANCES[name]
    properties = [each for each, value in vars(CLASSES[name]).items() if inspect.isgetsetdescriptor(value)]
    for attribute in [*properties, "other"]:
        with pytest.raises(AttributeError):
            setattr(thing, attribute, None)
        with pytest.raises(AttributeError):
            delattr(thing, attribute)
    assert not hasattr(thing, "__dict__")


@pytest.mark.parametrize("name", CLASSES)
def test_only_records_can_be_pickled(name):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        if name in PICKLABLE:
            assert pickle.loads(pickle.dumps(INSTANCES[name], protocol)) == INSTANCES[name]
        else:
            with pytest.raises(TypeError, match="cannot be pickled"):
                pickle.dumps(INSTANCES[name], protocol)


@pytest.mark.parametrize("name", CLASSES)
def test_copy_is_same_object_except_for_single_use_classes(name):
    if name in SINGLE_USE:
        for function in (copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="cannot be pickled"):
                function(INSTANCES[name])
    else:
        held = {"form": [INSTANCES[name]]}
        assert copy.copy(INSTANCES[name]) is INSTANCES[name] and copy.deepcopy(held)["form"][0] is INSTANCES[name]


@pytest.mark.parametrize("name", sorted(set(CLASSES) - {"Words", "CodeKeys", "Captcha", "Sending", "Redemption"}))
def test_class_without_constructor_cannot_be_instantiated(name):
    with pytest.raises(TypeError):
        CLASSES[name]()
    with pytest.raises(TypeError):
        object.__new__(CLASSES[name])


def test_records_are_compared_by_value():
    challenge, captcha = INSTANCES["Challenge"], INSTANCES["Captcha"]
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


def test_approval_can_be_taken_once_and_used_once():
    step = INSTANCES["Step"]
    with pytest.raises(ValueError):
        step.take_approved()
    approved = instances()["Approved"]
    assert approved.password == "veer-Lantern-oboe-73" and approved.account == "id-zhangsan"
    with pytest.raises(ValueError):
        approved.effects("")
    assert [effect.kind for effect in approved.effects("hashed")][-1] == "audit"
    for used in (lambda: approved.effects("hashed"), lambda: approved.password, lambda: approved.account):
        with pytest.raises(ValueError, match="already used"):
            used()
