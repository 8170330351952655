"""A policy as one of AUTH_PASSWORD_VALIDATORS."""

from __future__ import annotations

import collections.abc
import datetime
import logging
import os
import typing

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_variables

from .. import PRESETS, KoulingError, Outcome, Policy, PolicyFile, Rule, Violation

logger = logging.getLogger("kouling.django")

NOT_JUDGED = {"en": "cannot be judged at the moment, and so is not accepted", "zh": "暂时无法检查，因此不能使用"}


class HelpText(str):
    """What a policy demands: a line of plain text, and a list where it is put into HTML."""

    items: SafeString

    def __html__(self) -> SafeString:
        return self.items


class PolicyValidator:
    """Validates passwords by a policy, and says everything that is wrong at once.

    `policy` is a preset's name or the path of a file. The file is loaded once in a process, and anew when it, or a file
    that it names, has changed. While it is wrong no password is accepted.

    `attributes` maps fields of the user model, or paths as `profile.mobile`, to the names that the policy knows:
    `{"mobile": "phone"}`. `username`, `email` and `name` are known without.

    `languages` maps Django's languages to Kouling's where the first part of the tag does not say it: `{"yue": "zh"}`.

    `history=False` keeps no replaced passwords; the current one is compared all the same. A number keeps so many at
    most; True keeps what the policy compares with. `rules` are kinds of rules of one's own, or where to import them.
    """

    def __init__(
        self,
        policy: str | os.PathLike[str] = "standard",
        *,
        languages: collections.abc.Mapping[str, str] | None = None,
        attributes: collections.abc.Mapping[str, str] | None = None,
        history: bool | int = True,
        rules: collections.abc.Iterable[str | type[Rule]] = (),
    ) -> None:
        if isinstance(history, int) and history < 0:
            raise ImproperlyConfigured("PolicyValidator: history is a flag, or how many passwords are kept")
        self.languages = dict(languages or {})
        self.attributes = dict(attributes or {})
        self.history = history
        self._check_attributes()
        try:
            kinds = [import_string(rule) if isinstance(rule, str) else rule for rule in rules]
            self._name = os.fspath(policy)
            self._source = Policy.preset(self._name) if self._name in PRESETS else PolicyFile(self._name, rules=kinds)
            self._checked: Policy | None = None
            self.policy  # noqa: B018  wrong now is told now
        except (KoulingError, ImportError, TypeError, ValueError) as error:
            raise ImproperlyConfigured(f"PolicyValidator: {error}") from error

    def _check_attributes(self) -> None:
        from django.contrib.auth import get_user_model

        model = get_user_model()
        for path, name in self.attributes.items():
            if not hasattr(model, path.split(".")[0]):
                message = (
                    f"PolicyValidator: {model.__name__} has no {path.split('.')[0]!r} to be the {name!r} of a user"
                )
                raise ImproperlyConfigured(message)

    def _check_history(self, policy: Policy) -> None:
        from ._facts import keeps_history

        if self.history and not keeps_history() and compared(policy, [("x", None)]):
            raise ImproperlyConfigured(
                "PolicyValidator: the policy has a rule on earlier passwords: add 'kouling.django' to INSTALLED_APPS, "
                "or say history=False to compare with the current one only"
            )

    @property
    def policy(self) -> Policy:
        """The policy as it is now. Raises what is wrong with it."""
        policy = self._source if isinstance(self._source, Policy) else self._source.policy()
        if policy is not self._checked:
            self._check_history(policy)
            self._checked = policy
        return policy

    def language(self) -> str:
        """Kouling's language for the active one."""
        active = (get_language() or "en").lower()
        if active in self.languages:
            return self.languages[active]
        first = active.replace("_", "-").partition("-")[0]
        return self.languages.get(first, "zh" if first == "zh" else "en")

    @sensitive_variables()
    def validate(self, password: str, user: object = None) -> None:
        """Raises a ValidationError that holds one for each violation, with its code, and its figures as params."""
        try:
            outcome = self.judge(password, user)
        except (KoulingError, ImproperlyConfigured, UnicodeError, ValueError) as error:
            self._tell(error, user)
            raise self._not_judged() from None
        if outcome:
            return
        language = self.language()
        raise ValidationError([_refusal(violation, language) for violation in outcome])

    @sensitive_variables()
    def judge(self, password: str, user: object = None) -> Outcome:
        """Everything that is wrong with a password for a user."""
        from ._facts import attributes, previous, verifier

        return self.policy.evaluate(
            password,
            user={} if user is None else attributes(user, self.attributes),
            previous=previous(user),
            verifier=verifier(password),
        )

    def _not_judged(self) -> ValidationError:
        return ValidationError(NOT_JUDGED.get(self.language(), NOT_JUDGED["en"]), code="not_judged")

    def _tell(self, error: Exception, user: object = None) -> None:
        # No traceback: its frames hold the password. A cause is told by its name only, its text is the host's own.
        cause = f" (by a {type(error.__cause__).__name__})" if error.__cause__ is not None else ""
        logger.error(
            "no password can be judged by %s for user %s: %s%s", self._name, _key(user), error, cause
        )

    def get_help_text(self) -> str:
        """What the policy demands, in the active language."""
        language = self.language()
        try:
            policy = self.policy
        except (KoulingError, ImproperlyConfigured, OSError, ValueError) as error:
            self._tell(error)
            return NOT_JUDGED.get(language, NOT_JUDGED["en"])
        demands = [item["text"] for item in policy.describe(language)["checklist"]]
        text = HelpText(("；" if language == "zh" else "; ").join(demands))
        text.items = mark_safe(policy.describe_html(language))  # the engine has escaped it
        return text

    @sensitive_variables()
    def password_changed(self, password: str, user: object = None) -> None:
        """Lets go of replaced passwords that no validator compares with any more. They are kept when a user is saved."""
        from ._facts import keeps_history, saved

        if keeps_history() and (known := saved(user)) is not None:
            from .models import PasswordHistory

            PasswordHistory.prune(known, self)

    def compares(self, previous: collections.abc.Sequence[tuple[str, datetime.datetime | None]]) -> set[str]:
        """Which of these hashes the policy asks for, as far as `history` lets it."""
        if not self.history:
            return set()
        asked = compared(self.policy, previous)
        if self.history is True:
            return asked
        return asked & {encoded for encoded, _ in previous[: self.history + 1]}


def compared(policy: Policy, previous: collections.abc.Sequence[tuple[str, typing.Any]]) -> set[str]:
    """Which of these hashes a policy compares with: found by asking it, whatever its rules are made of."""
    asked: set[str] = set()

    def verify(_: bytes, encoded: str) -> bool:
        asked.add(encoded)
        return False

    policy.explain("x", previous=previous, verifier=verify)
    return asked


def _refusal(violation: Violation, language: str) -> ValidationError:
    """A violation as Django has them."""
    message, numbers = violation.message(language), violation.numbers
    # Django fills a message with its params, where there are any.
    return ValidationError(message.replace("%", "%%") if numbers else message, violation.code, numbers or None)


def _key(user: object) -> object:
    return getattr(user, "pk", None)
