"""The vectors of judgements, of policies and of the contract through Python, all of them."""

import functools
import json
import re

import host
import pytest
import vectors

import kouling
from kouling import reset

CONTRACT = kouling.Contract.built_in("idaas-ciam")
HEADERS = {
    "x-operating-sys-version": "windows10.1.1",
    "x-device-fingerprint": "156aysdna213sc50",
    "x-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)",
    "x-client-id": host.CLIENT,
    "content-type": "application/json",
}

JUDGEMENTS = vectors.judgements()
POLICIES = vectors.policies()
# What only a server can show (paths, methods, sizes, tokens) is left to a server's runner.
EXCHANGES = [exchange for exchange in vectors.exchanges() if "needs" not in exchange[2]]


def names(cases):
    return [case[0] for case in cases]


def test_no_vector_is_left_out():
    assert len(JUDGEMENTS) == len(set(names(JUDGEMENTS))) == vectors.written("rules", "evaluation") > 600
    assert len(POLICIES) == len(set(names(POLICIES))) == vectors.written("policies") >= 35
    rust = (vectors.ROOT / "tests" / "contract.rs").read_text()
    left_to_a_server = int(re.search(r"LEFT_TO_A_SERVER: usize = (\d+);", rust).group(1))
    assert len(EXCHANGES) == len(set(names(EXCHANGES))) == vectors.written("contract") - left_to_a_server > 300


@functools.cache
def loaded(policy, is_preset):
    return kouling.Policy.preset(policy) if is_preset else kouling.Policy.parse(policy)


@pytest.mark.parametrize(("name", "case"), JUDGEMENTS, ids=names(JUDGEMENTS))
def test_judgement(name, case):
    policy = loaded(case.get("preset") or case["policy"], "preset" in case)
    facts = {
        "user": case["user"],
        "previous": vectors.previous(case),
        "current": case.get("current"),
        "now": case.get("now", vectors.NOW),
    }
    try:
        outcome = policy.evaluate(vectors.password(case), **facts)
    except kouling.CannotJudge as error:
        assert error.kind == case.get("error")
        return
    except kouling.WordsError:
        assert case.get("error") == "unavailable"
        return
    assert "error" not in case, f"it was judged: {outcome!r}"
    assert [violation.code for violation in outcome] == case["refused"]
    assert bool(outcome) == outcome.accepted == (not case["refused"])
    assert [warning.code for warning in outcome.warnings] == case.get("warned", [])
    if "notes" in case:
        assert [note.code for note in outcome.notes] == case["notes"]
    if "numbers" in case:
        assert [violation.numbers for violation in outcome] == case["numbers"]
    for language, messages in case.get("messages", {}).items():
        assert outcome.messages(language) == messages
    if "wire" in case:
        assert [violation.wire(CONTRACT) for violation in outcome] == case["wire"]


def findings(*arguments, **more):
    """Everything that is said about a policy."""
    try:
        kouling.Policy.load(*arguments, **more)
    except kouling.PolicyError as error:
        seen = [
            {"at": f"{each.file}:{each.line}:{each.column}", "id": each.id, "message": each.message, "help": each.help}
            for each in error.diagnostics
        ]
        return [{key: said for key, said in each.items() if said is not None} for each in seen]
    return []


@pytest.mark.parametrize(("name", "case"), POLICIES, ids=names(POLICIES))
def test_policy(name, case, tmp_path):
    files = {file: vectors.contents(what) for file, what in case.get("files", {}).items()}
    files["policy.toml"] = case["policy"].encode()
    assert findings("policy.toml", files=files) == case["findings"]
    for file, what in files.items():
        (tmp_path / file).write_bytes(what)

    def unplaced(said):
        """As it is said of files in memory: without their folder, and without the system's words."""
        said = said.replace(f"{tmp_path}/", "")
        return said.replace("cannot be read: No such file or directory (os error 2)", "does not exist")

    on_disk = findings(tmp_path / "policy.toml")
    assert [{key: unplaced(said) for key, said in each.items()} for each in on_disk] == case["findings"]


class Play:
    """A case of exchanges on its way: fills in, asks, and compares."""

    def __init__(self, world):
        text = world["policy"]
        self.host = host.Host(loaded(text, "\n" not in text))
        for account in world.get("account", []):
            self.host.add_account(**account)

    def case(self, case):
        for step in case.get("before", []):
            self.step(step)
        if "call" in case:
            assert case.get("method", "POST") == "POST" and "raw_body" not in case
            answer = self.exchange(case, self.fill(case.get("body")))
            assert answer["status"] == case.get("status", 200), answer
            assert answer["code"] == case.get("error_code"), answer
            if "error_msg" in case or answer["status"] == 200:
                assert answer["message"] == case.get("error_msg")
            if "retry_after" in case:
                assert answer["retry_after"] == case["retry_after"]
            if "answer" in case:
                assert answer["body"] == case["answer"]
        for step in case.get("after", []):
            self.step(step)

    def step(self, step):
        match step:
            case {"send": address}:
                usual = "FORGET_PWD_EMS" if "@" in address else "FORGET_PWD_SMS"
                body = {"type": step.get("scene", usual), "captcha_token": self.solved(address)}
                call, field = ("email/send", "email") if "@" in address else ("sms/send", "mobile")
                self.compare(step, self.exchange({"call": call}, body | {field: address}))
            case {"wait": time}:
                self.host.now += int(time[:-1]) * {"s": 1, "m": 60, "h": 3600}[time[-1]]
            case {"sign_in": username, "password": password}:
                assert self.signs_in(username, password)
            case {"no_sign_in": username, "password": password}:
                assert not self.signs_in(username, password)
            case {"call": _}:
                for _ in range(step.get("times", 1)):
                    self.compare(step, self.exchange(step, self.fill(step.get("body"))))
            case _:
                raise AssertionError(f"an empty step: {step}")

    def compare(self, step, answer):
        assert answer["code"] == step.get("error_code"), answer
        assert answer["status"] == step.get("status", 400 if "error_code" in step else 200), answer

    def signs_in(self, username, password):
        account = f"id-{username}"
        return self.host.tables.accounts[account].active and self.host.opens(account, password)

    # What a request becomes.

    def exchange(self, case, body):
        own = {name.lower(): value for name, value in case.get("headers", {}).items()}
        headers = {name: value for name, value in (HEADERS | own).items() if value is not False}
        said = {
            "system": headers.get("x-operating-sys-version", ""),
            "fingerprint": headers.get("x-device-fingerprint", ""),
            "agent": headers.get("x-agent", ""),
            "client": headers.get("x-client-id", ""),
        }
        who = reset.Caller(**said, registered=said["client"] in (host.CLIENT, host.OTHER_CLIENT))
        self.language = headers.get("x-l", "")
        # A field that is no text says nothing.
        field = {name: value for name, value in (body or {}).items() if isinstance(value, str)}
        signed_in = case.get("signed_in")
        match case["call"].split("/"):
            case ["email", "send"]:
                return self.send(who, field, "email", field.get("email", ""))
            case ["sms", "send"]:
                return self.send(who, field, "mobile", field.get("mobile", ""))
            case ["captcha", "verify"]:
                return self.verify(who, field)
            case ["pwd", "update-by-email"]:
                return self.redeem(who, field, "email", field.get("email", ""), signed_in)
            case ["pwd", "update-by-mobile"]:
                return self.redeem(who, field, "mobile", field.get("mobile", ""), signed_in)
            case ["pwd", "change"]:
                new = field.get("new_password", "")
                step = self.host.change(f"id-{signed_in}", field.get("old_password", ""), new, who)
                return self.answer(step, "reset.old_password_refused")
            case call:
                raise AssertionError(f"the flow has no call {call}")

    def send(self, who, field, channel, address):
        ending = {"email": "EMS", "mobile": "SMS"}[channel]
        scenes = {f"FORGET_PWD_{ending}": "forgot_password", f"UPDATE_PWD_{ending}": "update_password"}
        purpose = scenes.get(field.get("type"))
        if purpose is None:
            return self.refused(reset.check_caller(who) or "reset.not_sent")
        token = field.get("captcha_token", "")
        step = self.host.send(self.host.sending(address, channel, purpose, token, who), token)
        return self.answer(step, "reset.not_sent")

    def verify(self, who, field):
        if refused := reset.check_caller(who):
            return self.refused(refused)
        text = field.get("point_json", "")
        try:
            x = json.loads(text)["x"]
        except (ValueError, KeyError, TypeError):
            x = None
        x = float(x) if isinstance(x, int | float) else float("nan")
        step = self.host.solve(field.get("token", ""), x, text, field.get("sender", ""))
        return self.answer(step, "reset.captcha_failed")

    def redeem(self, who, field, channel, address, signed_in):
        redemption = self.host.redemption(
            address,
            field.get("verify_code", ""),
            field.get("password", ""),
            channel=channel,
            signed_in=f"id-{signed_in}" if signed_in and not address else None,
            who=who,
        )
        return self.answer(reset.run(redemption, self.host), "")

    def answer(self, step, otherwise):
        """What goes over the wire; `otherwise` where somebody was quicker."""
        if step is None:
            return self.refused(otherwise)
        refused = step.answer(CONTRACT, self.language)
        assert bool(step) == (refused is None)
        if refused is not None:
            return refused
        body = {"captcha_token": step.token} if step.token else {}
        return {"status": 200, "code": None, "message": None, "retry_after": None, "body": body}

    def refused(self, code):
        return CONTRACT.answer(code, self.language)

    # What is filled in.

    def solved(self, address):
        body = {"point_json": host.point(), "token": self.host.show_captcha(), "sender": address}
        answer = self.exchange({"call": "captcha/verify"}, body)
        return answer["body"]["captcha_token"] if answer["status"] == 200 else ""

    def fill(self, body):
        if body is None:
            return None
        address = next((body[key] for key in ("email", "mobile") if isinstance(body.get(key), str)), "")
        # The token is drawn before the point that solves it.
        return {key: self.fill_in(body[key], address) for key in sorted(body, key=lambda key: key != "token")}

    def fill_in(self, value, address):
        hole = re.fullmatch(r"\{(\w+)(?::(.+))?\}", value) if isinstance(value, str) else None
        match hole and hole.groups():
            case ("code", None):
                return self.host.codes()[-1]
            case ("code", number):
                return self.host.codes()[int(number) - 1]
            case ("wrong", _):
                newest = (self.host.codes() or ["123456"])[-1]
                return newest[:-1] + ("1" if newest[-1] == "0" else "0")
            case ("captcha", _):
                return self.host.show_captcha()
            case ("point", beside):
                return host.point(int(beside or 0))
            case ("solved", other):
                return self.solved(other or address)
            case _:
                return value


@pytest.mark.parametrize(("name", "world", "case"), EXCHANGES, ids=names(EXCHANGES))
def test_exchange(name, world, case):
    Play(world).case(case)
