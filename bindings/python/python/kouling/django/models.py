"""Passwords that were replaced, as they were stored."""

from __future__ import annotations

import typing

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import is_password_usable
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.utils import timezone

from .. import KoulingError
from ._facts import current, previous, saved
from ._validator import PolicyValidator


class PasswordHistory(models.Model):
    """A hash that was a user's, until it was replaced. The current one is the user's own field and stands nowhere else, so
    that a sign-in that hashes it anew makes no second one of it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    encoded = models.TextField()
    set_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="kouling_history_newest")]
        verbose_name_plural = "password history"

    def __str__(self) -> str:
        return f"a password of user {self.user_id} until {self.replaced_at}"  # type: ignore[attr-defined]

    @classmethod
    def of(cls, user: typing.Any) -> models.QuerySet[PasswordHistory]:
        """Those of a user, the newest first."""
        return cls.objects.using(user._state.db).filter(user_id=user.pk).order_by("-id")

    @classmethod
    def prune(cls, user: typing.Any, *validators: PolicyValidator) -> None:
        """Lets go of what no validator compares with any more. Where that is not known, all are kept."""
        known = previous(user)
        try:
            kept = set[str]().union(*(validator.compares(known) for validator in {*validators, *_ours()}))
        except (KoulingError, ImproperlyConfigured):
            return
        cls.of(user).exclude(encoded__in=kept).delete()


def _ours() -> list[PolicyValidator]:
    validators = get_default_password_validators()
    return [validator for validator in validators if isinstance(validator, PolicyValidator) and validator.history]


def keep_replaced(instance: object, raw: bool = False, using: str | None = None, **_: object) -> None:
    """Before a user with a new password is saved: keeps the hash that is in the database still."""
    if raw or not isinstance(instance, AbstractBaseUser) or saved(instance) is None:
        return
    # `_password` is there from `set_password` to `save`; where an old hash is only made anew, it is not.
    if getattr(instance, "_password", None) is None and is_password_usable(instance.password):
        return
    if not _ours() or (encoded := current(instance, using)) is None:
        return
    table = PasswordHistory.objects.using(using)
    with transaction.atomic(using=using):
        newest = table.filter(user_id=instance.pk).order_by("-id").first()
        if newest is None or newest.encoded != encoded:
            since = newest.replaced_at if newest is not None else None
            table.create(user_id=instance.pk, encoded=encoded, set_at=since, replaced_at=timezone.now())
