"""What a policy can use of a Django user: attributes, and Django's password hashers."""

from __future__ import annotations

import collections.abc
import unicodedata

from django.contrib.auth.hashers import identify_hasher


def attributes(user: object, fields: collections.abc.Mapping[str, str]) -> dict[str, list[str]]:
    """Return the user's attributes by Kouling's names: `username`, `email`, `name`, and those in `fields`.

    Args:
        user: The user.
        fields: Maps fields of the user model, or paths such as `profile.mobile`, to attribute names. A field can be a set
            of related objects, such as `groups`. A field without a value yields an attribute without values.
    """
    # Django imports this module while it loads its apps, when no model can be imported yet.
    from django.contrib.auth.base_user import AbstractBaseUser

    found: dict[str, list[str]] = {"name": list(_names(user))}
    if isinstance(user, AbstractBaseUser):
        found["username"] = [user.get_username()]
        found["email"] = [str(getattr(user, user.get_email_field_name(), None) or "")]
    for path, name in fields.items():
        found.setdefault(name, []).extend(_texts(_follow(user, path)))
    distinct = ((name, [value for value in dict.fromkeys(values) if value]) for name, values in found.items())
    # Users without a group have no group, which is known; a user without a mail address may have one elsewhere.
    return {name: values for name, values in distinct if values or name in fields.values()}


def verifier(password: str) -> collections.abc.Callable[[bytes, str], bool | None]:
    """Return a verifier that compares stored hashes with Django's hashers.

    Args:
        password: The password as the user typed it. Django hashes this text, while the policy evaluates its normalized
            form: the verifier compares both.
    """

    def verify(normalized: bytes, encoded: str) -> bool | None:
        try:
            hasher = identify_hasher(encoded)
        except ValueError:
            return None  # the engine may support the format
        # `check_password` would also compute a hash with the preferred hasher, if `encoded` has another one.
        return any(hasher.verify(text, encoded) for text in dict.fromkeys((password, normalized.decode())))

    return verify


def _names(user: object) -> collections.abc.Iterator[str]:
    """Yield the full name, and a Chinese name as it is written: the family name first, without a space."""
    get_full_name = getattr(user, "get_full_name", None)
    if callable(get_full_name):
        yield str(get_full_name())
    first, last = (str(getattr(user, name, None) or "") for name in ("first_name", "last_name"))
    if any(unicodedata.category(letter) == "Lo" for letter in first + last):
        yield last + first


def _texts(value: object) -> collections.abc.Iterator[str]:
    """Yield a value as text, or the related objects of a manager."""
    if value is None:
        return
    related = getattr(value, "all", None)
    if not callable(related):
        yield str(value)
        return
    yield from map(str, related())


def _follow(user: object, path: str) -> object:
    value = user
    for name in path.split("."):
        # Django raises an AttributeError for a missing related object, too.
        try:
            value = getattr(value, name, None)
        except ValueError:
            return None  # a user that is not saved has no related objects
    # The manager of related objects is callable, too.
    return value() if callable(value) and not hasattr(value, "all") else value
