"""The installed files, and programs that build with them, shared and static, and run."""

import json
import os
import re
import shutil
import tomllib

import pytest
from conftest import CONSUMER, ROOT, WARNINGS, cmake, packaged, run

ACCEPTED = "veer-Lantern-oboe-73"
TOO_SHORT = ["length.too_short", "characters.too_few_classes"]


def installed(prefix):
    return sorted(str(path.relative_to(prefix)) for path in prefix.rglob("*") if not path.is_dir())


def expected(facts, library="lib"):
    headers = [f"include/{path.name}" for path in (ROOT / "include").iterdir()]
    assert "include/kouling.h" in headers
    return sorted(
        headers
        + [f"{library}/cmake/kouling/kouling-config{part}.cmake" for part in ("", "-version")]
        + [f"{library}/pkgconfig/kouling.pc", f"{library}/libkouling.a", f"{library}/libkouling.so"]
        + [f"{library}/libkouling.so.{facts.abi}", f"{library}/libkouling.so.{facts.version}"]
    )


def works(program, library=None):
    """Runs the program with a refused and an accepted password."""
    environment = {"LD_LIBRARY_PATH": str(library or "")}
    refused = run(program, "standard", "Ab1", check=False, env=environment)
    assert refused.returncode == 1, refused.stdout
    assert refused.stdout.split()[:1] == TOO_SHORT[:1], refused.stdout
    accepted = run(program, "standard", ACCEPTED, env=environment)
    assert accepted.stdout == ""


def needed(program):
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-dW", program).stdout))


def test_installed_files(prefix, facts):
    assert installed(prefix) == expected(facts)
    library = prefix / "lib"
    assert os.readlink(library / "libkouling.so") == f"libkouling.so.{facts.abi}"
    assert os.readlink(library / f"libkouling.so.{facts.abi}") == f"libkouling.so.{facts.version}"
    for header in (prefix / "include").iterdir():
        assert header.read_bytes() == (ROOT / "include" / header.name).read_bytes()


def test_destdir_and_distribution_folders(tmp_path, facts):
    cmake(tmp_path / "build", "-DCMAKE_INSTALL_PREFIX=/usr", "-DCMAKE_INSTALL_LIBDIR=lib/x86_64-linux-gnu")
    run("cmake", "--install", tmp_path / "build", env={"DESTDIR": str(tmp_path / "root")})
    prefix = tmp_path / "root/usr"
    assert installed(prefix) == expected(facts, "lib/x86_64-linux-gnu")
    program = tmp_path / "program"
    run("cc", *WARNINGS, CONSUMER / "main.c", "-o", program, *packaged(prefix, "--cflags", "--libs"))
    works(program, prefix / "lib/x86_64-linux-gnu")
    consumer = ["-S", CONSUMER, "-B", tmp_path / "consumer", f"-Dkouling_ROOT={prefix}"]
    run("cmake", *consumer, "-DCMAKE_LIBRARY_ARCHITECTURE=x86_64-linux-gnu")
    run("cmake", "--build", tmp_path / "consumer")
    works(tmp_path / "consumer/shared")


def test_absolute_folders_are_kept(tmp_path):
    options = [f"-DCMAKE_INSTALL_LIBDIR={tmp_path}/libraries", f"-DCMAKE_INSTALL_INCLUDEDIR={tmp_path}/headers"]
    cmake(tmp_path / "build", f"-DCMAKE_INSTALL_PREFIX={tmp_path}/elsewhere", *options)
    run("cmake", "--install", tmp_path / "build")
    answer = packaged(tmp_path / "libraries", "--cflags", "--libs")
    assert answer == [f"-I{tmp_path}/headers", f"-L{tmp_path}/libraries", "-lkouling"]
    run("cmake", "-S", CONSUMER, "-B", tmp_path / "consumer", f"-Dkouling_DIR={tmp_path}/libraries/cmake/kouling")
    run("cmake", "--build", tmp_path / "consumer")
    works(tmp_path / "consumer/shared")


def test_strip_option_keeps_symbols(tmp_path, prefix, facts):
    cmake(tmp_path, f"-DCMAKE_INSTALL_PREFIX={tmp_path}/prefix", "-DKOULING_STRIP=OFF")
    assert ".symtab" in run("readelf", "-SW", tmp_path / f"library/libkouling.so.{facts.version}").stdout
    assert ".symtab" not in run("readelf", "-SW", prefix / f"lib/libkouling.so.{facts.version}").stdout


def test_cmake_consumers(prefix, tmp_path):
    run("cmake", "-S", CONSUMER, "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", tmp_path)
    works(tmp_path / "shared")
    works(tmp_path / "archive")
    assert any(name.startswith("libkouling.so.") for name in needed(tmp_path / "shared"))
    assert not any("kouling" in name for name in needed(tmp_path / "archive"))


@pytest.mark.parametrize(
    "there, wanted, fits",
    [("0.1.0", "0.1", True), ("0.1.0", "0.99", False), ("0.1.0", "9", False)]
    + [("1.2.0", "1.2", True), ("1.2.0", "1.1", True), ("1.2.0", "0.1", False)],
)
def test_cmake_versions(prefix, tmp_path, facts, there, wanted, fits):
    copy = tmp_path / "prefix"
    shutil.copytree(prefix, copy, symlinks=True)
    versions = copy / "lib/cmake/kouling/kouling-config-version.cmake"
    versions.write_text(versions.read_text().replace(facts.version, there))
    shutil.copytree(CONSUMER, tmp_path / "consumer")
    project = tmp_path / "consumer/CMakeLists.txt"
    asked, count = re.subn(r"find_package\(kouling [\d.]+ ", f"find_package(kouling {wanted} ", project.read_text())
    assert count == 1
    project.write_text(asked)
    done = run("cmake", "-S", project.parent, "-B", tmp_path, f"-DCMAKE_PREFIX_PATH={copy}", check=False)
    assert (done.returncode == 0) == fits, done.stdout


def test_pkg_config_consumer(prefix, tmp_path, facts):
    program = tmp_path / "program"
    run("cc", *WARNINGS, CONSUMER / "main.c", "-o", program, *packaged(prefix, "--cflags", "--libs"))
    assert f"libkouling.so.{facts.abi}" in needed(program)
    works(program, prefix / "lib")
    assert packaged(prefix, "--modversion") == [facts.version]


def test_pkg_config_consumer_of_the_archive(prefix, tmp_path):
    program = tmp_path / "program"
    flags = packaged(prefix, "--cflags") + packaged(prefix, "--variable=static_libs")
    run("cc", *WARNINGS, CONSUMER / "main.c", "-o", program, *flags)
    assert needed(program) and not any("kouling" in name for name in needed(program))
    works(program)


def test_pkg_config_consumer_without_any_library(prefix, tmp_path):
    program = tmp_path / "program"
    flags = packaged(prefix, "--static", "--cflags", "--libs")
    run("cc", "-static", *WARNINGS, CONSUMER / "main.c", "-o", program, *flags)
    assert not needed(program)
    works(program)


def test_prefix_can_be_moved(prefix, tmp_path):
    moved = tmp_path / "moved"
    shutil.copytree(prefix, moved, symlinks=True)
    for flag in packaged(moved, "--cflags", "--libs-only-L"):
        assert os.path.realpath(flag[2:]).startswith(str(moved)), flag
    run("cmake", "-S", CONSUMER, "-B", tmp_path / "consumer", f"-DCMAKE_PREFIX_PATH={moved}")
    run("cmake", "--build", tmp_path / "consumer")
    linked = run("readelf", "-dW", tmp_path / "consumer/shared").stdout
    assert str(moved / "lib") in linked and str(prefix) not in linked
    works(tmp_path / "consumer/shared")


def test_native_libraries_match_rustc(prefix, tmp_path):
    (tmp_path / "empty.rs").touch()
    asked = ["--print", "native-static-libs", "--crate-type", "staticlib", "--out-dir", tmp_path, tmp_path / "empty.rs"]
    said = re.search(r"native-static-libs: (.*)", run("rustc", *asked).stdout).group(1).split()
    # The compiler adds these itself.
    assert packaged(prefix, "--variable=native") == [library for library in said if library not in ("-lgcc_s", "-lc")]
    private = re.search(r"^Libs.private: (.*)", next(prefix.glob("lib/pkgconfig/*.pc")).read_text(), re.M)
    assert private.group(1) == "${native}"
    # rustc reports those of the standard library. No crate of the library may link others.
    tree = run("cargo", "tree", "--locked", "-p", "kouling-c", "-e", "normal", "--prefix", "none", cwd=ROOT).stdout
    ours = {line.split()[0] for line in tree.splitlines() if line.strip()}
    assert "regex-automata" in ours
    metadata = run("cargo", "metadata", "--locked", "--offline", "--format-version", "1", cwd=ROOT).stdout
    packages = json.loads(metadata[metadata.index("{") :])["packages"]
    assert [p["name"] for p in packages if p["links"] and p["name"] in ours] == []


def test_cargo_c_metadata_gives_the_same_names(facts):
    """Checks the metadata only, since building cargo-c takes minutes."""
    manifest = tomllib.loads((ROOT / "bindings/c/Cargo.toml").read_text())
    capi = manifest["package"]["metadata"]["capi"]
    library = capi["library"]
    version = library.get("version", facts.version)
    assert version.split(".")[: library["version_suffix_components"]] == [facts.abi]
    assert library["name"] == capi["pkg_config"]["name"] == capi["pkg_config"]["filename"] == "kouling"
    assert capi["header"] == {"generation": False, "subdirectory": False}
    (asset,) = capi["install"]["include"]["asset"]
    found = {path.name for path in (ROOT / "bindings/c").glob(asset["from"])}
    assert found == {path.name for path in (ROOT / "include").iterdir()} and asset["to"] == ""
    assert "capi" in manifest["features"]
