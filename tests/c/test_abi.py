"""The ABI stays compatible: every function, struct and value that was declared once keeps its types and values.

`bindings/c/kouling.abi` is abidw's description of a library that defines every function of the header in C. The debug
information of the real library is that of Rust, which has neither `const` nor the types of C. Other tests check that the
library exports these functions, and that the header matches the source.

    KOULING_WRITE=1 pytest tests/c/test_abi.py      after an addition
"""

import os
import re

import pytest
from conftest import ROOT, read_facts, run

COMMITTED = ROOT / "bindings/c/kouling.abi"
HEADER = (ROOT / "include/kouling.h").read_text()
UNCHANGED, CHANGED, INCOMPATIBLE = 0, 4, 8


def described(header, folder):
    """abidw's description of the declarations of a header."""
    folder.mkdir()
    (folder / "kouling.h").write_text(header)
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", header, flags=re.S)
    functions = re.findall(r"^(?!typedef)[\w][\w *]*?\bkouling_\w+\([^;{]*\);", code, re.M)
    source = ['#include "kouling.h"'] + [f[:-1] + " { __builtin_trap(); }" for f in functions]
    # Values of enums are part of the debug information of a variable. KOULING_ABI is in the SONAME instead.
    source += [f"enum {name} value_of_{name};" for name in re.findall(r"^enum (kouling_\w+)", code, re.M)]
    (folder / "declared.c").write_text("\n".join(source) + "\n")
    abi = re.search(r"^#define KOULING_ABI (\d+)", header, re.M).group(1)
    compiler = ["cc", "-w", "-g", "-O0", "-std=c99", "-fPIC", "-shared", "-nostdlib", f"-Wl,-soname,libkouling.so.{abi}"]
    run(*compiler, "declared.c", "-o", "declared.so", cwd=folder)
    plain = ["--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--type-id-style", "hash"]
    run("abidw", *plain, "--out-file", "declared.abi", "declared.so", cwd=folder)
    return folder / "declared.abi"


def compared(before, after, *more):
    return run("abidiff", "--harmless", "--no-show-locs", *more, before, after, check=False)


@pytest.fixture(scope="session")
def now(tmp_path_factory):
    return described(HEADER, tmp_path_factory.mktemp("abi") / "now")


def test_abi_is_compatible(now):
    write = os.environ.get("KOULING_WRITE")
    if write and not COMMITTED.exists():
        COMMITTED.write_text(now.read_text())
    soname = re.compile(r"soname='(.*?)'")
    same_abi = soname.search(COMMITTED.read_text()).group(1) == soname.search(now.read_text()).group(1)
    if same_abi:
        kept = compared(COMMITTED, now, "--no-added-syms")
        assert kept.returncode == UNCHANGED, (
            "the ABI is incompatible: raise KOULING_ABI in bindings/c/src/abi.rs, or, before a release, delete "
            f"bindings/c/kouling.abi and write it again:\n{kept.stdout}"
        )
    if write:
        COMMITTED.write_text(now.read_text())
    difference = compared(COMMITTED, now)
    assert difference.returncode == UNCHANGED, (
        f"bindings/c/kouling.abi is not up to date: run these tests with KOULING_WRITE=1\n{difference.stdout}"
    )


def test_abi_file_has_every_function(now):
    symbols = set(re.findall(r"<elf-symbol name='(kouling_\w+)'", COMMITTED.read_text()))
    assert symbols == read_facts().declared
    assert "KOULING_STATUS_OK" in COMMITTED.read_text()


CHANGES = {
    "a parameter's type": ("int64_t now,\n", "int32_t now,\n"),
    "a parameter's const": ("kouling_facts_free(struct kouling_facts *", "kouling_facts_free(const struct kouling_facts *"),
    "a result's type": ("bool kouling_outcome_accepted", "uint32_t kouling_outcome_accepted"),
    "an added parameter": ("kouling_facts_new(int64_t now,", "kouling_facts_new(int64_t now, int64_t then,"),
    "a removed function": ("uint32_t kouling_abi(void);", ""),
    "a renamed function": ("kouling_outcome_free(", "kouling_outcome_release("),
    "a struct's members": ("  const char *data;\n  size_t length;", "  size_t length;\n  const char *data;"),
    "a value": ("KOULING_STATUS_INTERNAL = 6,", "KOULING_STATUS_INTERNAL = 7,"),
    "a removed value": ("KOULING_STATUS_INTERNAL = 6,", ""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_incompatible_change_is_refused(change, now, tmp_path):
    before, after = CHANGES[change]
    assert HEADER.count(before) >= 1
    changed = described(HEADER.replace(before, after), tmp_path / "changed")
    refused = compared(now, changed, "--no-added-syms")
    assert refused.returncode & (CHANGED | INCOMPATIBLE), refused.stdout
    assert not refused.returncode & 3, f"abidiff itself failed:\n{refused.stdout}"


def test_addition_is_compatible_and_detected(now, tmp_path):
    added = "void kouling_added(struct kouling_facts *facts);\n\nuint32_t kouling_abi(void);"
    grown = described(HEADER.replace("uint32_t kouling_abi(void);", added), tmp_path / "grown")
    assert compared(now, grown, "--no-added-syms").returncode == UNCHANGED
    assert compared(now, grown).returncode == CHANGED
