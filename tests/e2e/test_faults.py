"""Faults of the environment, on the real server: it reports each of them and recovers by itself."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
import requests
from aiosmtpd.controller import Controller
from conftest import EMAIL, OLD_PASSWORD, Caller, Server, error

UNAVAILABLE = (503, "IDAAS.SDK.COM.9003")


def readiness(server):
    response = requests.get(f"{server.url}/readyz", timeout=30)
    return response.status_code, response.json()["store"]


def metric(server, name):
    """The sum of a metric over its labels."""
    lines = requests.get(f"{server.url}/metrics", timeout=30).text.splitlines()
    values = [float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name) and line[len(name)] in "{ "]
    return sum(values)


def eventually(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, condition
        time.sleep(0.1)


@contextlib.contextmanager
def small_disk(folder, size):
    if os.geteuid() != 0:
        pytest.skip("mounting a tmpfs needs root; test_write_errors covers the same recovery without it")
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_full_disk_is_reported_and_recovered_from(tmp_path):
    with small_disk(tmp_path / "disk", "3m") as disk:
        server = Server(disk / "data", log=tmp_path / "server.log")
        try:
            client = Caller(server)
            assert client.sign_in(OLD_PASSWORD).status_code == 200
            assert readiness(server) == (200, "ok")
            filler = disk / "filler"
            with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
                while True:
                    file.write(b"x" * 4096)
            eventually(lambda: error(client.sign_in(OLD_PASSWORD)) == UNAVAILABLE)
            eventually(lambda: readiness(server) == (503, "full"))
            assert metric(server, "kouling_store_errors_total") >= 2
            filler.unlink()
            eventually(lambda: client.sign_in(OLD_PASSWORD).status_code == 200)
            eventually(lambda: readiness(server) == (200, "ok"))
        finally:
            assert server.stop() == 0, server.logged()


def test_write_errors_are_reported_and_recovered_from(tmp_path):
    """A limit on the size of files makes every write to the database fail with an I/O error. No root is needed."""
    # The interpreter ignores SIGXFSZ, and the server inherits that, so that a write fails instead of killing it.
    server = Server(tmp_path / "data", restore_signals=False)
    try:
        client = Caller(server)
        assert client.sign_in(OLD_PASSWORD).status_code == 200
        before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (4096, before[1]))
        assert error(client.sign_in(OLD_PASSWORD)) == UNAVAILABLE
        status, store = readiness(server)
        assert status == 503 and store in ("io", "full")
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)
        assert client.sign_in(OLD_PASSWORD).status_code == 200
        eventually(lambda: readiness(server) == (200, "ok"))
    finally:
        assert server.stop() == 0, server.logged()


def test_write_lock_of_another_process_is_reported_and_recovered_from(tmp_path):
    server = Server(tmp_path / "data")
    hold = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('BEGIN IMMEDIATE'); "
        "print('locked', flush=True); sys.stdin.read()"
    )
    try:
        client = Caller(server)
        assert client.sign_in(OLD_PASSWORD).status_code == 200
        other = subprocess.Popen(
            [sys.executable, "-c", hold, server.data / "kouling.sqlite"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert other.stdout.readline() == b"locked\n"
        assert error(client.sign_in(OLD_PASSWORD)) == UNAVAILABLE
        assert readiness(server) == (503, "busy")
        other.stdin.close()
        other.wait(10)
        eventually(lambda: client.sign_in(OLD_PASSWORD).status_code == 200)
        eventually(lambda: readiness(server) == (200, "ok"))
    finally:
        assert server.stop() == 0, server.logged()


class MuteMailServer:
    """Accepts connections, greets, and never answers; later it can be replaced by a mail server on the same port."""

    def __init__(self, greeting=b"220 hi\r\n"):
        self.greeting = greeting
        self.connections = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                connection.sendall(self.greeting)
                self.connections.append(connection)

    def close(self):
        # Wakes the thread that accepts, which would keep the port in use.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            connection.close()


def test_mute_mail_server_is_given_up_and_the_mail_sent_later(tmp_path, mailbox):
    mute = MuteMailServer()
    server = Server(tmp_path / "data", "--smtp", f"smtp://127.0.0.1:{mute.port}", "--from", "kouling@example.org")
    try:
        sent = Caller(server).ask_for_code()
        assert (sent.status_code, sent.json()) == (200, {})
        eventually(lambda: mute.connections)
        assert metric(server, "kouling_messages_waiting") == 1
        eventually(lambda: metric(server, "kouling_messages_total") >= 1, seconds=60)
        assert 'kouling_messages_total{channel="email",result="postponed"}' in requests.get(
            f"{server.url}/metrics", timeout=30
        ).text
        assert metric(server, "kouling_messages_oldest_seconds") >= 20
        mute.close()
        mailbox.controller.stop()
        mailbox.controller = Controller(mailbox, hostname="127.0.0.1", port=mute.port)
        mailbox.controller.start()
        mailbox.wait_for(1, seconds=90)
        eventually(lambda: metric(server, "kouling_messages_waiting") == 0)
    finally:
        mute.close()
        assert server.stop() == 0, server.logged()


def test_two_servers_on_one_folder_send_each_mail_once(server, mailbox):
    second = Server(server.data, *server.arguments[4:-1])
    try:
        for number in range(20):
            address = f"reader{number}@example.org"
            assert Caller([server, second][number % 2]).ask_for_code(address).status_code == 200
        mailbox.wait_for(20, seconds=60)
        # A second copy would come from the other server within its next poll.
        time.sleep(3)
        recipients = sorted(to for (to,), _ in mailbox.messages)
        assert recipients == sorted(f"reader{number}@example.org" for number in range(20))
    finally:
        assert second.stop() == 0


def test_mail_of_a_killed_server_is_sent_by_the_next(tmp_path, mailbox):
    """The claim of a crashed worker expires after a minute."""
    mute = MuteMailServer()
    data = tmp_path / "data"
    options = ["--from", "kouling@example.org"]
    server = Server(data, "--smtp", f"smtp://127.0.0.1:{mute.port}", *options)
    assert Caller(server).ask_for_code().status_code == 200
    eventually(lambda: mute.connections)
    server.stop(signal.SIGKILL)
    mute.close()
    server = Server(data, "--smtp", f"smtp://127.0.0.1:{mailbox.port}", *options)
    try:
        (to,), _ = mailbox.wait_for(1, seconds=90)
        assert to == EMAIL
    finally:
        assert server.stop() == 0, server.logged()
