"""Builds the examples and the programs of the READMEs with the installed library, and runs them."""

import re

import pytest
from conftest import ROOT, WARNINGS, packaged, run

CODES = ["characters.too_few_classes", "reversed_username.contained", "strength.too_guessable"]


def build(prefix, compiler, standard, source, program):
    flags = [f"-std={standard}", *WARNINGS, f"-Wl,-rpath,{prefix}/lib"]
    run(compiler, *flags, source, "-o", program, *packaged(prefix, "--cflags", "--libs"))
    return program


@pytest.mark.parametrize(
    ("fence", "compiler", "standard", "suffix"), [("c", "cc", "gnu11", ".c"), ("cpp", "c++", "c++17", ".cpp")]
)
def test_readme_program_runs(prefix, tmp_path, fence, compiler, standard, suffix):
    page = (ROOT / "bindings" / fence / "README.md").read_text()
    (block,) = [block for block in re.findall(rf"^```{fence}\n(.*?)^```", page, re.S | re.M) if "int main(" in block]
    source = tmp_path / f"readme{suffix}"
    source.write_text(block)
    done = run(build(prefix, compiler, standard, source, tmp_path / "readme"), check=False)
    assert done.returncode == 1, done.stdout
    said = done.stdout
    assert [line.split(":")[0] for line in said.splitlines() if not line.startswith("  ")] == CODES
    assert "must not contain the reversed username" in said


@pytest.mark.parametrize(
    ("source", "compiler", "standard", "ends"),
    [
        # An incorrect code, the correct one, and the used one.
        (
            "bindings/c/examples/evaluate_and_reset.c",
            "cc",
            "gnu11",
            "the password is set\n  effect: audit\nrefused: reset.code_refused\n",
        ),
        ("bindings/cpp/examples/evaluate_and_reset.cpp", "c++", "c++17", "reset: done\nsigned in: yes\n"),
    ],
)
def test_example_runs(prefix, tmp_path, source, compiler, standard, ends):
    said = run(build(prefix, compiler, standard, ROOT / source, tmp_path / "example")).stdout
    assert "reversed_username.contained" in said
    assert "不能包含倒序的用户名" in said
    assert said.endswith(ends)
