"""The example of a bank on the real server: each population has its policy, at sign-ins and for new passwords."""

import json
import sqlite3
import subprocess
import time

import pytest
from conftest import BINARY, CLIENT, OLD_PASSWORD, ROOT, Caller, Server

BANK = ROOT / "bindings/cli/examples/bank/bank.toml"
DAY = 86_400
PEOPLE = {
    "kehu": {"role": "", "group": ""},
    "yuangong": {"role": "staff", "group": "branch-12"},
    "guanliyuan": {"role": "staff", "group": ["branch-12", "dba"]},
}
# Long enough for customers and employees.
NEW = "Marsh-7-otters"


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bank")
    data, people = folder / "data", folder / "people.jsonl"
    lines = [
        json.dumps({"username": name, "email": f"{name}@example.org", "password": OLD_PASSWORD, "attributes": attributes})
        for name, attributes in PEOPLE.items()
    ]
    people.write_text("\n".join(lines))
    for task in (["app", "add", "Bank", "--id", CLIENT], ["user", "import", str(people)]):
        subprocess.run([BINARY, *task, "--data", data, "--policy", BANK], check=True, capture_output=True)
    server = Server(data, "--policy", str(BANK), demo=False)
    yield server
    assert server.stop() == 0


def change(caller, signed_in, password):
    headers = {"Authorization": f"Bearer {signed_in['id_token']}"}
    return caller.post("pwd/change", {"old_password": OLD_PASSWORD, "new_password": password}, headers=headers)


@pytest.mark.parametrize(("name", "status"), [("kehu", 200), ("yuangong", 200), ("guanliyuan", 400)])
def test_new_password_is_evaluated_by_the_policy_of_the_user(bank, name, status):
    caller = Caller(bank)
    signed_in = caller.sign_in(OLD_PASSWORD, name)
    assert signed_in.status_code == 200 and signed_in.json()["status"] == "SUCCESS", signed_in.text
    assert change(caller, signed_in.json(), NEW).status_code == status
    assert caller.sign_in(NEW, name).status_code == status


@pytest.mark.parametrize(("name", "status"), [("kehu", "SUCCESS"), ("yuangong", "PASSWORD_WARN")])
def test_passwords_of_employees_expire(bank, name, status):
    store = sqlite3.connect(bank.data / "kouling.sqlite", timeout=10)
    with store:
        store.execute("UPDATE accounts SET password_set = ? WHERE username = ?", (int(time.time()) - 91 * DAY, name))
    store.close()
    for password in (NEW, OLD_PASSWORD):
        signed_in = Caller(bank).sign_in(password, name)
        if signed_in.status_code == 200:
            break
    assert signed_in.json()["status"] == status, signed_in.text


@pytest.mark.parametrize(("user", "accepted"), [
    ({"role": "", "group": ""}, True),
    ({"role": "staff", "group": ""}, True),
    ({"role": "admin", "group": ""}, False),
])
def test_password_of_a_future_user_is_checked(bank, user, accepted):
    checked = Caller(bank).post("pwd/check", {"password": NEW, "user": user})
    assert checked.status_code == 200 and checked.json()["accepted"] is accepted, checked.text
