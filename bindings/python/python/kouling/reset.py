"""The password-reset flow: whether a verification code is sent, and whether a new password is set.

The flow itself does no input or output. Each step says what the host looks up, or which effects it applies: all effects of a
list in one transaction, or none. `run` makes all calls of a redemption for a host that implements `Store`.
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
    """The device and the client of a request, as the client describes them. A blank field counts as missing.

    Attributes:
        system: Operating system and its version.
        fingerprint: Device fingerprint. A code is bound to it if the policy says so.
        agent: User agent.
        client: Client identifier. A code is bound to it if the policy says so.
        registered: Whether the host has registered this client.
    """

    system: str
    fingerprint: str
    agent: str
    client: str
    registered: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """An account, as the host has looked it up.

    Attributes:
        id: Identifier.
        user: Attributes of the account's owner.
        previous: Stored password hashes, the current one first.
        active: Whether the account may be used.
        password_set: When the current password was set.
    """

    id: str
    user: User | None = None
    previous: collections.abc.Iterable[Previous] = dataclasses.field(default=(), repr=False)
    active: bool = True
    password_set: Moment | None = None


class Store(typing.Protocol):
    """What `run` and `commit` require of a host."""

    def challenge(
        self, purpose: Purpose, channel: Channel, address: str | None, account: str | None, requester: str
    ) -> Challenge | None:
        """Return the newest challenge for the address, or for the account if the address is `None`.

        Only consider challenges with this purpose, channel and requester.
        """
        ...

    def account(self, account: str, channel: Channel, address: str) -> Account | None:
        """Return the account with this identifier, if it currently has this address."""
        ...

    def hash(self, password: str) -> str:
        """Return the hash of a password, to store it."""
        ...

    def apply(self, effects: collections.abc.Sequence[Effect]) -> bool:
        """Apply all effects in order and in one transaction.

        Returns:
            False if the condition of an effect does not hold; then none of them is applied.
        """
        ...


def commit(approved: Approved, store: Store) -> bool:
    """Hash the password of an authorization and apply its effects.

    Returns:
        Whether the effects were applied.
    """
    return store.apply(approved.effects(store.hash(approved.password)))


def run(redemption: Redemption, store: Store) -> Step:
    """Run a redemption to its end.

    Args:
        redemption: A new redemption.
        store: The host.

    Returns:
        The last step: `done`, `refused` or `not_judged`. Its effects are applied.
    """
    step = redemption.begin()
    while True:
        match step.kind:
            case "look_up_challenge":
                purpose, channel = typing.cast("Purpose", step.purpose), typing.cast("Channel", step.channel)
                challenge = store.challenge(purpose, channel, step.address, step.account, step.requester or "")
                step = redemption.challenge(challenge)
            case "apply":
                step = redemption.applied(store.apply(step.effects))
            case "look_up_account":
                # A challenge without an account never authorizes one, even if the address has an account by now.
                channel = typing.cast("Channel", step.channel)
                account = store.account(step.account, channel, step.address or "") if step.account else None
                step = redemption.account(account)
            case "approved":
                step = redemption.applied(commit(step.take_approved(), store))
            case _:
                if step.effects:
                    store.apply(step.effects)
                return step
