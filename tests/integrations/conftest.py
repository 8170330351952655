"""Tests in real servers from Debian packages, with the library installed into a temporary prefix."""

import fcntl
import os
import re
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Build folder of cargo.
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))

ACCEPTED = "veer-Lantern-oboe-73"
SECOND_ACCEPTED = "quilt-Marble-saga-58"
POLICY = 'format = 1\nname = "hosts"\n[rules.length]\nmin = 10\n[rules.reversed_username]\n'
STRICTER_POLICY = POLICY.replace("min = 10", "min = 30")
BROKEN_POLICY = POLICY.replace("min = 10", 'min = "ten"')


def run(*command, check=True, **more):
    """Runs a command and returns the result with stdout and stderr in one text."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1200, **more
    )
    if check:
        assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}"
    return done


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The prefix with the installed library, shared by all workers."""
    folder = tmp_path_factory.getbasetemp()
    # With several workers, each has a folder inside that of the run. A single worker must not use the parent.
    prefix = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "prefix"
    with open(f"{prefix}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not prefix.exists():
            build = tmp_path_factory.mktemp("cmake")
            environment = os.environ | {"CARGO_TARGET_DIR": str(TARGET)}
            run("cmake", "-S", ROOT / "bindings/c", "-B", build, f"-DCMAKE_INSTALL_PREFIX={prefix}", env=environment)
            run("cmake", "--build", build, env=environment)
            run("cmake", "--install", build, env=environment)
    return prefix


def build(host, folder, prefix):
    """Builds the module of a host with the commands under "Build" in its README."""
    page = (ROOT / "bindings/hosts" / host / "README.md").read_text()
    commands = re.search(r"^## Build\n.*?^```sh\n(.*?)^```", page, re.S | re.M).group(1)
    library = next(prefix.glob("lib*/**/pkgconfig"))
    environment = os.environ | {
        "PKG_CONFIG_PATH": str(library),
        # The rpath replaces an installation into a system folder.
        "LDFLAGS": f"-Wl,-rpath,{library.parent}",
        "CFLAGS": "-O1 -g -Wall -Wextra -Wpedantic -Werror",
        "OUT": str(folder),
    }
    run("bash", "-euc", commands, cwd=ROOT / "bindings/hosts" / host, env=environment)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def policy(tmp_path):
    """A valid policy file."""
    path = tmp_path / "policy.toml"
    path.write_text(POLICY)
    # The server may run as another user.
    tmp_path.chmod(0o755)
    path.chmod(0o644)
    return path


def write_set(policy, condition):
    """Replaces the policy file by a set: the stricter policy for users whom the condition selects."""
    (policy.parent / "strict.toml").write_text(STRICTER_POLICY)
    (policy.parent / "plain.toml").write_text(POLICY)
    policy.write_text(
        f'format = 1\n[[population]]\nname = "strict"\nwhen = {condition}\npolicy = "./strict.toml"\n'
        '[[population]]\nname = "others"\npolicy = "./plain.toml"\n'
    )
