"""The reset flow: may a code be sent, and may this password be set?

The flow does nothing itself. The host looks up and asks; a step says what comes next, and which effects to carry out: all of
one list in one transaction, or none. `run` does the asking for a host that has a `Store`.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import typing

from ._kouling import (
    Approved,
    Captcha,
    Challenge,
    CodeKeys,
    Effect,
    Redemption,
    Sending,
    Step,
    check_caller,
    peer_key,
    retry_after,
)

if typing.TYPE_CHECKING:
    from ._types import Channel, Moment, Previous, Purpose, User

__all__ = [
    "Account",
    "Approved",
    "Caller",
    "Captcha",
    "Challenge",
    "CodeKeys",
    "Effect",
    "Redemption",
    "Sending",
    "Step",
    "Store",
    "check_caller",
    "commit",
    "peer_key",
    "retry_after",
    "run",
]


@dataclasses.dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: the device as the client describes it, and the client. What is blank was not said."""

    system: str
    fingerprint: str
    agent: str
    client: str
    registered: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """An account as the host knows it: its attributes, and its stored hashes, the current one first."""

    id: str
    user: User | None = None
    previous: collections.abc.Iterable[Previous] = dataclasses.field(default=(), repr=False)
    active: bool = True
    password_set: Moment | None = None


class Store(typing.Protocol):
    """What a host does for a redemption."""

    def challenge(
        self, purpose: Purpose, channel: Channel, address: str | None, account: str | None, requester: str
    ) -> Challenge | None:
        """Return the newest challenge of a purpose, channel and requester, for the address or, if that is None, for the
        account."""
        ...

    def account(self, account: str, channel: Channel, address: str) -> Account | None:
        """The account with this identifier and this address, as they are now."""
        ...

    def hash(self, password: str) -> str:
        """The hash to store."""
        ...

    def apply(self, effects: collections.abc.Sequence[Effect]) -> bool:
        """Carries out all of the effects in one transaction, or none where a condition does not hold."""
        ...


def commit(approved: Approved, store: Store) -> bool:
    """Hashes the password of a leave and carries its effects out; whether that was done."""
    return store.apply(approved.effects(store.hash(approved.password)))


def run(redemption: Redemption, store: Store) -> Step:
    """Takes a redemption to its end: the last step, `done`, `refused` or `not_judged`, its effects carried out."""
    step = redemption.begin()
    while True:
        match step.kind:
            case "look_up_challenge":
                purpose, channel = typing.cast("Purpose", step.purpose), typing.cast("Channel", step.channel)
                requester = step.requester or ""
                step = redemption.challenge(store.challenge(purpose, channel, step.address, step.account, requester))
            case "apply":
                step = redemption.applied(store.apply(step.effects))
            case "look_up_account":
                # A code that was made without an account is answered with none.
                channel = typing.cast("Channel", step.channel)
                known = store.account(step.account, channel, step.address or "") if step.account else None
                step = redemption.account(known)
            case "approved":
                step = redemption.applied(commit(step.take_approved(), store))
            case _:
                if step.effects:
                    store.apply(step.effects)
                return step
