"""The Rust extension module. The docstrings are generated: see `tests/python/test_stub_docs.py`."""

import collections.abc
import typing

from ._errors import CannotJudge, WordsError
from ._types import (
    Channel,
    Counts,
    Facts,
    Files,
    FilterStatus,
    Moment,
    Password,
    Path,
    Purpose,
    Response,
    Rules,
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
    "Effect",
    "Filter",
    "Outcome",
    "Policy",
    "Redemption",
    "Sending",
    "Step",
    "Violation",
    "Words",
    "__version__",
    "check_caller",
    "command_line",
    "conflicts",
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

def check_caller(caller: Caller) -> str | None:
    """What a host asks before anything else: the code of why this caller is refused, or `None`. Both questions of the flow ask
    it by themselves; `Contract.answer` has the answer.
    """

def peer_key(address: str) -> str:
    """The key of a peer: an IPv4 address, or the /64 of an IPv6 one."""

def retry_after(
    max_events: int, seconds: int, events: collections.abc.Iterable[Moment], *, now: Moment | None = None
) -> int:
    """Seconds until one more event fits under `most` within `seconds`; 0: now."""

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
        """May somebody who is signed in exchange the old password for a new one? `old_is_right` is what the host found out;
        `None` when no old password came. A step: `approved`, `refused` or `not_judged`.
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
        form: typing.Literal["16", "32", "exact"] = "16",
        min_count: int = 1,
        source: str = "",
        progress: collections.abc.Callable[[int, int], object] | None = None,
    ) -> FilterStatus:
        """Build a filter from a file of password hashes, and write it to a new file.

        Args:
            hashes: A file with one `HASH:COUNT` per line, sorted by hash.
            to: Path of the filter file.
            expected: Expected number of hashes.
            hash: Hash function of the input file.
            form: Fingerprint size in bits, or `exact` for no false positives.
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
    """The operator's keys for the hashes of codes: 32 random bytes each."""

    def __new__(
        cls, key: Password, *, id: int = 1, older: collections.abc.Mapping[int, Password] | None = None
    ) -> CodeKeys: ...
    def __copy__(self) -> CodeKeys: ...
    def __deepcopy__(self, memo: object) -> CodeKeys: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Challenge:
    """The record of a sent code. Holds no code."""

    @staticmethod
    def from_bytes(stored: Password) -> Challenge:
        """Reads the stored form. What is damaged is worth nothing: a ValueError."""

    def to_bytes(self) -> bytes:
        """The stored form."""

    def after(self, effect: Effect) -> Challenge | None:
        """The record as it is after an effect, or `None` when the effect's condition does not hold of it."""

    @property
    def id(self) -> str:
        """Its identifier."""

    @property
    def purpose(self) -> Purpose:
        """What the code is for."""

    @property
    def channel(self) -> Channel:
        """How it travelled."""

    @property
    def address(self) -> str:
        """The address that it was asked for, normalised."""

    @property
    def account(self) -> str | None:
        """The account that had this address."""

    @property
    def requester(self) -> str: ...

    @property
    def state(self) -> typing.Literal["valid", "used", "revoked"]:
        """`live`, `consumed` or `killed`."""

    @property
    def submissions_left(self) -> int:
        """How many submissions are left."""

    @property
    def created(self) -> int:
        """When it was made, in seconds since 1970."""

    @property
    def expires(self) -> int:
        """When it dies, in seconds since 1970."""

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    def __copy__(self) -> Challenge: ...
    def __deepcopy__(self, memo: object) -> Challenge: ...
    def __reduce__(self) -> tuple[collections.abc.Callable[[bytes], Challenge], tuple[bytes]]: ...

@typing.final
class Captcha:
    """The record of a captcha that was shown."""

    def __new__(cls, token: str, place: int, *, now: Moment | None = None) -> Captcha: ...

    @staticmethod
    def from_bytes(stored: Password) -> Captcha:
        """Reads the stored form. What is damaged is worth nothing: a ValueError."""

    def to_bytes(self) -> bytes:
        """The stored form. Holds the answer, and so is for the store only."""

    def after(self, effect: Effect) -> Captcha | None:
        """The record as it is after an effect, or `None` when the effect's condition does not hold of it."""

    @property
    def token(self) -> str:
        """Its token."""

    @property
    def state(self) -> typing.Literal["open", "solved", "used"]:
        """`open`, `solved` or `used`."""

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
        """Whether a client solved it, that moved the piece to `x`, written in `point`, and wants a code for `address`: a step,
        `granted` with its `token`, or `refused`. The one try is spent either way, by the effects.
        """

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    def __copy__(self) -> Captcha: ...
    def __deepcopy__(self, memo: object) -> Captcha: ...
    def __reduce__(self) -> tuple[collections.abc.Callable[[bytes], Captcha], tuple[bytes]]: ...

@typing.final
class Effect:
    """Something that the host shall do. All of one list are carried out in their order and in one transaction, or none.
    Which fields say something, its `kind` tells; the others are `None`.
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
        """What to do: `count`, `store_challenge`, `send_code`, `set_password` …"""

    @property
    def account(self) -> str | None:
        """The identifier of an account."""

    @property
    def address(self) -> str | None:
        """An address."""

    @property
    def channel(self) -> Channel | None:
        """`email` or `mobile`."""

    @property
    def purpose(self) -> Purpose | None:
        """`forgot_password` or `update_password`."""

    @property
    def challenge_id(self) -> str | None:
        """The identifier of a challenge."""

    @property
    def challenge(self) -> Challenge | None:
        """The challenge that is kept."""

    @property
    def requester(self) -> str | None: ...

    @property
    def key(self) -> str | None:
        """The key under which is counted."""

    @property
    def max_events(self) -> int | None:
        """How many events may be on record."""

    @property
    def seconds(self) -> int | None:
        """Within how many seconds."""

    @property
    def now(self) -> int | None:
        """When, in seconds since 1970."""

    @property
    def expires(self) -> int | None:
        """When a code dies, in seconds since 1970."""

    @property
    def code(self) -> str | None:
        """The code that is sent, a secret."""

    @property
    def hash(self) -> str | None:
        """A password hash: the one that is set, or the one that must be current."""

    @property
    def token(self) -> str | None:
        """The token of a captcha."""

    @property
    def event(self) -> str | None:
        """An audit event as a stable word."""

    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Step:
    """What the host does next. True in `if` when the answer is yes: `granted`, `approved` or `done`."""

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
        """`refused`, `not_judged`, `look_up_challenge`, `apply`, `look_up_account`, `approved`, `granted` or `done`."""

    @property
    def purpose(self) -> Purpose | None:
        """The purpose of the challenge that is looked up."""

    @property
    def channel(self) -> Channel | None:
        """The channel of what is looked up."""

    @property
    def address(self) -> str | None:
        """The address that is looked up, normalised."""

    @property
    def account(self) -> str | None:
        """The account that is looked up, or whose password is set."""

    @property
    def requester(self) -> str | None: ...

    @property
    def token(self) -> str | None:
        """The token of a solved captcha."""

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What to carry out."""

    @property
    def code(self) -> str | None:
        """Why it is refused or not judged: `reset.code_refused`, `length.too_short`, `stored_hash`."""

    @property
    def error(self) -> CannotJudge | WordsError | None:
        """Why no judgement is possible, as the exception that `Policy.evaluate` would raise; its cause is what a callback
        raised.
        """

    @property
    def retry_after(self) -> int | None:
        """Seconds after which another try makes sense."""

    @property
    def outcome(self) -> Outcome | None:
        """Everything that is wrong with the password, where that is why."""

    def response(self, contract: Contract, language: str = "en") -> Response | None:
        """The refusal as a contract has it, as a dict; `None` when nothing is refused."""

    def take_approved(self) -> Approved:
        """Takes the leave to set a password, once."""

    def __bool__(self) -> bool: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Approved:
    """Leave to set a password, once. Only the flow makes one."""

    @property
    def account(self) -> str:
        """The account whose password is set."""

    @property
    def password(self) -> str:
        """The password exactly as it was judged: this is what must be hashed, all of it. A secret."""

    def effects(self, hash: str) -> tuple[Effect, ...]:
        """Spends the leave: what to do, given the hash of its password."""

    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Sending:
    """May a code be sent?"""

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
        """The address, normalised: what accounts are looked up by; `None` when it is not exactly one."""

    def budgets(self, account: str | None = None) -> list[tuple[str, int, int]]:
        """The budgets that the code is counted under, as triples of key, most events, and within how many seconds."""

    def decide(
        self,
        keys: CodeKeys,
        *,
        account: tuple[str, str] | None,
        events: collections.abc.Mapping[str, collections.abc.Iterable[Moment]],
        captcha: Captcha | None = None,
        now: Moment | None = None,
    ) -> Step:
        """Decides: a step that is `granted` or `refused`. `account` is the pair of an identifier and the address on record of
        the account that has the address, or `None`; `events` the moments on record by key, for every budget.
        """

    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Redemption:
    """May this password be set? One submission of a code and a password, step by step."""

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
        """The first step, once."""

    def challenge(self, challenge: Challenge | None) -> Step:
        """Answers `look_up_challenge`."""

    def account(self, account: Account | None) -> Step:
        """Answers `look_up_account`, with a `kouling.reset.Account` or `None`."""

    def applied(self, applied: bool) -> Step:
        """Answers `apply` and `approved`: whether all effects were carried out, or none."""

    def __reduce__(self) -> typing.NoReturn: ...
