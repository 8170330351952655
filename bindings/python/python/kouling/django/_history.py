"""The current and the replaced password hashes of a user, as they are stored.

Django imports this package while it loads its apps, when no model can be imported yet. `PasswordHistory` is therefore looked
up in Django's registry, and the base class of users is imported in a function.
"""

from __future__ import annotations

import collections.abc
import datetime
import typing

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import is_password_usable
from django.db import transaction
from django.utils import timezone

StoredHash = tuple[str, datetime.datetime | None]
"""A hash, and when it was set if that is known."""


def is_installed() -> bool:
    """Return True if the app `kouling.django` is installed, and so has its table."""
    return apps.is_installed("kouling.django")


def saved_user(user: object) -> typing.Any:
    """Return the user, or None if it is not in the database."""
    return user if isinstance(user, get_user_model()) and user.pk is not None else None


def current_hash(user: typing.Any, using: str | None = None) -> str | None:
    """Return the usable hash in the database. The instance may have the new hash already."""
    users = get_user_model()._base_manager.using(using or user._state.db)
    encoded = users.filter(pk=user.pk).values_list("password", flat=True).first()
    return encoded if encoded and is_password_usable(encoded) else None


def previous_hashes(user: object) -> list[StoredHash]:
    """Return the current hash, if there is one, and the replaced ones, the newest first."""
    if (saved := saved_user(user)) is None:
        return []
    current = current_hash(saved)
    if not is_installed():
        return [] if current is None else [(current, None)]
    rows = _model().of(saved).values_list("encoded", "set_at", "replaced_at")
    # If it is not known when a password was set, assume the latest possible time.
    replaced = [(encoded, set_at or replaced_at) for encoded, set_at, replaced_at in rows if encoded != current]
    current_since = rows[0][2] if rows else None
    return replaced if current is None else [(current, current_since), *replaced]


def replaces_password(instance: object) -> bool:
    """Return True if saving this instance would replace the password of a user in the database.

    An upgrade of the hash, as at a sign-in, does not replace the password.
    """
    from django.contrib.auth.base_user import AbstractBaseUser

    if not isinstance(instance, AbstractBaseUser) or saved_user(instance) is None:
        return False
    # Django sets `_password` in `set_password` and clears it in `save`. An upgrade of the hash leaves it unset.
    return getattr(instance, "_password", None) is not None or not is_password_usable(instance.password)


def store_replaced(user: typing.Any, using: str | None) -> None:
    """Store the hash in the database, before it is replaced."""
    if (encoded := current_hash(user, using)) is None:
        return
    rows = _model().objects.using(using)
    with transaction.atomic(using=using):
        newest = rows.filter(user_id=user.pk).order_by("-id").first()
        if newest is None or newest.encoded != encoded:
            set_at = newest.replaced_at if newest is not None else None
            rows.create(user_id=user.pk, encoded=encoded, set_at=set_at, replaced_at=timezone.now())


def keep_only(user: typing.Any, hashes: collections.abc.Collection[str]) -> None:
    """Delete the user's replaced hashes, except these."""
    _model().of(user).exclude(encoded__in=hashes).delete()


def _model() -> typing.Any:
    return apps.get_model("kouling", "PasswordHistory")
