"""The package as it is published: one wheel for every Python from 3.11 on, and a source distribution."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import packaging.tags
import packaging.utils
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "bindings" / "python"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
VERSION = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(), re.M).group(1)
# The tools of the environment that runs the tests.
BIN = Path(sys.executable).parent
DOCTESTS = """
import doctest, importlib, pkgutil, kouling
names = ["kouling", *(each.name for each in pkgutil.iter_modules(kouling.__path__, "kouling."))]
tried = failed = 0
for name in names:
    # What needs a framework is tried with the framework.
    if name not in ("kouling.django", "kouling.__main__", "kouling._kouling"):
        result = doctest.testmod(importlib.import_module(name))
        tried, failed = tried + result.attempted, failed + result.failed
print(tried, failed)
"""


def run(*command, cwd=PACKAGE, **more):
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "CARGO_TARGET_DIR": str(TARGET)}
    environment |= more.pop("env", {})
    # What lies beside the tests is not what is tried.
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=3600, **more
    )
    return done.returncode, done.stdout


def must(*command, **more):
    status, said = run(*command, **more)
    assert status == 0, said
    return said


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built as it is published; quick where it was built before."""
    folder = tmp_path_factory.mktemp("wheel")
    with open(TARGET / "wheel.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        must("maturin", "build", "--release", "--locked", "--out", folder)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sdist")
    must("maturin", "sdist", "--out", folder)
    (built,) = folder.iterdir()
    return built


def installed(wheel, folder):
    """The Python of a clean environment with nothing but the wheel."""
    venv.create(folder, with_pip=True)
    must(folder / "bin" / "pip", "install", "--quiet", "--no-index", "--no-deps", wheel)
    return folder / "bin" / "python"


def test_the_wheel_is_one_for_all(wheel):
    assert re.fullmatch(rf"kouling-{re.escape(VERSION)}-cp311-abi3-(manylinux_\d+_\d+|linux)_\w+\.whl", wheel.name)
    inside = zipfile.ZipFile(wheel).namelist()
    # Every file of the package, and one library; nothing else.
    expected = {
        f"kouling/{path.relative_to(PACKAGE / 'python' / 'kouling')}"
        for path in (PACKAGE / "python" / "kouling").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    package = {name for name in inside if name.startswith("kouling/")}
    assert package == expected | {"kouling/_kouling.abi3.so"}
    assert "kouling/py.typed" in package and "kouling/_kouling.pyi" in package
    metadata = zipfile.ZipFile(wheel).read(f"kouling-{VERSION}.dist-info/METADATA").decode()
    assert "Requires-Python: >=3.11" in metadata and "License-Expression: MIT OR Apache-2.0" in metadata
    assert len([name for name in inside if "/licenses/LICENSE-" in name]) == 2


def test_the_wheel_works_in_a_clean_environment(wheel, tmp_path):
    python = installed(wheel, tmp_path / "clean")
    said = must(python, "-c", "import kouling; print(kouling.__version__, kouling.__file__)", cwd=tmp_path)
    assert said.split() == [VERSION, str(next((tmp_path / "clean").glob("lib/*/site-packages/kouling/__init__.py")))]
    tried, failed = map(int, must(python, "-c", DOCTESTS, cwd=tmp_path).split())
    assert failed == 0 and tried >= 10
    for password, status in (("veer-Lantern-oboe-73", 0), ("short", 1), ("nul-\0-inside", 2)):
        assert run(python, "-m", "kouling", "check", "standard", cwd=tmp_path, input=password)[0] == status


def newer():
    """Newer Pythons of this machine that the one wheel is for."""
    named = [shutil.which(f"python3.{minor}") for minor in range(12, 16)]
    beside = Path(sys.base_prefix).parent.glob("3.*/bin/python3")
    is_newer = """
import ensurepip, sys, sysconfig, venv
sys.exit(sys.version_info < (3, 12) or bool(sysconfig.get_config_var("Py_GIL_DISABLED")))
"""
    return {python for python in (*named, *beside) if python and run(python, "-c", is_newer, cwd=ROOT)[0] == 0}


def test_the_same_wheel_works_in_newer_pythons(wheel, tmp_path):
    for number, python in enumerate(newer()):
        must(python, "-m", "venv", tmp_path / str(number))
        must(tmp_path / str(number) / "bin" / "pip", "install", "--quiet", "--no-index", "--no-deps", wheel)
        tried, failed = map(int, must(tmp_path / str(number) / "bin" / "python", "-c", DOCTESTS, cwd=tmp_path).split())
        assert failed == 0 and tried >= 10, python


def test_a_python_without_the_lock_does_not_take_the_wheel(wheel):
    """The stable interface has no form for it: pip passes the wheel by, and builds from source."""
    tag = next(iter(packaging.utils.parse_wheel_filename(wheel.name)[3]))
    for abi, takes in (("cp311", True), ("cp313", True), ("cp314", True), ("cp313t", False), ("cp314t", False)):
        version = (3, int(abi[3:5]))
        tags = packaging.tags.cpython_tags(version, [abi], [tag.platform])
        assert (tag in set(tags)) == takes, abi


def test_the_source_distribution_holds_what_it_is_built_of(sdist):
    assert sdist.name == f"kouling-{VERSION}.tar.gz"
    top = f"kouling-{VERSION}"
    inside = set(tarfile.open(sdist).getnames())
    for path in ("PKG-INFO", "pyproject.toml", "Cargo.toml", "Cargo.lock", "LICENSE-MIT", "LICENSE-APACHE"):
        assert f"{top}/{path}" in inside, path
    for folder in ("src", "rules", "bindings/cli/src", "bindings/python/src"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "tests" not in path.stem:
                assert f"{top}/{path.relative_to(ROOT)}" in inside, path
    assert not [name for name in inside if "/target/" in name or "__pycache__" in name or "/vectors/" in name]


def test_the_source_distribution_builds_on_its_own(sdist, tmp_path):
    # A target of its own, kept for what is not ours: of ours nothing may be taken from a build of this repository.
    target = TARGET / "python-sdist"
    with tarfile.open(sdist) as source:
        source.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    environment = {"CARGO_TARGET_DIR": str(target)}
    must("cargo", "clean", "-p", "kouling", "-p", "kouling-cli", "-p", "kouling-python", cwd=source, env=environment)
    # Unoptimised, as only that it builds is asked.
    arguments = ("--no-build-isolation", "--no-deps", "--no-index", "--config-settings", "build-args=--profile dev")
    must(BIN / "pip", "wheel", "--quiet", *arguments, "--wheel-dir", tmp_path / "built", sdist, cwd=tmp_path, env=environment)
    (built,) = (tmp_path / "built").iterdir()
    python = installed(built, tmp_path / "clean")
    tried, failed = map(int, must(python, "-c", DOCTESTS, cwd=tmp_path).split())
    assert failed == 0 and tried >= 10
