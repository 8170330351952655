"""The exceptions of the package.

A refused password is not an error: `Policy.evaluate` returns it as an outcome. Only `Policy.require` raises
`PasswordRejected`.
"""

from __future__ import annotations

import dataclasses
import typing

if typing.TYPE_CHECKING:
    from ._kouling import Outcome


class KoulingError(Exception):
    """Base class of all exceptions that this package defines."""


@dataclasses.dataclass(frozen=True, slots=True)
class Diagnostic:
    """An error in a policy file, with its location.

    Attributes:
        id: Stable identifier of the type of error, such as `unknown-kind`.
        file: Name of the file.
        line: Line, starting at 1; 0 if the error has no location, such as a missing file.
        column: Column in code points, starting at 1; 0 if the error has no location.
        message: Description of the error.
        help: Suggestion, if there is one.
    """

    id: str
    file: str
    line: int
    column: int
    message: str
    help: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: " if self.line else ""
        text = f"{place}{self.message} [{self.id}]"
        return f"{text}\n  help: {self.help}" if self.help else text


class PolicyError(KoulingError, ValueError):
    """A policy has errors.

    Attributes:
        diagnostics: All errors of the policy, in file order.
    """

    def __init__(self, diagnostics: typing.Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(map(str, self.diagnostics))


class CannotJudge(KoulingError):
    """The password could not be evaluated. Never treat this as acceptance.

    If a rule or a verifier of the host raised an exception, it is the `__cause__`.

    Attributes:
        kind: Stable identifier of the reason: `not_utf8`, `nul`, `too_many_facts`, `missing_fact`, `stored_hash` or `custom`.
        message: Description of the reason. Contains no part of the password.
    """

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        self.message = message
        super().__init__(kind, message)

    def __str__(self) -> str:
        return f"{self.message} [{self.kind}]"


class WordsError(KoulingError, OSError):
    """A word list or a breach filter cannot be read, or is damaged."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class CannotGenerate(KoulingError):
    """No password was found that the policy accepts."""


class PasswordRejected(KoulingError, ValueError):
    """The policy refuses the password.

    Attributes:
        outcome: All violations.
    """

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome)

    def __str__(self) -> str:
        return "; ".join(self.outcome.messages())

    def __reduce__(self) -> typing.NoReturn:
        raise TypeError("a PasswordRejected cannot be pickled; send the to_dict() of its outcome")


# Tracebacks and pickles show the public module.
for _public in (KoulingError, Diagnostic, PolicyError, CannotJudge, WordsError, CannotGenerate, PasswordRejected):
    _public.__module__ = "kouling"
