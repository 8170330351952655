"""The Django app: the table of replaced passwords, and the system check."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import pre_save


class KoulingConfig(AppConfig):
    name = "kouling.django"
    label = "kouling"
    verbose_name = "Kouling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ._checks import check_validators
        from ._signals import before_user_is_saved

        checks.register(check_validators, checks.Tags.security)
        pre_save.connect(before_user_is_saved, dispatch_uid="kouling.before_user_is_saved")
