"""PolicyValidator in a Django project: forms, commands, mail and database."""

import atexit
import datetime
import io
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent / "django_project"
DATA = Path(tempfile.mkdtemp(prefix="kouling-django-"))
POLICY = DATA / "policy.toml"
atexit.register(shutil.rmtree, DATA)  # created on import, even if no test runs
STANDARD = 'format = 1\nextends = ["standard"]\n'
POLICY.write_text(STANDARD)

os.environ.update(PROJECT_DATA=str(DATA), DJANGO_SETTINGS_MODULE="project.settings")
sys.path.insert(0, str(PROJECT))

import django

django.setup()

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import (
    get_default_password_validators,
    password_validators_help_text_html,
    password_validators_help_texts,
    validate_password,
)
from django.core import checks, mail
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.test.utils import setup_test_environment
from django.utils import translation
from django.views.debug import get_exception_reporter_class
from project.people.models import Card

import kouling
from kouling.django import PolicyValidator
from kouling.django.models import PasswordHistory

User = get_user_model()
OLD = "Blue-heron-1977-marsh"
NEW = "Grey-wader-2031-stone"
CANARY = "c4nary"  # too short to be accepted; occurs nowhere else


@pytest.fixture(scope="session", autouse=True)
def database():
    setup_test_environment()
    call_command("migrate", verbosity=0)
    yield
    connection.close()


@pytest.fixture(autouse=True)
def clean(database):
    write(STANDARD)
    get_default_password_validators.cache_clear()
    yield
    User.objects.all().delete()
    mail.outbox.clear()
    translation.activate("en")


@pytest.fixture
def user():
    return User.objects.create_superuser(
        "zhangsan", "zhangsan@example.org", OLD, first_name="三", last_name="张", mobile="15200000000"
    )


@pytest.fixture
def admin(user):
    client = Client()
    client.force_login(user)
    return client


def write(text):
    """Replace the file, so that the inode changes: length and time stamp may be the same as before."""
    temporary = POLICY.with_suffix(".new")
    temporary.write_text(text)
    temporary.rename(POLICY)


def refused(password, user=None):
    """Return the errors of a refused password, by code."""
    with pytest.raises(ValidationError) as raised:
        validate_password(password, user)
    return {error.code: error for error in raised.value.error_list}


def set_password(user, password):
    validate_password(password, user)
    user.set_password(password)
    user.save()


def stored(user):
    return list(PasswordHistory.of(user).values_list("encoded", flat=True))


# Populations


def test_policy_set_selects_by_user_fields(user):
    (DATA / "staff.toml").write_text("format = 1\n[rules.length]\nmin = 30\n")
    write("""format = 1
[[population]]
name = "admins"
when = { any = [{ group = "admins" }, { staff = "True" }] }
policy = "./staff.toml"
[[population]]
name = "everyone"
policy = "standard"
""")
    validator = PolicyValidator(POLICY, attributes={"groups": "group", "is_staff": "staff"})
    assert validator.policy_for(user).population == ["admins"]
    assert validator.evaluate(NEW, user).codes == ["length.too_short"]
    other = User.objects.create_user("lisi", "lisi@example.org", OLD)
    assert validator.policy_for(other).population == ["everyone"]
    assert validator.evaluate(NEW, other)
    other.groups.add(Group.objects.create(name="admins"))
    assert validator.policy_for(other).population == ["admins"]
    assert validator.policy_for(User(username="new")).population == ["everyone"]
    # Without a user, the attributes are unknown, which is not the same as absent.
    with pytest.raises(ValidationError) as raised:
        validator.validate(NEW)
    assert raised.value.code == "not_judged"
    assert "at least 8 characters" in validator.get_help_text() or "8 to 64" in validator.get_help_text()
    assert validator.policy.name == "standard"


# Messages


def test_every_violation_is_error_with_code_and_params():
    errors = refused("abc")
    assert list(errors) == [
        "length.too_short",
        "characters.too_few_classes",
        "words.listed",
        "strength.too_guessable",
    ]
    assert errors["length.too_short"].params == {"min": 8, "max": 64}
    assert errors["length.too_short"].messages == ["must have at least 8 characters"]


def test_user_attributes_come_from_model_fields(user):
    assert "personal.username" in refused("my-zhangsan-7", user)
    assert "personal.phone" in refused("Wq-15200000000-k", user)
    # In Chinese order, and in pinyin.
    assert "personal.name" in refused("Heron-张三-marsh-1977", user)
    assert "pinyin_name.contained" in refused("Heron-SanZhang-1977", user)


def test_attribute_path_may_lead_to_missing_object(user):
    write(STANDARD + '[rules.personal]\nattributes = ["username", "nickname"]\n')
    validate_password("Heron-kingfisher-1977", user)
    Card.objects.create(user=user, nickname="kingfisher")
    user.refresh_from_db()
    assert "personal.attribute" in refused("Heron-kingfisher-1977", user)


def test_password_without_saved_user_is_evaluated():
    assert "length.too_short" in refused("abc", None)
    assert "personal.username" in refused("my-lisi2031-7", User(username="lisi2031"))
    validate_password(NEW, None)
    validate_password(NEW, User(username="lisi"))


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "must have at least 8 characters"),
        ("de", "must have at least 8 characters"),
        ("zh-hans", "长度不能少于8个字符"),
        ("zh-hant", "長度不能少於8個字元"),
        ("zh-tw", "長度不能少於8個字元"),
    ],
)
def test_messages_are_in_active_language(language, message):
    with translation.override(language):
        assert refused("abc")["length.too_short"].messages == [message]


def test_languages_option_maps_language_codes():
    validator = PolicyValidator("minimal", languages={"de": "zh", "zh-hant": "en"})
    for language, expected in [("de", "zh"), ("de-at", "zh"), ("zh-hant", "en"), ("zh-hans", "zh-hans"), ("en", "en")]:
        with translation.override(language):
            assert validator.language() == expected, language
    with translation.override(None):
        assert validator.language() == "en"


def test_percent_sign_in_message_is_not_formatted():
    write('format = 1\n[rules.length]\nmin = 20\nmessage.en = "100 % short, %(min)s of {min}"\n')
    assert refused("abc")["length.too_short"].messages == ["100 % short, %(min)s of 20"]


def test_help_text_is_plain_text_and_html_list():
    (text,) = password_validators_help_texts()
    assert text.startswith("8 to 64 characters; at least 3 of these") and "<" not in text
    html = str(password_validators_help_text_html())
    assert re.match(r'<ul><li><ul class="kouling-checklist" lang="en">\s*<li data-rule="length"', html)
    with translation.override("zh-hans"):
        assert 'lang="zh"' in str(password_validators_help_text_html())
        assert "；" in password_validators_help_texts()[0]


def test_help_text_is_escaped_in_html():
    write('format = 1\n[rules.no_q]\nkind = "pattern"\nforbid = \'q\'\nmessage.en = "no <b>q</b>"\n')
    assert "no &lt;b&gt;q&lt;/b&gt;" in str(password_validators_help_text_html())


# Django's forms and commands


def test_password_change_in_admin(admin, user):
    def change(new, **headers):
        form = {"old_password": OLD, "new_password1": new, "new_password2": new}
        return admin.post("/admin/password_change/", form, **headers)

    page = admin.get("/admin/password_change/").content.decode()
    assert '<ul class="kouling-checklist" lang="en">' in page
    page = change(CANARY).content.decode()
    assert "must have at least 8 characters" in page and "must contain at least 3 different kinds of characters" in page
    assert CANARY not in page
    page = change(CANARY, HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode()
    for message in kouling.Policy.preset("standard").evaluate(CANARY).messages("zh"):
        assert message in page
    assert "must not be one of the last 5 passwords" in change(OLD).content.decode()
    assert change(NEW).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert "history.reused" in refused(OLD, user)


def test_password_of_other_user_in_admin(admin):
    other = User.objects.create_user("lisi", password=OLD)
    address = f"/admin/people/user/{other.pk}/password/"
    page = admin.post(address, {"password1": CANARY, "password2": CANARY, "usable_password": "true"})
    assert "must have at least 8 characters" in page.content.decode() and CANARY not in page.content.decode()
    page = admin.post(address, {"password1": "My-lisi-lisi-7", "password2": "My-lisi-lisi-7"})
    assert "must not contain the username" in page.content.decode()
    assert admin.post(address, {"password1": NEW, "password2": NEW}).status_code == 302
    other.refresh_from_db()
    assert other.check_password(NEW) and "history.reused" in refused(OLD, other)


def test_user_creation_in_admin(admin):
    form = {"username": "wangwu1990", "password1": "wangwu1990-A", "password2": "wangwu1990-A"}
    page = admin.post("/admin/people/user/add/", form).content.decode()
    assert "must not contain the username" in page
    assert admin.post("/admin/people/user/add/", form | {"password1": NEW, "password2": NEW}).status_code == 302
    assert User.objects.get(username="wangwu1990").check_password(NEW)


def test_password_reset_by_mail_link(user):
    client = Client()
    client.post("/accounts/password_reset/", {"email": user.email})
    (link,) = re.findall(r"/accounts/reset/\S+", mail.outbox[0].body)
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]

    def reset(new):
        return client.post(address, {"new_password1": new, "new_password2": new})

    page = reset("nasgnahz").content.decode()
    assert "must not contain the reversed username" in page and "nasgnahz" not in page
    assert "must not be one of the last 5 passwords" in reset(OLD).content.decode()
    assert reset(NEW).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.mark.parametrize("interactive", [True, False])
def test_createsuperuser_refuses_weak_passwords_if_interactive(monkeypatch, interactive):
    if not interactive:
        # Django does not call validators here.
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", NEW)
        call_command("createsuperuser", username="root1", email="a@b.cd", interactive=False, verbosity=0)
        return
    answers = iter([CANARY, CANARY, "My-root2031-x", "My-root2031-x", NEW, NEW])
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: next(answers))
    monkeypatch.setattr("builtins.input", lambda *_: "n")  # bypass password validation?

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    errors = io.StringIO()
    call_command(
        "createsuperuser", username="root2031", email="a@b.cd", stdin=Terminal(), stdout=io.StringIO(), stderr=errors
    )
    printed = errors.getvalue()
    assert "must have at least 8 characters" in printed and "must not contain the username" in printed
    assert CANARY not in printed
    root = User.objects.get(username="root2031")
    assert root.check_password(NEW) and root.is_superuser
    assert stored(root) == []


def test_changepassword_in_own_process(user):
    script = (
        "import getpass, sys\n"
        f"answers = iter([{CANARY!r}, {CANARY!r}] * 3)\n"
        "getpass.getpass = lambda *_, **__: next(answers)\n"
        "from django.core.management import execute_from_command_line\n"
        "execute_from_command_line(['manage.py', 'changepassword', 'zhangsan'])\n"
    )
    run = manage("-c", script)
    assert run.returncode == 1
    assert "must have at least 8 characters" in run.stderr
    assert "Aborting password change for user 'zhangsan' after 3 attempts" in run.stderr
    assert CANARY not in run.stdout + run.stderr


# History


def test_history_stores_what_policy_compares_with(user):
    write("format = 1\n[rules.history]\ndepth = 3\n")
    for number in range(1, 5):
        set_password(user, f"{NEW}-{number}")
    # The current password is one of the three.
    assert len(stored(user)) == 2
    assert set(refused(f"{NEW}-4", user)) == {"history.reused"}
    assert set(refused(f"{NEW}-2", user)) == {"history.reused"}
    validate_password(f"{NEW}-1", user)
    write("format = 1\n[rules.length]\nmin = 8\n")
    set_password(user, f"{NEW}-5")
    assert stored(user) == []


def test_history_number_limits_stored_passwords(user):
    few = [{"NAME": "kouling.django.PolicyValidator", "OPTIONS": {"policy": str(POLICY), "history": 1}}]
    with override_settings(AUTH_PASSWORD_VALIDATORS=few):
        for number in range(4):
            set_password(user, f"{NEW}-{number}")
        assert len(stored(user)) == 1


def test_history_false_compares_with_current_password(user):
    none = [{"NAME": "kouling.django.PolicyValidator", "OPTIONS": {"policy": str(POLICY), "history": False}}]
    with override_settings(AUTH_PASSWORD_VALIDATORS=none):
        assert set(refused(OLD, user)) == {"history.reused"}
        set_password(user, NEW)
        assert stored(user) == []
        validate_password(OLD, user)


def test_history_days_count_from_set_at(user):
    write("format = 1\n[rules.history]\ndepth = 1\ndays = 30\n")
    for number in range(3):
        set_password(user, f"{NEW}-{number}")
    first, second, third = PasswordHistory.of(user).order_by("id")
    assert [first.set_at, second.set_at, third.set_at] == [None, first.replaced_at, second.replaced_at]
    assert set(refused(OLD, user)) == {"history.reused_within"}
    # It is not known when the first one was set: `replaced_at` is used.
    first.replaced_at -= datetime.timedelta(days=31)
    first.save()
    validate_password(OLD, user)
    set_password(user, f"{NEW}-3")
    assert len(stored(user)) == 3


def test_hash_upgrade_at_sign_in_is_not_stored(user):
    User.objects.filter(pk=user.pk).update(password=make_password(OLD, hasher="quick"))
    before = User.objects.get(pk=user.pk).password
    assert Client().login(username="zhangsan", password=OLD)
    user.refresh_from_db()
    assert user.password != before and stored(user) == []
    # A comparison does not upgrade the hash.
    User.objects.filter(pk=user.pk).update(password=before)
    assert "history.reused" in refused(OLD, user)
    user.refresh_from_db()
    assert user.password == before


def test_password_set_before_validation_is_not_reused(user):
    user.set_password(NEW)
    validate_password(NEW, user)
    assert "history.reused" in refused(OLD, user)


def test_unusable_password_is_not_stored(user):
    user.set_unusable_password()
    user.save()
    assert len(stored(user)) == 1
    set_password(user, NEW)
    assert len(stored(user)) == 1 and "history.reused" in refused(OLD, user)


def test_unnormalized_password_is_compared_with_its_hash(user):
    """Django hashes the text as typed; the policy evaluates its normalized form."""
    typed = "Cafe\u0301-heron-2031"
    set_password(user, typed)
    assert "history.reused" in refused(typed, user)


def test_history_is_deleted_with_user(user):
    set_password(user, NEW)
    assert PasswordHistory.objects.count() == 1
    user.delete()
    assert PasswordHistory.objects.count() == 0


def test_save_without_password_change_needs_no_extra_query(user):
    user = User.objects.get(pk=user.pk)
    user.first_name = "四"
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        user.save()
    assert len(queries) == 1


# Changes and errors of the policy


def test_changed_policy_is_used_immediately(user):
    validate_password(NEW)
    write("format = 1\n[rules.length]\nmin = 60\n")
    assert set(refused(NEW)) == {"length.too_short"}


def test_changed_layer_is_used_immediately():
    base, words = DATA / "base.toml", DATA / "words.txt"
    base.write_text("format = 1\n[rules.length]\nmin = 8\n")
    words.write_text("heronmarsh\n")
    write('format = 1\nextends = ["./base.toml"]\n[rules.words]\nlists = ["./words.txt"]\n')
    validate_password("wader stone marsh")
    base.write_text("format = 1\n[rules.length]\nmin = 60\n")
    assert set(refused("wader stone marsh")) == {"length.too_short"}
    base.write_text("format = 1\n")
    words.write_text("wader stone marsh\n")
    assert set(refused("wader stone marsh")) == {"words.listed"}


def test_policy_error_refuses_all_passwords_and_is_logged(user, caplog):
    validate_password(NEW, user)
    write("format = 1\n[rules.lenght]\n")
    with caplog.at_level(logging.ERROR):
        assert set(refused(NEW + CANARY, user)) == {"not_judged"}
    assert "unknown rule kind `lenght`" in caplog.text and str(POLICY) in caplog.text
    assert CANARY not in caplog.text
    with translation.override("zh-hans"):
        assert refused(NEW, user)["not_judged"].messages == ["暂时无法检查，请稍后再试"]
    assert password_validators_help_texts() == ["cannot be checked at the moment; try again later"]
    POLICY.unlink()
    assert set(refused(NEW, user)) == {"not_judged"}
    write(STANDARD)
    validate_password(NEW, user)


def test_unsupported_hash_is_not_judged(user, caplog):
    User.objects.filter(pk=user.pk).update(password="retired$1$salt$hash")
    with caplog.at_level(logging.ERROR):
        assert set(refused(NEW + CANARY, user)) == {"not_judged"}
    assert f"for user {user.pk}" in caplog.text and "stored_hash" in caplog.text
    assert CANARY not in caplog.text and "retired$" not in caplog.text


def test_failing_hasher_is_not_judged(user, caplog, monkeypatch):
    def verify(self, password, encoded):
        raise RuntimeError(f"with {password}")

    monkeypatch.setattr("django.contrib.auth.hashers.ScryptPasswordHasher.verify", verify)
    with caplog.at_level(logging.ERROR):
        assert set(refused(NEW + CANARY, user)) == {"not_judged"}
    assert "RuntimeError" in caplog.text and CANARY not in caplog.text


def test_system_check_reports_policy_errors():
    assert checks.run_checks(tags=["security"]) == []
    write("format = 1\n[rules.lenght]\n")
    (found,) = [found for found in checks.run_checks(tags=["security"]) if found.id == "kouling.E001"]
    assert "did you mean `length`?" in found.msg and found.level == checks.ERROR
    run = manage("manage.py", "check")
    assert run.returncode == 1 and "kouling.E001" in run.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"policy": "standrad"}, "standrad"),
        ({"policy": DATA / "missing.toml"}, "cannot be read"),
        ({"attributes": {"mobil": "phone"}}, "User has no field 'mobil'"),
        ({"history": -1}, "history"),
        ({"rules": ["project.nowhere.Rule"]}, "project.nowhere"),
        ({"polciy": "standard"}, "polciy"),
    ],
)
def test_invalid_option_is_reported(options, message):
    invalid = [{"NAME": "kouling.django.PolicyValidator", "OPTIONS": options}]
    with override_settings(AUTH_PASSWORD_VALIDATORS=invalid):
        (found,) = [found for found in checks.run_checks(tags=["security"]) if found.id == "kouling.E001"]
        assert message in found.msg
        with pytest.raises((ImproperlyConfigured, TypeError)):
            validate_password(NEW)


def test_history_rule_without_app_is_configuration_error(settings_without_app):
    with pytest.raises(ImproperlyConfigured, match="add 'kouling.django' to INSTALLED_APPS"):
        PolicyValidator("standard")
    PolicyValidator("minimal")
    user = User(pk=1)
    assert PolicyValidator("standard", history=False).evaluate(NEW, user)


@pytest.fixture
def settings_without_app():
    from django.conf import settings

    apps = [app for app in settings.INSTALLED_APPS if app != "kouling.django"]
    with override_settings(INSTALLED_APPS=apps):
        yield


def test_custom_rules_option():
    rule = """
[rules.palindrome]
min_length = 5
message.en = "must not be a palindrome of {min}"
"""
    write("format = 1" + rule)
    options = {"policy": POLICY, "rules": ["test_django.Palindrome"]}
    with override_settings(
        AUTH_PASSWORD_VALIDATORS=[{"NAME": "kouling.django.PolicyValidator", "OPTIONS": options}]
    ):
        assert refused("Rotor")["palindrome.whole"].messages == ["must not be a palindrome of 5"]


class Palindrome(kouling.Rule):
    kind = "palindrome"
    codes = ("palindrome.whole",)
    numbers = ("min",)
    min_length = kouling.Count(4, min=2, max=64)

    def check(self, candidate):
        if len(candidate) >= self.min_length and candidate.folded == candidate.reversed:
            yield "palindrome.whole", {"min": self.min_length}


# The project


def manage(*arguments):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )


def test_migrations_are_complete(capsys):
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    assert "No changes detected" in capsys.readouterr().out


def test_debug_page_shows_no_password(user, monkeypatch):
    """Django's debug page hides the variables of the validator's frames."""

    def fails(*_, **__):
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("kouling.django._history.previous_hashes", fails)
    validator = PolicyValidator(POLICY)
    for call in (validator.validate, validator.evaluate):
        try:
            call(NEW + CANARY, user)
        except RuntimeError:
            request = RequestFactory().get("/")
            reporter = get_exception_reporter_class(request)(request, *sys.exc_info())
            frames = [frame for frame in reporter.get_traceback_frames() if "_validator.py" in frame["filename"]]
            assert frames and not any(CANARY in str(value) for frame in frames for value in frame["vars"])


def test_validator_is_thread_safe_while_policy_changes():
    validator = PolicyValidator(POLICY)
    seen, stop = [], time.monotonic() + 0.5

    def evaluate():
        while time.monotonic() < stop:
            seen.append(tuple(validator.evaluate("wader stone marsh heron").codes))

    threads = [threading.Thread(target=evaluate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20):
        write(f"format = 1\n[rules.length]\nmin = {1 if number % 2 else 60}\n")
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    assert set(seen) <= {(), ("length.too_short",), ("characters.too_few_classes",)} and len(set(seen)) >= 2
