"""All test vectors of evaluations, policies and the contract, through the Python API."""

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

EVALUATIONS = vectors.evaluations()
EXPLANATIONS = vectors.explanations()
STANDINGS = vectors.standings()
POLICIES = vectors.policies()
POPULATIONS = vectors.populations()
# Cases with `needs` test the HTTP server: paths, methods, sizes and tokens.
EXCHANGES = [exchange for exchange in vectors.exchanges() if "needs" not in exchange[2]]


def names(cases):
    return [case[0] for case in cases]


def test_no_vector_is_skipped():
    assert len(EVALUATIONS) == len(set(names(EVALUATIONS))) == vectors.case_count("rules", "evaluation") > 600
    assert len(EXPLANATIONS) == len(set(names(EXPLANATIONS))) == vectors.case_count("explanations") > 10
    assert len(STANDINGS) == len(set(names(STANDINGS))) == vectors.case_count("standing") > 90
    assert len(POLICIES) == len(set(names(POLICIES))) == vectors.case_count("policies") >= 35
    of_the_bank = sum(name.startswith("bank/") for name in names(POPULATIONS))
    assert of_the_bank > 10
    assert len(POPULATIONS) == len(set(names(POPULATIONS))) == vectors.case_count("populations") + of_the_bank
    rust = (vectors.ROOT / "tests" / "it" / "contract.rs").read_text()
    server_cases = int(re.search(r"NEEDS_SERVER: usize = (\d+);", rust).group(1))
    assert len(EXCHANGES) == len(set(names(EXCHANGES))) == vectors.case_count("contract") - server_cases > 300


@pytest.mark.parametrize(("name", "case"), POPULATIONS, ids=names(POPULATIONS))
def test_population(name, case):
    files = {name: text.encode() for name, text in case["files"].items()} | {"set.toml": case["set"].encode()}
    policy_set = kouling.PolicySet.load("set.toml", files=files)
    try:
        policy = policy_set.select(case["user"])
    except kouling.CannotJudge as error:
        assert error.kind == case.get("error")
        return
    assert policy.population == case.get("selected", policy.population)
    if "password" in case:
        outcome = policy.evaluate(case["password"], user=case["user"], now=case["now"])
        assert [violation.code for violation in outcome] == case["refused"]
        warned = [warning.code for warning in outcome.warnings]
        assert warned == case.get("warned", warned)


@functools.cache
def loaded(policy, is_preset):
    return kouling.Policy.preset(policy) if is_preset else kouling.Policy.parse(policy)


@pytest.mark.parametrize(("name", "case"), EVALUATIONS, ids=names(EVALUATIONS))
def test_evaluation(name, case):
    policy = loaded(case.get("preset") or case["policy"], "preset" in case)
    facts = {
        "user": case["user"],
        "previous": vectors.previous(case),
        "current": case.get("current"),
        "password_set": case.get("password_set"),
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
    assert "error" not in case, f"expected an error, got {outcome!r}"
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
        assert [violation.contract_code(CONTRACT) for violation in outcome] == case["wire"]


@pytest.mark.parametrize(("name", "case"), STANDINGS, ids=names(STANDINGS))
def test_standing(name, case):
    policy = loaded(case["policy"], False)
    account, now = vectors.account(case, policy.digest), case["now"]
    try:
        if case["call"] == "standing":
            decision = policy.standing(account, now=now)
        elif case["call"] == "sign_in_failed":
            decision = policy.sign_in_failed(account, now=now)
        else:
            decision = policy.signed_in(account, accepts=case["accepts"], now=now)
    except kouling.CannotJudge as error:
        assert error.kind == "missing_fact"
        assert re.findall("`([^`]*)`", error.message) == case["missing"]
        return
    assert case["missing"] == []
    assert decision.code == case["code"]
    assert bool(decision) == decision.permits_session == (decision.standing in ("fine", "warn", "grace"))
    assert decision.refuses_sign_in == (decision.standing in ("locked", "disabled"))
    until = None if decision.until is None else decision.until - now
    assert [each for each in (decision.days, decision.left, until) if each is not None] == (
        [] if case["number"] is None else [case["number"]]
    )
    assert [effect["effect"] for effect in decision.effects] == case["effects"]
    for language, message in case["messages"].items():
        assert decision.message(language) == message
    assert decision.to_dict()["code"] == decision.code
    after = decision.after(account)
    assert after is not None
    if case["call"] == "signed_in" and not decision.refuses_sign_in:
        assert after["last_use"] == now


@pytest.mark.parametrize(("name", "case"), EXPLANATIONS, ids=names(EXPLANATIONS))
def test_explanation(name, case):
    def explained(language):
        facts = {"user": case["user"], "now": vectors.NOW}
        (rule,) = loaded(case["policy"], False).explain(case["password"], language=language, **facts)["rules"]
        return rule

    rule = explained("en")
    assert rule["found"] == case["found"]
    assert [{"code": note["code"], **note["numbers"]} for note in rule["observations"]] == case["observed"]
    for language, messages in case["messages"].items():
        assert [note["message"] for note in explained(language)["observations"]] == messages


def diagnostics(*arguments, **more):
    """Return the diagnostics of a policy or a policy set, in the format of the vectors."""
    try:
        kouling.PolicySet.load(*arguments, **more)
    except kouling.PolicyError as error:
        found = [
            {"at": f"{each.file}:{each.line}:{each.column}", "id": each.id, "message": each.message, "help": each.help}
            for each in error.diagnostics
        ]
        return [{key: value for key, value in each.items() if value is not None} for each in found]
    return []


@pytest.mark.parametrize(("name", "case"), POLICIES, ids=names(POLICIES))
def test_policy(name, case, tmp_path):
    files = {file: vectors.contents(what) for file, what in case.get("files", {}).items()}
    files["policy.toml"] = case["policy"].encode()
    assert diagnostics("policy.toml", files=files) == case["findings"]
    for file, what in files.items():
        (tmp_path / file).write_bytes(what)

    def as_in_memory(text):
        """Remove the folder and the system's error message, which diagnostics of files in memory do not have."""
        text = text.replace(f"{tmp_path}/", "")
        return text.replace("cannot be read: No such file or directory (os error 2)", "does not exist")

    on_disk = diagnostics(tmp_path / "policy.toml")
    assert [{key: as_in_memory(value) for key, value in each.items()} for each in on_disk] == case["findings"]


class ExchangeRunner:
    """Runs an exchange case against the in-memory host: fills placeholders, calls the flow and compares."""

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
            response = self.exchange(case, self.fill(case.get("body")))
            assert response["status"] == case.get("status", 200), response
            assert response["code"] == case.get("error_code"), response
            if "error_msg" in case or response["status"] == 200:
                assert response["message"] == case.get("error_msg")
            if "retry_after" in case:
                assert response["retry_after"] == case["retry_after"]
            if "answer" in case:
                assert response["body"] == case["answer"]
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
                raise AssertionError(f"unknown step: {step}")

    def compare(self, step, response):
        assert response["code"] == step.get("error_code"), response
        assert response["status"] == step.get("status", 400 if "error_code" in step else 200), response

    def signs_in(self, username, password):
        account = f"id-{username}"
        return self.host.tables.accounts[account].active and self.host.opens(account, password)

    # Calls of the flow.

    def exchange(self, case, body):
        overrides = {name.lower(): value for name, value in case.get("headers", {}).items()}
        headers = {name: value for name, value in (HEADERS | overrides).items() if value is not False}
        device_and_client = {
            "system": headers.get("x-operating-sys-version", ""),
            "fingerprint": headers.get("x-device-fingerprint", ""),
            "agent": headers.get("x-agent", ""),
            "client": headers.get("x-client-id", ""),
        }
        who = reset.Caller(**device_and_client, registered=device_and_client["client"] in (host.CLIENT, host.OTHER_CLIENT))
        self.language = headers.get("x-l", "")
        # A field of another type counts as missing.
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
                return self.response(step, "reset.old_password_refused")
            case call:
                raise AssertionError(f"unknown call {call}")

    def send(self, who, field, channel, address):
        ending = {"email": "EMS", "mobile": "SMS"}[channel]
        scenes = {f"FORGET_PWD_{ending}": "forgot_password", f"UPDATE_PWD_{ending}": "update_password"}
        purpose = scenes.get(field.get("type"))
        if purpose is None:
            return self.refused(reset.check_caller(who) or "reset.not_sent")
        token = field.get("captcha_token", "")
        step = self.host.send(self.host.sending(address, channel, purpose, token, who), token)
        return self.response(step, "reset.not_sent")

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
        return self.response(step, "reset.captcha_failed")

    def redeem(self, who, field, channel, address, signed_in):
        redemption = self.host.redemption(
            address,
            field.get("verify_code", ""),
            field.get("password", ""),
            channel=channel,
            signed_in=f"id-{signed_in}" if signed_in and not address else None,
            who=who,
        )
        return self.response(reset.run(redemption, self.host), "")

    def response(self, step, otherwise):
        """Return the response for a step. `otherwise` is the code if there is no step, because effects were not applied."""
        if step is None:
            return self.refused(otherwise)
        refused = step.response(CONTRACT, self.language)
        assert bool(step) == (refused is None)
        if refused is not None:
            return refused
        body = {"captcha_token": step.token} if step.token else {}
        return {"status": 200, "code": None, "message": None, "retry_after": None, "body": body}

    def refused(self, code):
        return CONTRACT.response(code, self.language)

    # Placeholders.

    def solved(self, address):
        body = {"point_json": host.point(), "token": self.host.show_captcha(), "sender": address}
        response = self.exchange({"call": "captcha/verify"}, body)
        return response["body"]["captcha_token"] if response["status"] == 200 else ""

    def fill(self, body):
        if body is None:
            return None
        address = next((body[key] for key in ("email", "mobile") if isinstance(body.get(key), str)), "")
        # Fill the token first: the point is the solution of its captcha.
        return {key: self.fill_in(body[key], address) for key in sorted(body, key=lambda key: key != "token")}

    def fill_in(self, value, address):
        placeholder = re.fullmatch(r"\{(\w+)(?::(.+))?\}", value) if isinstance(value, str) else None
        match placeholder and placeholder.groups():
            case ("code", None):
                return self.host.codes()[-1]
            case ("code", number):
                return self.host.codes()[int(number) - 1]
            case ("wrong", _):
                newest = (self.host.codes() or ["123456"])[-1]
                return newest[:-1] + ("1" if newest[-1] == "0" else "0")
            case ("captcha", _):
                return self.host.show_captcha()
            case ("point", offset):
                return host.point(int(offset or 0))
            case ("solved", other):
                return self.solved(other or address)
            case _:
                return value


@pytest.mark.parametrize(("name", "world", "case"), EXCHANGES, ids=names(EXCHANGES))
def test_exchange(name, world, case):
    ExchangeRunner(world).case(case)
