"""The types are those of what is there, and strict checkers find nothing."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import kouling

HERE = Path(__file__).parent
PACKAGE = Path(kouling.__file__).parent
EXAMPLES = HERE.parents[1] / "bindings" / "python" / "examples"


def python(*arguments, **more):
    # The package is found where it is imported from, be that a folder or an environment.
    environment = os.environ | {"MYPYPATH": ""}
    done = subprocess.run(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        env=environment,
        **more,
    )
    return done.returncode, done.stdout


@pytest.fixture
def elsewhere(tmp_path):
    """A folder with the package, so that nothing beside it is looked at."""
    (tmp_path / "kouling").symlink_to(PACKAGE)
    return tmp_path


def test_the_package_says_that_it_is_typed():
    assert (PACKAGE / "py.typed").exists() and (PACKAGE / "_kouling.pyi").exists()


def test_the_stub_is_what_is_there(elsewhere):
    allowed = HERE / "stubtest-allowed.txt"
    status, said = python(
        *("-m", "mypy.stubtest", "kouling", "--allowlist", allowed, "--mypy-config-file", HERE / "mypy.ini"),
        *("--ignore-unused-allowlist",),
        cwd=elsewhere,
    )
    assert status == 0 and "no issues found" in said, said


def test_the_stub_has_documentation_for_everything():
    """What is public is documented, in the stub and at run time."""
    import ast

    tree = ast.parse((PACKAGE / "_kouling.pyi").read_text())
    bare = []
    for thing in ast.walk(tree):
        if isinstance(thing, ast.ClassDef | ast.FunctionDef) and not thing.name.startswith("_"):
            overloaded = any("overload" in ast.unparse(each) for each in getattr(thing, "decorator_list", []))
            if not overloaded and not ast.get_docstring(thing):
                bare.append(thing.name)
    assert not bare


def test_mypy_finds_nothing(elsewhere):
    status, said = python("-m", "mypy", "--config-file", HERE / "mypy.ini", "-p", "kouling", cwd=elsewhere)
    assert status == 0, said


def pyright(*paths, cwd):
    status, said = python("-m", "pyright", "--outputjson", "--pythonpath", sys.executable, *paths, cwd=cwd)
    report = json.loads(said[said.index("{") :])
    found = [
        f"{each['file']}:{each['range']['start']['line'] + 1}: {each['message']}"
        for each in report["generalDiagnostics"]
        # Django has no types, and what is guessed of it is wrong. A package that is not installed is none of ours.
        if "/kouling/django/" not in each["file"]
        and not re.search(r'Import "(?!kouling).* could not be resolved', each["message"])
    ]
    return found, report["summary"]["filesAnalyzed"]


def test_pyright_finds_nothing(elsewhere):
    found, analysed = pyright("kouling", cwd=elsewhere)
    assert not found and analysed >= 8
    if EXAMPLES.exists():
        (elsewhere / "examples").symlink_to(EXAMPLES)
        found, analysed = pyright("examples", cwd=elsewhere)
        assert not found and analysed == len(list(EXAMPLES.rglob("*.py")))


USES = """
    import kouling
    from kouling import reset

    policy = kouling.Policy.preset("standard")
    reveal_type(policy.evaluate(b"x"))
    reveal_type(kouling.evaluate_many(policy, ["x"]))
    reveal_type(kouling.evaluate_many(policy, ["x"], report="codes"))
    reveal_type(kouling.evaluate_many(policy, ["x"], report="counts"))
    reveal_type(policy.evaluate("x")[0])
    reveal_type(policy.evaluate("x")[0:1])
    class Mine(kouling.Rule):
        kind = "mine"
        codes = ("mine.failed",)
        least = kouling.Count(4)
        strict = kouling.Flag()
        word = kouling.Text()
        def check(self, candidate: kouling.Candidate) -> str | None:
            reveal_type((self.least, self.strict, self.word))
            return None
    policy.evaluate("x", user={"username": ["a", "b"]}, previous=["h", ("h", 5), ("h", None)], now=5.0)
    kouling.Policy.parse("", rules=[Mine], files={"a": b"b"})
"""
WRONG = {
    'policy.evaluate(5)': "arg-type",
    'policy.evaluate("x", {})': "misc",
    'policy.evaluate("x", users={})': "call-arg",
    'policy.evaluate("x", now="today")': "arg-type",
    'kouling.evaluate_many(policy, ["x"], report="all")': "call-overload",
    'kouling.Policy.parse("", rules=[5])': "list-item",
    'policy.evaluate("x").accepted = True': "misc",
    'reset.Sending(policy, caller=c, address="", peer="", channel="pigeon")': "arg-type",
    'policy.evaluate("x").violations.append(1)': "attr-defined",
}


def test_the_types_say_what_is_given_and_refuse_what_is_wrong(elsewhere):
    lines = textwrap.dedent(USES).strip().splitlines()
    lines += ["c: reset.Caller", "class Sub(kouling.Outcome): ...", *WRONG]
    (elsewhere / "uses.py").write_text("\n".join(lines) + "\n")
    _, said = python("-m", "mypy", "--config-file", HERE / "mypy.ini", "uses.py", cwd=elsewhere)
    for given in (
        '"kouling._kouling.Outcome"',
        '"list[bool]"',
        '"list[list[str]]"',
        "total",
        '"kouling._kouling.Violation"',
        '"tuple[kouling._kouling.Violation, ...]"',
        '"tuple[int, bool, str | None]"',
    ):
        assert f"Revealed type is {given}" in said or f"{given}" in said, (given, said)
    errors = [line for line in said.splitlines() if " error: " in line]
    first = len(lines) - len(WRONG)
    assert f"uses.py:{first}: error: Cannot inherit from final class" in said
    for number, (line, code) in enumerate(WRONG.items(), first + 1):
        assert any(each.startswith(f"uses.py:{number}:") for each in errors), (line, code, said)
    assert {int(each.split(":")[1]) for each in errors} == set(range(first, len(lines) + 1)), said


def test_there_is_a_type_checker():
    for checker in ("mypy", "pyright"):
        assert importlib.util.find_spec(checker)
