"""Samba 4.17: the command line tool in a temporary server, called by Samba's clients on a loopback port."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import ACCEPTED, BROKEN_POLICY, POLICY, ROOT, SECOND_ACCEPTED, STRICTER_POLICY, TARGET, free_port, run

# The initial password of every account.
FIRST = "the-First-one-91"
# Refused, and in no log.
SHORT = "zq-9-Xw"
REFUSED = "result was NT_STATUS_PASSWORD_RESTRICTION\n"
FULL_NAMES = {"li": "", "repoleved": "", "ming": "王小明"} | {f"user{number}": "" for number in range(64)}


@pytest.fixture(scope="session")
def program():
    for package, file in {
        "samba": "/usr/sbin/smbd",
        "samba-common-bin": "/usr/bin/smbpasswd",
        "smbclient": "/usr/bin/rpcclient",
        "bsdutils": "/usr/bin/logger",
    }.items():
        assert Path(file).exists(), f"missing: apt-get install {package}"
    built = TARGET / "release/kouling"
    assert built.exists(), "missing: cargo build --release --locked -p kouling-cli"
    if os.geteuid() != 0:
        pytest.fail("smbd needs root")
    return built


class Server:
    def __init__(self, program, folder, policy):
        self.folder = folder / "server"
        self.folder.mkdir()
        self.port, self.process = free_port(), None
        self.system_log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.system_log.bind(str(self.folder / "log"))
        self.lines = []
        self.reader = threading.Thread(target=self.read_system_log)
        self.reader.start()
        script = self.folder / "kouling-samba"
        page = (ROOT / "bindings/hosts/samba/README.md").read_text()
        text = re.search(r"^(#!/bin/sh\n.*?)^```", page, re.S | re.M).group(1)
        for here, there in {
            "$(kouling": f"$({program}",
            "/etc/kouling/policy.toml": str(policy),
            "logger": f"logger -u {self.folder}/log",
        }.items():
            assert here in text
            text = text.replace(here, there)
        script.write_text(text)
        script.chmod(0o755)
        # Samba needs a system account for each of its accounts.
        accounts = [
            f"{user}:x:{7000 + n}:65534:{name},,,:/:/bin/false\n" for n, (user, name) in enumerate(FULL_NAMES.items())
        ]
        (self.folder / "passwd").write_text(Path("/etc/passwd").read_text() + "".join(accounts))
        folders = ("private dir", "state directory", "cache directory", "lock directory", "pid directory", "ncalrpc dir")
        self.configuration = self.folder / "smb.conf"
        self.configuration.write_text(
            "[global]\nserver role = standalone server\n"
            + "".join(f"{name} = {self.folder}\n" for name in folders)
            + f"passdb backend = tdbsam:{self.folder}/accounts\nlogging = file\nlog file = {self.folder}/log.samba\n"
            + f"log level = 3\nsmb ports = {self.port}\ninterfaces = lo\nbind interfaces only = yes\n"
            + f"disable netbios = yes\nload printers = no\ncheck password script = {script}\n"
        )

    def root(self, *words):
        """Runs a command that sees these accounts in /etc/passwd."""
        bind = 'mount --bind "$1" /etc/passwd; shift; exec "$@"'
        return ["unshare", "-m", "bash", "-euc", bind, "-", self.folder / "passwd", *words]

    def start(self):
        configured = "-s", self.configuration
        run(*self.root("smbpasswd", "-L", "-c", self.configuration, "-s", "-a", "li"), input=f"{FIRST}\n{FIRST}\n")
        # One at a time would take seconds.
        run(*self.root("pdbedit", *configured, "-e", f"smbpasswd:{self.folder}/one"))
        li = (self.folder / "one").read_text().strip().split(":")
        everybody = [":".join([user, str(7000 + n), *li[2:]]) + "\n" for n, user in enumerate(FULL_NAMES)]
        (self.folder / "all").write_text("".join(everybody))
        run(*self.root("pdbedit", *configured, "-i", f"smbpasswd:{self.folder}/all"))
        with (self.folder / "output").open("w") as output:
            # Otherwise it sends its last signal to the tests.
            self.process = subprocess.Popen(
                self.root("smbd", "--foreground", "--no-process-group", *configured),
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )
        for _ in range(200):
            if self.login("li", FIRST):
                return
            time.sleep(0.05)
        pytest.fail(f"it does not answer: {self.written()}")

    def processes(self):
        """Returns the processes of this server; some have no parent."""
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and str(self.configuration).encode() in (folder / "cmdline").read_bytes():
                    yield int(folder.name)
            except (FileNotFoundError, ProcessLookupError):
                pass

    def stop(self):
        for _ in range(200):
            running = list(self.processes())
            for process in running:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if not running:
                break
            time.sleep(0.02)
        if self.process:
            self.process.wait(60)
        # An empty message ends the reader.
        self.system_log.shutdown(socket.SHUT_RDWR)
        self.reader.join(60)
        self.system_log.close()

    def ask(self, client, user, password, *words):
        client = [client, "-s", self.configuration, "-p", str(self.port), "-U", f"{user}%{password}"]
        return run(*client, *words, check=False)

    def login(self, user, password):
        return self.ask("smbclient", user, password, "//127.0.0.1/IPC$", "-c", "exit").returncode == 0

    def change(self, user, old, new):
        """Returns the output of the client."""
        return self.ask("rpcclient", user, old, "127.0.0.1", "-c", f"chgpasswd3 {user} {old} {new}").stdout

    def read_system_log(self):
        """Reads messages at once: a logger waits if nothing reads."""
        while line := self.system_log.recv(65536).decode():
            priority, text = re.fullmatch(r"<(\d+)>.*? kouling: (.*)", line, re.S).groups()
            self.lines.append((int(priority) & 7, text))

    def logged(self):
        """Returns the messages since the last call, with severities."""
        # All messages before this line have been read once it was read.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.sendto(b"<0>now kouling: end", str(self.folder / "log"))
        while (0, "end") not in self.lines:
            time.sleep(0.01)
        lines, self.lines = self.lines[:-1], []
        return lines

    def written(self):
        files = [path for path in self.folder.iterdir() if path.name.startswith("log.") or path.name == "output"]
        return "".join(path.read_text(errors="replace") for path in files)


@pytest.fixture
def server(program, tmp_path, policy):
    one = Server(program, tmp_path, policy)
    try:
        one.start()
        yield one
    finally:
        one.stop()


def test_refusal_is_logged_and_changes_nothing(server):
    assert server.change("li", FIRST, SHORT) == REFUSED
    assert server.logged() == [(5, "li: refused"), (5, "  must have at least 10 characters [length.too_short]")]
    assert server.login("li", FIRST) and not server.login("li", SHORT)
    assert server.change("li", FIRST, ACCEPTED) == ""
    assert server.logged() == []
    assert server.login("li", ACCEPTED) and not server.login("li", FIRST)
    assert server.written() and SHORT not in server.written() and ACCEPTED not in server.written()


def test_policy_receives_username_and_name(server, policy):
    policy.write_text(POLICY + "[rules.pinyin_name]\n")
    assert server.change("repoleved", FIRST, "developer-Xy-1") == REFUSED
    assert server.logged()[1:] == [(5, "  must not contain the reversed username [reversed_username.contained]")]
    assert server.change("ming", FIRST, "wangxiaoming-7-Rk") == REFUSED
    (_, said), = server.logged()[1:]
    assert said.endswith("[pinyin_name.contained]")
    assert server.change("li", FIRST, "developer-wangxiaoming-7-Rk") == ""


def test_policy_is_read_from_disk(server, policy):
    policy.write_text(STRICTER_POLICY)
    assert server.change("li", FIRST, ACCEPTED) == REFUSED
    assert server.logged()[1] == (5, "  must have at least 30 characters [length.too_short]")
    policy.write_text(POLICY)
    assert server.change("li", FIRST, ACCEPTED) == ""


def test_missing_policy_refuses_every_password(server, policy):
    policy.write_text(BROKEN_POLICY)
    assert server.change("li", FIRST, ACCEPTED) == REFUSED
    priority, said = server.logged()[0]
    assert priority == 3 and said.startswith("li: ") and "`min` must be a whole number" in said
    policy.unlink()
    assert server.change("li", FIRST, ACCEPTED) == REFUSED
    assert server.logged()[0][0] == 3
    (server.folder / "kouling-samba").unlink()
    assert server.change("li", FIRST, ACCEPTED) == REFUSED
    assert server.login("li", FIRST)


def test_smbpasswd_of_root_is_not_evaluated(server):
    # As documented in the README.
    words = ["smbpasswd", "-L", "-c", server.configuration, "-s", "li"]
    run(*server.root(*words), input=f"{SHORT}\n{SHORT}\n")
    assert server.login("li", SHORT) and server.logged() == []


def test_concurrent_changes(server):
    def change(number):
        return server.change(f"user{number}", FIRST, SECOND_ACCEPTED if number % 2 else SHORT)

    # Limited: the clients wait ten seconds for an answer, and the machine may be busy.
    with ThreadPoolExecutor(32) as pool:
        said = list(pool.map(change, range(64)))
        assert (said[0::2], said[1::2]) == ([REFUSED] * 32, [""] * 32)
        expected = [SECOND_ACCEPTED if number % 2 else FIRST for number in range(64)]
        assert all(pool.map(lambda number: server.login(f"user{number}", expected[number]), range(64)))
