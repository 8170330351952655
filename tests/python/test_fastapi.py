"""The FastAPI example, tested through its HTTP interface."""

import concurrent.futures
import re
import sqlite3
import sys
import time
from pathlib import Path

import argon2
import pytest
from fastapi.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parents[2] / "bindings" / "python" / "examples"))

EMAIL = "zhangsan@example.org"
OLD = "Blue-heron-1977-marsh"
NEW = "Grey-wader-2031-stone"
HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setenv("RESET_DATABASE", str(tmp_path / "reset.sqlite3"))
    sys.modules.pop("fastapi_reset", None)
    import fastapi_reset

    monkeypatch.setattr(fastapi_reset.argon2, "PasswordHasher", lambda: HASHER)
    database = fastapi_reset.store.connect()
    row = ("zhangsan", EMAIL, "张三", HASHER.hash(OLD), 1_700_000_000)
    database.execute("INSERT INTO account VALUES (?, ?, ?, ?, ?)", row)
    database.execute("INSERT INTO session VALUES ('zhangsan')")
    return Site(TestClient(fastapi_reset.app, client=("192.0.2.1", 50000)), database)


class Site:
    def __init__(self, client, database):
        self.client = client
        self.database = database

    def request_code(self, email=EMAIL):
        return self.client.post("/code", json={"email": email})

    def submit(self, code, password, email=EMAIL, **headers):
        return self.client.post(
            "/password", json={"email": email, "code": code, "password": password}, headers=headers
        )

    def mails(self):
        return self.database.execute("SELECT address, text FROM outbox ORDER BY number").fetchall()

    def code(self):
        """Return the code of the newest mail."""
        codes = [re.search(r"\d{6}", text) for _, text in self.mails()]
        return [found.group() for found in codes if found][-1]

    def is_password(self, password):
        (stored,) = self.database.execute("SELECT hash FROM account WHERE id = 'zhangsan'").fetchone()
        try:
            return HASHER.verify(stored, password)
        except argon2.exceptions.VerifyMismatchError:
            return False


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_password_reset(site, capsys):
    assert site.request_code().json() == {"code": "ok"}
    assert site.mails()[0][0] == EMAIL
    refused = site.submit(site.code(), "nasgnahz")
    assert refused.status_code == 400 and refused.json()["code"] == "IDAAS.SDK.PWD.0004"
    refused = site.submit(site.code(), "nasgnahz", **{"accept-language": "zh-CN"})
    assert refused.json()["message"].startswith("密码复杂度低")
    assert site.submit(site.code(), OLD).json()["code"] == "IDAAS.SDK.PWD.0001"
    assert site.is_password(OLD)
    assert site.submit(site.code(), NEW).json() == {"code": "ok"}
    assert site.is_password(NEW)
    assert site.mails()[-1] == (EMAIL, "Your password was changed.")
    assert site.database.execute("SELECT count(*) FROM session").fetchone() == (0,)
    printed = capsys.readouterr().out
    assert "password.set zhangsan" in printed and NEW not in printed and site.code() not in printed


def test_code_can_be_used_once(site):
    site.request_code()
    code = site.code()
    assert site.submit(code, NEW).status_code == 200
    replayed = site.submit(code, NEW + "2")
    assert replayed.status_code == 400 and replayed.json()["code"] == "IDAAS.SDK.CAPTCHA.0007"
    assert site.is_password(NEW)


def test_code_is_invalid_after_five_wrong_attempts(site):
    site.request_code()
    code = site.code()
    for _ in range(5):
        assert site.submit(wrong(code), NEW).json()["code"] == "IDAAS.SDK.CAPTCHA.0007"
    assert site.submit(code, NEW).json()["code"] == "IDAAS.SDK.CAPTCHA.0007"
    assert site.is_password(OLD)


def test_refused_password_with_correct_code_costs_no_attempt(site):
    site.request_code()
    for _ in range(8):
        assert site.submit(site.code(), "short").json()["code"] == "IDAAS.SDK.PWD.0007"
    assert site.submit(site.code(), NEW).status_code == 200


def test_a_second_code_kills_the_first_and_waits_its_turn(site, monkeypatch):
    site.request_code()
    early = site.request_code()
    assert early.status_code == 429 and 0 < int(early.headers["retry-after"]) <= 60
    first = site.code()
    now = time.time()
    monkeypatch.setattr("fastapi_reset.time.time", lambda: now + 61)
    assert site.request_code().status_code == 200
    assert len(site.mails()) == 2
    if first != site.code():
        assert site.submit(first, NEW).json()["code"] == "IDAAS.SDK.CAPTCHA.0007"
    assert site.is_password(OLD)


def test_code_without_account_sets_no_password(site):
    assert site.request_code("nobody@example.org").json() == {"code": "ok"}
    assert site.submit(site.code(), NEW, "nobody@example.org").json()["code"] == "IDAAS.SDK.USER.0001"
    assert site.submit(site.code(), NEW).json()["code"] == "IDAAS.SDK.CAPTCHA.0007"
    assert site.is_password(OLD)


def test_malformed_request_is_not_echoed(site):
    response = site.client.post("/password", json={"email": EMAIL, "password": NEW})
    assert response.status_code == 400 and response.json()["code"] == "IDAAS.SDK.PARAM.9001"
    assert NEW not in response.text


def test_failing_effect_rolls_back_all_effects(site):
    """The failing effect is the last one of its list."""
    site.request_code()
    code = site.code()
    site.database.execute("DROP TABLE session")
    with pytest.raises(sqlite3.OperationalError):
        site.submit(code, NEW)
    assert site.is_password(OLD)
    site.database.execute("CREATE TABLE session (account TEXT)")
    assert site.submit(code, NEW).status_code == 200


def test_64_concurrent_submissions_of_one_code_set_password_once(site):
    site.request_code()
    code = site.code()
    with concurrent.futures.ThreadPoolExecutor(64) as threads:
        passwords = [f"{NEW}-{number}" for number in range(64)]
        statuses = list(threads.map(lambda password: site.submit(code, password).status_code, passwords))
    assert sorted(statuses) == [200] + [400] * 63
    assert site.is_password(passwords[statuses.index(200)])
    assert site.database.execute("SELECT count(*) FROM history").fetchone() == (1,)
