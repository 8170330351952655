"""The system check: a policy that is wrong is told before anybody is served."""

from __future__ import annotations

import typing

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from ._validator import PolicyValidator


def check_validators(app_configs: typing.Any = None, **_: typing.Any) -> list[checks.CheckMessage]:
    """One error for each validator of ours that cannot be made."""
    found: list[checks.CheckMessage] = []
    for configured in settings.AUTH_PASSWORD_VALIDATORS:
        try:
            kind = import_string(configured["NAME"])
            if not (isinstance(kind, type) and issubclass(kind, PolicyValidator)):
                continue
            kind(**configured.get("OPTIONS", {}))
        except ImportError:
            continue  # Django's own to tell
        except (ImproperlyConfigured, TypeError) as error:
            found.append(checks.Error(str(error), obj=configured["NAME"], id="kouling.E001"))
    return found
