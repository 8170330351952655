"""The published package: one wheel for Python 3.11 and later, and a source distribution."""

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
    # The tests of Django run in a Django project.
    if name not in ("kouling.django", "kouling.__main__", "kouling._kouling"):
        result = doctest.testmod(importlib.import_module(name))
        tried, failed = tried + result.attempted, failed + result.failed
print(tried, failed)
"""


def run(*command, cwd=PACKAGE, **more):
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "CARGO_TARGET_DIR": str(TARGET)}
    environment |= more.pop("env", {})
    # Test the installed package, not a checkout on the path.
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=3600, **more
    )
    return done.returncode, done.stdout


def must(*command, **more):
    status, output = run(*command, **more)
    assert status == 0, output
    return output


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the release wheel. Fast if it was built before."""
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
    """Return the Python of a clean environment that contains only the wheel."""
    venv.create(folder, with_pip=True)
    must(folder / "bin" / "pip", "install", "--quiet", "--no-index", "--no-deps", wheel)
    return folder / "bin" / "python"


def test_wheel_has_abi3_tag_and_all_files(wheel):
    assert re.fullmatch(rf"kouling-{re.escape(VERSION)}-cp311-abi3-(manylinux_\d+_\d+|linux)_\w+\.whl", wheel.name)
    inside = zipfile.ZipFile(wheel).namelist()
    # Exactly the files of the package and one library.
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


def test_wheel_works_in_clean_environment(wheel, tmp_path):
    python = installed(wheel, tmp_path / "clean")
    output = must(python, "-c", "import kouling; print(kouling.__version__, kouling.__file__)", cwd=tmp_path)
    assert output.split() == [VERSION, str(next((tmp_path / "clean").glob("lib/*/site-packages/kouling/__init__.py")))]
    tried, failed = map(int, must(python, "-c", DOCTESTS, cwd=tmp_path).split())
    assert failed == 0 and tried >= 10
    for password, status in (("veer-Lantern-oboe-73", 0), ("short", 1), ("nul-\0-inside", 2)):
        assert run(python, "-m", "kouling", "check", "standard", cwd=tmp_path, input=password)[0] == status


def newer_pythons():
    """Return newer Pythons of this machine that support the wheel."""
    named = [shutil.which(f"python3.{minor}") for minor in range(12, 16)]
    siblings = Path(sys.base_prefix).parent.glob("3.*/bin/python3")
    is_newer = """
import ensurepip, sys, sysconfig, venv
sys.exit(sys.version_info < (3, 12) or bool(sysconfig.get_config_var("Py_GIL_DISABLED")))
"""
    return {python for python in (*named, *siblings) if python and run(python, "-c", is_newer, cwd=ROOT)[0] == 0}


def test_wheel_works_in_newer_pythons(wheel, tmp_path):
    for number, python in enumerate(newer_pythons()):
        must(python, "-m", "venv", tmp_path / str(number))
        must(tmp_path / str(number) / "bin" / "pip", "install", "--quiet", "--no-index", "--no-deps", wheel)
        tried, failed = map(int, must(tmp_path / str(number) / "bin" / "python", "-c", DOCTESTS, cwd=tmp_path).split())
        assert failed == 0 and tried >= 10, python


def test_free_threaded_python_does_not_accept_wheel(wheel):
    """Free-threaded Pythons do not support abi3: pip builds from source instead."""
    tag = next(iter(packaging.utils.parse_wheel_filename(wheel.name)[3]))
    for abi, accepts in (("cp311", True), ("cp313", True), ("cp314", True), ("cp313t", False), ("cp314t", False)):
        version = (3, int(abi[3:5]))
        tags = packaging.tags.cpython_tags(version, [abi], [tag.platform])
        assert (tag in set(tags)) == accepts, abi


def test_sdist_contains_all_sources(sdist):
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


def test_sdist_builds_without_repository(sdist, tmp_path):
    # A separate target folder caches the dependencies. The workspace crates are rebuilt from the sdist.
    target = TARGET / "python-sdist"
    with tarfile.open(sdist) as source:
        source.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    environment = {"CARGO_TARGET_DIR": str(target)}
    must("cargo", "clean", "-p", "kouling", "-p", "kouling-cli", "-p", "kouling-python", cwd=source, env=environment)
    # Without optimization: only the build itself is tested.
    arguments = ("--no-build-isolation", "--no-deps", "--no-index", "--config-settings", "build-args=--profile dev")
    must(BIN / "pip", "wheel", "--quiet", *arguments, "--wheel-dir", tmp_path / "built", sdist, cwd=tmp_path, env=environment)
    (built,) = (tmp_path / "built").iterdir()
    python = installed(built, tmp_path / "clean")
    tried, failed = map(int, must(python, "-c", DOCTESTS, cwd=tmp_path).split())
    assert failed == 0 and tried >= 10
