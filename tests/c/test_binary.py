"""What the loader, the linker and a security team see of the library."""

import re

import pytest
from conftest import CONSUMER, ROOT, WARNINGS, packaged, run

# Words that zxcvbn 3.1.1 brings: the bytes of `src/frequency_lists.rs` between quotes.
ZXCVBN_WORDS = 792_697
MEGABYTE = 1 << 20


@pytest.fixture(scope="session")
def shared(prefix, facts):
    return prefix / f"lib/libkouling.so.{facts.version}"


@pytest.fixture(scope="session")
def dynamic(shared):
    return run("readelf", "-dW", shared).stdout


def defined(path, *which):
    """The symbols of a file that others can use."""
    lines = run("nm", "--defined-only", *which, path).stdout.splitlines()
    return {fields[2] for fields in map(str.split, lines) if len(fields) == 3}


def test_exactly_what_the_header_declares_is_exported(shared, facts):
    assert len(facts.declared) > 40
    assert defined(shared, "-D") == facts.declared


def test_the_archive_has_what_the_header_declares(prefix, facts):
    symbols = defined(prefix / "lib/libkouling.a", "-g")
    assert {symbol for symbol in symbols if symbol.startswith("kouling_")} == facts.declared
    # The rest is Rust's, mangled, or weak arithmetic of the compiler: no plain name that a C program could own.
    lines = run("nm", "--defined-only", "-g", prefix / "lib/libkouling.a").stdout.splitlines()
    strong = {fields[2] for fields in map(str.split, lines) if len(fields) == 3 and fields[1] in "TDBR"}
    plain = {name for name in strong if not re.match(r"_ZN|_R|kouling_|_?_?rust_|__|anon\.|DW\.ref\.", name)}
    assert plain == set()


def test_the_version_is_the_one_of_the_sources(prefix, facts, tmp_path):
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


def test_name_and_stay(dynamic, facts):
    assert re.search(r"\(SONAME\).*\[(.*)\]", dynamic).group(1) == f"libkouling.so.{facts.abi}"
    assert "NODELETE" in re.search(r"\(FLAGS_1\)(.*)", dynamic).group(1)


def test_nothing_can_be_rewritten_after_loading(shared, dynamic):
    assert "BIND_NOW" in dynamic
    assert "TEXTREL" not in dynamic and "RPATH" not in dynamic and "RUNPATH" not in dynamic
    segments = run("readelf", "-lW", shared).stdout
    assert "GNU_RELRO" in segments
    flags = {match[0]: match[1] for match in re.findall(r"^  (\w+) +(?:0x\w+ +){5}([RWE ]{3})", segments, re.M)}
    assert flags["GNU_STACK"] == "RW "
    loads = re.findall(r"^  LOAD +(?:0x\w+ +){5}([RWE ]{3})", segments, re.M)
    assert len(loads) >= 3 and not any("W" in flags and "E" in flags for flags in loads)


def test_no_library_is_needed_that_a_bare_system_lacks(dynamic):
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
    assert "libc.so.6" in needed
    assert needed <= {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"}


def test_small_without_its_words(shared):
    library = shared.read_bytes()
    ours = 0
    for words in (ROOT / "rules/words").glob("*.t[xs][tv]"):
        content = words.read_bytes()
        # A list that only other builds have is not in the library, and must not count.
        half = len(content) // 2
        ours += len(content) if content[half : half + 80] in library else 0
    assert ours > MEGABYTE, "the lists were looked for and not found"
    without = len(library) - ours - ZXCVBN_WORDS
    print(f"{len(library)} bytes, {ours} of them our words, {ZXCVBN_WORDS} zxcvbn's words: {without} without")
    assert without < 4 * MEGABYTE


FORKS = r"""
#include <kouling.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int judged(const kouling_policy *policy, const char *password, bool expected) {
  kouling_facts *facts = NULL;
  kouling_outcome *outcome = NULL;
  if (kouling_facts_new(0, &facts) != KOULING_STATUS_OK) return 0;
  uint32_t status = kouling_policy_evaluate(policy, kouling_text_of(password), facts, &outcome, NULL);
  int right = status == KOULING_STATUS_OK && kouling_outcome_accepted(outcome) == expected;
  kouling_outcome_free(outcome);
  kouling_facts_free(facts);
  return right;
}

int main(void) {
  const kouling_policy *policy = NULL;
  if (kouling_policy_preset(kouling_text_of("standard"), &policy, NULL) != KOULING_STATUS_OK) return 2;
  int right = 0;
  /* Children of a parent that has not judged yet, and of one that has. */
  for (int child = 0; child < 8; child++) {
    if (child == 4 && !judged(policy, "veer-Lantern-oboe-73", true)) return 3;
    pid_t process = fork();
    if (process == 0) {
      int good = judged(policy, "veer-Lantern-oboe-73", true) && judged(policy, "Password1", false);
      kouling_policy_free(policy);
      _exit(good ? 0 : 1);
    }
    int status = -1;
    if (process > 0 && waitpid(process, &status, 0) == process && status == 0) right++;
  }
  int still = judged(policy, "Password1", false);
  kouling_policy_free(policy);
  printf("%d %d\n", right, still);
  return 0;
}
"""

REOPENS = r"""
#include <dlfcn.h>
#include <kouling.h>
#include <stdio.h>

/* slapd opens and closes its module, and us with it, for every password. */
int main(int count, char **arguments) {
  uint32_t (*first)(void) = NULL;
  if (count != 2) return 2;
  for (int turn = 0; turn < 100; turn++) {
    void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
    if (!library) return 3;
    uint32_t (*abi)(void) = NULL;
    *(void **)&abi = dlsym(library, "kouling_abi");
    uint32_t (*preset)(struct kouling_text, const kouling_policy **, kouling_report *) = NULL;
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
  /* Closed, and there all the same. */
  printf("%u\n", (unsigned)first());
  return 0;
}
"""


def test_judging_after_fork(prefix, tmp_path):
    (tmp_path / "forks.c").write_text(FORKS)
    flags = packaged(prefix, "--cflags", "--libs")
    run("cc", *WARNINGS, tmp_path / "forks.c", "-o", tmp_path / "forks", *flags)
    done = run("timeout", "60", tmp_path / "forks", env={"LD_LIBRARY_PATH": str(prefix / "lib")})
    assert done.stdout.split() == ["8", "1"]


def test_opened_and_closed_again_and_again(prefix, shared, tmp_path, facts):
    (tmp_path / "reopens.c").write_text(REOPENS)
    flags = packaged(prefix, "--cflags")
    run("cc", "-Wall", "-Wextra", "-Werror", tmp_path / "reopens.c", "-o", tmp_path / "reopens", *flags, "-ldl")
    assert run(tmp_path / "reopens", shared).stdout.strip() == facts.abi


def test_no_memory_is_lost_or_misused(prefix, tmp_path):
    program = tmp_path / "program"
    flags = packaged(prefix, "--cflags", "--libs")
    run("cc", "-g", *WARNINGS, CONSUMER / "main.c", "-o", program, *flags)
    watch = ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite"]
    done = run(*watch, program, "standard", "Ab1", check=False, env={"LD_LIBRARY_PATH": str(prefix / "lib")})
    assert done.returncode == 1, done.stdout


def test_a_start_costs_less_than_it_did(prefix, tmp_path):
    """By instructions, which do not wobble; `tests/benches/c_start.py` has the milliseconds."""
    program = tmp_path / "program"
    run("cc", "-O2", CONSUMER / "main.c", "-o", program, *packaged(prefix, "--cflags", "--libs"))
    most = {"minimal": 1_000_000, "standard": 30_000_000}
    for preset, bound in most.items():
        count = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, preset]
        environment = {"LD_LIBRARY_PATH": str(prefix / "lib")}
        said = run(*count, "veer-Lantern-oboe-73", env=environment).stdout
        instructions = int(re.search(r"refs: +([\d,]+)", said).group(1).replace(",", ""))
        print(preset, instructions)
        assert 100_000 < instructions < bound, preset
