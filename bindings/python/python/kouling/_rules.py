"""Rules of one's own, as classes."""

from __future__ import annotations

import collections.abc
import dataclasses
import typing

Refusal: typing.TypeAlias = str | tuple[str, dict[str, int]]
"""A code, or a pair of it and its numbers."""


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """A password that is judged, and what is known beside it."""

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
    """What a policy may set. On the class it is its declaration, on an instance its value."""

    of: typing.ClassVar[str]
    name: str

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name


class Count(_Parameter):
    """A whole number."""

    of = "count"

    def __init__(self, otherwise: int, *, least: int = 0, most: int = 2**63 - 1) -> None:
        self.otherwise, self.least, self.most = otherwise, least, most

    @typing.overload
    def __get__(self, instance: None, owner: type) -> typing.Self: ...
    @typing.overload
    def __get__(self, instance: object, owner: type) -> int: ...
    def __get__(self, instance: object | None, owner: type) -> typing.Self | int:
        return self if instance is None else typing.cast(int, instance.__dict__[self.name])


class Flag(_Parameter):
    """A yes or no."""

    of = "flag"

    def __init__(self, otherwise: bool = False) -> None:
        self.otherwise = otherwise

    @typing.overload
    def __get__(self, instance: None, owner: type) -> typing.Self: ...
    @typing.overload
    def __get__(self, instance: object, owner: type) -> bool: ...
    def __get__(self, instance: object | None, owner: type) -> typing.Self | bool:
        return self if instance is None else typing.cast(bool, instance.__dict__[self.name])


class Text(_Parameter):
    """A text, or None."""

    of = "text"

    def __init__(self, otherwise: str | None = None) -> None:
        self.otherwise = otherwise

    @typing.overload
    def __get__(self, instance: None, owner: type) -> typing.Self: ...
    @typing.overload
    def __get__(self, instance: object, owner: type) -> str | None: ...
    def __get__(self, instance: object | None, owner: type) -> typing.Self | str | None:
        return self if instance is None else typing.cast("str | None", instance.__dict__[self.name])


class Rule:
    """A kind of rule: a subclass names its `kind`, its `codes`, the `numbers` that it tells, and says `check`.

    >>> import kouling
    >>> class Palindrome(kouling.Rule):
    ...     kind = "palindrome"
    ...     codes = ("palindrome.whole",)
    ...     numbers = ("min",)
    ...     min_length = kouling.Count(4, least=2, most=64)
    ...
    ...     def check(self, candidate):
    ...         if len(candidate) >= self.min_length and candidate.folded == candidate.reversed:
    ...             yield "palindrome.whole", {"min": self.min_length}
    >>> policy = kouling.Policy.parse('''
    ... format = 1
    ... [rules.palindrome]
    ... min_length = 5
    ... message.en = "must not be a palindrome of {min}"
    ... ''', rules=[Palindrome])
    >>> policy.evaluate("Rotor").messages()
    ['must not be a palindrome of 5']
    """

    kind: typing.ClassVar[str]
    codes: typing.ClassVar[collections.abc.Sequence[str]]
    numbers: typing.ClassVar[collections.abc.Sequence[str]] = ()

    def __init__(self, **parameters: typing.Any) -> None:
        self.__dict__.update(parameters)

    def check(self, candidate: Candidate) -> collections.abc.Iterable[Refusal] | str | None:
        """Looks at a password: yields codes, or pairs of a code and its numbers. What it raises is "could not judge"."""
        raise NotImplementedError

    @classmethod
    def _parameters(cls) -> dict[str, _Parameter]:
        found: dict[str, _Parameter] = {}
        for owner in reversed(cls.__mro__):
            found.update((name, value) for name, value in vars(owner).items() if isinstance(value, _Parameter))
        return found
