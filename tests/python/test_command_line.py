"""Tests that `python -m kouling` runs the command-line interface."""

import signal
import subprocess
import sys

import pytest

import kouling


def run_cli(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "kouling", *arguments], capture_output=True, text=True, timeout=60, **options
    )


@pytest.mark.parametrize(("password", "status"), [("veer-Lantern-oboe-73", 0), ("Qzkv", 1), ("nul-\0-inside", 2)])
def test_check_exit_status_is_accepted_refused_or_error(password, status):
    result = run_cli("check", "standard", input=password)
    assert result.returncode == status, result
    assert password not in result.stdout + result.stderr


def test_error_is_on_stderr_with_exit_status_two(tmp_path):
    assert run_cli("--version").stdout.split()[-1] == kouling.__version__
    assert run_cli("--help").returncode == 0
    for invalid in (["no-such-command"], ["check", tmp_path / "missing.toml"], []):
        result = run_cli(*invalid, input="x")
        assert result.returncode == 2 and result.stderr and not result.stdout, invalid


def test_lint_exit_status_is_one_for_policy_with_errors(tmp_path):
    policy = tmp_path / "policy.toml"
    policy.write_text("format = 1\n[rules.length]\nmin = 0\n")
    assert run_cli("lint", policy).returncode == 1
    policy.write_text("format = 1\n[rules.length]\nmin = 8\n")
    assert run_cli("lint", policy).returncode == 0


def test_interrupt_ends_program_immediately():
    # The program waits for a password on standard input.
    process = subprocess.Popen(
        [sys.executable, "-m", "kouling", "check", "standard"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    process.send_signal(signal.SIGINT)
    try:
        assert process.wait(10) == -signal.SIGINT
    finally:
        process.kill()
        process.communicate()
