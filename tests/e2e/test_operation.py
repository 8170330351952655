"""Administration: options from three sources, apps and users, invalid policies, reload, and shutdown."""

import json
import re
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


def test_invalid_policy_is_reported_completely_and_prevents_the_start(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text(WRONG)
    result = run("--policy", policy, "--data", tmp_path / "data", "--listen", "127.0.0.1:0")
    assert result.returncode == 2 and result.stdout == ""
    assert re.search(re.escape(f"{policy}:2:8: ") + r".*`lenght` \[unknown-kind\]", result.stderr)
    assert "did you mean `length`?" in result.stderr
    assert f"{policy}:4:7: `min` must be between 1 and 4096 [out-of-range]" in result.stderr


def test_demo_listens_on_loopback_only(tmp_path):
    result = run("--demo", "--data", tmp_path / "data", "--listen", "0.0.0.0:0")
    assert result.returncode == 2 and result.stdout == "" and "127.0.0.1" in result.stderr


def test_changed_policy_is_loaded_and_invalid_one_is_not(tmp_path):
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
        while "[unknown-kind]" not in server.logged():
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


def test_added_users_sign_in_to_added_apps(tmp_path):
    data = tmp_path / "data"
    added = run("app", "add", "Portal", "--id", "portal-1", "--data", data)
    assert added.returncode == 0 and "portal-1" in added.stdout
    people = tmp_path / "people.jsonl"
    lines = [
        {"username": "lisi", "name": "李四", "email": "lisi@example.org", "password": "Heron-7-wader"},
        # A hash from another system: {SSHA} of "Marsh-7-heron" with the salt "salt".
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


def test_import_is_complete_or_has_no_effect(tmp_path):
    people = tmp_path / "people.jsonl"
    people.write_text('{"username": "a-1", "password": "x"}\nnot json\n{"username": "a-1", "pasword": "x"}\n')
    refused = run("user", "import", people, "--data", tmp_path / "data")
    assert refused.returncode != 0
    assert "2" in refused.stderr and "3" in refused.stderr and "pasword" in refused.stderr
    people.write_text('{"username": "a-1", "password": "x"}\n')
    assert run("user", "import", people, "--data", tmp_path / "data").returncode == 0


def test_import_refuses_hashes_that_cannot_be_verified(tmp_path):
    """Each would make an account whose every sign-in and reset is an internal error."""
    people = tmp_path / "people.jsonl"
    for stored, reason in {
        "$2y$10$abc": "malformed",
        "{SSHA}!!!": "malformed",
        "$6$": "malformed",
        "$2b$31$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2": "too expensive",
        "$scrypt$ln=16384,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA==$A9lBa6RTbfBovWqamVIqXKovIl4Vk6OZyVojLJmYmSI=": "malformed",
        "plain": "unsupported format",
    }.items():
        people.write_text(json.dumps({"username": "k", "password_hash": stored}) + "\n")
        refused = run("user", "import", people, "--data", tmp_path / "data")
        assert refused.returncode == 2, stored
        assert "line 1: `password_hash` " in refused.stderr and reason in refused.stderr, refused.stderr
        assert stored not in refused.stderr


def test_password_that_a_stored_scheme_cannot_take_is_wrong(tmp_path):
    data = tmp_path / "data"
    assert run("app", "add", "Portal", "--id", CLIENT, "--data", data).returncode == 0
    people = tmp_path / "people.jsonl"
    # bcrypt and sha256-crypt of "correct horse".
    hashes = [
        "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2",
        "$5$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC",
    ]
    lines = [{"username": f"user{number}", "password_hash": stored} for number, stored in enumerate(hashes)]
    people.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run("user", "import", people, "--data", data).returncode == 0
    server = Server(data, demo=False)
    try:
        client = Caller(server)
        for number in range(len(hashes)):
            for password in ("a" * 73, "a" * 513, "密" * 400):
                assert error(client.sign_in(password, f"user{number}")) == (400, "IDAAS.SDK.USER.9002")
            assert client.sign_in("correct horse", f"user{number}").status_code == 200
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("source", ["file", "environment", "command line"])
def test_command_line_overrides_environment_overrides_file(tmp_path, monkeypatch, source):
    config = tmp_path / "kouling.toml"
    config.write_text('policy = "minimal"\n')
    arguments = ["--config", str(config)]
    expected = "minimal"
    if source != "file":
        monkeypatch.setenv("KOULING_HTTP_POLICY", "idaas-classic")
        expected = "idaas-classic"
    if source == "command line":
        arguments += ["--policy", "standard"]
        expected = "standard"
    server = Server(tmp_path / "data", *arguments)
    try:
        assert policy_of(server) == expected
        assert CLIENT in requests.get(f"{server.url}/forgot", timeout=10).text
    finally:
        assert server.stop() == 0


def test_unknown_option_in_the_file_is_named(tmp_path):
    config = tmp_path / "kouling.toml"
    config.write_text('polcy = "minimal"\n')
    result = run("--config", config, "--data", tmp_path / "data", "--listen", "127.0.0.1:0")
    assert result.returncode == 2 and "polcy" in result.stderr and "kouling.toml" in result.stderr


def test_man_pages_describe_every_option(tmp_path):
    assert run("man", tmp_path / "man1", cwd=tmp_path).returncode == 0
    page = (tmp_path / "man1/kouling-http.1").read_text().replace("\\-", "-")
    for option in ("--listen", "--data", "--policy", "--smtp", "--config"):
        assert option in page, option
    assert "Exit status" in page
    assert (tmp_path / "man1/kouling-http-user-import.1").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["man1"], "nothing else is written"
