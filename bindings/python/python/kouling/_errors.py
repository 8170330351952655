"""What is raised when there is no answer, or when the answer is no and the caller asked for an exception."""

from __future__ import annotations

import dataclasses
import typing

if typing.TYPE_CHECKING:
    from ._kouling import Outcome


class KoulingError(Exception):
    """Everything that this package raises of its own."""


@dataclasses.dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong with a policy, with its place."""

    id: str
    file: str
    line: int
    column: int
    message: str
    help: str | None = None

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.message} [{self.id}]"
        return f"{text}\n  help: {self.help}" if self.help else text


class PolicyError(KoulingError, ValueError):
    """A policy is wrong: everything that is, in `diagnostics`."""

    def __init__(self, diagnostics: typing.Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(map(str, self.diagnostics))


class CannotJudge(KoulingError):
    """No judgement is possible: never the same as refused, and never a way to accepted. `kind` is a stable word."""

    def __init__(self, kind: str, message: str) -> None:
        self.kind = kind
        self.message = message
        super().__init__(kind, message)

    def __str__(self) -> str:
        return f"{self.message} [{self.kind}]"


class WordsError(KoulingError, OSError):
    """A word list or a filter cannot be read, or is damaged."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class CannotGenerate(KoulingError):
    """No password was found that the policy accepts."""


class PasswordRejected(KoulingError, ValueError):
    """A password is refused: for what, its `outcome` says."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome)

    def __str__(self) -> str:
        return "; ".join(self.outcome.messages())

    def __reduce__(self) -> typing.NoReturn:
        raise TypeError("a PasswordRejected cannot be pickled; send the to_dict() of its outcome")


# They are known by the names under which they are imported, in tracebacks and in pickles.
for _public in (KoulingError, Diagnostic, PolicyError, CannotJudge, WordsError, CannotGenerate, PasswordRejected):
    _public.__module__ = "kouling"
