"""A host of the flow in memory: a store, a clock that stands until it is set. It does what a real host does and nothing
more: looks up, asks, and carries out effects, all of a list or none."""

import copy
import dataclasses
import hashlib
import secrets

from kouling import Policy, reset

# When every test begins: 2026-11-23T00:00:00Z.
BEGINNING = 1_795_392_000
CLIENT = "nTo1eRIub60vPb54WeE6aojPwYwImtl4"
OTHER_CLIENT = "another1eRIub60vPb54WeE6aojPwYwI"
# Where the piece of every captcha belongs.
PLACE = 237


def caller(**other):
    """The caller that a test starts from."""
    usual = {
        "system": "windows10.1.1",
        "fingerprint": "156aysdna213sc50",
        "agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)",
        "client": CLIENT,
        "registered": True,
    }
    return reset.Caller(**(usual | other))


def hashed(password, salt=None):
    """A hash of the host's own form. Cheap, and so for tests only."""
    salt = salt or secrets.token_hex(8)
    return f"plain-sha:{salt}:{hashlib.sha256(f'{salt}:{password}'.encode()).hexdigest()}"


def verifier(password, stored):
    """Verifies the host's own form, and leaves every other to the engine."""
    if not stored.startswith("plain-sha:"):
        return None
    return stored == hashed(password.decode(), stored.split(":")[1])


def channel_of(address):
    return "email" if "@" in address else "mobile"


@dataclasses.dataclass
class Kept:
    """An account as it is kept."""

    username: str
    name: str | None
    email: str | None
    phone: str | None
    active: bool
    # Pairs of a hash and when it was set, the current one first.
    hashes: list

    def address(self, channel):
        return self.email if channel == "email" else self.phone


@dataclasses.dataclass
class Tables:
    """Everything that is kept. Challenges and captchas are kept as bytes, as in a database."""

    accounts: dict = dataclasses.field(default_factory=dict)
    challenges: dict = dataclasses.field(default_factory=dict)
    captchas: dict = dataclasses.field(default_factory=dict)
    events: dict = dataclasses.field(default_factory=dict)
    outbox: list = dataclasses.field(default_factory=list)
    audit: list = dataclasses.field(default_factory=list)


class Unmet(Exception):
    """A condition does not hold."""


class Host:
    """The host; also the `kouling.reset.Store` of its redemptions."""

    def __init__(self, policy: Policy):
        self.policy = policy
        self.keys = reset.CodeKeys(bytes(range(32)))
        self.tables = Tables()
        self.now = BEGINNING

    def add_account(self, username, *, name=None, email=None, phone=None, passwords=(), locked=False):
        hashes = [(hashed(password), self.now) for password in reversed(passwords)]
        self.tables.accounts[f"id-{username}"] = Kept(username, name, email, phone, not locked, hashes)

    # What `kouling.reset.run` asks.

    def challenge(self, purpose, channel, address, account, requester):
        for stored in reversed(self.tables.challenges.values()):
            found = reset.Challenge.from_bytes(stored)
            wanted = found.purpose == purpose and found.channel == channel and found.requester == requester
            if wanted and address in (None, found.address) and account in (None, found.account):
                return found
        return None

    def account(self, account, channel, address):
        owner = self.owner(address, channel)
        return self.known(account) if owner and owner[0] == account else None

    def hash(self, password):
        return hashed(password)

    def apply(self, effects):
        before, self.tables = self.tables, copy.deepcopy(self.tables)
        try:
            for effect in effects:
                self.carry_out(effect)
        except Unmet:
            self.tables = before
            return False
        return True

    def known(self, account):
        kept = self.tables.accounts[account]
        user = {"username": kept.username, "name": kept.name, "phone": kept.phone, "email": kept.email}
        set_at = kept.hashes[0][1] if kept.hashes else None
        return reset.Account(account, user, kept.hashes, kept.active, set_at)

    def owner(self, address, channel):
        """The account that has a normalised address: its identifier, and the address as it is on record."""
        for account, kept in self.tables.accounts.items():
            on_record = kept.address(channel)
            if on_record and self.sending(on_record, channel).address == address:
                return account, on_record
        return None

    def carry_out(self, effect):
        tables = self.tables
        match effect.kind:
            case "use_captcha" | "solve_captcha" | "fail_captcha":
                stored = tables.captchas.get(effect.token)
                turned = stored and reset.Captcha.from_bytes(stored).after(effect)
                tables.captchas[effect.token] = must(turned).to_bytes()
            case "count":
                self.count(effect)
            case "revoke_challenges":
                for key, stored in tables.challenges.items():
                    tables.challenges[key] = must(reset.Challenge.from_bytes(stored).after(effect)).to_bytes()
            case "store_challenge":
                tables.challenges[effect.challenge_id] = effect.challenge.to_bytes()
            case "send_code":
                tables.outbox.append((effect.address, effect.code))
            case "reserve_submission":
                self.turn(effect)
            case "release_count":
                tables.events[effect.key].remove(effect.now)
            case "consume_challenge":
                self.turn(effect)
            case "require_current":
                hashes = tables.accounts[effect.account].hashes
                must((hashes[0][0] if hashes else None) == effect.hash)
            case "set_password":
                kept = tables.accounts[effect.account]
                must(kept.active)
                kept.hashes.insert(0, (effect.hash, effect.now))
            case "revoke_sessions":
                must(effect.account in tables.accounts)
            case "notify":
                kept = tables.accounts[effect.account]
                tables.outbox.extend((to, None) for to in (kept.email, kept.phone) if to)
            case "audit":
                tables.audit.append((effect.event, effect.purpose, effect.channel, effect.account, effect.now))
            case other:
                raise AssertionError(f"the host does not know the effect {other}")

    def turn(self, effect):
        stored = self.tables.challenges.get(effect.challenge_id)
        turned = stored and reset.Challenge.from_bytes(stored).after(effect)
        self.tables.challenges[effect.challenge_id] = must(turned).to_bytes()

    def count(self, effect):
        events = self.tables.events.setdefault(effect.key, [])
        must(reset.retry_after(effect.most, effect.seconds, events, now=effect.now) == 0)
        events.append(effect.now)

    # What comes from outside.

    def show_captcha(self):
        token = secrets.token_hex(16)
        self.tables.captchas[token] = reset.Captcha(token, PLACE, now=self.now).to_bytes()
        return token

    def solve(self, token, x, point, address):
        """The step, or None when somebody was quicker or there is no such captcha."""
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
        """The step, or None when somebody was quicker."""
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

    def send_code(self, address, purpose="forgot_password"):
        """Asks for a code with everything in order, and says which was sent."""
        token = self.solved(address)
        assert self.send(self.sending(address, channel_of(address), purpose, token), token)
        return self.codes()[-1]

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
        """The step, or None when the password was changed meanwhile."""
        step = self.policy.change(
            new,
            caller=who or caller(),
            account=self.known(account),
            old_is_right=None if not old else self.opens(account, old),
            old_password=old or None,
            verifier=verifier,
            now=self.now,
        )
        if step.kind == "approved" and not reset.commit(step.take_approved(), self):
            return None
        return step

    def opens(self, account, password):
        """Whether this account can be signed in to with this password."""
        hashes = self.tables.accounts[account].hashes
        return bool(hashes) and bool(verifier(password.encode(), hashes[0][0]))


def point(beside=0):
    """What a client writes that moved the piece."""
    return f'{{"x":{PLACE + beside}.0,"y":5.0}}'


def must(holds):
    if not holds:
        raise Unmet
    return holds
