"""Django password validation with a Kouling policy.

INSTALLED_APPS = [..., "kouling.django"]    # the password history and the system check
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "kouling.django.PolicyValidator", "OPTIONS": {"policy": BASE_DIR / "policy.toml"}},
]
"""

from __future__ import annotations

from ._validator import HelpText, PolicyValidator

__all__ = ["HelpText", "PolicyValidator"]
