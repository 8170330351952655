"""The app: a table of replaced passwords, and a system check."""

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
        from .models import keep_replaced

        checks.register(check_validators, checks.Tags.security)
        pre_save.connect(keep_replaced, dispatch_uid="kouling.keep_replaced")
