"""The library as C programs use it: built and installed by CMake into a temporary prefix."""

import fcntl
import os
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONSUMER = Path(__file__).resolve().parent / "consumer"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def run(*command, check=True, **more):
    """Runs a command and returns the result with stdout and stderr in one text."""
    more["env"] = os.environ | {"CARGO_TARGET_DIR": str(TARGET), "LC_ALL": "C"} | more.get("env", {})
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=900, **more
    )
    if check:
        assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}"
    return done


def cmake(build, *options):
    run("cmake", "-S", ROOT / "bindings/c", "-B", build, *options)
    run("cmake", "--build", build)


@pytest.fixture(scope="session")
def prefix(tmp_path_factory):
    """The prefix with the installed library, shared by all workers."""
    folder = tmp_path_factory.getbasetemp()
    # With several workers, each has a folder inside that of the run. A single worker must not use the parent.
    prefix = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "prefix"
    with open(f"{prefix}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not prefix.exists():
            build = tmp_path_factory.mktemp("cmake")
            cmake(build, f"-DCMAKE_INSTALL_PREFIX={prefix}", "-DCMAKE_INSTALL_LIBDIR=lib")
            run("cmake", "--install", build)
    return prefix


def packaged(prefix, *question):
    """The output of pkg-config for a prefix, as arguments for a compiler."""
    folder = next(prefix.glob("**/pkgconfig"))
    return run("pkg-config", *question, "kouling", env={"PKG_CONFIG_PATH": str(folder)}).stdout.split()


def read_facts():
    """Facts about the library, each read from the file that declares it."""
    manifest = (ROOT / "Cargo.toml").read_text()
    header = (ROOT / "include/kouling.h").read_text()
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", header, flags=re.S)
    declared = set(re.findall(r"^(?!typedef)[\w *]+?\b(kouling_\w+)\([^;{]*\);", code, re.M))
    return SimpleNamespace(
        version=re.search(r'^\[workspace\.package\]\nversion = "(.*)"', manifest, re.M).group(1),
        abi=re.search(r"^#define KOULING_ABI (\d+)$", header, re.M).group(1),
        declared=declared,
    )


@pytest.fixture(scope="session")
def facts():
    return read_facts()
