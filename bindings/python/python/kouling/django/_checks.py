"""The system check of the validators."""

from __future__ import annotations

import typing

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from ._validator import PolicyValidator


def check_validators(app_configs: typing.Any = None, **_: typing.Any) -> list[checks.CheckMessage]:
    """Return one error for each PolicyValidator in AUTH_PASSWORD_VALIDATORS that cannot be created."""
    errors: list[checks.CheckMessage] = []
    for configured in settings.AUTH_PASSWORD_VALIDATORS:
        try:
            validator = import_string(configured["NAME"])
            if not (isinstance(validator, type) and issubclass(validator, PolicyValidator)):
                continue
            validator(**configured.get("OPTIONS", {}))
        except ImportError:
            continue  # Django reports it
        except (ImproperlyConfigured, TypeError) as error:
            errors.append(checks.Error(str(error), obj=configured["NAME"], id="kouling.E001"))
    return errors
