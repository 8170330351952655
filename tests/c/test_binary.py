"""Properties of the built library: symbols, segments, size, fork, memory."""

import re

import pytest
from conftest import CONSUMER, WARNINGS, packaged, run

MEGABYTE = 1 << 20


@pytest.fixture(scope="session")
def shared(prefix, facts):
    return prefix / f"lib/libkouling.so.{facts.version}"


@pytest.fixture(scope="session")
def dynamic(shared):
    return run("readelf", "-dW", shared).stdout


def defined(path, *which):
    """The global symbols that a file defines."""
    lines = run("nm", "--defined-only", *which, path).stdout.splitlines()
    return {fields[2] for fields in map(str.split, lines) if len(fields) == 3}


def test_library_exports_exactly_the_functions_of_the_header(shared, facts):
    assert len(facts.declared) > 40
    assert defined(shared, "-D") == facts.declared


def test_archive_defines_the_functions_of_the_header(prefix, facts):
    symbols = defined(prefix / "lib/libkouling.a", "-g")
    assert {symbol for symbol in symbols if symbol.startswith("kouling_")} == facts.declared
    # All other symbols are mangled Rust names or weak compiler functions, which cannot clash with a C program.
    lines = run("nm", "--defined-only", "-g", prefix / "lib/libkouling.a").stdout.splitlines()
    strong = {fields[2] for fields in map(str.split, lines) if len(fields) == 3 and fields[1] in "TDBR"}
    plain = {name for name in strong if not re.match(r"_ZN|_R|kouling_|_?_?rust_|__|anon\.|DW\.ref\.", name)}
    assert plain == set()


def test_version_matches_the_sources(prefix, facts, tmp_path):
    source = tmp_path / "version.c"
    source.write_text(
        "#include <kouling.h>\n#include <stdio.h>\n"
        "int main(void) { struct kouling_text text = kouling_version();\n"
        'printf("%.*s %u\\n", (int)text.length, text.data, (unsigned)kouling_abi()); return 0; }\n'
    )
    library = prefix / "lib"
    run("cc", *WARNINGS, source, "-o", tmp_path / "version", *packaged(prefix, "--cflags", "--libs"))
    said = run(tmp_path / "version", env={"LD_LIBRARY_PATH": str(library)}).stdout
    assert said.split() == [facts.version, facts.abi]


def test_soname_and_nodelete(dynamic, facts):
    assert re.search(r"\(SONAME\).*\[(.*)\]", dynamic).group(1) == f"libkouling.so.{facts.abi}"
    assert "NODELETE" in re.search(r"\(FLAGS_1\)(.*)", dynamic).group(1)


def test_segments_are_hardened(shared, dynamic):
    assert "BIND_NOW" in dynamic
    assert "TEXTREL" not in dynamic and "RPATH" not in dynamic and "RUNPATH" not in dynamic
    segments = run("readelf", "-lW", shared).stdout
    assert "GNU_RELRO" in segments
    flags = {match[0]: match[1] for match in re.findall(r"^  (\w+) +(?:0x\w+ +){5}([RWE ]{3})", segments, re.M)}
    assert flags["GNU_STACK"] == "RW "
    loads = re.findall(r"^  LOAD +(?:0x\w+ +){5}([RWE ]{3})", segments, re.M)
    assert len(loads) >= 3 and not any("W" in flags and "E" in flags for flags in loads)


def test_library_needs_only_system_libraries(dynamic):
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
    assert "libc.so.6" in needed
    assert needed <= {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"}


def test_size_is_bounded(shared):
    """The stripped library with all its data. The words of the `zxcvbn` crate and the trie and the model of the strength
    estimate are most of it."""
    size = len(shared.read_bytes())
    print(f"{size} bytes")
    assert size < 8 * MEGABYTE


FORKS = r"""
#include <kouling.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int evaluates(const kouling_policy *policy, const char *password, bool expected) {
  kouling_facts *facts = NULL;
  kouling_outcome *outcome = NULL;
  if (kouling_facts_new(0, &facts) != KOULING_STATUS_OK) return 0;
  kouling_status status = kouling_policy_evaluate(policy, kouling_text_of(password), facts, &outcome, NULL);
  int correct = status == KOULING_STATUS_OK && kouling_outcome_accepted(outcome) == expected;
  kouling_outcome_free(outcome);
  kouling_facts_free(facts);
  return correct;
}

int main(void) {
  const kouling_policy *policy = NULL;
  if (kouling_policy_preset(kouling_text_of("standard"), &policy, NULL) != KOULING_STATUS_OK) return 2;
  int successes = 0;
  /* Fork before the first evaluation of the parent, and after it. */
  for (int child = 0; child < 8; child++) {
    if (child == 4 && !evaluates(policy, "veer-Lantern-oboe-73", true)) return 3;
    pid_t process = fork();
    if (process == 0) {
      int good = evaluates(policy, "veer-Lantern-oboe-73", true) && evaluates(policy, "Password1", false);
      kouling_policy_free(policy);
      _exit(good ? 0 : 1);
    }
    int status = -1;
    if (process > 0 && waitpid(process, &status, 0) == process && status == 0) successes++;
  }
  int still = evaluates(policy, "Password1", false);
  kouling_policy_free(policy);
  printf("%d %d\n", successes, still);
  return 0;
}
"""

REOPENS = r"""
#include <dlfcn.h>
#include <kouling.h>
#include <stdio.h>

/* slapd loads and unloads its module, and the library with it, for every password. */
int main(int count, char **arguments) {
  uint32_t (*first)(void) = NULL;
  if (count != 2) return 2;
  for (int turn = 0; turn < 100; turn++) {
    void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) return 3;
    uint32_t (*abi)(void) = NULL;
    *(void **)&abi = dlsym(library, "kouling_abi");
    kouling_status (*preset)(struct kouling_text, const kouling_policy **, kouling_report *) = NULL;
    *(void **)&preset = dlsym(library, "kouling_policy_preset");
    void (*release)(const kouling_policy *) = NULL;
    *(void **)&release = dlsym(library, "kouling_policy_free");
    const kouling_policy *policy = NULL;
    if (!abi || !preset || !release || preset(kouling_text_of("standard"), &policy, NULL) != KOULING_STATUS_OK) return 4;
    release(policy);
    if (first && first != abi) return 5;
    first = abi;
    if (dlclose(library) != 0) return 6;
  }
  /* The library stays loaded. */
  printf("%u\n", (unsigned)first());
  return 0;
}
"""


def test_child_evaluates_after_fork(prefix, tmp_path):
    (tmp_path / "forks.c").write_text(FORKS)
    flags = packaged(prefix, "--cflags", "--libs")
    run("cc", *WARNINGS, tmp_path / "forks.c", "-o", tmp_path / "forks", *flags)
    done = run("timeout", "60", tmp_path / "forks", env={"LD_LIBRARY_PATH": str(prefix / "lib")})
    assert done.stdout.split() == ["8", "1"]


def test_library_stays_loaded_after_dlclose(prefix, shared, tmp_path, facts):
    (tmp_path / "reopens.c").write_text(REOPENS)
    flags = packaged(prefix, "--cflags")
    run("cc", "-Wall", "-Wextra", "-Werror", tmp_path / "reopens.c", "-o", tmp_path / "reopens", *flags, "-ldl")
    assert run(tmp_path / "reopens", shared).stdout.strip() == facts.abi


def test_valgrind_finds_no_errors(prefix, tmp_path):
    program = tmp_path / "program"
    flags = packaged(prefix, "--cflags", "--libs")
    run("cc", "-g", *WARNINGS, CONSUMER / "main.c", "-o", program, *flags)
    watch = ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite"]
    done = run(*watch, program, "standard", "Ab1", check=False, env={"LD_LIBRARY_PATH": str(prefix / "lib")})
    assert done.returncode == 1, done.stdout


def test_startup_cost_is_bounded(prefix, tmp_path):
    """Counts instructions, which do not vary; `tests/benches/c_start.py` measures milliseconds."""
    program = tmp_path / "program"
    run("cc", "-O2", CONSUMER / "main.c", "-o", program, *packaged(prefix, "--cflags", "--libs"))
    bounds = {"minimal": 1_000_000, "standard": 30_000_000}
    for preset, bound in bounds.items():
        count = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, preset]
        environment = {"LD_LIBRARY_PATH": str(prefix / "lib")}
        said = run(*count, "veer-Lantern-oboe-73", env=environment).stdout
        instructions = int(re.search(r"refs: +([\d,]+)", said).group(1).replace(",", ""))
        print(preset, instructions)
        assert 100_000 < instructions < bound, preset
