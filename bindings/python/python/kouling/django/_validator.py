"""A policy as one of Django's AUTH_PASSWORD_VALIDATORS."""

from __future__ import annotations

import collections.abc
import logging
import os
import typing

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_variables

from .. import PRESETS, KoulingError, Outcome, Policy, PolicyFile, PolicySet, Rule, Violation
from .._kouling import message
from . import _history
from ._user import attributes, verifier

logger = logging.getLogger("kouling.django")


class HelpText(str):
    """The requirements of a policy: plain text that renders as a list in HTML."""

    html: SafeString

    def __html__(self) -> SafeString:
        return self.html


class PolicyValidator:
    """Validates passwords with a policy, and reports all violations at once.

    The policy is loaded once per process, and reloaded after one of its files has changed. While a file has errors, every
    password is refused.

    Args:
        policy: Name of a preset, or path of a policy file or a policy set.
        languages: Maps Django's language codes to the language tags of messages, such as `{"yue": "zh"}`.
        attributes: Maps fields of the user model, or paths such as `profile.mobile`, to attribute names of the policy, such
            as `{"mobile": "phone"}`. `username`, `email` and `name` need no entry. A policy set selects by such attributes:
            `{"groups": "group", "is_staff": "staff"}`.
        history: Number of replaced passwords to store; True stores all that the policy compares with. With False, only
            the current password is compared.
        rules: Custom rule kinds: classes, or their import paths.

    Raises:
        ImproperlyConfigured: An option or the policy is invalid.
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
            raise ImproperlyConfigured("PolicyValidator: invalid `history`; expected a bool or a number of passwords")
        self.languages = dict(languages or {})
        self.attributes = dict(attributes or {})
        self.history = history
        self._check_attributes()
        try:
            kinds = [import_string(rule) if isinstance(rule, str) else rule for rule in rules]
            self._name = os.fspath(policy)
            self._source = Policy.preset(self._name) if self._name in PRESETS else PolicyFile(self._name, rules=kinds)
            self._checked: Policy | PolicySet | None = None
            self.policy  # noqa: B018  report errors now
        except (KoulingError, ImportError, TypeError, ValueError) as error:
            raise ImproperlyConfigured(f"PolicyValidator: {error}") from error

    def _check_attributes(self) -> None:
        model = get_user_model()
        for path in self.attributes:
            field = path.split(".")[0]
            if not hasattr(model, field):
                error = f"PolicyValidator: invalid key {path!r} in `attributes`: {model.__name__} has no field {field!r}"
                raise ImproperlyConfigured(error)

    def _check_history(self, policy: Policy) -> None:
        if self.history and not _history.is_installed() and _compared_hashes(policy, [("x", None)]):
            raise ImproperlyConfigured(
                "PolicyValidator: the policy compares with previous passwords: add 'kouling.django' to INSTALLED_APPS, "
                "or set `history` to False to compare with the current password only"
            )

    @property
    def policy(self) -> Policy:
        """The policy, reloaded if one of its files has changed. Of a policy set, that of the last population.

        Raises:
            PolicyError: The policy has errors.
            ImproperlyConfigured: The policy needs the app `kouling.django`, and the app is not installed.
        """
        return self._policies()[-1]

    def policy_for(self, user: object = None) -> Policy:
        """Return the policy of a user.

        Raises:
            CannotJudge: A condition of the policy set needs an attribute that is not in `attributes`.
            PolicyError: As for `policy`.
            ImproperlyConfigured: As for `policy`.
        """
        self._policies()
        if isinstance(self._source, Policy):
            return self._source
        return self._source.policy(self._attributes(user))

    def _attributes(self, user: object) -> dict[str, list[str]]:
        return {} if user is None else attributes(user, self.attributes)

    def _policies(self) -> list[Policy]:
        """Return the policies of all populations."""
        if isinstance(self._source, Policy):
            loaded: Policy | PolicySet = self._source
            policies = [self._source]
        else:
            loaded = self._source.policy_set()
            policies = [loaded.population(name) for name in loaded.populations]
        if loaded is not self._checked:
            for policy in policies:
                self._check_history(policy)
            self._checked = loaded
        return policies

    def language(self) -> str:
        """Return the language tag of the messages: that of Django's active language, as mapped by `languages`.

        The engine chooses the language that matches the tag, such as `zh-Hant` for `zh-tw`, and English if it has none.
        """
        active = (get_language() or "en").lower().replace("_", "-")
        return next((self.languages[tag] for tag in _prefixes(active) if tag in self.languages), active)

    @sensitive_variables()
    def validate(self, password: str, user: object = None) -> None:
        """Validate a password.

        Raises:
            ValidationError: The policy refuses the password. Holds one error per violation, each with its code, and with its
                numbers as `params`. The code `not_judged` means that the password could not be evaluated.
        """
        try:
            outcome = self.evaluate(password, user)
        except (KoulingError, ImproperlyConfigured, UnicodeError, ValueError) as error:
            self._log(error, user)
            raise self._not_judged() from None
        if outcome:
            return
        language = self.language()
        raise ValidationError([_validation_error(violation, language) for violation in outcome])

    @sensitive_variables()
    def evaluate(self, password: str, user: object = None) -> Outcome:
        """Evaluate a password for a user. Raises the same exceptions as `kouling.Policy.evaluate` and `policy_for`."""
        return self.policy_for(user).evaluate(
            password,
            user=self._attributes(user),
            previous=_history.previous_hashes(user),
            verifier=verifier(password),
        )

    def _not_judged(self) -> ValidationError:
        return ValidationError(message("explanation.not_evaluated", self.language()), code="not_judged")

    def _log(self, error: Exception, user: object = None) -> None:
        # Log no traceback, because its frames contain the password, and only the type of the cause, because the host's own
        # message may contain it, too.
        cause = f" (caused by {type(error.__cause__).__name__})" if error.__cause__ is not None else ""
        key = getattr(user, "pk", None)
        logger.error("cannot evaluate a password with policy %s for user %s: %s%s", self._name, key, error, cause)

    def get_help_text(self) -> str:
        """Return the requirements of the policy in the active language. Of a policy set, those of the last population.

        Django does not pass a user; a form that knows its user describes `policy_for(user)`.
        """
        language = self.language()
        try:
            policy = self.policy
        except (KoulingError, ImproperlyConfigured, OSError, ValueError) as error:
            self._log(error)
            return message("explanation.not_evaluated", language)
        requirements = [item["text"] for item in policy.describe(language)["checklist"]]
        text = HelpText(message("term.clause_separator", language).join(requirements))
        text.html = mark_safe(policy.describe_html(language))  # the engine escapes it
        return text

    @sensitive_variables()
    def password_changed(self, password: str, user: object = None) -> None:
        """Delete replaced passwords that no validator compares with any more."""
        if not _history.is_installed() or (saved := _history.saved_user(user)) is None:
            return
        previous = _history.previous_hashes(saved)
        validators = {self, *validators_with_history()}
        try:
            needed = set[str]().union(*(validator.compared_hashes(previous) for validator in validators))
        except (KoulingError, ImproperlyConfigured):
            return  # it is unknown which hashes are needed
        _history.keep_only(saved, needed)

    def compared_hashes(self, previous: collections.abc.Sequence[_history.StoredHash]) -> set[str]:
        """Return those of a user's stored hashes that the policy compares with, limited by `history`."""
        if not self.history:
            return set()
        # The user may move to another population.
        compared = set[str]().union(*(_compared_hashes(policy, previous) for policy in self._policies()))
        if self.history is True:
            return compared
        return compared & {encoded for encoded, _ in previous[: self.history + 1]}


def validators_with_history() -> list[PolicyValidator]:
    """Return the configured validators that need replaced passwords."""
    validators = get_default_password_validators()
    return [validator for validator in validators if isinstance(validator, PolicyValidator) and validator.history]


def _compared_hashes(policy: Policy, previous: collections.abc.Sequence[_history.StoredHash]) -> set[str]:
    """Return the hashes that a policy compares with, by recording the calls of a verifier."""
    compared: set[str] = set()

    def verify(_: bytes, encoded: str) -> bool:
        compared.add(encoded)
        return False

    policy.explain("x", previous=previous, verifier=verify)
    return compared


def _prefixes(tag: str) -> list[str]:
    """Return a language tag and its prefixes, the longest first: `zh-hant-tw`, `zh-hant`, `zh`."""
    parts = tag.split("-")
    return ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]


def _validation_error(violation: Violation, language: str) -> ValidationError:
    text, numbers = violation.message(language), violation.numbers
    # Django formats a message only if it has params.
    return ValidationError(text.replace("%", "%%") if numbers else text, violation.code, numbers or None)
