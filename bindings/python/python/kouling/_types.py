"""Types of arguments and results, for type checkers and annotations."""

from __future__ import annotations

import collections.abc
import datetime
import os
import typing

if typing.TYPE_CHECKING:
    from typing_extensions import Buffer

    from ._rules import Rule

Password: typing.TypeAlias = "str | Buffer"
"""A password or another secret: text, or UTF-8 bytes (`bytes`, `bytearray`, `memoryview`)."""

User: typing.TypeAlias = "collections.abc.Mapping[str, str | collections.abc.Iterable[str] | None] | object"
"""A user: a mapping from attribute names to one or several texts, a dataclass, an object with public attributes, or a
`kouling.PreparedUser`."""

Moment: typing.TypeAlias = float | datetime.datetime
"""Seconds since 1970, or a datetime with a time zone."""

Previous: typing.TypeAlias = str | tuple[str, Moment | None]
"""A stored hash, or a pair of a hash and the moment it was set."""

Verifier: typing.TypeAlias = collections.abc.Callable[[bytes, str], bool | None]
"""Compares a password with a stored hash. Returns None if it does not support the format of the hash."""

Path: typing.TypeAlias = str | os.PathLike[str]
"""A path."""

Files: typing.TypeAlias = "collections.abc.Mapping[str, Password]"
"""Contents of the files that a policy refers to, by name. Used instead of the files on disk."""

Rules: typing.TypeAlias = "collections.abc.Iterable[type[Rule]]"
"""Custom rule kinds."""

Purpose: typing.TypeAlias = typing.Literal["forgot_password", "update_password"]
"""What a verification code authorizes."""

Channel: typing.TypeAlias = typing.Literal["email", "mobile"]
"""How a verification code is sent."""


class Facts(typing.TypedDict, total=False):
    """The keyword arguments that describe the account and the time of an evaluation. All are optional.

    A wrapper function passes them on with `**facts: typing.Unpack[kouling.Facts]`.
    """

    user: User | None
    """Account that will own the password. Needed by personal-data rules."""
    previous: collections.abc.Iterable[Previous] | None
    """Stored hashes of the account's passwords, the current one first. Needed by `history`."""
    current: Password | None
    """The current password itself, if the user has just entered it. Needed by `similarity`."""
    verifier: Verifier | None
    """Compares a password with a stored hash of a format that the engine does not support."""
    password_set: Moment | None
    """When the current password was set. Needed by `reset.min_password_age`."""
    now: Moment | None
    """Time of the evaluation. Defaults to the system time."""


class Failures(typing.TypedDict, total=False):
    """Consecutive failed sign-ins."""

    count: typing.Required[int]
    newest: int | str | datetime.datetime | None
    """Time of the newest failure. None if there is none or if it is unknown."""


class AccountFacts(typing.TypedDict, total=False):
    """The facts about an account, for `Policy.standing`.

    A policy needs some of them: see the catalogue. Times are seconds since 1970, dates such as `2027-01-01`, or datetimes with a
    time zone; None is an unknown time.
    """

    password_set: int | str | datetime.datetime | None
    """When the password was set."""
    last_use: int | str | datetime.datetime | None
    """The last successful sign-in. None if there was none."""
    network_failures: Failures
    """Consecutive failed sign-ins from the network of the client."""
    account_failures: Failures
    """Consecutive failed sign-ins from all unknown networks together."""
    known_network: bool
    """Whether the owner has signed in from the network of the client before."""
    locked_until: int | str | datetime.datetime | None
    """The end of a lock that the host or an administrator imposed."""
    disabled: bool
    """Whether an administrator disabled the account."""
    must_change: bool
    """Whether an administrator requires a change of the password."""
    temporary: bool
    """Whether an administrator set the password."""
    temporary_until: int | str | datetime.datetime | None
    """When a temporary password expires, if the host limits it."""
    temporary_used: bool
    """Whether a temporary password was used for a sign-in."""
    breached: bool
    """Whether the password was found in a breach since it was set."""
    accepted_under: str | None
    """The digest of the policy that accepted the password. None if it is unknown."""
    grace_used: int
    """The number of sign-ins since the password expired."""


class Response(typing.TypedDict):
    """The response to a client, as a contract defines it."""

    status: int
    """HTTP status."""
    code: str
    message: str
    retry_after: int | None
    """Seconds until a new attempt can succeed."""


class RuleCounts(typing.TypedDict):
    """Numbers of passwords per result of one rule."""

    kind: str
    refused: int
    sole_cause: int
    """Refused by this rule only: accepted without it."""
    warned: int
    shadowed: int
    in_addition: int
    """Accepted, although this rule has a violation with severity `warn` or `shadow`."""
    time_ns: float | None
    """Always None: `evaluate_many` does not measure time."""
    codes: dict[str, int]


class Overlap(typing.TypedDict):
    """Number of passwords that two rules both refuse."""

    rules: list[str]
    refused: int


class Counts(typing.TypedDict):
    """Numbers of passwords per outcome, rule and code. `kouling simulate` has the same structure."""

    policy: dict[str, str]
    dictionaries: dict[str, str]
    total: int
    accepted: int
    refused: int
    could_not_judge: int
    """Neither accepted nor refused: not UTF-8, or with a NUL."""
    could_not_judge_by: dict[str, int]
    refusal_rate: float | None
    """Share of the evaluated passwords that are refused."""
    rules: list[str]
    """Names of the rules, in evaluation order."""
    by_rule: dict[str, RuleCounts]
    codes: dict[str, int]
    overlap: list[Overlap]


EstimatedPart = typing.TypedDict("EstimatedPart", {"kind": str, "from": int, "to": int})
"""The kind of a part of a password, and its first and last code point, counted from 1."""


class Estimate(typing.TypedDict):
    """The estimated number of guesses for a password."""

    guesses_log10: float
    """Decimal logarithm of the guesses, with two decimals."""
    score: typing.Literal[0, 1, 2, 3, 4]
    """0 to 4 for fewer than 10^3, 10^6, 10^8 or 10^10 guesses, or more."""
    complete: bool
    """Whether the whole password was evaluated."""
    parts: list[EstimatedPart]


class FilterStatus(typing.TypedDict):
    """Format, size and origin of a breach filter."""

    version: int
    """Version of the file format."""
    hash: typing.Literal["sha1", "ntlm"]
    format: typing.Literal["16", "32", "exact"]
    passwords: dict[int, int]
    """Number of passwords by the lower bound of their breach count."""
    min_count: int
    source: str
    shards: int
    bytes: int
    one_in: int | None
    """One in this many passwords is a false positive. None if the filter is exact."""
    digest: str
    """SHA-256 of the filter, as hexadecimal digits."""
