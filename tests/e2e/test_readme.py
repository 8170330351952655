"""The commands of the README, and the picture of a terminal, which is drawn from real output.

`KOULING_WRITE=1 tests/run e2e -k readme` draws the picture again.
"""

import os
import re
import subprocess

from conftest import BINARY, ROOT
from terminal import svg

README = (ROOT / "README.md").read_text("utf-8")
PICTURE = ROOT / "bindings/cli/terminal.svg"
(POLICY,) = re.findall(r"^```toml\n(.*?)^```$", README, re.M | re.S)
CHECKS = [
    ("printf %s 'ZhangSan-1990' | kouling check acme.toml --user username=zhangsan --user name=张三", 1),
    ("printf %s 'Blue-heron-1977-Widget' | kouling check acme.toml --language zh", 1),
    ("printf %s 'Grey-wader-marsh-7' | kouling check acme.toml", 0),
]


def run(command, folder):
    """Runs a command in a shell; returns its exit status and its output."""
    environment = {**os.environ, "PATH": f"{BINARY.parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_readme_command_exits_as_shown(tmp_path):
    (tmp_path / "acme.toml").write_text(POLICY)
    commands = [block for block in re.findall(r"^```sh\n(.*?)^```$", README, re.M | re.S) if "kouling check" in block]
    assert commands
    for command in commands:
        expected = 1 if "# exits with 1" in command else 0
        status, output = run(command, tmp_path)
        assert status == expected, (command, output)
        assert "pattern.forbidden" in output


def test_readme_picture_matches_real_output(tmp_path):
    (tmp_path / "acme.toml").write_text(POLICY)
    lines = [(line, None) for line in ["$ cat acme.toml", *POLICY.splitlines()]]
    for command, expected in CHECKS:
        status, output = run(command, tmp_path)
        assert status == expected, (command, output)
        verdict, *details = output.splitlines()
        lines += [("", None), (f"$ {command}", None), (verdict, "bad" if expected else "good")]
        lines += [(line, None) for line in details]
    picture = svg("A policy, and the violations that kouling check reports", lines)
    if "KOULING_WRITE" in os.environ:
        PICTURE.write_text(picture, "utf-8")
    assert PICTURE.read_text("utf-8") == picture, "run KOULING_WRITE=1 tests/run e2e -k readme"
