"""The Rust extension module. The docstrings are generated: see `tests/python/test_stub_docs.py`."""

import collections.abc
import typing

from ._errors import CannotJudge, WordsError
from ._types import (
    AccountFacts,
    Channel,
    Counts,
    Estimate,
    Facts,
    Files,
    FilterStatus,
    Moment,
    Password,
    Path,
    Purpose,
    Response,
    Rules,
    User,
    Verifier,
)
from .reset import Account, Caller

__version__: str
PRESETS: list[str]
"""The names of the policies that come with the package."""

__all__ = [
    "PRESETS",
    "Approved",
    "Captcha",
    "Challenge",
    "CodeKeys",
    "Contract",
    "Decision",
    "Effect",
    "Filter",
    "Outcome",
    "Policy",
    "PolicySet",
    "PreparedUser",
    "Redemption",
    "Sending",
    "Step",
    "Violation",
    "Words",
    "__version__",
    "check_caller",
    "command_line",
    "conflicts",
    "estimate",
    "message",
    "peer_key",
    "retry_after",
    "standards",
]

def command_line(arguments: collections.abc.Sequence[str]) -> int:
    """Run the command line interface.

    Args:
        arguments: Arguments, the first of which is the program name.

    Returns:
        The exit status.
    """

def message(key: str, language: str) -> str:
    """Return a text of Kouling, such as `term.clause_separator`, in a language.

    Args:
        key: Key of the text in `rules/languages`.
        language: Language tag. An unsupported language yields English.

    Returns:
        The text, or the key if there is no such text.
    """

def standards() -> list[str]:
    """Return the names of the standards that `Policy.comply` compares a policy with."""

def conflicts(*names: str, language: str = "en") -> list[dict[str, typing.Any]]:
    """Find requirements of standards that contradict each other.

    Args:
        names: Names of standards, as `standards` returns them.
        language: Language tag of the texts. An unsupported language yields English.

    Returns:
        One dict per contradiction.

    Raises:
        ValueError: Unknown standard.
    """

def estimate(
    password: Password,
    *,
    user: User | None = None,
    words: collections.abc.Sequence[str] | None = None,
    now: Moment | None = None,
) -> Estimate:
    """Estimate how many guesses a password takes, without a policy.

    Args:
        password: The password, as str or as UTF-8 bytes.
        user: Account that will own the password. An attacker tries its attributes first.
        words: Further words that an attacker tries first, such as the name of the company.
        now: Time of the estimate. Years close to it are tried first. Defaults to the system time.

    Returns:
        A dict with `guesses_log10` (the decimal logarithm of the guesses), `score` (0 to 4), `complete` (whether the whole
        password was evaluated) and `parts`: the kind of each part, and its first and last character, counted from 1 in code
        points of the password in NFC. It contains no part of the password, but do not log it: it is derived from it.

    Raises:
        ValueError: The password is not valid text.
    """

def check_caller(caller: Caller) -> str | None:
    """Check that a caller has identified its device and a registered client.

    `Sending` and `Redemption` check this themselves.

    Args:
        caller: The caller.

    Returns:
        The code of the refusal, or `None`. `Contract.response` has the response for the code.
    """

def peer_key(address: str) -> str:
    """Return the key under which requests of a client IP address are counted.

    Args:
        address: An IPv4 address, which is its own key, or an IPv6 address. The key of an IPv6 address is its /64 prefix.

    Raises:
        ValueError: This is not an IP address.
    """

def retry_after(
    max_events: int, seconds: int, events: collections.abc.Iterable[Moment], *, now: Moment | None = None
) -> int:
    """Return the seconds until one more event is within a rate limit, 0 if it is now.

    Args:
        max_events: Maximum number of events within `seconds`.
        seconds: Length of the window.
        events: Times of the events on record.
        now: Time of the request. Defaults to the system time.
    """

@typing.final
class Policy:
    """A compiled policy. Immutable and safe to use from several threads; evaluation releases the interpreter lock."""

    @staticmethod
    def load(path: Path, *, rules: Rules | None = None, files: Files | None = None) -> Policy:
        """Read and compile the policy in a file.

        Args:
            path: Path of the policy file.
            rules: Custom rule kinds, in addition to the built-in ones.
            files: Contents of files by name. Replaces the file system: the policy, the layers that it extends and its word
                lists are all looked up here.

        Raises:
            PolicyError: The policy has errors; the exception holds all of them.
        """

    @staticmethod
    def parse(text: str, *, name: str = "policy", rules: Rules | None = None, files: Files | None = None) -> Policy:
        """Compile a policy from TOML text.

        Args:
            text: The policy. Paths in it are relative to the working directory of the process.
            name: Name of the policy in error messages, and its default `name`.
            rules: As for `load`.
            files: As for `load`.

        Raises:
            PolicyError: The policy has errors; the exception holds all of them.
        """

    @staticmethod
    def preset(name: str) -> Policy:
        """Compile a policy of the package.

        Args:
            name: One of `PRESETS`.

        Raises:
            PolicyError: Unknown preset.
        """

    @property
    def name(self) -> str:
        """Name of the policy."""

    @property
    def digest(self) -> str:
        """SHA-256 of the policy's layers and word lists, as hexadecimal digits."""

    @property
    def population(self) -> list[str]:
       
        """Names of the populations that a policy set selected this policy for. Empty if it does not come from a set."""

    def changed(self) -> bool:
        """Return `True` if a file of this policy has changed: its own, a layer or a word list.

        Always `False` for a preset, and for a policy loaded with `files`. `PolicyFile` reloads a changed policy.
        """

    @property
    def rules(self) -> dict[str, str]:
        """Kind of each rule by the name of the rule, in evaluation order."""

    def evaluate(self, password: Password, **facts: typing.Unpack[Facts]) -> Outcome:
        """Evaluate a password.

        Args:
            password: The password, as str or as UTF-8 bytes.
            user: Account that will own the password. Needed by personal-data rules.
            previous: Stored hashes of the account's passwords, the current one first. Needed by `history`.
            current: The current password itself, if the user has just entered it. Needed by `similarity`.
            verifier: Compares a password with a stored hash of a format that the engine does not support.
            password_set: When the current password was set, for a change by the user. Then `reset.min_password_age` applies.
            now: Time of the evaluation. Defaults to the system time.

        Returns:
            All violations, warnings and notes.

        Raises:
            CannotJudge: The password could not be evaluated. Never treat this as acceptance.
            WordsError: A word list or breach filter of the policy cannot be read.
        """

    def require(self, password: Password, **facts: typing.Unpack[Facts]) -> Outcome:
        """Evaluate a password and raise an exception if the policy refuses it.

        Args:
            password: The password, as str or as UTF-8 bytes.
            facts: As for `evaluate`.

        Returns:
            The outcome of the accepted password, including warnings.

        Raises:
            PasswordRejected: The policy refuses the password.
            CannotJudge: As for `evaluate`.
            WordsError: As for `evaluate`.
        """

    def explain(
        self,
        password: Password,
        *,
        language: str = "en",
        contract: Contract | None = None,
        **facts: typing.Unpack[Facts],
    ) -> dict[str, typing.Any]:
        """Evaluate a password and explain the result.

        Args:
            password: The password, as str or as UTF-8 bytes.
            language: Language tag of the messages. An unsupported language yields English.
            contract: Adds the contract's code to each violation.
            facts: As for `evaluate`.

        Returns:
            A dict with `outcome`, and with `rules`: what each rule requires, measured and found.

        Raises:
            CannotJudge: As for `evaluate`.
            WordsError: As for `evaluate`.
        """

    def standing(self, account: AccountFacts, *, now: Moment | None = None) -> Decision:
        """Decide whether the password of an account can be used.

        Args:
            account: Facts about the account by name. `None` is an unknown time or policy; a fact that is absent was not
                supplied.
            now: Current time. Defaults to the system time.

        Returns:
            The standing, without effects.

        Raises:
            CannotJudge: The policy needs a fact that is absent. Never treat this as a password that can be used.
            ValueError: A fact is unknown or invalid.
        """

    def sign_in_failed(self, account: AccountFacts, *, now: Moment | None = None) -> Decision:
        """Count a failed sign-in, before the password is verified.

        Apply the effects; then parallel attempts cannot exceed the limit of the policy. If the decision refuses the sign-in,
        do not verify the password. If the password is correct, call `signed_in`.

        Args:
            account: As for `standing`.
            now: As for `standing`.

        Returns:
            The standing before the failure, and the effects.

        Raises:
            CannotJudge: As for `standing`. Refuse the sign-in.
            ValueError: As for `standing`.
        """

    def signed_in(
        self, account: AccountFacts, *, accepts: bool | None = None, now: Moment | None = None
    ) -> Decision:
        """Decide whether a sign-in with the correct password opens a session.

        Args:
            account: Account as it was passed to `sign_in_failed`.
            accepts: Whether the policy accepts the password, if it was evaluated.
            now: As for `standing`.

        Returns:
            The standing and the effects. Open a session only if it permits one.

        Raises:
            CannotJudge: As for `standing`. Refuse the sign-in.
            ValueError: As for `standing`.
        """

    def describe(self, language: str = "en") -> dict[str, typing.Any]:
        """Describe the requirements of the policy, for display before the user enters a password.

        Args:
            language: Language tag of the texts. An unsupported language yields English.

        Returns:
            A dict with a `checklist`, a `passwordrules` attribute for password managers, and a regular expression.
        """

    def describe_html(self, language: str = "en") -> str:
        """Describe the requirements of the policy as an HTML checklist.

        Args:
            language: Language tag of the texts. An unsupported language yields English.
        """

    def comply(self, name: str, *, language: str = "en", now: Moment | None = None) -> dict[str, typing.Any]:
        """Compare the policy with each requirement of a standard.

        Reads the files of the policy again.

        Args:
            name: Name of the standard, as `standards` returns it.
            language: Language tag of the texts. An unsupported language yields English.
            now: Time of the comparison. Defaults to the system time.

        Returns:
            A dict with `requirements`, each with its `id` and `verdict`.

        Raises:
            ValueError: Unknown standard.
            KoulingError: A file of the policy has changed since it was loaded.
        """

    def generate(
        self,
        count: int = 1,
        *,
        length: int | None = None,
        bits: float | None = None,
        readable: bool = False,
        words: int | None = None,
        separator: str | None = None,
        phrase: bool = False,
        word_language: typing.Literal["en", "zh"] = "en",
        **facts: typing.Unpack[Facts],
    ) -> list[str]:
        """Generate passwords that the policy accepts, with the randomness of the operating system.

        Every password of the space that is drawn from is equally likely. `words` or `separator` imply `phrase`.

        Args:
            count: Number of passwords, at most 10,000.
            length: Length in code points.
            bits: Minimum entropy in bits.
            readable: Leave out characters that are easily confused, such as `0` and `O`.
            words: Number of words of a passphrase.
            separator: Text between the words of a passphrase.
            phrase: Generate passphrases instead of passwords.
            word_language: Language of the words: English, or Chinese in pinyin.
            facts: As for `evaluate`.

        Raises:
            CannotGenerate: No password was found that the policy accepts.
            CannotJudge: As for `evaluate`.
            WordsError: As for `evaluate`.
        """

    def change(
        self,
        password: Password,
        *,
        caller: Caller,
        account: Account,
        old_is_correct: bool | None,
        old_password: Password | None = None,
        verifier: Verifier | None = None,
        report_all: bool = True,
        now: Moment | None = None,
    ) -> Step:
        """Decide whether a signed-in user may replace the old password by a new one.

        Args:
            password: The new password.
            caller: Who calls.
            account: The signed-in account.
            old_is_correct: Whether the old password is the current one, as the host has checked. `None` if the user gave no
                old password, which is only accepted if the account has none.
            old_password: The old password itself. Needed by `similarity`; ignored unless it is correct.
            verifier: Compares a password with a stored hash of a format that the engine does not support.
            report_all: Report all violations, or only the first.
            now: Time of the change. Defaults to the system time.

        Returns:
            A step of kind `approved` or `refused`. If the effects of an approval cannot be applied, the password was changed
            in the meantime: respond with `reset.old_password_refused`.

        Raises:
            CannotJudge: As for `evaluate`.
            WordsError: As for `evaluate`.
        """

    def _evaluate_iterable(
        self,
        passwords: object,
        report: str,
        threads: int | None,
        progress: collections.abc.Callable[[int], object] | None,
        facts: Facts,
    ) -> list[bool] | list[list[str]] | Counts: ...
    def _evaluate_arrow(
        self,
        arrays: collections.abc.Iterable[tuple[memoryview, int, memoryview]],
        report: str,
        threads: int | None,
        progress: collections.abc.Callable[[int], object] | None,
        facts: Facts,
    ) -> list[bool] | list[list[str]] | Counts: ...
    def __copy__(self) -> Policy: ...
    def __deepcopy__(self, memo: object) -> Policy: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class PolicySet:
   
    """Which policy applies to which user. Immutable and safe to use from several threads.

    A policy set is a file that lists populations in order, each with a condition on the attributes of the user and a policy.
    A policy is a set with one population.
    """

    @staticmethod
    def load(path: Path, *, rules: Rules | None = None, files: Files | None = None) -> PolicySet:
        """Read and compile the file of a policy set, or of a policy.

        Args:
            path: Path of the file.
            rules: Custom rule kinds, in addition to the built-in ones.
            files: Contents of files by name. Replaces the file system.

        Raises:
            PolicyError: The set or one of its policies has errors; the exception holds all of them.
        """

    @staticmethod
    def parse(text: str, *, name: str = "policy", rules: Rules | None = None, files: Files | None = None) -> PolicySet:
        """Compile a policy set, or a policy, from TOML text.

        Args:
            text: The set. Paths in it are relative to the working directory of the process.
            name: Name of the file in error messages.
            rules: As for `load`.
            files: As for `load`.

        Raises:
            PolicyError: The set or one of its policies has errors; the exception holds all of them.
        """

    @property
    def name(self) -> str:
        """Name of the policy set."""

    @property
    def digest(self) -> str:
        """SHA-256 of the policy set and its policies, as hexadecimal digits."""

    @property
    def populations(self) -> dict[str, str | None]:
        """Condition of each population by the name of the population, in order. The last population has no condition."""

    @property
    def attributes(self) -> list[str]:
        """Names of the attributes that the conditions read."""

    def changed(self) -> bool:
        """Return `True` if a file of this set has changed: its own, a policy, a layer or a word list.

        Always `False` for a set loaded with `files`. `PolicyFile` reloads a changed set.
        """

    def select(self, user: User | None = None) -> Policy:
        """Return the policy of a user.

        Args:
            user: Attributes of the user, as for `Policy.evaluate`. An attribute that the user does not have is None or empty.

        Returns:
            The policy. Its `population` names the populations that it comes from.

        Raises:
            CannotJudge: A condition needs an attribute that was not supplied. Never treat this as the absence of the attribute.
        """

    def population(self, name: str) -> Policy:
        """Return the policy of a population.

        Args:
            name: Name of the population.

        Raises:
            KoulingError: Unknown population.
        """

    def __copy__(self) -> PolicySet: ...
    def __deepcopy__(self, memo: object) -> PolicySet: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class PreparedUser:
    """A user for many evaluations. Immutable and safe to share between threads.

    Rules derive data from a user, such as the spellings of a name. A prepared user stores what they derive, so that it is
    computed once, and not for each password. Pass it as `user`.

    Args:
        user: Attributes of the user, as for `Policy.evaluate`. They are copied.
    """

    def __new__(cls, user: User | None) -> PreparedUser: ...
    def __copy__(self) -> PreparedUser: ...
    def __deepcopy__(self, memo: object) -> PreparedUser: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Outcome:
    """The result of evaluating one password under one policy. Immutable; contains no part of the password.

    An outcome is true if the password is accepted. It is a sequence of the violations for which the password is refused,
    and `in` also accepts a violation code.
    """

    __match_args__: typing.ClassVar[tuple[typing.Literal["accepted"], typing.Literal["violations"]]]

    @property
    def accepted(self) -> bool:
        """`True` if the password is accepted."""

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Violations for which the password is refused, in policy order."""

    @property
    def warnings(self) -> tuple[Violation, ...]:
        """Violations of rules with `severity = "warn"`: show them to the user, but accept the password."""

    @property
    def shadows(self) -> tuple[Violation, ...]:
        """Violations of rules with `severity = "shadow"`: count them, but do not show them."""

    @property
    def notes(self) -> tuple[Violation, ...]:
        """Notes on the limits of this evaluation."""

    @property
    def codes(self) -> list[str]:
        """Codes of `violations`."""

    @property
    def guesses_log10(self) -> float | None:
        """Decimal logarithm of the guesses that the policy's `strength` rule estimates, or `None` if no such rule ran.

        `to_dict` rounds it to two decimals. Do not log it: it is derived from the password.
        """

    @property
    def policy_digest(self) -> str:
        """SHA-256 of the policy, as hexadecimal digits."""

    @property
    def dictionaries(self) -> dict[str, str]:
        """SHA-256 of each dictionary of the policy, as hexadecimal digits, by name."""

    def messages(self, language: str = "en") -> list[str]:
        """Return the messages of `violations`.

        Args:
            language: Language tag. An unsupported language yields English.
        """

    def to_dict(self, language: str = "en", *, contract: Contract | None = None) -> dict[str, typing.Any]:
        """Return the outcome as a dict with the structure of Kouling's JSON output.

        Args:
            language: Language tag of the messages. An unsupported language yields English.
            contract: Adds the contract's code to each violation.
        """

    def __bool__(self) -> bool: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> collections.abc.Iterator[Violation]: ...
    @typing.overload
    def __getitem__(self, key: typing.SupportsIndex, /) -> Violation: ...
    @typing.overload
    def __getitem__(self, key: slice, /) -> tuple[Violation, ...]: ...
    def __contains__(self, key: object, /) -> bool: ...
    def __copy__(self) -> Outcome: ...
    def __deepcopy__(self, memo: object) -> Outcome: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Violation:
    """A violation of a rule, or a note on the limits of an evaluation. Immutable.

    Violations are equal if their code, their numbers and the name of their rule are equal.
    """

    __match_args__: typing.ClassVar[tuple[typing.Literal["code"], typing.Literal["numbers"]]]

    @property
    def code(self) -> str:
        """Stable code, such as `length.too_short`."""

    @property
    def rule(self) -> str | None:
        """Name of the violated rule in the policy. `None` for a note."""

    @property
    def kind(self) -> str | None:
        """Kind of the violated rule. `None` for a note."""

    @property
    def severity(self) -> typing.Literal["refuse", "warn", "shadow"] | None:
        """Severity of the violated rule. `None` for a note."""

    @property
    def numbers(self) -> dict[str, int]:
        """Numbers of the message, by name."""

    def message(self, language: str = "en") -> str:
        """Return the message for the user.

        Args:
            language: Language tag. An unsupported language yields English.
        """

    def contract_code(self, contract: Contract) -> str | None:
        """Return the code of this violation in a contract, or `None` for a note."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Violation: ...
    def __deepcopy__(self, memo: object) -> Violation: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Decision:
    """Whether the password of an account can be used, and what the host stores. Immutable.

    It is true if a sign-in with the correct password opens a session.
    """

    __match_args__: typing.ClassVar[tuple[typing.Literal["standing"]]]

    @property
    def standing(self) -> typing.Literal["fine", "warn", "must_change", "grace", "locked", "disabled"]:
        """`fine`, `warn`, `must_change`, `grace`, `locked` or `disabled`."""

    @property
    def code(self) -> str:
        """Stable code, such as `standing.expired`."""

    @property
    def reason(self) -> str | None:
        """Reason of `must_change` and `disabled`, such as `expired`. Otherwise `None`."""

    @property
    def days(self) -> int | None:
        """Days until the password expires, for `warn`. Otherwise `None`."""

    @property
    def left(self) -> int | None:
        """Sign-ins left with an expired password, including this one, for `grace`. Otherwise `None`."""

    @property
    def until(self) -> int | None:
        """End of the lock in seconds since 1970, for `locked`. Otherwise `None`."""

    @property
    def permits_session(self) -> bool:
        """Whether a sign-in with the correct password opens a session."""

    @property
    def refuses_sign_in(self) -> bool:
        """Whether a sign-in is refused without verifying the password."""

    @property
    def effects(self) -> list[dict[str, typing.Any]]:
        """Changes of the account, for hosts that store each fact separately.

        A list of dicts with `effect`, and with `from` and `to`, `at`, or `digest`. Apply all effects in one transaction, or
        none. One with `from`, and `use_temporary`, are conditions.
        """

    def message(self, language: str = "en") -> str:
        """Return the message for the user.

        Args:
            language: Language tag. An unsupported language yields English.
        """

    def after(self, account: AccountFacts) -> AccountFacts | None:
        """Return the account as it is after all effects, for hosts that store it as one record.

        Args:
            account: Account as it is stored now.

        Returns:
            The account to store. `None` if a condition does not hold: another attempt was faster, and nothing may be stored.

        Raises:
            ValueError: A fact is unknown or invalid.
        """

    def to_dict(self, language: str = "en") -> dict[str, typing.Any]:
        """Return the decision as a dict with the structure of Kouling's JSON output.

        Args:
            language: Language tag of the message. An unsupported language yields English.
        """

    def __bool__(self) -> bool: ...
    def __copy__(self) -> Decision: ...
    def __deepcopy__(self, memo: object) -> Decision: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Contract:
    """The status, error code and message that existing clients expect for each violation and refusal. Immutable."""

    @staticmethod
    def built_in(name: str) -> Contract:
        """Return a contract of the package.

        Args:
            name: `idaas-ciam`.

        Raises:
            ValueError: Unknown contract.
        """

    @staticmethod
    def load(path: Path) -> Contract:
        """Read a contract from a file.

        Raises:
            PolicyError: The file cannot be read or has errors.
        """

    @property
    def name(self) -> str:
        """Name of the contract."""

    def response(self, name: str, language: str = "en") -> Response:
        """Look up the response for an error that the host detects itself.

        Args:
            name: Name of the error in the contract, such as `host.malformed`.
            language: Language tag of the message. An unsupported language yields English.
        """

    def __copy__(self) -> Contract: ...
    def __deepcopy__(self, memo: object) -> Contract: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Words:
    """A word list. Immutable; `in` looks up a word and `len` counts the words.

    Args:
        contents: A compiled list, or plain UTF-8 text with one word per line, the most common word first.
        fold: Ignore case, and look up words in any case.

    Raises:
        WordsError: The list is damaged or is not UTF-8.
    """

    def __new__(cls, contents: Password, *, fold: bool = True) -> Words: ...

    @staticmethod
    def built_in(name: str) -> Words:
        """Return a word list of the package.

        Args:
            name: `common` or `chinese`.

        Raises:
            ValueError: Unknown word list.
        """

    @staticmethod
    def compile(text: Password, *, fold: bool = True, source: str = "") -> bytes:
        """Compile a plain word list to the format that is searched without loading it into memory.

        Args:
            text: One word per line, the most common word first.
            fold: Ignore case.
            source: Description of the origin of the list, stored in the file.

        Returns:
            The contents of the compiled file.

        Raises:
            WordsError: The list is not UTF-8 or a word is too long.
        """

    def __len__(self) -> int: ...
    def __contains__(self, key: Password, /) -> bool: ...
    def __copy__(self) -> Words: ...
    def __deepcopy__(self, memo: object) -> Words: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Filter:
    """A breach filter: a compact set of breached passwords, read from disk as needed. `in` looks up a password."""

    @staticmethod
    def open(path: Path) -> Filter:
        """Open a filter file.

        Raises:
            WordsError: The file cannot be read or is damaged.
        """

    @staticmethod
    def read(contents: Password) -> Filter:
        """Open a filter from the contents of a filter file.

        Raises:
            WordsError: The contents are damaged.
        """

    @staticmethod
    def build(
        hashes: Path,
        to: Path,
        *,
        expected: int,
        hash: typing.Literal["sha1", "ntlm"] = "sha1",
        format: typing.Literal["16", "32", "exact"] = "16",
        min_count: int = 1,
        source: str = "",
        progress: collections.abc.Callable[[int, int], object] | None = None,
    ) -> FilterStatus:
        """Build a filter from a file of password hashes, and write it to a new file.

        Args:
            hashes: A file with one `HASH:COUNT` or `HASH` per line, sorted by hash. May be compressed with gzip or Zstandard.
            to: Path of the filter file.
            expected: Expected number of hashes.
            hash: Hash function of the input file.
            format: Fingerprint size in bits, or `exact` for no false positives.
            min_count: Leave out hashes with a lower count.
            source: Description of the origin of the hashes, stored in the file.
            progress: Called with the bytes and lines read so far. An exception stops the build; no file is written.

        Returns:
            The status of the new filter.

        Raises:
            WordsError: The input is invalid, or a file cannot be read or written.
        """

    def count(self, password: Password) -> int:
        """Return a lower bound of how often a password was breached: 1, 10, 100 or 1,000.

        0 if the filter does not contain it.
        """

    @property
    def status(self) -> FilterStatus:
        """Format, size and origin of the filter."""

    def __contains__(self, key: Password, /) -> bool: ...
    def __copy__(self) -> Filter: ...
    def __deepcopy__(self, memo: object) -> Filter: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class CodeKeys:
    """The operator's keys for the hashes of codes. Each has 32 random bytes.

    All processes of a service need the same keys, and a key must outlive the codes that were hashed with it.

    Args:
        key: Key for new codes.
        id: Identifier of `key`, stored with each code.
        older: Previous keys by identifier. They verify codes that were sent before a key rotation.

    Raises:
        ValueError: A key does not have 32 bytes.
    """

    def __new__(
        cls, key: Password, *, id: int = 1, older: collections.abc.Mapping[int, Password] | None = None
    ) -> CodeKeys: ...
    def __copy__(self) -> CodeKeys: ...
    def __deepcopy__(self, memo: object) -> CodeKeys: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Challenge:
    """The stored record of a sent code. Immutable; holds a keyed hash of the code, never the code itself."""

    @staticmethod
    def from_bytes(stored: Password) -> Challenge:
        """Read a record that `to_bytes` wrote.

        Raises:
            ValueError: The record is damaged. Treat it as if it did not exist.
        """

    def to_bytes(self) -> bytes:
        """Return the record as bytes, to store it."""

    def after(self, effect: Effect) -> Challenge | None:
        """Return the record as it is after an effect.

        Returns:
            The record, unchanged by an effect on something else. `None` if the effect's condition does not hold; then apply
            no effect of its list.
        """

    @property
    def id(self) -> str:
        """Identifier: 32 hexadecimal digits."""

    @property
    def purpose(self) -> Purpose:
        """What the code authorizes."""

    @property
    def channel(self) -> Channel:
        """How the code was sent."""

    @property
    def address(self) -> str:
        """Normalized address that the code was requested for."""

    @property
    def account(self) -> str | None:
        """Account that had this address when the code was created. `None` if there was none."""

    @property
    def requester(self) -> str:
        """Key of the client and device that requested the code: 32 hexadecimal digits. See `Step.requester`."""

    @property
    def state(self) -> typing.Literal["valid", "used", "revoked"]:
        """State. A record that is not valid keeps its state."""

    @property
    def submissions_left(self) -> int:
        """Number of submissions left, including correct ones."""

    @property
    def created(self) -> int:
        """Time at which the code was created, in seconds since 1970."""

    @property
    def expires(self) -> int:
        """Time from which the code is invalid, in seconds since 1970."""

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    def __copy__(self) -> Challenge: ...
    def __deepcopy__(self, memo: object) -> Challenge: ...
    def __reduce__(self) -> tuple[collections.abc.Callable[[bytes], Challenge], tuple[bytes]]: ...

@typing.final
class Captcha:
    """The stored record of a slider captcha: the user moves a piece of the picture to its place. Immutable.

    Args:
        token: 32 random hexadecimal digits.
        place: Correct position of the piece, in pixels from the left.
        now: Time at which the captcha is shown. Defaults to the system time.

    Raises:
        ValueError: The token has another format.
    """

    def __new__(cls, token: str, place: int, *, now: Moment | None = None) -> Captcha: ...

    @staticmethod
    def from_bytes(stored: Password) -> Captcha:
        """Read a record that `to_bytes` wrote.

        Raises:
            ValueError: The record is damaged. Treat it as if it did not exist.
        """

    def to_bytes(self) -> bytes:
        """Return the record as bytes, to store it. They contain the answer: never send them to a client."""

    def after(self, effect: Effect) -> Captcha | None:
        """Return the record as it is after an effect.

        Returns:
            The record, unchanged by an effect on something else. `None` if the effect's condition does not hold; then apply
            no effect of its list.
        """

    @property
    def token(self) -> str:
        """Token of the captcha."""

    @property
    def state(self) -> typing.Literal["open", "solved", "used"]:
        """State."""

    def verify(
        self,
        policy: Policy,
        x: float,
        point: str,
        address: str,
        *,
        channel: Channel = "email",
        now: Moment | None = None,
    ) -> Step:
        """Verify the attempt of a client. The effects use up the only attempt, whatever the result.

        Args:
            policy: The policy.
            x: Position of the piece, in pixels from the left.
            point: The solution as the client sent it. It is part of the token for `Sending`.
            address: Address that the client wants a code for, as the user typed it.
            channel: How the code is to be sent.
            now: Time of the request. Defaults to the system time.

        Returns:
            A step of kind `granted`, with a `token` for `Sending`, or `refused`.
        """

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    def __copy__(self) -> Captcha: ...
    def __deepcopy__(self, memo: object) -> Captcha: ...
    def __reduce__(self) -> tuple[collections.abc.Callable[[bytes], Captcha], tuple[bytes]]: ...

@typing.final
class Effect:
    """A change that the host must make. Immutable.

    Apply all effects of a list in order and in one transaction, or none of them. If the condition of an effect does not
    hold, apply none. The `kind` determines which other properties have a value; the rest are `None`.
    """

    __match_args__: typing.ClassVar[tuple[typing.Literal["kind"]]]

    @property
    def kind(
        self,
    ) -> typing.Literal[
        "use_captcha",
        "solve_captcha",
        "fail_captcha",
        "count",
        "revoke_challenges",
        "store_challenge",
        "send_code",
        "reserve_submission",
        "release_count",
        "consume_challenge",
        "require_current",
        "set_password",
        "revoke_sessions",
        "notify",
        "audit",
    ]:
        """What to do.

        - `use_captcha`, `solve_captcha`, `fail_captcha`: replace the captcha of `token` by the result of `Captcha.after`.
        - `count`: record one event at `now` under `key`. Condition: fewer than `max_events` events are on record within
          `seconds`.
        - `revoke_challenges`: replace all challenges of `account`, and all of `address`, by the result of
          `Challenge.after`. If there is a `requester`, only those with this `Challenge.requester`.
        - `store_challenge`: store `challenge`.
        - `send_code`: send `code` to `address`. Queue the message in the same transaction and send it afterwards.
        - `reserve_submission`, `consume_challenge`: replace the challenge of `challenge_id` by the result of
          `Challenge.after`.
        - `release_count`: delete one event at `now` under `key`.
        - `require_current`: change nothing. Condition: the current hash of `account` is `hash`, or is missing if `hash`
          is `None`.
        - `set_password`: make `hash` the current password hash of `account`, and keep the previous one as history.
          Condition: the account exists and is active.
        - `revoke_sessions`: end all sessions of `account`.
        - `notify`: notify every address of `account` that its password was changed.
        - `audit`: log `event`.
        """

    @property
    def account(self) -> str | None:
        """Identifier of an account."""

    @property
    def address(self) -> str | None:
        """An address: normalized, except for `send_code`, which has the address on record."""

    @property
    def channel(self) -> Channel | None:
        """Channel of `address`, or of an audit event."""

    @property
    def purpose(self) -> Purpose | None:
        """What a code authorizes."""

    @property
    def challenge_id(self) -> str | None:
        """Identifier of a challenge."""

    @property
    def challenge(self) -> Challenge | None:
        """Challenge to store."""

    @property
    def requester(self) -> str | None:
        """Requester of the challenges to revoke or to store. See `Challenge.requester`."""

    @property
    def key(self) -> str | None:
        """Key under which an event is counted."""

    @property
    def max_events(self) -> int | None:
        """Maximum number of events within `seconds`."""

    @property
    def seconds(self) -> int | None:
        """Length of the window of `max_events`."""

    @property
    def now(self) -> int | None:
        """Time of an event or of the change, in seconds since 1970."""

    @property
    def expires(self) -> int | None:
        """Time from which a code is invalid, in seconds since 1970."""

    @property
    def code(self) -> str | None:
        """Code to send. Secret."""

    @property
    def hash(self) -> str | None:
        """Password hash: the one to set, or the one that must be current. Secret."""

    @property
    def token(self) -> str | None:
        """Token of a captcha."""

    @property
    def event(self) -> str | None:
        """Stable name of an audit event, such as `password.set`."""

    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Step:
    """What the host does next. Immutable; true if the kind is `granted`, `approved` or `done`.

    The `kind` determines which other properties have a value; the rest are `None`.
    """

    __match_args__: typing.ClassVar[tuple[typing.Literal["kind"]]]

    @property
    def kind(
        self,
    ) -> typing.Literal[
        "refused",
        "not_judged",
        "look_up_challenge",
        "apply",
        "look_up_account",
        "approved",
        "granted",
        "done",
    ]:
        """What to do.

        - `look_up_challenge`: look up the newest challenge with this `purpose`, `channel` and `requester`, for `address`, or
          for `account` if `address` is `None`. Call `Redemption.challenge`.
        - `apply`: apply `effects`. Call `Redemption.applied`.
        - `look_up_account`: look up the account with this identifier and `address`. Call `Redemption.account`.
        - `approved`: call `take_approved`, hash the password, apply the effects. In a redemption, call
          `Redemption.applied`.
        - `granted`: apply `effects`. The code is sent, or the captcha is solved.
        - `refused`: apply `effects`, and send `response` to the client.
        - `not_judged`: as for `refused`. The password could not be evaluated: see `error`.
        - `done`: the password is set.
        """

    @property
    def purpose(self) -> Purpose | None:
        """Purpose of the challenge to look up."""

    @property
    def channel(self) -> Channel | None:
        """Channel of the challenge or the address to look up."""

    @property
    def address(self) -> str | None:
        """Normalized address to look up."""

    @property
    def account(self) -> str | None:
        """Account to look up, or account that gets the new password."""

    @property
    def requester(self) -> str | None:
        """Requester of the challenge to look up: compare it with `Challenge.requester`."""

    @property
    def token(self) -> str | None:
        """Token of a solved captcha, for the client."""

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Effects to apply, all in one transaction or none."""

    @property
    def code(self) -> str | None:
        """Code of a refusal or an error, such as `reset.code_refused`, `length.too_short` or `stored_hash`."""

    @property
    def error(self) -> CannotJudge | WordsError | None:
        """Exception that `Policy.evaluate` would raise, if the password could not be evaluated."""

    @property
    def retry_after(self) -> int | None:
        """Seconds until a new attempt can succeed, if a rate limit is exceeded."""

    @property
    def outcome(self) -> Outcome | None:
        """Violations of the password, if they are the reason of the refusal."""

    def response(self, contract: Contract, language: str = "en") -> Response | None:
        """Return the response to the client as a contract defines it.

        Args:
            contract: The contract.
            language: Language tag of the message. An unsupported language yields English.

        Returns:
            The response, or `None` if the step is neither refused nor an error.
        """

    def take_approved(self) -> Approved:
        """Take the authorization of an `approved` step. Works once.

        Raises:
            ValueError: The step is not approved, or the authorization was taken before.
        """

    def __bool__(self) -> bool: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Approved:
    """Authorization to set a password, once: the password passed the policy, and the caller proved their identity.

    Only the flow creates one. After `effects`, every method and property raises a ValueError.
    """

    @property
    def account(self) -> str:
        """Account that gets the new password."""

    @property
    def password(self) -> str:
        """Password to hash, exactly as it was evaluated. Secret."""

    def effects(self, hash: str) -> tuple[Effect, ...]:
        """Return the effects that set the password, and use up the authorization.

        Args:
            hash: Hash of `password`.

        Raises:
            ValueError: The hash is empty, or the authorization was already used.
        """

    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Sending:
    """A request for a verification code.

    Look up the account of `address` and the events of `budgets`, then call `decide` and apply the effects of its step.

    Args:
        policy: The policy.
        caller: Who calls.
        address: Address as the user typed it.
        peer: Client IP address.
        channel: How the code is to be sent.
        purpose: What the code authorizes.
        captcha_token: Token of a solved captcha, if the client sent one.

    Raises:
        ValueError: `peer` is not an IP address.
    """

    def __new__(
        cls,
        policy: Policy,
        *,
        caller: Caller,
        address: str,
        peer: str,
        channel: Channel = "email",
        purpose: Purpose = "forgot_password",
        captcha_token: str | None = None,
    ) -> Sending: ...

    @property
    def address(self) -> str | None:
        """Normalized address, by which the account is looked up. `None` if the text is not exactly one address."""

    def budgets(self, account: str | None = None) -> list[tuple[str, int, int]]:
        """Return the rate limits that apply to the code.

        Args:
            account: Identifier of the account that has `address`, or `None`.

        Returns:
            Triples of the key, the maximum number of events, and the length of the window in seconds.
        """

    def decide(
        self,
        keys: CodeKeys,
        *,
        account: tuple[str, str] | None,
        events: collections.abc.Mapping[str, collections.abc.Iterable[Moment]],
        captcha: Captcha | None = None,
        now: Moment | None = None,
    ) -> Step:
        """Decide whether a code is sent.

        If the effects cannot be applied because a condition does not hold, look everything up again and repeat the call.

        Args:
            keys: The operator's keys.
            account: Identifier, and address on record, of the account that has `address`, or `None`.
            events: Times of the events on record, by key, for every budget.
            captcha: Record of the captcha of `captcha_token`.
            now: Time of the request. Defaults to the system time.

        Returns:
            A step of kind `granted` or `refused`, with effects in both cases.

        Raises:
            KeyError: A budget is missing in `events`.
        """

    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Redemption:
    """A submission of a code and a new password.

    `begin` returns the first step. Do what each step requires and report it with `challenge`, `account` or `applied`, which
    return the next step. A call that does not fit the step refuses the submission for good. `kouling.reset.run` makes all
    calls.

    Args:
        policy: The policy.
        keys: The operator's keys.
        caller: Who calls.
        code: The code as the user typed it.
        password: The new password.
        address: Address as the user typed it. Ignored if `signed_in` is given.
        channel: How the code was sent.
        signed_in: Account that is signed in and updates its password.
        verifier: Compares a password with a stored hash of a format that the engine does not support.
        report_all: Report all violations, or only the first.
        now: Time of the submission. Defaults to the system time.
    """

    def __new__(
        cls,
        policy: Policy,
        keys: CodeKeys,
        *,
        caller: Caller,
        code: Password,
        password: Password,
        address: str = "",
        channel: Channel = "email",
        signed_in: str | None = None,
        verifier: Verifier | None = None,
        report_all: bool = True,
        now: Moment | None = None,
    ) -> Redemption: ...

    def begin(self) -> Step:
        """Return the first step.

        Raises:
            ValueError: This was called before.
        """

    def challenge(self, challenge: Challenge | None) -> Step:
        """Report the challenge of a `look_up_challenge` step, or `None` if it does not exist."""

    def account(self, account: Account | None) -> Step:
        """Report the account of a `look_up_account` step, or `None` if it does not exist."""

    def applied(self, applied: bool) -> Step:
        """Report whether the effects of an `apply` or `approved` step were applied: all of them, or none."""

    def __reduce__(self) -> typing.NoReturn: ...
