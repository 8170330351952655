"""The border stays what it was: what was declared once is there, with the same types and values.

`bindings/c/kouling.abi` is abidw's description of a library that defines every function of the header in C. The
library's own debug information is Rust's, which names neither `const` nor the types that C programs see; that it exports
these functions is another test, and that the header is what the source says a third.

    KOULING_WRITE=1 pytest tests/c/test_abi.py      after something was added
"""

import os
import re

import pytest
from conftest import ROOT, read_facts, run

COMMITTED = ROOT / "bindings/c/kouling.abi"
HEADER = (ROOT / "include/kouling.h").read_text()
UNCHANGED, CHANGED, INCOMPATIBLE = 0, 4, 8


def described(header, folder):
    """abidw's description of what a header declares."""
    folder.mkdir()
    (folder / "kouling.h").write_text(header)
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", header, flags=re.S)
    functions = re.findall(r"^[\w][\w *]*?\bkouling_\w+\([^;{]*\);", code, re.M)
    constants = re.findall(r"^#define (KOULING_\w+) \d", code, re.M)
    source = ['#include "kouling.h"'] + [f[:-1] + " { __builtin_trap(); }" for f in functions]
    # A value shows as the size of an array. The number of the border is the name of the library instead.
    source += [f"char value_of_{name}[{name} + 1];" for name in constants if name != "KOULING_ABI"]
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


def test_nothing_was_changed_or_taken_away(now):
    write = os.environ.get("KOULING_WRITE")
    if write and not COMMITTED.exists():
        COMMITTED.write_text(now.read_text())
    soname = re.compile(r"soname='(.*?)'")
    same_border = soname.search(COMMITTED.read_text()).group(1) == soname.search(now.read_text()).group(1)
    if same_border:
        kept = compared(COMMITTED, now, "--no-added-syms")
        assert kept.returncode == UNCHANGED, (
            "the border is no longer what programs were linked against: raise KOULING_ABI in bindings/c/src/abi.rs, or, "
            f"while nothing was released, delete bindings/c/kouling.abi and write it again:\n{kept.stdout}"
        )
    if write:
        COMMITTED.write_text(now.read_text())
    difference = compared(COMMITTED, now)
    assert difference.returncode == UNCHANGED, (
        f"bindings/c/kouling.abi is not up to date: run these tests with KOULING_WRITE=1\n{difference.stdout}"
    )


def test_every_declared_function_is_described(now):
    symbols = set(re.findall(r"<elf-symbol name='(kouling_\w+)'", COMMITTED.read_text()))
    assert symbols == read_facts().declared
    assert "value_of_KOULING_OK" in COMMITTED.read_text()


CHANGES = {
    "a parameter's type": ("int64_t now,\n", "int32_t now,\n"),
    "a parameter's const": ("kouling_facts_free(struct kouling_facts *", "kouling_facts_free(const struct kouling_facts *"),
    "a result's type": ("bool kouling_outcome_accepted", "uint32_t kouling_outcome_accepted"),
    "a parameter more": ("uint32_t kouling_facts_new(int64_t now,", "uint32_t kouling_facts_new(int64_t now, int64_t then,"),
    "a function taken away": ("uint32_t kouling_abi(void);", ""),
    "a function renamed": ("kouling_outcome_free(", "kouling_outcome_release("),
    "a struct's members": ("  const char *data;\n  size_t length;", "  size_t length;\n  const char *data;"),
    "a value": ("#define KOULING_STATUS_INTERNAL 6", "#define KOULING_STATUS_INTERNAL 7"),
    "a value taken away": ("#define KOULING_STATUS_INTERNAL 6", ""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_refused(change, now, tmp_path):
    before, after = CHANGES[change]
    assert HEADER.count(before) >= 1
    changed = described(HEADER.replace(before, after), tmp_path / "changed")
    refused = compared(now, changed, "--no-added-syms")
    assert refused.returncode & (CHANGED | INCOMPATIBLE), refused.stdout
    assert not refused.returncode & 3, f"abidiff itself failed:\n{refused.stdout}"


def test_an_addition_is_allowed_and_seen(now, tmp_path):
    added = "#define KOULING_ADDED 9\n\nvoid kouling_added(struct kouling_facts *facts);\n\nuint32_t kouling_abi(void);"
    grown = described(HEADER.replace("uint32_t kouling_abi(void);", added), tmp_path / "grown")
    assert compared(now, grown, "--no-added-syms").returncode == UNCHANGED
    assert compared(now, grown).returncode == CHANGED
