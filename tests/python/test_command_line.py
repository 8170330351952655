"""`python -m kouling` is the command line."""

import signal
import subprocess
import sys

import pytest

import kouling


def command(*arguments, **more):
    return subprocess.run(
        [sys.executable, "-m", "kouling", *arguments], capture_output=True, text=True, timeout=60, **more
    )


@pytest.mark.parametrize(("password", "status"), [("veer-Lantern-oboe-73", 0), ("Qzkv", 1), ("nul-\0-inside", 2)])
def test_check_says_yes_no_or_could_not_tell(password, status):
    done = command("check", "standard", input=password)
    assert done.returncode == status, done
    assert password not in done.stdout + done.stderr


def test_what_is_wrong_is_told_on_stderr_and_ends_with_two(tmp_path):
    assert command("--version").stdout.split()[-1] == kouling.__version__
    assert command("--help").returncode == 0
    for wrong in (["no-such-verb"], ["check", tmp_path / "missing.toml"], []):
        done = command(*wrong, input="x")
        assert done.returncode == 2 and done.stderr and not done.stdout, wrong


def test_lint_says_what_is_wrong_with_a_policy(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text("format = 1\n[rules.length]\nmin = 0\n")
    assert command("lint", policy).returncode == 1
    policy.write_text("format = 1\n[rules.length]\nmin = 8\n")
    assert command("lint", policy).returncode == 0


def test_ctrl_c_ends_it_at_once():
    # It waits for a password that never comes.
    running = subprocess.Popen(
        [sys.executable, "-m", "kouling", "check", "standard"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(1)
    running.send_signal(signal.SIGINT)
    try:
        assert running.wait(10) == -signal.SIGINT
    finally:
        running.kill()
        running.communicate()
