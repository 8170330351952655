"""What a policy may know of a Django user: attributes, and passwords as they are stored."""

from __future__ import annotations

import collections.abc
import datetime
import typing
import unicodedata

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import identify_hasher, is_password_usable

Stored = tuple[str, datetime.datetime | None]


def keeps_history() -> bool:
    """Whether the app, and so its table, is there."""
    return apps.is_installed("kouling.django")


def _follow(user: object, path: str) -> object:
    value = user
    for name in path.split("."):
        value = getattr(value, name, None)  # a related object that is not there is a missing attribute, too
    return value() if callable(value) else value


def _names(user: object) -> collections.abc.Iterator[str]:
    """The full name, and a Chinese one as it is written: the family name first, and no space."""
    full = getattr(user, "get_full_name", None)
    if callable(full):
        yield str(full())
    first, last = (str(getattr(user, name, None) or "") for name in ("first_name", "last_name"))
    if any(unicodedata.category(letter) == "Lo" for letter in first + last):
        yield last + first


def attributes(user: object, fields: collections.abc.Mapping[str, str]) -> dict[str, list[str]]:
    """The attributes by Kouling's names: username, email and name as Django has them, and what `fields` adds."""
    found: dict[str, list[str]] = {"name": list(_names(user))}
    if isinstance(user, AbstractBaseUser):
        found["username"] = [user.get_username()]
        found["email"] = [str(getattr(user, user.get_email_field_name(), None) or "")]
    for path, name in fields.items():
        value = _follow(user, path)
        if value is not None:
            found.setdefault(name, []).append(str(value))
    told = ((name, [value for value in dict.fromkeys(values) if value]) for name, values in found.items())
    return {name: values for name, values in told if values}


def saved(user: object) -> typing.Any:
    """The user, when there is one in the database."""
    return user if isinstance(user, get_user_model()) and user.pk is not None else None


def current(user: typing.Any, using: str | None = None) -> str | None:
    """The hash in the database: the one of the instance may be the new one already."""
    users = get_user_model()._base_manager.using(using or user._state.db)
    encoded = users.filter(pk=user.pk).values_list("password", flat=True).first()
    return encoded if encoded and is_password_usable(encoded) else None


def previous(user: object) -> list[Stored]:
    """The current password, where there is one, and those that it replaced, the newest first."""
    if (known := saved(user)) is None:
        return []
    now = current(known)
    if not keeps_history():
        return [] if now is None else [(now, None)]
    from .models import PasswordHistory

    rows = PasswordHistory.of(known).values_list("encoded", "set_at", "replaced_at")
    # Where nobody knows when it was set, it was before it was replaced.
    replaced = [(encoded, set_at or replaced_at) for encoded, set_at, replaced_at in rows if encoded != now]
    since = rows[0][2] if rows else None
    return replaced if now is None else [(now, since), *replaced]


def verifier(typed: str) -> collections.abc.Callable[[bytes, str], bool | None]:
    """Compares as Django does. Django hashes what was typed, which may be written otherwise than what is judged."""

    def verify(judged: bytes, encoded: str) -> bool | None:
        try:
            hasher = identify_hasher(encoded)
        except ValueError:
            return None  # not Django's: the engine knows other forms, and what nobody knows is not judged
        # Not `check_password`, which hashes once more for an account whose hash is old.
        return any(hasher.verify(text, encoded) for text in dict.fromkeys((typed, judged.decode())))

    return verify
