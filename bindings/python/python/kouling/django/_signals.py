"""The signal handler that stores replaced passwords."""

from __future__ import annotations

import typing

from ._history import replaces_password, store_replaced
from ._validator import validators_with_history


def before_user_is_saved(instance: object, raw: bool = False, using: str | None = None, **_: typing.Any) -> None:
    """Store the hash that is about to be replaced, if a validator needs it. Fixtures (`raw`) are loaded unchanged."""
    if not raw and replaces_password(instance) and validators_with_history():
        store_replaced(instance, using)
