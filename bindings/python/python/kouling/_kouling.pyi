"""The engine, as the package has it."""

import collections.abc
import typing

from ._errors import CannotJudge, WordsError
from ._types import (
    Answer,
    Channel,
    Counts,
    Files,
    FilterStatus,
    Moment,
    Password,
    Path,
    Previous,
    Purpose,
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
    """Runs the command line; the first argument is the name of the program. Gives the exit code."""

def standards() -> list[str]:
    """The names of the standards that a policy can be compared with."""

def conflicts(*names: str, language: str = "en") -> list[dict[str, typing.Any]]:
    """What some standards require and others forbid, as dicts."""

def check_caller(caller: Caller) -> str | None:
    """What a host asks before anything else: the code of why this caller is refused, or None. Both questions of the flow ask
    it by themselves; `Contract.answer` has the answer.
    """

def peer_key(address: str) -> str:
    """The key of a peer: an IPv4 address, or the /64 of an IPv6 one."""

def retry_after(
    most: int, seconds: int, events: collections.abc.Iterable[Moment], *, now: Moment | None = None
) -> int:
    """Seconds until one more event fits under `most` within `seconds`; 0: now."""

@typing.final
class Policy:
    """A policy: immutable, shared between threads. Judging lets other threads run."""

    @staticmethod
    def load(path: Path, *, rules: Rules | None = None, files: Files | None = None) -> Policy:
        """Reads and compiles the policy in a file. Raises `PolicyError` with everything that is wrong with it.

        `rules` are kinds of rules of one's own, beside the built-in ones. `files` stands in for the file system: the
        policy, the layers that it extends and its word lists are looked up there by their names.
        """

    @staticmethod
    def parse(text: str, *, name: str = "policy", rules: Rules | None = None, files: Files | None = None) -> Policy:
        """Compiles a policy from a text in TOML. Paths in it are relative to where the process runs."""

    @staticmethod
    def preset(name: str) -> Policy:
        """A policy that comes with the package: see `PRESETS`."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def digest(self) -> str:
        """SHA-256 over its layers and word lists, in hexadecimal digits."""

    def changed(self) -> bool:
        """Whether a file that it was made of looks different now: its own, a layer, a word list. See `PolicyFile`.

        False for a preset, and for what was read from `files`.
        """

    @property
    def rules(self) -> dict[str, str]:
        """The names of its rules and their kinds, in the order of judging."""

    def evaluate(
        self,
        password: Password,
        *,
        user: User | None = None,
        previous: collections.abc.Iterable[Previous] | None = None,
        current: Password | None = None,
        verifier: Verifier | None = None,
        now: Moment | None = None,
    ) -> Outcome:
        """Judges a password.

        `user` is who will have it; `previous` are the stored hashes of earlier ones, the current one first; `current` is
        the current password itself, where it is known; `verifier` compares a password with hashes of forms that the
        engine does not know; `now` is when, the clock's time if it is left out.

        Raises `CannotJudge` where no judgement is possible, and `WordsError` where a list cannot be read.
        """

    def require(
        self,
        password: Password,
        *,
        user: User | None = None,
        previous: collections.abc.Iterable[Previous] | None = None,
        current: Password | None = None,
        verifier: Verifier | None = None,
        now: Moment | None = None,
    ) -> Outcome:
        """Judges a password as `evaluate` does, and raises `PasswordRejected` when it is refused."""

    def explain(
        self,
        password: Password,
        *,
        user: User | None = None,
        previous: collections.abc.Iterable[Previous] | None = None,
        current: Password | None = None,
        verifier: Verifier | None = None,
        now: Moment | None = None,
        language: str = "en",
        contract: Contract | None = None,
    ) -> dict[str, typing.Any]:
        """Judges a password and says why, as a dict: `outcome`, and `rules` with what each demands, saw and found."""

    def describe(self, language: str = "en") -> dict[str, typing.Any]:
        """What it demands, as a dict, for a reader who has not typed anything yet."""

    def describe_html(self, language: str = "en") -> str:
        """What it demands, as a checklist in HTML."""

    def comply(self, name: str, *, language: str = "en", now: Moment | None = None) -> dict[str, typing.Any]:
        """Compares the policy with a standard (see `standards`), requirement by requirement, as a dict."""

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
        user: User | None = None,
        previous: collections.abc.Iterable[Previous] | None = None,
        verifier: Verifier | None = None,
        now: Moment | None = None,
    ) -> list[str]:
        """Draws passwords that the policy accepts, with the randomness of the operating system: every password of the
        space that they are drawn from is as likely. Raises `CannotGenerate` where none is found; 10,000 at most at once.

        `length` is in code points, `bits` the least strength; `readable` leaves out what is mistaken for something else.
        `phrase`, or `words` how many, or their `separator`, asks for words instead of characters.
        """

    def change(
        self,
        password: Password,
        *,
        caller: Caller,
        account: Account,
        old_is_right: bool | None,
        old_password: Password | None = None,
        verifier: Verifier | None = None,
        report_all: bool = True,
        now: Moment | None = None,
    ) -> Step:
        """May somebody who is signed in exchange the old password for a new one?

        `old_is_right` is what the host found out; None when no old password came. A step: `approved` or `refused`. Raises
        `CannotJudge` as `evaluate` does.
        """

    def _evaluate_iterable(
        self,
        passwords: object,
        report: str,
        threads: int | None,
        progress: collections.abc.Callable[[int], object] | None,
        user: User | None,
        previous: collections.abc.Iterable[Previous] | None,
        verifier: Verifier | None,
        now: Moment | None,
    ) -> list[bool] | list[list[str]] | Counts: ...
    def _evaluate_arrow(
        self,
        arrays: collections.abc.Iterable[tuple[memoryview, int, memoryview]],
        report: str,
        threads: int | None,
        progress: collections.abc.Callable[[int], object] | None,
        user: User | None,
        previous: collections.abc.Iterable[Previous] | None,
        verifier: Verifier | None,
        now: Moment | None,
    ) -> list[bool] | list[list[str]] | Counts: ...
    def __copy__(self) -> Policy: ...
    def __deepcopy__(self, memo: object) -> Policy: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Outcome:
    """Everything that is wrong with one password under one policy: codes and figures, and nothing of the password.

    True in `if` when the password is accepted; iterates over what it is refused for.
    """

    __match_args__: typing.ClassVar[tuple[typing.Literal["accepted"], typing.Literal["violations"]]]

    @property
    def accepted(self) -> bool:
        """Whether the password is accepted."""

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What it is refused for, in policy order."""

    @property
    def warnings(self) -> tuple[Violation, ...]:
        """What its owner should be told though it is accepted."""

    @property
    def shadows(self) -> tuple[Violation, ...]:
        """What rules on trial would refuse it for; nobody is told."""

    @property
    def notes(self) -> tuple[Violation, ...]:
        """The limits of this judgement."""

    @property
    def codes(self) -> list[str]:
        """The codes that it is refused for."""

    @property
    def policy_digest(self) -> str:
        """SHA-256 of the policy, in hexadecimal digits."""

    @property
    def dictionaries(self) -> dict[str, str]:
        """SHA-256 of each dictionary, in hexadecimal digits, by name."""

    def messages(self, language: str = "en") -> list[str]:
        """The messages of what it is refused for, in a language by its tag; one that is not known is English."""

    def to_dict(self, language: str = "en", *, contract: Contract | None = None) -> dict[str, typing.Any]:
        """The outcome in the one form in which every surface writes it as JSON."""

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
    """One thing that is wrong with a password, or a note on how it was judged."""

    __match_args__: typing.ClassVar[tuple[typing.Literal["code"], typing.Literal["numbers"]]]

    @property
    def code(self) -> str:
        """The stable code: `length.too_short`."""

    @property
    def rule(self) -> str | None:
        """The rule that found it, by its name in the policy; None for a note."""

    @property
    def kind(self) -> str | None:
        """The kind of that rule; None for a note."""

    @property
    def severity(self) -> typing.Literal["refuse", "warn", "shadow"] | None:
        """How much it matters; None for a note."""

    @property
    def numbers(self) -> dict[str, int]:
        """The named figures."""

    def message(self, language: str = "en") -> str:
        """What is wrong, in words, in a language by its tag; one that is not known is English."""

    def wire(self, contract: Contract) -> str | None:
        """Its code in a contract; None for a note."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Violation: ...
    def __deepcopy__(self, memo: object) -> Violation: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Contract:
    """What existing clients expect to read: their code for each violation and refusal."""

    @staticmethod
    def built_in(name: str) -> Contract:
        """A contract that comes with the package: `idaas-ciam`."""

    @staticmethod
    def load(path: Path) -> Contract:
        """Reads the contract in a file. Raises `PolicyError`."""

    @property
    def name(self) -> str:
        """Its name."""

    def answer(self, name: str, language: str = "en") -> Answer:
        """What a host refuses by itself: `host.malformed`, `reset.old_password_refused`."""

    def __copy__(self) -> Contract: ...
    def __deepcopy__(self, memo: object) -> Contract: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Words:
    """A word list."""

    def __new__(cls, contents: Password, *, fold: bool = True) -> Words:
        """Reads a list, plain (UTF-8, a word a line) or compiled. Raises `WordsError`."""

    @staticmethod
    def built_in(name: str) -> Words:
        """A list that comes with the package: `common`, `chinese`."""

    @staticmethod
    def compile(text: Password, *, fold: bool = True, source: str = "") -> bytes:
        """Compiles a plain list, whose order is the rank: a file that is searched as it lies."""

    def __len__(self) -> int: ...
    def __contains__(self, key: Password, /) -> bool:
        """Whether a word is in it."""

    def __copy__(self) -> Words: ...
    def __deepcopy__(self, memo: object) -> Words: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class Filter:
    """A filter of leaked passwords, read in parts as they are needed."""

    @staticmethod
    def open(path: Path) -> Filter:
        """Opens a file. Raises `WordsError`."""

    @staticmethod
    def read(contents: Password) -> Filter:
        """Opens what is in memory."""

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
        """Makes a filter of a file of hashes in order, `HASH:COUNT` a line, and writes it to a new file.

        `progress` is called with bytes and lines read; what it raises ends the work, and no file is made.
        """

    def count(self, password: Password) -> int:
        """How often a password was seen at least, of the tiers 1, 10, 100 and 1,000; 0 when it is not in it."""

    @property
    def status(self) -> FilterStatus:
        """What the filter is, as a dict."""

    def __contains__(self, key: Password, /) -> bool: ...
    def __copy__(self) -> Filter: ...
    def __deepcopy__(self, memo: object) -> Filter: ...
    def __reduce__(self) -> typing.NoReturn: ...

@typing.final
class CodeKeys:
    """The operator's keys for the hashes of codes: 32 random bytes each."""

    def __new__(
        cls, key: Password, *, id: int = 1, older: collections.abc.Mapping[int, Password] | None = None
    ) -> CodeKeys:
        """New codes are hashed with `key`; `older` keys, by their numbers, still verify what was sent before."""

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
        """The record as it is after an effect, or None when the effect's condition does not hold of it."""

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
    def state(self) -> typing.Literal["valid", "used", "revoked"]:
        """What became of it."""

    @property
    def submissions_left(self) -> int:
        """How many submissions are left."""

    @property
    def requester(self) -> str:
        """The client and device that the code belongs to: what challenges are looked up by."""

    @property
    def created(self) -> int:
        """When it was created, in seconds since 1970."""

    @property
    def expires(self) -> int:
        """When it expires, in seconds since 1970."""

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    def __copy__(self) -> Challenge: ...
    def __deepcopy__(self, memo: object) -> Challenge: ...
    def __reduce__(self) -> tuple[collections.abc.Callable[[bytes], Challenge], tuple[bytes]]: ...

@typing.final
class Captcha:
    """The record of a captcha that was shown."""

    def __new__(cls, token: str, place: int, *, now: Moment | None = None) -> Captcha:
        """One whose piece belongs `place` pixels from the left. The token is 32 hexadecimal digits, random."""

    @staticmethod
    def from_bytes(stored: Password) -> Captcha:
        """Reads the stored form. What is damaged is worth nothing: a ValueError."""

    def to_bytes(self) -> bytes:
        """The stored form. Holds the answer, and so is for the store only."""

    def after(self, effect: Effect) -> Captcha | None:
        """The record as it is after an effect, or None when the effect's condition does not hold of it."""

    @property
    def token(self) -> str:
        """Its token."""

    @property
    def state(self) -> typing.Literal["open", "solved", "used"]:
        """What became of it."""

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
        """Whether a client solved it, that moved the piece to `x`, written in `point`, and wants a code for `address`: a
        step, `granted` with its `token`, or `refused`. The one try is spent either way, by the effects.
        """

    def __eq__(self, other: object, /) -> bool: ...
    __hash__: typing.ClassVar[None]  # type: ignore[assignment]
    def __copy__(self) -> Captcha: ...
    def __deepcopy__(self, memo: object) -> Captcha: ...
    def __reduce__(self) -> tuple[collections.abc.Callable[[bytes], Captcha], tuple[bytes]]: ...

@typing.final
class Effect:
    """Something that the host shall do. All of one list are carried out in their order and in one transaction, or none.

    Which properties say something, its `kind` tells; the others are None.
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

        - `use_captcha`, `solve_captcha`, `fail_captcha`: turn the captcha of `token` with `Captcha.after`.
        - `count`: count one event at `now` under `key`. Condition: fewer than `most` are on record within `seconds`.
        - `revoke_challenges`: turn all of `account`, where it is one, and all of `address`, with `Challenge.after`; where there
          is a `requester`, only those of the same.
        - `store_challenge`: keep `challenge`.
        - `send_code`: send `code` to `address`; queued in the same transaction, and sent afterwards.
        - `reserve_submission`: turn the challenge of `challenge_id` with `Challenge.after`.
        - `release_count`: take one event of `now` under `key` away.
        - `consume_challenge`: turn the challenge of `challenge_id` with `Challenge.after`.
        - `require_current`. Condition: the current hash of `account` is `hash`; None: it has none.
        - `set_password`: `hash` is the password of `account`. Condition: it may be used.
        - `revoke_sessions`, `notify`: end all sessions of `account`, tell it that its password was changed.
        - `audit`: write `event` down.
        """

    @property
    def account(self) -> str | None:
        """The identifier of an account."""

    @property
    def address(self) -> str | None:
        """An address."""

    @property
    def channel(self) -> Channel | None:
        """The channel of it."""

    @property
    def purpose(self) -> Purpose | None:
        """What a code is for."""

    @property
    def challenge_id(self) -> str | None:
        """The identifier of a challenge."""

    @property
    def challenge(self) -> Challenge | None:
        """The challenge that is kept."""

    @property
    def key(self) -> str | None:
        """The key under which is counted."""

    @property
    def most(self) -> int | None:
        """How many events may be on record."""

    @property
    def seconds(self) -> int | None:
        """Within how many seconds."""

    @property
    def now(self) -> int | None:
        """When, in seconds since 1970."""

    @property
    def requester(self) -> str | None:
        """The client and device that a code belongs to."""

    @property
    def expires(self) -> int | None:
        """When a code expires, in seconds since 1970."""

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
        """What comes next."""

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
    def requester(self) -> str | None:
        """The requester of the challenge to look up."""

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

    def answer(self, contract: Contract, language: str = "en") -> Answer | None:
        """The refusal as a contract has it; None when nothing is refused."""

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
    ) -> Sending:
        """Somebody at `peer`, an IP address, asks for a code for an address as it was typed."""

    @property
    def address(self) -> str | None:
        """The address, normalised: what accounts are looked up by; None when it is not exactly one."""

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
        """Decides: a step that is `granted` or `refused`.

        `account` is the pair of an identifier and the address on record of the account that has the address, or None;
        `events` the moments on record by key, for every budget; `captcha` the record of the token's captcha.
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
    ) -> Redemption:
        """Begins. `signed_in` is the account that updates its password; without one the code is for `address`."""

    def begin(self) -> Step:
        """The first step, once."""

    def challenge(self, challenge: Challenge | None) -> Step:
        """Answers `look_up_challenge`."""

    def account(self, account: Account | None) -> Step:
        """Answers `look_up_account`."""

    def applied(self, applied: bool) -> Step:
        """Answers `apply` and `approved`: whether all effects were carried out, or none."""

    def __reduce__(self) -> typing.NoReturn: ...
