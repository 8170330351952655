"""An in-memory host of the reset flow, with a clock that the test sets. It looks up data and applies effects, all of a list or
none, as a real host does."""

import copy
import dataclasses
import hashlib
import secrets

from kouling import Policy, reset

# Time at the start of every test: 2026-11-23T00:00:00Z.
BEGINNING = 1_795_392_000
CLIENT = "nTo1eRIub60vPb54WeE6aojPwYwImtl4"
OTHER_CLIENT = "another1eRIub60vPb54WeE6aojPwYwI"
# Correct position of the piece of every captcha.
PLACE = 237


def caller(**overrides):
    """Return a complete caller, with some fields replaced."""
    fields = {
        "system": "windows10.1.1",
        "fingerprint": "156aysdna213sc50",
        "agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)",
        "client": CLIENT,
        "registered": True,
    }
    return reset.Caller(**(fields | overrides))


def hashed(password, salt=None):
    """Return a hash in the format of this host. Insecure, for tests only."""
    salt = salt or secrets.token_hex(8)
    return f"plain-sha:{salt}:{hashlib.sha256(f'{salt}:{password}'.encode()).hexdigest()}"


def verifier(password, stored):
    """Verify hashes of `hashed`; leave other formats to the engine."""
    if not stored.startswith("plain-sha:"):
        return None
    return stored == hashed(password.decode(), stored.split(":")[1])


def channel_of(address):
    return "email" if "@" in address else "mobile"


@dataclasses.dataclass
class StoredAccount:
    """An account in the store."""

    username: str
    name: str | None
    email: str | None
    phone: str | None
    active: bool
    # Pairs of a hash and the time it was set, the current one first.
    hashes: list

    def address(self, channel):
        return self.email if channel == "email" else self.phone


@dataclasses.dataclass
class Tables:
    """The contents of the store. Challenges and captchas are bytes, as in a database."""

    accounts: dict = dataclasses.field(default_factory=dict)
    challenges: dict = dataclasses.field(default_factory=dict)
    captchas: dict = dataclasses.field(default_factory=dict)
    events: dict = dataclasses.field(default_factory=dict)
    outbox: list = dataclasses.field(default_factory=list)
    audit: list = dataclasses.field(default_factory=list)


class ConditionFailed(Exception):
    """The condition of an effect does not hold."""


class Host:
    """The host. Implements `kouling.reset.Store`."""

    def __init__(self, policy: Policy):
        self.policy = policy
        self.keys = reset.CodeKeys(bytes(range(32)))
        self.tables = Tables()
        self.now = BEGINNING

    def add_account(self, username, *, name=None, email=None, phone=None, passwords=(), locked=False):
        hashes = [(hashed(password), self.now) for password in reversed(passwords)]
        self.tables.accounts[f"id-{username}"] = StoredAccount(username, name, email, phone, not locked, hashes)

    # `kouling.reset.Store`.

    def challenge(self, purpose, channel, address, account, requester):
        for stored in reversed(self.tables.challenges.values()):
            challenge = reset.Challenge.from_bytes(stored)
            key = (challenge.purpose, challenge.channel, challenge.requester)
            is_wanted = key == (purpose, channel, requester)
            if is_wanted and address in (None, challenge.address) and account in (None, challenge.account):
                return challenge
        return None

    def account(self, account, channel, address):
        owner = self.owner(address, channel)
        return self.look_up(account) if owner and owner[0] == account else None

    def hash(self, password):
        return hashed(password)

    def apply(self, effects):
        before, self.tables = self.tables, copy.deepcopy(self.tables)
        try:
            for effect in effects:
                self.apply_one(effect)
        except ConditionFailed:
            self.tables = before
            return False
        return True

    def look_up(self, account):
        stored = self.tables.accounts[account]
        user = {"username": stored.username, "name": stored.name, "phone": stored.phone, "email": stored.email}
        set_at = stored.hashes[0][1] if stored.hashes else None
        return reset.Account(account, user, stored.hashes, stored.active, set_at)

    def owner(self, address, channel):
        """Return the identifier and the address on record of the account with a normalized address, or None."""
        for account, stored in self.tables.accounts.items():
            on_record = stored.address(channel)
            if on_record and self.sending(on_record, channel).address == address:
                return account, on_record
        return None

    def apply_one(self, effect):
        tables = self.tables
        match effect.kind:
            case "use_captcha" | "solve_captcha" | "fail_captcha":
                stored = tables.captchas.get(effect.token)
                after = stored and reset.Captcha.from_bytes(stored).after(effect)
                tables.captchas[effect.token] = require(after).to_bytes()
            case "count":
                self.count(effect)
            case "revoke_challenges":
                for key, stored in tables.challenges.items():
                    tables.challenges[key] = require(reset.Challenge.from_bytes(stored).after(effect)).to_bytes()
            case "store_challenge":
                tables.challenges[effect.challenge_id] = effect.challenge.to_bytes()
            case "send_code":
                tables.outbox.append((effect.address, effect.code))
            case "reserve_submission" | "consume_challenge":
                stored = tables.challenges.get(effect.challenge_id)
                after = stored and reset.Challenge.from_bytes(stored).after(effect)
                tables.challenges[effect.challenge_id] = require(after).to_bytes()
            case "release_count":
                tables.events[effect.key].remove(effect.now)
            case "require_current":
                hashes = tables.accounts[effect.account].hashes
                require((hashes[0][0] if hashes else None) == effect.hash)
            case "set_password":
                account = tables.accounts[effect.account]
                require(account.active)
                account.hashes.insert(0, (effect.hash, effect.now))
            case "revoke_sessions":
                require(effect.account in tables.accounts)
            case "notify":
                account = tables.accounts[effect.account]
                tables.outbox.extend((to, None) for to in (account.email, account.phone) if to)
            case "audit":
                tables.audit.append((effect.event, effect.purpose, effect.channel, effect.account, effect.now))
            case other:
                raise AssertionError(f"unknown effect {other}")

    def count(self, effect):
        events = self.tables.events.setdefault(effect.key, [])
        require(reset.retry_after(effect.max_events, effect.seconds, events, now=effect.now) == 0)
        events.append(effect.now)

    # Requests.

    def show_captcha(self):
        token = secrets.token_hex(16)
        self.tables.captchas[token] = reset.Captcha(token, PLACE, now=self.now).to_bytes()
        return token

    def solve(self, token, x, point, address):
        """Return the step, or None if the captcha does not exist or its effects could not be applied."""
        stored = self.tables.captchas.get(token)
        if stored is None:
            return None
        captcha = reset.Captcha.from_bytes(stored)
        step = captcha.verify(self.policy, x, point, address, channel=channel_of(address), now=self.now)
        return step if self.apply(step.effects) else None

    def solved(self, address):
        step = self.solve(self.show_captcha(), PLACE, point(), address)
        return step.token or "" if step else ""

    def sending(self, address, channel, purpose="forgot_password", captcha_token=None, who=None):
        return reset.Sending(
            self.policy,
            caller=who or caller(),
            address=address,
            peer="192.0.2.1",
            channel=channel,
            purpose=purpose,
            captcha_token=captcha_token,
        )

    def send(self, sending, captcha_token):
        """Return the step, or None if its effects could not be applied."""
        owner = self.owner(sending.address, channel_of(sending.address)) if sending.address else None
        stored = self.tables.captchas.get(captcha_token.split("---")[0])
        budgets = sending.budgets(owner[0] if owner else None)
        step = sending.decide(
            self.keys,
            account=owner,
            events={key: self.tables.events.get(key, []) for key, _, _ in budgets},
            captcha=stored and reset.Captcha.from_bytes(stored),
            now=self.now,
        )
        return step if self.apply(step.effects) else None

    def send_code(self, address, purpose="forgot_password", who=None):
        """Request a code with a solved captcha, and return the code."""
        token = self.solved(address)
        assert self.send(self.sending(address, channel_of(address), purpose, token, who), token)
        return self.codes()[-1]

    def challenges(self):
        return [reset.Challenge.from_bytes(stored) for stored in self.tables.challenges.values()]

    def codes(self):
        return [code for _, code in self.tables.outbox if code]

    def redemption(self, address, code, password, *, channel=None, signed_in=None, who=None, own_verifier=verifier):
        return reset.Redemption(
            self.policy,
            self.keys,
            caller=who or caller(),
            code=code,
            password=password,
            address=address,
            channel=channel or channel_of(address),
            signed_in=signed_in,
            verifier=own_verifier,
            now=self.now,
        )

    def change(self, account, old, new, who=None):
        """Return the step, or None if the password was changed in the meantime."""
        step = self.policy.change(
            new,
            caller=who or caller(),
            account=self.look_up(account),
            old_is_correct=None if not old else self.opens(account, old),
            old_password=old or None,
            verifier=verifier,
            now=self.now,
        )
        if step.kind == "approved" and not reset.commit(step.take_approved(), self):
            return None
        return step

    def opens(self, account, password):
        """Return whether this is the current password of the account."""
        hashes = self.tables.accounts[account].hashes
        return bool(hashes) and bool(verifier(password.encode(), hashes[0][0]))


def point(offset=0):
    """Return the solution as a client sends it."""
    return f'{{"x":{PLACE + offset}.0,"y":5.0}}'


def require(value):
    """Return `value` if it is true."""
    if not value:
        raise ConditionFailed
    return value
