"""The commands in the manual of the server (bindings/http/README.md) work as shown."""

import os
import re
import signal
import socket
import subprocess

import pytest
from conftest import BINARY, ROOT

README = (ROOT / "bindings/http/README.md").read_text()
SECTIONS = re.split(r"^##+ ", README, flags=re.M)[1:]


def steps(section):
    """Each command block with the output that is shown after it, if any."""
    found = []
    for kind, text in re.findall(r"```(sh|text)\n(.*?)```", section, re.S):
        if kind == "sh":
            found.append((text, None))
        else:
            found[-1] = (found[-1][0], text)
    return found


def pattern(shown):
    """Return what is shown as an expression: `…` stands for anything."""
    return re.escape(shown.rstrip("\n")).replace("…", ".*") + r"\s*"


@pytest.mark.parametrize("section", [text for text in SECTIONS if "```sh\n" in text], ids=lambda text: text.split("\n")[0])
def test_commands_of_the_manual_work(tmp_path, section):
    environment = {**os.environ, "PATH": f"{BINARY.parent}:{os.environ['PATH']}", "NO_PROXY": "127.0.0.1"}
    for number, (commands, shown) in enumerate(steps(section)):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            commands = commands.replace("8080", str(free.getsockname()[1]))
        expected = int((re.search(r"# exits with (\d)", commands) or [0, 0])[1])
        # The server in the background prints too, so only what is not its own output is compared.
        commands = re.sub(r"(kouling-http --demo .*) &\n", r"\1 >server.log 2>&1 &\n", commands)
        with open(tmp_path / f"stdout-{number}", "w+") as stdout, open(tmp_path / f"stderr-{number}", "w+") as stderr:
            script = "set -m\n" + commands + "\nstatus=$?; kill $(jobs -p) 2>/dev/null; exit $status"
            process = subprocess.Popen(
                ["bash", "-c", script], cwd=tmp_path, env=environment, stdout=stdout, stderr=stderr, start_new_session=True
            )
            try:
                status = process.wait(120)
            finally:
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        printed = (tmp_path / f"stdout-{number}").read_text()
        assert status == expected, (commands, printed, (tmp_path / f"stderr-{number}").read_text())
        if shown:
            assert re.fullmatch(pattern(shown), printed, re.S), (commands, shown, printed)
