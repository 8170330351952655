"""What an administrator does: options from three places, apps and users, a wrong policy, reload, and stopping."""

import json
import signal
import subprocess
import time

import pytest
import requests
from conftest import BINARY, CLIENT, Caller, Server, error

GOOD = 'format = 1\nname = "first"\n[rules.length]\nmin = 10\n'
BETTER = 'format = 1\nname = "second"\n[rules.length]\nmin = 12\n'
WRONG = "format = 1\n[rules.lenght]\n[rules.length]\nmin = 0\n"


def run(*arguments, **more):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=60, **more)


def policy_of(server):
    return requests.get(f"{server.url}/api/v2/sdk/pwd/policy", timeout=10).json()["policy"]


def becomes(server, name, seconds=15):
    deadline = time.monotonic() + seconds
    while policy_of(server) != name:
        assert time.monotonic() < deadline, server.logged()
        time.sleep(0.1)


def test_a_wrong_policy_is_told_everything_and_nothing_starts(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(WRONG)
    told = run("--policy", policy, "--data", tmp_path / "data", "--listen", "127.0.0.1:0")
    assert told.returncode == 2 and told.stdout == ""
    assert f"{policy}:2:8: unknown rule kind `lenght` [unknown-kind]" in told.stderr
    assert "did you mean `length`?" in told.stderr
    assert f"{policy}:4:7: `min` must be between 1 and 4096 [out-of-range]" in told.stderr


def test_the_demo_stays_at_home(tmp_path):
    told = run("--demo", "--data", tmp_path / "data", "--listen", "0.0.0.0:0")
    assert told.returncode == 2 and told.stdout == "" and "127.0.0.1" in told.stderr


def test_a_changed_policy_is_loaded_and_a_broken_one_is_not(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(GOOD)
    server = Server(tmp_path / "data", "--policy", str(policy))
    try:
        first = requests.get(f"{server.url}/readyz", timeout=10).json()
        assert policy_of(server) == "first"
        policy.write_text(BETTER)
        becomes(server, "second")
        assert requests.get(f"{server.url}/readyz", timeout=10).json() != first
        policy.write_text(WRONG)
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 15
        while "unknown rule kind `lenght`" not in server.logged():
            assert time.monotonic() < deadline, server.logged()
            time.sleep(0.1)
        assert policy_of(server) == "second"
        policy.write_text(GOOD)
        server.process.send_signal(signal.SIGHUP)
        becomes(server, "first")
        metrics = requests.get(f"{server.url}/metrics", timeout=10).text
        for result in ("ok", "failed"):
            assert f'kouling_policy_reloads_total{{result="{result}"}}' in metrics
    finally:
        assert server.stop() == 0


def test_apps_and_users_are_added_and_sign_in(tmp_path):
    data = tmp_path / "data"
    added = run("app", "add", "Portal", "--id", "portal-1", "--data", data)
    assert added.returncode == 0 and "portal-1" in added.stdout
    people = tmp_path / "people.jsonl"
    lines = [
        {"username": "lisi", "name": "李四", "email": "lisi@example.org", "password": "Heron-7-wader"},
        # A hash made elsewhere: {SSHA} of "Marsh-7-heron" with the salt "salt".
        {"username": "wangwu", "phone": "15200000001", "password_hash": ssha("Marsh-7-heron")},
    ]
    people.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    imported = run("user", "import", people, "--data", data)
    assert imported.returncode == 0, imported.stderr
    server = Server(data, demo=False)
    try:
        client = Caller(server)
        assert error(client.sign_in("Heron-7-wader", "lisi")) == (400, "IDAAS.SDK.PARAM.0003")
        client.session.headers["X-client-id"] = "portal-1"
        for name, password in [("lisi", "Heron-7-wader"), ("15200000001", "Marsh-7-heron")]:
            signed_in = client.sign_in(password, name)
            assert signed_in.json()["status"] == "SUCCESS", (name, signed_in.text)
        assert error(client.sign_in("Marsh-7-heron", "lisi"))[0] == 400
    finally:
        assert server.stop() == 0


def ssha(password):
    import base64
    import hashlib

    return "{SSHA}" + base64.b64encode(hashlib.sha1(password.encode() + b"salt").digest() + b"salt").decode()


def test_an_import_is_all_or_nothing(tmp_path):
    people = tmp_path / "people.jsonl"
    people.write_text('{"username": "a-1", "password": "x"}\nnot json\n{"username": "a-1", "pasword": "x"}\n')
    refused = run("user", "import", people, "--data", tmp_path / "data")
    assert refused.returncode != 0
    assert "2" in refused.stderr and "3" in refused.stderr and "pasword" in refused.stderr
    people.write_text('{"username": "a-1", "password": "x"}\n')
    assert run("user", "import", people, "--data", tmp_path / "data").returncode == 0


@pytest.mark.parametrize("place", ["file", "environment", "command line"])
def test_the_command_line_wins_over_the_environment_over_the_file(tmp_path, monkeypatch, place):
    config = tmp_path / "kouling.toml"
    config.write_text('policy = "minimal"\n')
    arguments = ["--config", str(config)]
    expected = "minimal"
    if place != "file":
        monkeypatch.setenv("KOULING_HTTP_POLICY", "idaas-classic")
        expected = "idaas-classic"
    if place == "command line":
        arguments += ["--policy", "standard"]
        expected = "standard"
    server = Server(tmp_path / "data", *arguments)
    try:
        assert policy_of(server) == expected
        assert CLIENT in requests.get(f"{server.url}/forgot", timeout=10).text
    finally:
        assert server.stop() == 0


def test_an_unknown_option_in_the_file_is_named(tmp_path):
    config = tmp_path / "kouling.toml"
    config.write_text('polcy = "minimal"\n')
    told = run("--config", config, "--data", tmp_path / "data", "--listen", "127.0.0.1:0")
    assert told.returncode == 2 and "polcy" in told.stderr and "kouling.toml" in told.stderr
