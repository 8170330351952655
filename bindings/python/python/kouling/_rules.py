"""Custom rule kinds, written as classes."""

from __future__ import annotations

import collections.abc
import dataclasses
import typing

ViolationCode: typing.TypeAlias = str | tuple[str, dict[str, int]]
"""A violation code, or a pair of a code and the numbers of its message."""


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """The password that a custom rule checks, and the facts about its account.

    Attributes:
        text: The password, normalized as the policy requires.
        folded: The password in lower case (Unicode case folding).
        reversed: `folded`, in reverse order.
        user: The attributes of the user; each may have several values.
        now: Time of the evaluation, in seconds since 1970.
    """

    text: str
    folded: str
    reversed: str
    user: dict[str, list[str]]
    now: int

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return "<Candidate>"

    def __reduce__(self) -> typing.NoReturn:
        raise TypeError("a Candidate cannot be pickled")


class _Parameter:
    """A parameter of a rule kind. The class attribute is the declaration, the instance attribute is the value."""

    value_type: typing.ClassVar[str]
    name: str

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name


class Count(_Parameter):
    """A parameter that is a whole number.

    Args:
        default: Value if the policy does not set the parameter.
        min: Minimum that a policy may set.
        max: Maximum that a policy may set.
    """

    value_type = "count"

    def __init__(self, default: int, *, min: int = 0, max: int = 2**63 - 1) -> None:
        self.default, self.min, self.max = default, min, max

    @typing.overload
    def __get__(self, instance: None, owner: type) -> typing.Self: ...
    @typing.overload
    def __get__(self, instance: object, owner: type) -> int: ...
    def __get__(self, instance: object | None, owner: type) -> typing.Self | int:
        return self if instance is None else typing.cast(int, instance.__dict__[self.name])


class Flag(_Parameter):
    """A parameter that is true or false.

    Args:
        default: Value if the policy does not set the parameter.
    """

    value_type = "flag"

    def __init__(self, default: bool = False) -> None:
        self.default = default

    @typing.overload
    def __get__(self, instance: None, owner: type) -> typing.Self: ...
    @typing.overload
    def __get__(self, instance: object, owner: type) -> bool: ...
    def __get__(self, instance: object | None, owner: type) -> typing.Self | bool:
        return self if instance is None else typing.cast(bool, instance.__dict__[self.name])


class Text(_Parameter):
    """A parameter that is text or None.

    Args:
        default: Value if the policy does not set the parameter.
    """

    value_type = "text"

    def __init__(self, default: str | None = None) -> None:
        self.default = default

    @typing.overload
    def __get__(self, instance: None, owner: type) -> typing.Self: ...
    @typing.overload
    def __get__(self, instance: object, owner: type) -> str | None: ...
    def __get__(self, instance: object | None, owner: type) -> typing.Self | str | None:
        return self if instance is None else typing.cast("str | None", instance.__dict__[self.name])


class Rule:
    """Base class of custom rule kinds.

    A subclass declares its parameters as class attributes (`Count`, `Flag`, `Text`) and implements `check`. A policy
    uses it as it uses a built-in kind.

    Attributes:
        kind: Name of the rule kind: a-z, 0-9 and `_`.
        codes: All violation codes of the kind, each `<kind>.<word>`.
        numbers: Names of all numbers that a violation may have.

    >>> import kouling
    >>> class Palindrome(kouling.Rule):
    ...     kind = "palindrome"
    ...     codes = ("palindrome.whole",)
    ...     numbers = ("min",)
    ...     min_length = kouling.Count(4, min=2, max=64)
    ...
    ...     def check(self, candidate):
    ...         if len(candidate) >= self.min_length and candidate.folded == candidate.reversed:
    ...             yield "palindrome.whole", {"min": self.min_length}
    >>> policy = kouling.Policy.parse('''
    ... format = 1
    ... [rules.palindrome]
    ... min_length = 5
    ... message.en = "must not be a palindrome of {min} characters or more"
    ... ''', rules=[Palindrome])
    >>> policy.evaluate("Rotor").messages()
    ['must not be a palindrome of 5 characters or more']
    """

    kind: typing.ClassVar[str]
    codes: typing.ClassVar[collections.abc.Sequence[str]]
    numbers: typing.ClassVar[collections.abc.Sequence[str]] = ()

    def __init__(self, **parameters: typing.Any) -> None:
        self.__dict__.update(parameters)

    def check(self, candidate: Candidate) -> collections.abc.Iterable[ViolationCode] | str | None:
        """Check a password.

        Several threads may call this at the same time. An exception means that the password could not be evaluated:
        the evaluation raises `CannotJudge`.

        Returns:
            The violations: an iterable of codes, or of pairs of a code and the numbers of its message. Also one code alone,
            or None.
        """
        raise NotImplementedError

    @classmethod
    def _parameters(cls) -> dict[str, _Parameter]:
        parameters: dict[str, _Parameter] = {}
        for owner in reversed(cls.__mro__):
            declared = ((name, value) for name, value in vars(owner).items() if isinstance(value, _Parameter))
            parameters.update(declared)
        return parameters
