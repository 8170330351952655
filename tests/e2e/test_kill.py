"""Invariant 16: after `kill -9` at any instant, either the old password is valid, or the new one is and its code is used. Never
both passwords, never neither."""

import random
import re
import signal
import threading
import time

import pytest
import requests
from conftest import EMAIL, OLD_PASSWORD, Caller, Server, code_in, parts

KILLS = 50
POLICY = """
format = 1
name = "kill"
extends = ["minimal"]
[reset.code]
cooldown = "0s"
[reset.captcha]
required = false
[reset.limits]
per_account = "1000/h"
per_address = "1000/h"
per_requester = "1000/h"
per_peer = "1000/h"
"""


def newest_code(server):
    """Return the newest code from the outbox folder."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        mails = sorted((server.data / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        for mail in reversed(mails):
            text = parts(mail.read_bytes())[1]
            # The notice of the previous reset may be in between.
            if re.search(r"(?<!\d)\d{6}(?!\d)", text):
                for path in mails:
                    path.unlink()
                return code_in(text)
        time.sleep(0.01)
    raise AssertionError("no mail arrived")


def ask(client):
    return client.post("email/send", {"email": EMAIL, "type": "FORGET_PWD_EMS"})


@pytest.mark.parametrize("seed", range(2))
def test_inv16_kill_during_resets(tmp_path, seed):
    chance = random.Random(seed)
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    server = Server(tmp_path / "data", "--policy", str(policy))
    password, outcomes = OLD_PASSWORD, {"old": 0, "new": 0, "answered": 0}
    # The longest delay before a kill. It follows the speed of the machine, so that kills come on both sides of the commit.
    longest = 0.1
    for round_number in range(KILLS // 2):
        client = Caller(server)
        assert ask(client).status_code == 200, server.logged()
        code = newest_code(server)
        wanted = f"Round-{seed}-{round_number}-heron"
        answers = []

        def redeem():
            try:
                answers.append(client.redeem(code, wanted).status_code)
            except requests.RequestException:
                answers.append(None)

        thread = threading.Thread(target=redeem)
        thread.start()
        time.sleep(chance.uniform(0, longest))
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(10)
        thread.join(30)
        server.start()
        client = Caller(server)
        old = client.sign_in(password).status_code == 200
        new = client.sign_in(wanted).status_code == 200
        assert old != new, f"round {round_number}: old {old}, new {new}, answered {answers}"
        if answers == [200]:
            outcomes["answered"] += 1
            assert new, f"round {round_number}: said done, and the new password does not work"
        longest = max(longest / 1.5, 0.001) if new else min(longest * 1.5, 1)
        again = client.redeem(code, wanted).status_code
        if new:
            outcomes["new"] += 1
            assert again == 400, "the code is valid after it was used"
            password = wanted
        else:
            outcomes["old"] += 1
            # The code may still be valid or used up, but a redemption must be complete.
            assert (client.sign_in(wanted).status_code == 200) == (again == 200)
            if again == 200:
                password = wanted
    assert server.stop() == 0
    assert outcomes["old"] > 0, f"no kill came before the commit: {outcomes}"
    assert outcomes["new"] > 0, f"no kill came after the commit: {outcomes}"
