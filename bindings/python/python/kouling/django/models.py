"""The table of replaced passwords."""

from __future__ import annotations

import typing

from django.conf import settings
from django.db import models


class PasswordHistory(models.Model):
    """The hash of a password that was replaced.

    The current hash is only in the user's own field, so that an upgrade of that hash does not create a second copy.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    encoded = models.TextField()
    set_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="kouling_history_newest")]
        verbose_name_plural = "password history"

    def __str__(self) -> str:
        return f"password of user {self.user_id} until {self.replaced_at}"  # type: ignore[attr-defined]

    @classmethod
    def of(cls, user: typing.Any) -> models.QuerySet[PasswordHistory]:
        """Return the replaced passwords of a user, the newest first."""
        return cls.objects.using(user._state.db).filter(user_id=user.pk).order_by("-id")
