"""Django's settings. `PROJECT_DATA` is the folder of the database and the policy."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[1]
DATA = Path(os.environ["PROJECT_DATA"])

SECRET_KEY = "a test has no secrets"
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "project.urls"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "kouling.django",
    "project.people",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA / "db.sqlite3"}}

AUTH_USER_MODEL = "people.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "kouling.django.PolicyValidator",
        "OPTIONS": {
            "policy": DATA / "policy.toml",
            "attributes": {"mobile": "phone", "card.nickname": "nickname"},
        },
    }
]
# Faster than the default PBKDF2.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "project.hashers.Quick"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "static/"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
