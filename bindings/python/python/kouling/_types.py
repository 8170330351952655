"""The types that arguments and answers have: for type checkers, and for annotations of one's own."""

from __future__ import annotations

import collections.abc
import datetime
import os
import typing

if typing.TYPE_CHECKING:
    from typing_extensions import Buffer

    from ._rules import Rule

Password: typing.TypeAlias = "str | Buffer"
"""A password or another secret: text, or its bytes in UTF-8 (`bytes`, `bytearray`, `memoryview`)."""

User: typing.TypeAlias = "collections.abc.Mapping[str, str | collections.abc.Iterable[str] | None] | object"
"""A user: a mapping of attributes to a text or several, a dataclass, or any object whose public attributes are text."""

Moment: typing.TypeAlias = float | datetime.datetime
"""Seconds since 1970, or a datetime that knows its time zone."""

Previous: typing.TypeAlias = str | tuple[str, Moment | None]
"""A stored hash, or a pair of it and when it was set."""

Verifier: typing.TypeAlias = collections.abc.Callable[[bytes, str], bool | None]
"""Compares a password with a stored hash: true, false, or None when the form of the hash is not its own."""

Path: typing.TypeAlias = str | os.PathLike[str]
"""A path."""

Files: typing.TypeAlias = "collections.abc.Mapping[str, Password]"
"""Files that a policy names, by name, instead of those on disk."""

Rules: typing.TypeAlias = "collections.abc.Iterable[type[Rule]]"
"""Kinds of rules of one's own."""

Purpose: typing.TypeAlias = typing.Literal["forgot_password", "update_password"]
"""What a code is for."""

Channel: typing.TypeAlias = typing.Literal["email", "mobile"]
"""How a code travels."""


class Answer(typing.TypedDict):
    """What goes over the wire."""

    status: int
    code: str
    message: str
    retry_after: int | None


class RuleCounts(typing.TypedDict):
    """What one rule came to, in passwords."""

    kind: str
    refused: int
    sole_cause: int
    """Refused by it and by no other rule: what would be accepted without it."""
    warned: int
    shadowed: int
    in_addition: int
    """Accepted, though it, warning or on trial, found something in them."""
    time_ns: float | None
    """None: no time is taken here."""
    codes: dict[str, int]


class Overlap(typing.TypedDict):
    """How many passwords two rules refuse both."""

    rules: list[str]
    refused: int


class Counts(typing.TypedDict):
    """What came of many passwords, in the form in which `kouling simulate` writes it too."""

    policy: dict[str, str]
    dictionaries: dict[str, str]
    total: int
    accepted: int
    refused: int
    could_not_judge: int
    """Neither accepted nor refused: what is not UTF-8, or holds a NUL."""
    could_not_judge_by: dict[str, int]
    refusal_rate: float | None
    """Of those that were judged."""
    rules: list[str]
    """Their names, in the order of judging."""
    by_rule: dict[str, RuleCounts]
    codes: dict[str, int]
    overlap: list[Overlap]


class FilterStatus(typing.TypedDict):
    """What a filter is."""

    version: int
    hash: typing.Literal["sha1", "ntlm"]
    form: typing.Literal["16", "32", "exact"]
    passwords: dict[int, int]
    min_count: int
    source: str
    shards: int
    bytes: int
    one_in: int | None
    digest: str
