"""`python -m kouling` runs the command line interface."""

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
def test_check_exit_status_is_accepted_refused_or_error(password, status):
    done = command("check", "standard", input=password)
    assert done.returncode == status, done
    assert password not in done.stdout + done.stderr


def test_error_is_on_stderr_with_exit_status_two(tmp_path):
    assert command("--version").stdout.split()[-1] == kouling.__version__
    assert command("--help").returncode == 0
    for wrong in (["no-such-command"], ["check", tmp_path / "missing.toml"], []):
        done = command(*wrong, input="x")
        assert done.returncode == 2 and done.stderr and not done.stdout, wrong


def test_lint_exit_status_is_one_for_policy_with_errors(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text("format = 1\n[rules.length]\nmin = 0\n")
    assert command("lint", policy).returncode == 1
    policy.write_text("format = 1\n[rules.length]\nmin = 8\n")
    assert command("lint", policy).returncode == 0


def test_ctrl_c_ends_program_immediately():
    # The program waits for a password on standard input.
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
