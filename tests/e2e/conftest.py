"""The real server, a real mail server and a real browser, each in a temporary folder and on a free port."""

import email
import email.policy
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import threading
from pathlib import Path

import pytest
import requests
from aiosmtpd.controller import Controller

# Requests to loopback must not go through a proxy of the machine.
os.environ["NO_PROXY"] = "127.0.0.1,localhost"

ROOT = Path(__file__).resolve().parents[2]
BINARY = ROOT / "target" / "release" / "kouling-http"
CLIENT = "nTo1eRIub60vPb54WeE6aojPwYwImtl4"
EMAIL = "15200000000@qq.com"
OLD_PASSWORD = "Kouling-demo-2026"


class Mailbox:
    """A mail server that stores what it receives, and can be told to refuse."""

    def __init__(self):
        self.messages = []
        self.refuses = False
        self.arrived = threading.Condition()
        # The controller needs to know its port in advance.
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server, session, envelope):
        if self.refuses:
            return "451 try again later"
        with self.arrived:
            self.messages.append((list(envelope.rcpt_tos), envelope.content))
            self.arrived.notify_all()
        return "250 OK"

    def wait_for(self, count, seconds=20):
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.messages) >= count, seconds), (
                f"{len(self.messages)} of {count} mails arrived"
            )
            return self.messages[count - 1]


def parts(content):
    """Return the message, plain text and HTML of a mail."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    return message, text, html


def code_in(text):
    codes = re.findall(r"(?<!\d)\d{6}(?!\d)", text)
    assert codes, f"no code in {text!r}"
    return codes[0]


class Server:
    """A running kouling-http."""

    def __init__(self, data, *arguments, demo=True, log=None, restore_signals=True):
        self.data = data
        self.log_path = log or data.parent / "server.log"
        self.restore_signals = restore_signals
        self.arguments = ["--data", str(data), "--listen", "127.0.0.1:0", *arguments]
        if demo:
            self.arguments.append("--demo")
        self.start()

    def start(self):
        self.log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [BINARY, *self.arguments],
            stdout=subprocess.PIPE,
            stderr=self.log,
            restore_signals=self.restore_signals,
        )
        line = self.process.stdout.readline().decode()
        assert line.startswith("listening on http://127.0.0.1:"), f"{line!r}\n{self.logged()}"
        self.url = line.removeprefix("listening on ").strip()
        # Further output must not fill the pipe.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def logged(self):
        return self.log_path.read_text(errors="replace")

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        status = self.process.wait(20)
        self.log.close()
        return status

    def row(self, query, *arguments):
        """Return one row of the database, which no client can read."""
        store = sqlite3.connect(f"file:{self.data / 'kouling.sqlite'}?mode=ro", uri=True, timeout=10)
        try:
            return store.execute(query, arguments).fetchone()
        finally:
            store.close()


class Caller:
    """A client of the contract."""

    def __init__(self, server, language="en", fingerprint="156aysdna213sc50"):
        self.server = server
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update(
            {
                "X-operating-sys-version": "windows10.1.1",
                "X-device-fingerprint": fingerprint,
                "X-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)",
                "X-client-id": CLIENT,
                "content-type": "application/json",
                "X-L": language,
            }
        )

    def get(self, path, **more):
        return self.session.get(f"{self.server.url}/api/v2/sdk/{path}", timeout=60, **more)

    def post(self, path, body, **more):
        return self.session.post(f"{self.server.url}/api/v2/sdk/{path}", data=json.dumps(body), timeout=60, **more)

    def captcha_token(self, sender):
        shown = self.get("captcha").json()
        (answer,) = self.server.row("SELECT answer FROM captchas WHERE token = ?", shown["token"])
        x = float(json.loads(answer)["place"])
        point = json.dumps({"x": x, "y": 5.0}, separators=(",", ":"))
        solved = self.post("captcha/verify", {"point_json": point, "token": shown["token"], "sender": sender})
        assert solved.status_code == 200, solved.text
        token = solved.json()["captcha_token"]
        assert token == f"{shown['token']}---{point}"
        return token

    def ask_for_code(self, address=EMAIL, kind="FORGET_PWD_EMS"):
        token = self.captcha_token(address)
        return self.post("email/send", {"email": address, "type": kind, "captcha_token": token})

    def redeem(self, code, password, address=EMAIL):
        return self.post("pwd/update-by-email", {"email": address, "verify_code": code, "password": password})

    def sign_in(self, password, name="zhangsan"):
        return self.post("login/auth", {"user_name": name, "password": password})


def error(response):
    body = response.json()
    assert set(body) == {"error_code", "error_msg"}, body
    return response.status_code, body["error_code"]


@pytest.fixture
def mailbox():
    box = Mailbox()
    box.controller.start()
    yield box
    box.controller.stop()


@pytest.fixture
def server(tmp_path, mailbox):
    running = Server(tmp_path / "data", "--smtp", f"smtp://127.0.0.1:{mailbox.port}", "--from", "kouling@example.org")
    yield running
    if running.process.poll() is None:
        assert running.stop() == 0, running.logged()


@pytest.fixture
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield chromium
        chromium.close()
