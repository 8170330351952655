"""The examples, and the programs in the README, built against what is installed and run."""

import re

import pytest
from conftest import ROOT, WARNINGS, packaged, run

README = (ROOT / "README.md").read_text()
CODES = ["characters.too_few_classes", "reversed_username.contained", "strength.too_guessable"]


def build(prefix, compiler, standard, source, program):
    flags = [f"-std={standard}", *WARNINGS, f"-Wl,-rpath,{prefix}/lib"]
    run(compiler, *flags, source, "-o", program, *packaged(prefix, "--cflags", "--libs"))
    return program


@pytest.mark.parametrize(
    ("fence", "compiler", "standard", "suffix"), [("c", "cc", "gnu11", ".c"), ("cpp", "c++", "c++17", ".cpp")]
)
def test_the_program_in_the_readme(prefix, tmp_path, fence, compiler, standard, suffix):
    (block,) = re.findall(rf"^```{fence}\n(.*?)^```", README, re.S | re.M)
    source = tmp_path / f"readme{suffix}"
    source.write_text(block)
    said = run(build(prefix, compiler, standard, source, tmp_path / "readme")).stdout
    assert [line.split(":")[0] for line in said.splitlines()] == CODES
    assert "must not contain the reversed username" in said


@pytest.mark.parametrize(
    ("source", "compiler", "standard", "ends"),
    [
        # A wrong code, the right one, and that one once more.
        (
            "bindings/c/examples/judge_and_reset.c",
            "cc",
            "gnu11",
            "the password is set\n  effect: audit\nrefused: reset.code_refused\n",
        ),
        ("bindings/cpp/examples/judge_and_reset.cpp", "c++", "c++17", "reset: done\nsigned in: yes\n"),
    ],
)
def test_an_example_judges_and_resets(prefix, tmp_path, source, compiler, standard, ends):
    said = run(build(prefix, compiler, standard, ROOT / source, tmp_path / "example")).stdout
    assert "reversed_username.contained" in said
    assert "不能包含倒序的用户名" in said
    assert said.endswith(ends)
